"""A scenario played in a real target and in the model, step by step; what is not the same is told."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from tests.model.books import Books
from tests.model.comparing import DifferenceError, Past, Stage, audit, compare_log, compare_parked, compare_tables, touched
from tests.model.delivering import block, brought, deliver, retry
from tests.model.scenario import Delivery, Edit, Put, Removal, Replay, Retry, Scenario, Step, Undo, whole
from tests.model.shelves import Shelf
from tests.model.undoing import TakenBack, take_back

from nightclerk.core.booking import written_fields
from nightclerk.core.entity import Entity, is_custom
from nightclerk.core.feed import Feed
from nightclerk.core.resolving import resolved, with_custom_fields
from nightclerk.core.undo import RowUndone, plan_undo


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
                compare_parked(stage)
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
    touched(stage)


def _edit(stage: Stage, step: Edit) -> None:
    stage.shelf.edit(step.entity, step.tenant, step.key, step.values)
    stage.books.edit((step.entity, step.tenant, step.key), step.values)
    touched(stage)


def _remove(stage: Stage, step: Removal) -> None:
    stage.shelf.remove(step.entity, step.tenant, step.key)
    stage.books.rows.pop((step.entity, step.tenant, step.key), None)
    touched(stage)


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
        expected = take_back(copy.deepcopy(stage.books), past.run, by, void, *stage.parker(past))
        stage.same("look ahead at an undo", seen, _undone_as_told(stage, expected))
    before, before_model = stage.shelf.dump(), dict(stage.books.rows)
    length = len(stage.books.log)
    got = _taken_back(stage, past, void, by)
    stage.same("undo", got, _undone_as_told(stage, take_back(stage.books, past.run, by, void, *stage.parker(past))))
    entries = stage.books.log[length:]
    compare_log(stage, by, entries)
    audit(before_model, stage.books.rows, entries)
    # What was made on the way stays where rows name it that had named it before it was there.
    named = any(line < 0 and reason == "referred" for line, *_, reason in got)
    if past.before is not None and not named:
        stage.same("bytes after an undo right after its run", stage.shelf.dump(), past.before)
    touched(stage)
    stage.runs.append(Past(by, past.delivery, past.run, before))


def _taken_back(stage: Stage, past: Past, void: frozenset[str], by: str | None) -> list[tuple[Any, ...]]:
    step = past.delivery
    feed = stage.feeds[step.feed]
    entity = stage.entities[feed.entity]
    names, rows, done = written_fields(feed, entity), dict(brought(stage, step)), list[RowUndone]()
    parker, parks = stage.parker(past)
    plan = replace(plan_undo(step.tenant, feed, entity, past.run, void, past.blanked), parker=parker, parks=parks)
    undoing = stage.shelf.target.undo(plan, by, 1)
    try:
        if undoing.needs_file():
            lines = list(rows)
            for start in range(0, len(lines), step.size):
                done += undoing.made(block(names, {line: rows[line] for line in lines[start : start + step.size]}))
        for page in undoing.others():
            done += page
        if by is not None:
            undoing.book({"run": by, "feed": step.feed})
    finally:
        undoing.abandon()
    decided = [(one.line, one.decision) for one in sorted(done, key=lambda one: one.line)]
    return [(line, d.outcome, d.act, frozenset(d.fields), frozenset(d.kept), d.reason) for line, d in decided]


def _undone_as_told(stage: Stage, rows: list[TakenBack]) -> list[tuple[Any, ...]]:
    def kept(row: TakenBack) -> frozenset[str]:
        entity = stage.entities[row.place[0]]
        return frozenset(_told(entity, name) for name in row.kept) if row.columns else row.kept

    return [(row.line, row.outcome, row.act, row.fields, kept(row), row.reason) for row in rows]


def _told(entity: Entity, name: str) -> str:
    """The images of rows have custom fields together, in their one column."""
    return entity.column(name) if is_custom(entity.fields[name]) else name


def _replay(stage: Stage, step: Replay) -> None:
    deliveries = [past.delivery for past in stage.runs if past.undoes is None]
    if deliveries:
        deliver(stage, deliveries[max(0, len(deliveries) - 1 - step.back)])


_STEPS: dict[type[Step], Any] = {
    Put: _put, Edit: _edit, Removal: _remove, Delivery: deliver, Undo: _undo, Replay: _replay, Retry: retry,
}  # fmt: skip
