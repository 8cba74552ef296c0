"""A file that never comes to rest, or whose done file never comes: ops are told, for its sender may not know."""

from __future__ import annotations

import structlog

from nightclerk.core.drop import Look
from nightclerk.core.naming import shown
from nightclerk.core.tenant import Tenant
from nightclerk.work.house import House
from nightclerk.work.reports import notice

log = structlog.get_logger(__name__)


def tell_unstable(house: House, tenant: Tenant, look: Look) -> None:
    """Given a tenant and a file that has been waiting for too long; tells ops, once."""
    if look.reported:
        return
    sentence = (
        f"The file {shown(look.sighting.name)} of {tenant.name} has been changing since {look.appeared:%Y-%m-%d %H:%M} UTC "
        "and is not taken while it does. Ask the sender whether the upload hangs."
    )
    if tenant.ready.done_file is not None:
        sentence = (
            f"The file {shown(look.sighting.name)} of {tenant.name} has been waiting for its done file since "
            f"{look.appeared:%Y-%m-%d %H:%M} UTC. Ask the sender whether the upload came to an end."
        )
    letter = notice(house, tenant.tenant, f"unstable {look.sighting.name} {look.appeared}", sentence)
    if letter is not None:
        house.outbox.add(letter, tenant.tenant, house.clock.now())
    house.looks.mark_reported(tenant.tenant, look.sighting)
    log.warning("unstable", file=shown(look.sighting.name))
