"""The target and the model beside each other: what is to be the same after each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.model.books import Books
from tests.model.scenario import SEPARATOR, Delivery, Entry, Row, Scenario
from tests.model.shelves import Shelf

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Cell


class DifferenceError(Exception):
    """The target and the model do not agree."""


@dataclass
class Past:
    """A run that was booked. undoes: the run it took back, if it did; before: the tables' bytes before it, as long as nothing
    else has touched them. blanked: the references of which it left out values."""

    run: str
    delivery: Delivery
    undoes: str | None = None
    before: list[str] | None = None
    blanked: frozenset[str] = frozenset()


@dataclass
class Stage:
    """The two that are compared, and the runs so far."""

    scenario: Scenario
    shelf: Shelf
    entities: Mapping[str, Entity]
    feeds: Mapping[str, Feed]
    books: Books
    runs: list[Past] = field(default_factory=list)

    def same(self, what: str, got: Any, wanted: Any) -> None:
        """Raises DifferenceError unless they are the same."""
        if got != wanted:
            raise DifferenceError(f"{what}\n  target: {_difference(got, wanted)}\n  model:  {_difference(wanted, got)}")

    @property
    def undone(self) -> frozenset[str]:
        """The runs that are taken back and stay so."""
        found: set[str] = set()
        for past in reversed(self.runs):
            if past.undoes is not None and past.run not in found:
                found.add(past.undoes)
        return frozenset(found)

    def parker(self, past: Past) -> tuple[str, bool]:
        """Given a run to take back; returns the run of a file that it is all about, and whether that one then stands again."""
        by_run, parks = {one.run: one for one in self.runs}, False
        while past.undoes is not None:
            past, parks = by_run[past.undoes], not parks
        return past.run, parks


def touched(stage: Stage) -> None:
    """The tables are no longer as any run found them."""
    for past in stage.runs:
        past.before = None


def compare_tables(stage: Stage) -> None:
    """Raises DifferenceError unless the tables hold what the model does."""
    for name, entity in stage.entities.items():
        own = entity.tenant_column != "none"
        wanted = {(tenant if own else None, key): row for (kind, tenant, key), row in stage.books.rows.items() if kind == name}
        stage.same(f"rows of {name}", stage.shelf.rows(name), wanted)


def compare_parked(stage: Stage) -> None:
    """Raises DifferenceError unless the rows wait that wait in the model, for the same."""
    wanted = [
        (run, one.tenant, one.feed, one.line, dict(zip(stage.entities[one.place[0]].key, one.place[2], strict=True)), *told)
        for told_of, before in ((stage.books.parked, ""), (stage.books.withdrawn, "undone:"))
        for one in told_of
        for run, told in [(before + one.run, (one.cells, one.missing))]
    ]
    stage.same("rows that wait", stage.shelf.parked(), sorted(wanted, key=lambda one: (one[0], one[3])))


def compare_log(stage: Stage, run: str, entries: list[Entry]) -> None:
    """Raises DifferenceError unless the run's change log says what the model's does, of each value before and after."""
    wanted = []
    for entry in sorted(entries, key=lambda entry: entry.line):
        entity, tenant, key = entry.place
        named = dict(zip(stage.entities[entity].key, key, strict=True))
        fields = None
        if entry.kind == "updated":
            fields = {name: [(entry.before or {})[name], cell] for name, cell in (entry.after or {}).items()}
        wanted.append((entry.line, tenant, entity, entry.kind, named, fields))
    got = [
        (one["line"], one["tenant"], one["entity"], one["kind"], _cells(stage, one, one["key"]), _pairs(stage, one))
        for one in stage.shelf.log(run)
    ]
    stage.same("change log", got, wanted)


def _cells(stage: Stage, one: Mapping[str, Any], cells: Mapping[str, Any]) -> Row:
    """The log keeps numbers and truths as JSON has them."""
    fields = stage.entities[one["entity"]].fields
    return {name: _cell(fields[name].type, cell) for name, cell in cells.items()}


def _pairs(stage: Stage, one: Mapping[str, Any]) -> dict[str, list[Cell]] | None:
    """An undo logs rows that it deletes or creates whole, column by column as the database writes them."""
    if one["kind"] != "updated":
        return None
    fields = stage.entities[one["entity"]].fields
    return {name: [_cell(fields[name].type, cell) for cell in pair] for name, pair in one["fields"].items()}


def _cell(kind: str, cell: Any) -> Cell:
    if kind == "list":
        return SEPARATOR.join(sorted(cell or [])) or None
    return bool(cell) if kind == "boolean" and cell is not None else cell  # type: ignore[no-any-return]


def audit(before: Mapping[Any, Row], after: Mapping[Any, Row], entries: list[Entry]) -> None:
    """Reads the log as an auditor does: what stood before, with all that is logged done to it, is what stands after."""
    rows = dict(before)
    for entry in entries:
        if entry.kind == "deleted":
            if rows.pop(entry.place) != entry.before:
                raise DifferenceError(f"the log deletes what did not stand there: {entry}")
            continue
        stands = rows.get(entry.place, {})
        if (entry.kind == "created") is bool(stands) or any(stands[name] != old for name, old in (entry.before or {}).items()):
            raise DifferenceError(f"the log changes what did not stand there: {entry}")
        rows[entry.place] = stands | (entry.after or {})
    if rows != after:
        raise DifferenceError("what stands after a run is not what its log says")


def _difference(one: Any, other: Any) -> Any:
    """Of long answers only what differs."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: value for key, value in one.items() if other.get(key, ...) != value}
    if isinstance(one, list) and isinstance(other, list):
        return [item for item in one if item not in other] or one
    return one
