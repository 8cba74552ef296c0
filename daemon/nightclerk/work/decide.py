"""Decisions about held files: written down first, then walked to their end by whoever holds the drop."""

from __future__ import annotations

from typing import Literal

import structlog

from nightclerk.core.errors import OperatorError
from nightclerk.core.run import Decision, Run, in_part
from nightclerk.work.house import House
from nightclerk.work.retry import walk_and_retry

log = structlog.get_logger(__name__)

_DECIDED = {
    "approve": "{by} approved it",
    "refuse": "{by} refused it",
    "expire": "nobody did in time, which refused it",
    "replace": "a newer file came, which refused it",
}
#: So long a decision is waited for that another process carries out, and so often it is looked for, in seconds.
_PATIENCE, _LOOK_EVERY = 60.0, 0.2


def decide(house: House, number: int, action: Literal["approve", "refuse"], by: str, words: str | None = None) -> tuple[Run, ...]:
    """Given a run's number and what a person decides about it; carries it out and returns the run as it ended, and after it those
    of parked rows that it let in. The run is still ``held`` where another process carries it out and takes its time.

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
        raise OperatorError(f"Run {number} was decided before{_how(house, number)}.", command=f"nightclerk run {number}")
    log.info("decided", run=number, action=action, by=by)
    with house.at_work(run.tenant), structlog.contextvars.bound_contextvars(tenant=run.tenant):
        retried = _carry_out(house.present(), run.drop)
    return (_as_it_ended(house, run), *retried)


def _how(house: House, number: int) -> str:
    run = house.runs.get(number)
    if run is None or run.decision is None:  # written down by another process, which has not carried it out yet
        return ""
    return f": {_DECIDED[run.decision.action].format(by=run.decision.by)}"


def _carry_out(house: House, drop: int) -> tuple[Run, ...]:
    """Returns the runs of parked rows that went in with it."""
    claim = house.claims.take_over(drop, house.clock.now(), hurry=True)
    return () if claim is None else tuple(run for run in walk_and_retry(house, claim) if run.retries is not None)


def _as_it_ended(house: House, run: Run) -> Run:
    """Waits for whoever holds the drop, but not for ever."""
    began = house.clock.monotonic()
    while True:
        found = house.runs.get(run.id) or run
        if found.ending != "held":
            return _rest_of(house, found)
        if house.clock.monotonic() - began > _PATIENCE or house.clock.wait(_LOOK_EVERY):
            return found


def _rest_of(house: House, run: Run) -> Run:
    """Returns the run that booked what had waited, where a part was booked before; else the run itself."""
    rest = [one for one in house.runs.of_drop(run.drop) if one.feed == run.feed and one.id > run.id]
    return max(rest, key=lambda one: one.id) if in_part(run) and rest else run
