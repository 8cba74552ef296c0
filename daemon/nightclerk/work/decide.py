"""Decisions about held files: written down first, then walked to their end by whoever holds the drop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import structlog

from nightclerk.core.errors import OperatorError
from nightclerk.core.run import Decision, Run
from nightclerk.work.house import House
from nightclerk.work.walk import walk

log = structlog.get_logger(__name__)

#: Who decides where no person does.
ITSELF = "nightclerk"
#: So long a decision is waited for that another process carries out, and so often it is looked for, in seconds.
_PATIENCE, _LOOK_EVERY = 60.0, 0.2


def decide(house: House, number: int, action: Literal["approve", "refuse"], by: str, words: str | None = None) -> Run:
    """Given a run's number and what a person decides about it; carries it out and returns the run as it ended. The run is still
    ``held`` where another process carries it out and takes its time.

    Raises OperatorError when the run is not held, or was decided before; WeatherError and OperatorError when the walk cannot go
    on now: the decision stands, and the tenant's rounds carry it out.
    """
    run = house.runs.get(number)
    if run is None:
        raise OperatorError(f"There is no finished run {number}.", command="nightclerk runs")
    if run.tenant not in house.configuration.tenants:
        raise OperatorError(f"Run {number} is of tenant {run.tenant}, which is not configured any more.")
    standing = house.holds.decide(number, Decision(action, house.clock.now(), by, words))
    if standing == "not_held":
        raise OperatorError(f"Run {number} is not held: it ended as {run.ending}.", command=f"nightclerk run {number}")
    if standing == "decided_before":
        raise OperatorError(f"Run {number} was decided before.", command=f"nightclerk run {number}")
    log.info("decided", run=number, action=action, by=by)
    with house.at_work(run.tenant), structlog.contextvars.bound_contextvars(tenant=run.tenant):
        _carry_out(house.present(), run.drop)
    return _as_it_ended(house, run)


def expire(house: House, tenant: str) -> None:
    """Given a tenant; refuses what was held for too long. The drops are open then, to be walked by who resumes the tenant's."""
    now = house.clock.now()
    for run in house.holds.waiting(tenant):
        if run.held is not None and run.held.until <= now:
            house.holds.decide(run.id, Decision("expire", now, ITSELF))
            log.info("decided", run=run.id, action="expire", by=ITSELF)


def replaceable(house: House, tenant: str, feeds: Iterable[str]) -> list[Run]:
    """Given a tenant and the feeds that read a newer file; returns the held runs of these feeds that wait for it, if each of them
    gives way to a newer file, else none."""
    wins = {feed.feed: feed.hold.newest_wins for feed in house.configuration.tenants[tenant].feeds}
    wanted = set(feeds)
    held = [run for run in house.holds.waiting(tenant) if run.feed in wanted]
    return held if all(wins.get(run.feed or "", False) for run in held) else []


def replace_held(house: House, runs: Iterable[Run]) -> tuple[int, ...]:
    """Given held runs; decides that a newer file takes their place, and returns their drops, to be walked."""
    found = list(runs)
    for run in found:
        house.holds.decide(run.id, Decision("replace", house.clock.now(), ITSELF))
        log.info("decided", run=run.id, action="replace", by=ITSELF)
    return tuple(dict.fromkeys(run.drop for run in found))


def _carry_out(house: House, drop: int) -> None:
    claim = house.claims.take_over(drop, house.clock.now(), hurry=True)
    if claim is not None:
        walk(house, claim)


def _as_it_ended(house: House, run: Run) -> Run:
    """Waits for whoever holds the drop, but not for ever."""
    began = house.clock.monotonic()
    while True:
        found = house.runs.get(run.id) or run
        if found.ending != "held" or house.clock.monotonic() - began > _PATIENCE or house.clock.wait(_LOOK_EVERY):
            return found
