"""What of a feed still waits for rows of others, for its letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from nightclerk.core.booking import plan_booking
from nightclerk.core.errors import NightclerkError
from nightclerk.core.parked import StillWaiting, still_waits
from nightclerk.core.resolving import named_entities
from nightclerk.core.run import Run
from nightclerk.core.tenant import Tenant
from nightclerk.work.house import House

log = structlog.get_logger(__name__)


def still_waiting(house: House, tenant: Tenant, runs: Sequence[Run]) -> dict[int, StillWaiting]:
    """Given a tenant and the runs of a letter; returns for each what else of its feed waits, of earlier files. Where the database
    cannot be asked the letter is written without."""
    feeds = {feed.feed: feed for feed in tenant.feeds}
    asked = {run.id: feeds[run.feed] for run in runs if run.feed in feeds}
    entities = house.configuration.entities_of(tenant.tenant)
    if not any(named_entities(entities[feed.entity]) for feed in asked.values()):
        return {}
    try:
        groups = house.target.waiting(tenant.tenant)
    except NightclerkError as error:
        log.warning("waiting_rows_not_listed", reason=str(error))
        return {}
    of_letter, fed = {run.key for run in runs}, {feed.entity for feed in tenant.feeds}
    found = {}
    for run, feed in asked.items():
        earlier = [one for one in groups if (one.feed, one.entity) == (feed.feed, feed.entity) and one.run_key not in of_letter]
        plan = plan_booking(tenant.tenant, feed, house.configuration.entity_of(tenant.tenant, feed.feed))
        if (waits := still_waits(earlier, plan, fed)) is not None:
            parker = house.runs.by_key(earlier[0].run_key)  # whose moment is of our own clock, not the database's
            found[run] = waits if parker is None else replace(waits, since=parker.ended_at)
    return found
