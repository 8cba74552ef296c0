"""A held file of which a part is booked at once: the rows that wait are taken out of the open booking again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from nightclerk.core.absent import ABSENT
from nightclerk.core.booking import BookingPlan, Comparison
from nightclerk.core.feed import Feed
from nightclerk.core.policy import EFFECTS
from nightclerk.core.reading import Money
from nightclerk.core.run import Counts, Held, HoldReason, Run
from nightclerk.core.withholding import MOST_CHANGES, totals_apart, withheld
from nightclerk.ports import Booking, Reading
from nightclerk.work.holding import SAMPLE
from nightclerk.work.tally import add_money


def held_in_part(
    run: Run,
    feed: Feed,
    plan: BookingPlan,
    reasons: tuple[HoldReason, ...],
    booking: Booking,
    reading: Reading,
    until: datetime,
) -> Run | None:
    """Given the run as it would be booked, its feed and plan, why it is held, its compared booking, the reading of its file and
    until when it waits; takes the rows that wait out of the booking and returns the held run, whose other rows are to be booked
    now. None where the whole file waits, and nothing of the booking is to be kept."""
    counts, changing = run.counts, run.counts.created + run.counts.updated
    if not feed.hold.hold_part or _waits_as_a_whole(run, plan) or changing > MOST_CHANGES:
        return None
    waiting = withheld(reasons, booking.sample(changing))
    if not waiting:
        return None
    booking.withdraw((tuple(change.key.values()), 1) for change in waiting)
    comparison, _ = booking.compare()
    left = comparison.created + comparison.updated + comparison.unchanged
    if left + len(waiting) != changing + counts.unchanged:
        return None  # what the other rows would do hangs together with those that wait
    sums: Money = {}
    for row in reading.rows(sorted(change.line for change in waiting)):
        add_money(sums, row)
    booked = replace(
        counts,
        created=comparison.created,
        updated=comparison.updated,
        unchanged=comparison.unchanged,
        held=len(waiting),
    ).check()
    held = Held(reasons, _once_approved(booked), until, run.totals, waiting[:SAMPLE])
    return replace(
        run, ending="held", counts=booked, totals=totals_apart(run.totals, sums), effects=_effects(run, comparison), held=held
    )


def _waits_as_a_whole(run: Run, plan: BookingPlan) -> bool:
    """Whether more would be written, or kept, than the rows that are booked, so that a part of them cannot be told apart."""
    makes = any(one.unknown == "create" for one in plan.references)
    return makes or bool(run.counts.parked) or ABSENT in run.effects


def _once_approved(booked: Counts) -> Counts:
    """What booking the whole file again will count: what was booked by now stands already."""
    stands = booked.created + booked.updated + booked.unchanged
    return replace(booked, created=0, updated=booked.held, unchanged=stands, held=0)


def _effects(run: Run, comparison: Comparison) -> dict[str, object]:
    """What the policies did to the rows that do not wait."""
    others: dict[str, object] = {name: value for name, value in run.effects.items() if name not in EFFECTS}
    return others | dict(comparison.effects.items())
