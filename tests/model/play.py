"""A scenario played in a real target and in the model, step by step; what is not the same is told."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from tests.model.books import Books, Outcome
from tests.model.comparing import DifferenceError, Past, Stage, audit, compare_log, compare_tables
from tests.model.scenario import Delivery, Edit, Put, Removal, Replay, Row, Scenario, Step, Undo, mapping_of, whole
from tests.model.shelves import Shelf
from tests.model.undoing import TakenBack, take_back

from nightclerk.core.booking import Comparison, Forbidden, plan_booking, written_fields
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Block, Cell
from nightclerk.core.resolving import resolved, with_custom_fields
from nightclerk.core.undo import RowUndone, plan_undo
from nightclerk.ports import Comparing


def play(scenario: Scenario, shelf: Shelf) -> None:
    """Given a scenario and an empty shelf; plays it. Raises DifferenceError at the first step that differs."""
    specs = {name: Entity.model_validate(spec) for name, spec in scenario.entities.items()}
    feeds = {name: Feed.model_validate(spec) for name, spec in scenario.feeds.items()}
    entities = {name: with_custom_fields(resolved(spec, specs), feeds.values()) for name, spec in specs.items()}
    books = Books({name: whole(spec, scenario.feeds) for name, spec in scenario.entities.items()})
    shelf.open(entities)
    try:
        stage = Stage(scenario, shelf, entities, feeds, books)
        for number, step in enumerate(scenario.steps):
            try:
                _STEPS[type(step)](stage, step)
                compare_tables(stage)
            except DifferenceError as error:
                raise DifferenceError(f"step {number}: {error}") from None
    finally:
        shelf.clear()


def write(stage: Stage, step: Step) -> None:
    """Does what the application does, in the tables and in the model."""
    _STEPS[type(step)](stage, step)


def _put(stage: Stage, step: Put) -> None:
    stage.shelf.put(step.entity, step.tenant, step.row)
    stage.books.put(step.entity, step.tenant, step.row)
    _touched(stage)


def _edit(stage: Stage, step: Edit) -> None:
    stage.shelf.edit(step.entity, step.tenant, step.key, step.values)
    stage.books.edit((step.entity, step.tenant, step.key), step.values)
    _touched(stage)


def _remove(stage: Stage, step: Removal) -> None:
    stage.shelf.remove(step.entity, step.tenant, step.key)
    stage.books.rows.pop((step.entity, step.tenant, step.key), None)
    _touched(stage)


def _touched(stage: Stage) -> None:
    for past in stage.runs:
        past.before = None


def _deliver(stage: Stage, step: Delivery) -> None:
    run = f"run-{len(stage.runs)}"
    feed = stage.scenario.feeds[step.feed]
    before_model = dict(stage.books.rows)
    if step.ahead:
        dumped = stage.shelf.dump(own=True)
        seen = _look_ahead(stage, step)
        stage.same("bytes after a look ahead", stage.shelf.dump(own=True), dumped)
        expected = copy.deepcopy(stage.books).book(run, step.tenant, feed, step.rows)
        stage.same("look ahead", seen, (_expected(expected), _sample(stage, feed, expected)))
    before = stage.shelf.dump()
    comparison, forbidden = _booked(stage, step, run)
    outcome = stage.books.book(run, step.tenant, feed, step.rows)
    stage.same("comparison", _counted(comparison, forbidden), _expected(outcome))
    counted = outcome.created + outcome.updated + outcome.unchanged + outcome.rejected + outcome.skipped
    stage.same("sum of the model's own counts", counted, outcome.rows)
    compare_log(stage, run, outcome.entries)
    audit(before_model, stage.books.rows, outcome.entries)
    _touched(stage)
    stage.runs.append(Past(run, step, before=before))


def _booked(stage: Stage, step: Delivery, run: str) -> tuple[Comparison, list[Forbidden]]:
    plan = plan_booking(step.tenant, stage.feeds[step.feed], stage.entities[stage.feeds[step.feed].entity])
    booking = stage.shelf.target.begin(plan, run, 1)
    try:
        compared = _compared(stage, step, booking)
        booking.book({"run": run})
        return compared
    finally:
        booking.abandon()


def _look_ahead(stage: Stage, step: Delivery) -> tuple[Any, Any]:
    plan = plan_booking(step.tenant, stage.feeds[step.feed], stage.entities[stage.feeds[step.feed].entity])
    comparing = stage.shelf.target.preview(plan)
    try:
        counted = _counted(*_compared(stage, step, comparing))
        sample = comparing.sample(100)
    finally:
        comparing.abandon()
    return counted, [(one.line, tuple(one.key.values()), one.before, one.after) for one in sample]


def _compared(stage: Stage, step: Delivery, comparing: Comparing) -> tuple[Comparison, list[Forbidden]]:
    """Stages the file as it is read, takes out the keys that come several times, and stages those of their rows that win."""
    feed = stage.feeds[step.feed]
    entity = stage.entities[feed.entity]
    names = written_fields(feed, entity)
    rows = dict(step.rows)
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


def _counted(comparison: Comparison, forbidden: list[Forbidden]) -> tuple[Any, ...]:
    effects = {(effect, name): rows for effect, fields in comparison.effects.items() for name, rows in fields.items()}
    told = sorted(((one.line, one.code, one.field or "") for one in forbidden), key=str)
    return comparison.created, comparison.updated, comparison.unchanged, effects, told


def _expected(outcome: Outcome) -> tuple[Any, ...]:
    told = sorted(((line, code, name or "") for line, code, name in outcome.forbidden), key=str)
    return outcome.created, outcome.updated, outcome.unchanged, dict(outcome.effects), told


def _sample(stage: Stage, feed: Mapping[str, Any], outcome: Outcome) -> list[tuple[Any, ...]]:
    """Of a new row all that is not blank is shown; defaults of what the file does not fill under their columns' names. What
    would be created on the way is only counted."""
    sample = []
    for entry in sorted((entry for entry in outcome.entries if entry.line > 0), key=lambda entry: entry.line):
        after = entry.after or {}
        if entry.before is None:
            entity = stage.entities[entry.place[0]]
            shown = {name: cell for name, cell in after.items() if cell is not None}
            after = {name if name in mapping_of(feed) else entity.column(name): cell for name, cell in shown.items()}
        sample.append((entry.line, entry.place[2], entry.before, after))
    return sample


def _undo(stage: Stage, step: Undo) -> None:
    undone = stage.undone
    standing = [past for past in stage.runs if past.run not in undone]
    if not standing:
        return
    past = standing[max(0, len(standing) - 1 - step.back)]
    by = f"run-{len(stage.runs)}"
    void = undone | {one.run for one in stage.runs if one.undoes is not None}
    if step.ahead:
        dumped = stage.shelf.dump(own=True)
        seen = _taken_back(stage, past, void, None)
        stage.same("bytes after a look ahead at an undo", stage.shelf.dump(own=True), dumped)
        expected = take_back(copy.deepcopy(stage.books), past.run, by, void)
        stage.same("look ahead at an undo", seen, _undone_as_told(stage, expected))
    before, before_model = stage.shelf.dump(), dict(stage.books.rows)
    length = len(stage.books.log)
    got = _taken_back(stage, past, void, by)
    stage.same("undo", got, _undone_as_told(stage, take_back(stage.books, past.run, by, void)))
    entries = stage.books.log[length:]
    compare_log(stage, by, entries)
    audit(before_model, stage.books.rows, entries)
    if past.before is not None:
        stage.same("bytes after an undo right after its run", stage.shelf.dump(), past.before)
    _touched(stage)
    stage.runs.append(Past(by, past.delivery, past.run, before))


def _taken_back(stage: Stage, past: Past, void: frozenset[str], by: str | None) -> list[tuple[Any, ...]]:
    step = past.delivery
    feed = stage.feeds[step.feed]
    entity = stage.entities[feed.entity]
    names, rows, done = written_fields(feed, entity), dict(step.rows), list[RowUndone]()
    plan = plan_undo(step.tenant, feed, entity, past.run, void)
    undoing = stage.shelf.target.undo(plan, by, 1)
    try:
        if undoing.needs_file():
            lines = list(rows)
            for start in range(0, len(lines), step.size):
                done += undoing.made(block(names, {line: rows[line] for line in lines[start : start + step.size]}))
        for page in undoing.others():
            done += page
        if by is not None:
            undoing.book({"run": by})
    finally:
        undoing.abandon()
    decided = [(one.line, one.decision) for one in sorted(done, key=lambda one: one.line)]
    return [(line, d.outcome, d.act, frozenset(d.fields), frozenset(d.kept), d.reason) for line, d in decided]


def _undone_as_told(stage: Stage, rows: list[TakenBack]) -> list[tuple[Any, ...]]:
    def kept(row: TakenBack) -> frozenset[str]:
        entity = stage.entities[row.place[0]]
        return frozenset(entity.column(name) for name in row.kept) if row.columns else row.kept

    return [(row.line, row.outcome, row.act, row.fields, kept(row), row.reason) for row in rows]


def _replay(stage: Stage, step: Replay) -> None:
    deliveries = [past.delivery for past in stage.runs if past.undoes is None]
    if deliveries:
        _deliver(stage, deliveries[max(0, len(deliveries) - 1 - step.back)])


_STEPS: dict[type[Step], Any] = {Put: _put, Edit: _edit, Removal: _remove, Delivery: _deliver, Undo: _undo, Replay: _replay}
