"""Finishes what a dead process left open, for all tenants: at the start of the daemon and of each command that takes files."""

from __future__ import annotations

import structlog

from nightclerk.core.errors import NightclerkError, RefusedError
from nightclerk.core.run import Run
from nightclerk.work.asking import rest_of
from nightclerk.work.house import House
from nightclerk.work.undo import settle_undos
from nightclerk.work.walk import walk

log = structlog.get_logger(__name__)


def recover(house: House) -> tuple[Run, ...]:
    """Takes over every drop that was begun and that nobody alive works on; returns the runs that ended.

    A drop that the weather stops again is left to its tenant's rounds. One whose tenant is not configured (any more) waits for
    the tenant's file to come back; nothing of it is lost meanwhile.
    """
    settle_undos(house)
    runs: list[Run] = []
    refusing: set[str] = set()
    for drop_id in house.claims.unfinished():
        if house.stop.is_set():
            break
        tenant = house.claims.tenant_of(drop_id)
        with house.at_work(tenant), structlog.contextvars.bound_contextvars(tenant=tenant):
            present = house.present()
            if tenant not in present.configuration.tenants:
                log.warning("drop_without_tenant", drop=drop_id)
                continue
            left_alone = tenant in refusing or rest_of(present, present.configuration.tenants[tenant]).refused
            if left_alone and drop_id not in house.claims.unfinished(tenant, handed_in=True):
                continue
            claim = house.claims.take_over(drop_id, house.clock.now(), hurry=True)
            if claim is None:
                continue
            log.info("recovered", drop=drop_id, state=claim.state, attempt=claim.drop.attempt)
            try:
                runs.extend(walk(present, claim))
            except NightclerkError as error:
                if isinstance(error, RefusedError):
                    refusing.add(tenant)  # the tenant's own round tells ops
                log.warning("recovery_waits", drop=drop_id, reason=str(error))
    return tuple(runs)


def tidy(house: House) -> None:
    """Removes from the spool what crashes left of drops that are closed, or that a lost ledger knew."""
    kept = house.spool.kept()  # first: what is begun after this is not among them
    house.spool.sweep(set(kept) - house.claims.begun())
