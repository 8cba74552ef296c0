"""A file of a scenario, or rows that waited, booked in a real target and in the model beside it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.model.absence import back, brings
from tests.model.books import Outcome
from tests.model.comparing import DifferenceError, Past, Stage, audit, compare_log, touched
from tests.model.scenario import Delivery, Retry, Row, mapping_of

from nightclerk.core.absence import with_absence
from nightclerk.core.booking import BookingPlan, Comparison, Forbidden, ParkedRow, plan_booking, written_fields
from nightclerk.core.parked import as_block, plan_for_parked, still_waiting
from nightclerk.core.reading import Block, Cell
from nightclerk.ports import Booking, Comparing

FIRST_DAY = date(2026, 11, 21)


def deliver(stage: Stage, step: Delivery) -> None:
    """Books a file in the target and in the model."""
    run = f"run-{len(stage.runs)}"
    feed = stage.scenario.feeds[step.feed]
    before_model = dict(stage.books.rows)
    if step.ahead:
        dumped = stage.shelf.dump(own=True)
        seen = _look_ahead(stage, step)
        stage.same("bytes after a look ahead", stage.shelf.dump(own=True), dumped)
        expected = copy.deepcopy(stage.books).book(run, step.tenant, feed, step.rows, day=_day(stage), unread=step.unread)
        stage.same("look ahead", seen, (_expected(expected), _sample(stage, feed, expected)))
    before = stage.shelf.dump()
    seen = _booked(stage, step, run)
    outcome = stage.books.book(run, step.tenant, feed, step.rows, day=_day(stage), unread=step.unread)
    stage.same("comparison", seen, _expected(outcome))
    _close(stage, run, step, outcome, before, before_model)


def _close(stage: Stage, run: str, step: Delivery, outcome: Outcome, before: list[str], before_model: Mapping[Any, Row]) -> None:
    waiting = sum(bucket == "parked" for bucket in outcome.buckets.values())
    counted = outcome.created + outcome.updated + outcome.unchanged + outcome.rejected + outcome.skipped + waiting
    stage.same("sum of the model's own counts", counted, outcome.rows)
    compare_log(stage, run, outcome.entries)
    audit(before_model, stage.books.rows, outcome.entries)
    touched(stage)
    blanked = frozenset(name for effect, name in outcome.effects if effect == "reference_blanked")
    stage.runs.append(Past(run, step, before=before, blanked=blanked))


def _day(stage: Stage) -> str:
    """Each run has a day of its own."""
    return (FIRST_DAY + timedelta(days=len(stage.runs))).isoformat()


def _plan(stage: Stage, step: Delivery) -> BookingPlan:
    feed = stage.feeds[step.feed]
    entity = stage.entities[feed.entity]
    return with_absence(plan_booking(step.tenant, feed, entity), feed, entity, date.fromisoformat(_day(stage)))


def _booked(stage: Stage, step: Delivery, run: str) -> tuple[Any, ...]:
    booking = stage.shelf.target.begin(_plan(stage, step), run, 1)
    try:
        comparison, forbidden = _compared(stage, step, booking)
        absent = _absent(stage, step, booking, forbidden)
        _park(stage, step, booking, forbidden)
        booking.book({"run": run, "feed": step.feed})
        return _counted(comparison, forbidden, absent)
    finally:
        booking.abandon()


def _absent(stage: Stage, step: Delivery, comparing: Comparing, forbidden: list[Forbidden]) -> int:
    """Asks for the rows that the file lacks, as long as it tells."""
    feed = stage.feeds[step.feed]
    key = stage.entities[feed.entity].key
    keys = [tuple(row[name] for name in key) for _, row in step.rows]
    rejected = len(step.unread) + len({one.line for one in forbidden} - still_waiting(forbidden).keys())
    rejected += feed.duplicates == "reject" and len(set(keys)) < len(keys)
    if feed.absent == "keep" or not step.rows or (rejected and not feed.absent_despite_rejects):
        return 0
    return comparing.absent(step.unread)


def _park(stage: Stage, step: Delivery, booking: Booking, forbidden: list[Forbidden]) -> None:
    rows, waiting = dict(brought(stage, step)), still_waiting(forbidden)
    parked = [
        ParkedRow(line, rows[line], ("as", "it", "came"), {str(one.field): one.value for one in reasons})
        for line, reasons in sorted(waiting.items())
    ]
    if parked:
        booking.park(parked)


def brought(stage: Stage, step: Delivery) -> list[tuple[int, Row]]:
    """Given a delivery; returns its rows with what each of them brings by itself, in the order of the written fields."""
    feed = stage.scenario.feeds[step.feed]
    entity = stage.books.entities[feed["entity"]]
    names = written_fields(stage.feeds[step.feed], stage.entities[feed["entity"]])
    return [(line, {name: (row | back(feed, entity))[name] for name in names}) for line, row in step.rows]


def _look_ahead(stage: Stage, step: Delivery) -> tuple[Any, Any]:
    comparing = stage.shelf.target.preview(_plan(stage, step))
    try:
        comparison, forbidden = _compared(stage, step, comparing)
        counted = _counted(comparison, forbidden, _absent(stage, step, comparing, forbidden))
        sample = comparing.sample(100)
    finally:
        comparing.abandon()
    return counted, [(one.line, tuple(one.key.values()), one.before, one.after) for one in sample]


def _compared(stage: Stage, step: Delivery, comparing: Comparing) -> tuple[Comparison, list[Forbidden]]:
    """Stages the file as it is read, takes out the keys that come several times, and stages those of their rows that win."""
    feed = stage.feeds[step.feed]
    entity = stage.entities[feed.entity]
    names = written_fields(feed, entity)
    rows = dict(brought(stage, step))
    lines = list(rows)
    for start in range(0, len(lines), step.size):
        comparing.stage(block(names, {line: rows[line] for line in lines[start : start + step.size]}))
    found: dict[tuple[Cell, ...], list[int]] = {}
    for line, row in rows.items():
        found.setdefault(tuple(row[name] for name in entity.key), []).append(line)
    twice = {key: places for key, places in found.items() if len(places) > 1}
    if twice:
        comparing.withdraw((key, len(places)) for key, places in twice.items())
    if twice and feed.duplicates != "reject":
        winners = sorted(places[-1 if feed.duplicates == "last_wins" else 0] for places in twice.values())
        comparing.stage(block(names, {line: rows[line] for line in winners}))
    comparison, forbidden = comparing.compare()
    return comparison, list(forbidden)


def block(names: tuple[str, ...], rows: Mapping[int, Row]) -> Block:
    """Given the written fields and rows by line; returns their block."""
    return Block(len(rows), list(rows), [[row[name] for row in rows.values()] for name in names])


def _counted(comparison: Comparison, forbidden: list[Forbidden], absent: int = 0) -> tuple[Any, ...]:
    effects = {(effect, name): rows for effect, fields in comparison.effects.items() for name, rows in fields.items()}
    told = sorted(((one.line, one.code, one.field or "") for one in forbidden), key=str)
    waiting = sorted(still_waiting(forbidden))
    return comparison.created, comparison.updated, comparison.unchanged, effects, told, waiting, absent, comparison.reopened


def _expected(outcome: Outcome) -> tuple[Any, ...]:
    told = sorted(((line, code, name or "") for line, code, name in outcome.forbidden), key=str)
    waiting = sorted(one.line for one in outcome.parked)
    counts = outcome.created, outcome.updated, outcome.unchanged
    return *counts, dict(outcome.effects), told, waiting, outcome.absent, outcome.reopened


def _sample(stage: Stage, feed: Mapping[str, Any], outcome: Outcome) -> list[tuple[Any, ...]]:
    """Of a new row all that is not blank is shown; defaults of what the file does not fill under their columns' names. What
    would be created on the way is only counted."""
    sample = []
    feed = brings(feed, stage.books.entities[feed["entity"]])
    absent = [entry for entry in outcome.entries if entry.line < 0 and entry.kind == "updated"]
    for entry in sorted((entry for entry in outcome.entries if entry.line > 0), key=lambda entry: entry.line):
        after = entry.after or {}
        if entry.before is None:
            entity = stage.entities[entry.place[0]]
            shown = {name: cell for name, cell in after.items() if cell is not None}
            after = {name if name in mapping_of(feed) else entity.column(name): cell for name, cell in shown.items()}
        sample.append((entry.line, entry.place[2], entry.before, after))
    return sample + [(-at, entry.place[2], entry.before, entry.after) for at, entry in enumerate(absent, 1)]


def retry(stage: Stage, step: Retry) -> None:
    """Looks at the rows that wait as the daemon does: of each run by itself, the oldest first."""
    for parker in dict.fromkeys(one.run for one in stage.books.parked if (one.tenant, one.feed) == (step.tenant, step.feed)):
        _retry_run(stage, step, parker)


def _retry_run(stage: Stage, step: Retry, parker: str) -> None:
    run, feed = f"run-{len(stage.runs)}", stage.feeds[step.feed]
    entity = stage.entities[feed.entity]
    waited = tuple((one.line, one.cells) for one in stage.books.parked if (one.run, one.tenant) == (parker, step.tenant))
    expected = copy.deepcopy(stage.books)
    outcome = expected.book(run, step.tenant, stage.scenario.feeds[step.feed], waited, again=parker)
    before, before_model = stage.shelf.dump(), dict(stage.books.rows)
    rows = stage.shelf.target.waiting_rows(step.tenant, parker)
    plan = plan_for_parked(plan_booking(step.tenant, feed, entity), entity, rows)
    if plan is None:
        raise DifferenceError(f"rows of {parker} do not fit their own feed")
    booking = stage.shelf.target.begin(plan, run, 1)
    try:
        booking.stage(as_block(plan, rows))
        comparison, found = booking.compare()
        forbidden = list(found)
        stage.same("rows that waited", _counted(comparison, forbidden), _expected(outcome))
        taken = [kept for kept in rows if kept.row.line not in still_waiting(forbidden)]
        if not taken:
            return
        booking.unpark([kept.id for kept in taken])
        booking.book({"run": run, "feed": step.feed})
    finally:
        booking.abandon()
    stage.books = expected
    lines = {kept.row.line for kept in taken}
    done = Delivery(step.tenant, step.feed, tuple((line, row) for line, row in waited if line in lines))
    _close(stage, run, done, outcome, before, before_model)
