"""The slow, plain model of references: which rows name rows that are not there, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.model.scenario import Cell, Row, Written, mapping_of

Line = tuple[int, Row]


@dataclass(frozen=True)
class Unknown:
    """A reference that names no row, and rules its row out. parks: the row waits, if nothing else is wrong with it."""

    field: str
    value: Cell
    parks: bool


@dataclass
class Settled:
    """What became of a file's rows. rows: those that are left, with what counts as empty taken out; apart: the others by line;
    blanked: field → rows that are booked in which it counts as empty; made: the fields and values that are made on the way."""

    rows: list[Line] = field(default_factory=list)
    apart: dict[int, list[Unknown]] = field(default_factory=dict)
    blanked: dict[str, int] = field(default_factory=dict)
    made: list[tuple[str, str, Cell]] = field(default_factory=list)


@dataclass(frozen=True)
class References:
    """How a file's rows are asked. there: the keys of an entity's rows; known: a row of the table is meant; changes: a field of
    the row changes it; faults: what else rules a row out; books: a row is created or changes anything."""

    feed: Written
    entity: Written
    there: Callable[[str], set[Cell]]
    known: Callable[[Row], bool]
    changes: Callable[[Row, str], bool]
    faults: Callable[[Row], bool]
    books: Callable[[Row], bool]

    def settle(self, rows: list[Line]) -> Settled:
        """Given a file's rows by line; returns what becomes of them by what they name."""
        done = Settled(list(rows))
        gone: list[Line] = []
        while apart := [(line, row) for line, row in done.rows if any(self._ruling_out(row, done.rows))]:
            gone += apart
            done.rows = [one for one in done.rows if one not in apart]
        done.apart = {line: list(self._ruling_out(row, done.rows)) for line, row in gone}
        asked = {line: list(self._unknown(row, done.rows)) for line, row in done.rows}
        for line, row in done.rows:
            for name in asked[line] if not self.faults(row) else ():
                self._follow(name, row, done)
        done.rows = [
            (line, row | {name: None for name in asked[line] if self._policy(name) == "blank"}) for line, row in done.rows
        ]
        done.made.sort(key=lambda one: (list(self.entity["fields"]).index(one[0]), one[2]))
        return done

    def _follow(self, name: str, row: Row, done: Settled) -> None:
        if self._policy(name) == "blank" and self.books(row):
            done.blanked[name] = done.blanked.get(name, 0) + 1
        if self._policy(name) == "create":
            done.made.append((name, self.entity["fields"][name]["to"], row[name]))

    def _unknown(self, row: Row, rows: list[Line]) -> Iterator[str]:
        """Yields the references of new rows, and those that change, which name nothing that is there or made."""
        for name, spec in self.entity["fields"].items():
            if spec["type"] != "reference" or name not in mapping_of(self.feed) or row[name] is None:
                continue
            if self.known(row) and not self.changes(row, name):
                continue
            there = self.there(spec["to"])
            if spec["to"] == self.feed["entity"] and row[name] == row[self.entity["key"][0]]:
                continue  # a row is there for itself
            if spec["to"] == self.feed["entity"]:
                there |= {one[self.entity["key"][0]] for _, one in rows if not self.known(one) and not self.faults(one)}
            if row[name] not in there:
                yield name

    def _ruling_out(self, row: Row, rows: list[Line]) -> Iterator[Unknown]:
        for name in self._unknown(row, rows):
            needed = self.entity["fields"][name].get("required_for_new") and not self.known(row)
            if self._policy(name) in ("park", "reject") or (self._policy(name) == "blank" and needed):
                yield Unknown(name, row[name], self._policy(name) == "park")

    def _policy(self, name: str) -> str:
        rule = mapping_of(self.feed)[name]
        own = rule.get("unknown_reference") if isinstance(rule, dict) else None
        wanted: str = own or self.feed.get("unknown_reference", "park")
        return "reject" if wanted == "blank" and self.entity["fields"][name].get("required") else wanted
