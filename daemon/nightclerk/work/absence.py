"""What becomes of rows that a feed's file lacks: asked of the target once all rows are compared, told in the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from nightclerk.core.absence import Incomplete, left_alone, with_absence
from nightclerk.core.absent import ABSENT, ABSENT_LEFT, ABSENT_PARKED, DONE, REOPENED
from nightclerk.core.booking import BookingPlan, Comparison, plan_booking
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.guard import HISTORY
from nightclerk.core.reading import Cell
from nightclerk.core.run import Run
from nightclerk.core.tenant import Tenant
from nightclerk.ports import Booking, Reading
from nightclerk.work.office import EarlierRuns
from nightclerk.work.tally import Tally


def plan_of_file(tenant: Tenant, feed: Feed, entity: Entity, now: datetime) -> BookingPlan:
    """Given a tenant, its feed, the feed's entity and the present moment; returns the plan by which a file is booked."""
    plan = plan_booking(tenant.tenant, feed, entity)
    return with_absence(plan, feed, entity, now.astimezone(ZoneInfo(tenant.timezone)).date())


def policy_effects(comparison: Comparison, feed: Feed) -> dict[str, Any]:
    """Given what comparing came to; returns what the policies did. A field that rows bring by themselves is cleared by no empty
    cell: that is told as rows that come back."""
    effects: dict[str, Any] = dict(comparison.effects.items())
    cleared = {name: rows for name, rows in comparison.effects.get("cleared", {}).items() if name in feed.mapping}
    if cleared:
        effects["cleared"] = cleared
    else:
        effects.pop("cleared", None)
    return effects


def settle_absence(
    run: Run, comparison: Comparison, feed: Feed, plan: BookingPlan, booking: Booking, reading: Reading, tally: Tally,
    runs: EarlierRuns,
) -> Run:  # fmt: skip
    """Given the run of a file whose rows are all compared, and with what it is booked; returns it with the number of rows that
    the file lacks and that booking will write, or with why these are left as they are. Parked rows of earlier files that it lacks
    are taken out as well: they would come in as if they were still there."""
    if plan.absence is None or run.counts.rows == 0:
        return run
    effects: dict[str, Any] = {**run.effects, **({REOPENED: comparison.reopened} if comparison.reopened else {})}
    file = Incomplete(
        trial="only" in run.effects,
        corrects=tally.opened.corrects or run.corrects is not None,
        older=_is_older(run, runs),
        rejected=run.counts.rejected,
    )
    why = left_alone(feed, file)
    if why is not None:
        effects |= {ABSENT_LEFT: True} if file.older else {}
        return replace(run, effects=effects, notes=(*run.notes, why))
    found = booking.absent(_rejected_keys(reading, tally))
    if found:
        effects[ABSENT] = {DONE[feed.absent]: found}
    if gone := () if run.counts.rejected else booking.absent_parked():
        booking.unpark(gone)
        effects[ABSENT_PARKED] = len(gone)
    return replace(run, effects=effects)


def _is_older(run: Run, runs: EarlierRuns) -> bool:
    """Whether a newer file of the feed has been imported: since the one that is read again, or while this one was held. Files
    are as new as the runs that read them first."""
    came = _came(run, runs)  # a preview has no number, and books what comes next
    return any(0 < came < _came(one, runs) for one in runs.last_imports(run.tenant, run.feed or "", HISTORY))


def _came(run: Run, runs: EarlierRuns) -> int:
    first: Run | None = run
    while first is not None and first.replays is not None:
        run, first = first, runs.get(first.replays)
    return run.replays or run.id if first is None else first.id


def _rejected_keys(reading: Reading, tally: Tally) -> Iterator[tuple[Cell, ...]]:
    """Yields the keys of the rows that were rejected as they were read, as far as they can be read."""
    if tally.rejected_lines:
        yield from (row.key for row in reading.rows(sorted(tally.rejected_lines)) if row.key is not None)
