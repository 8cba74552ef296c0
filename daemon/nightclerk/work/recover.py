"""Finishes what a dead process left open, for all tenants: at the start of the daemon and of each command that takes files."""

from __future__ import annotations

import structlog

from nightclerk.core.errors import NightclerkError
from nightclerk.core.run import Run
from nightclerk.work.house import House
from nightclerk.work.walk import walk

log = structlog.get_logger(__name__)


def recover(house: House) -> tuple[Run, ...]:
    """Takes over every drop that was begun and that nobody alive works on; returns the runs that ended.

    A drop that the weather stops again is left to its tenant's rounds. One whose tenant is not configured (any more) waits for
    the tenant's file to come back; nothing of it is lost meanwhile.
    """
    runs: list[Run] = []
    for drop_id in house.claims.unfinished():
        if house.stop.is_set():
            break
        tenant = house.claims.tenant_of(drop_id)
        if tenant not in house.configuration.tenants:
            log.warning("drop_without_tenant", drop=drop_id, tenant=tenant)
            continue
        with house.at_work(tenant), structlog.contextvars.bound_contextvars(tenant=tenant):
            claim = house.claims.take_over(drop_id, house.clock.now(), hurry=True)
            if claim is None:
                continue
            log.info("recovered", drop=drop_id, state=claim.state, attempt=claim.drop.attempt)
            try:
                runs.extend(walk(house, claim))
            except NightclerkError as error:
                log.warning("recovery_waits", drop=drop_id, reason=str(error))
    return tuple(runs)


def tidy(house: House) -> None:
    """Removes from the spool what crashes left of drops that are closed, or that a lost ledger knew."""
    kept = house.spool.kept()  # first: what is begun after this is not among them
    house.spool.sweep(set(kept) - house.claims.begun())
