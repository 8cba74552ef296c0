"""Staging and comparing on MariaDB and MySQL: rows go into a temporary table, and what is not the same into the difference.

The difference holds the rows that are new or not the same, with what the file says (n…) and what stood in the table when it was
compared (o…). Nobody else is kept from writing meanwhile: an update finds its row only as long as the old values stand, an insert
fails on the unique key, and either way the booking begins anew. Each piece is compared while the file is still read, each row by
the table's unique key. Nothing here commits: temporary tables are made and emptied without (TRUNCATE would commit).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from heapq import merge
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from nightclerk.core.booking import BookingPlan, Change, Forbidden
from nightclerk.core.reading import Block, Cell
from nightclerk.targets import mariadb_writing as writing
from nightclerk.targets.dialect import Tally, by_effect
from nightclerk.targets.mariadb_absent import MariadbAbsentRows
from nightclerk.targets.mariadb_errors import too_much
from nightclerk.targets.mariadb_layout import CHANGED, DIFFERENCE, NEW, SAME, STAGE, WITHDRAWN, Layout
from nightclerk.targets.mariadb_references import references_of
from nightclerk.targets.mariadb_remembered import Remembered
from nightclerk.targets.mariadb_rows import keys_as_values
from nightclerk.targets.mariadb_stage import Stage
from nightclerk.targets.sample import created, updated


class MariadbDifference:
    """``Difference`` over an open connection. place: the database as people know it; collation: the one by which texts are told
    apart to the byte."""

    _books = True
    """Whether rows are to be booked, or might be: then members of lists that are not there count."""

    def __init__(self, connection: Connection, plan: BookingPlan, place: str, collation: str) -> None:
        self._plan = plan
        self._place = place
        self._updated = 0
        self._layout = layout = Layout(connection, plan, collation)
        layout.make_tables()
        self._remembered = Remembered(connection, layout)
        self._first_load = not layout.has_rows()
        self.references = references_of(connection, layout)
        # Where every row is new nothing has to be compared: rows go straight into the difference.
        self._stage = Stage(connection, DIFFERENCE if self._first_load else STAGE, layout.places, place, self._work_off)
        self.absent: MariadbAbsentRows | None = None
        if plan.absence is not None and not self._first_load:
            self.absent = MariadbAbsentRows(connection, layout, plan.absence, place, self._stage)
            self.absent.make_tables()

    def keep_writers_out(self) -> None:
        self._layout.run(f"SELECT COUNT(*) FROM {self._layout.table} AS t WHERE {self._layout.mine()} FOR UPDATE")

    def add(self, block: Block) -> None:
        self._stage.add(block)

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> int:
        self._stage.flush()
        listed = list(keys)
        if not listed:
            return 0
        names = [one.new for one in self._layout.keys]
        self._layout.run(f"DELETE FROM {WITHDRAWN}")
        self._stage.put(WITHDRAWN, ["times", *names], keys_as_values(listed))
        same = " AND ".join(f"w.{name} = d.{name}" for name in names)
        self._layout.run(f"DELETE d FROM {DIFFERENCE} AS d STRAIGHT_JOIN {WITHDRAWN} AS w FORCE INDEX (by_key) ON {same}")
        return sum(count for _, count in listed)

    def tally(self) -> Tally:
        self._stage.flush()
        if self._books:
            self._layout.lists.find_unknown()
        self.references.settle()
        self._hold_to_size()
        withdrawn, created_members = self._layout.lists.settle() if self._books else (0, {})
        known = self._plan.mode != "create_only"
        effects = [(name, one.field.name, told) for one in self._layout.values for name, told in one.effects().items()]
        conditions = [
            "TRUE",
            f"kind = {NEW} AND {self._layout.allowed_new()}",
            f"kind = {CHANGED} AND {known}",
            f"kind = {SAME} AND {known}",
            *(f"kind <> {NEW} AND {told}" for _, _, told in effects),
        ]
        counts = ", ".join(f"COUNT(CASE WHEN {condition} THEN 1 END)" for condition in conditions)
        counted: tuple[int, ...] = tuple(self._layout.run(f"SELECT {counts} FROM {DIFFERENCE}").one())
        rows, new, self._updated, same, *numbers = counted
        return Tally(rows + withdrawn, new, self._updated, same, (by_effect(effects, numbers) if known else {}) | created_members)

    def forbidden(self) -> Iterator[Forbidden]:
        references = self.references
        found = [self._forbidden(DIFFERENCE), self._layout.lists.forbidden()]
        found += [references.forbidden(), self._forbidden(references.table)] if references.apart else []
        return merge(*found, key=attrgetter("line"))

    def link(self, receipt: int) -> None:
        self._layout.lists.write(receipt, self._place)

    def _forbidden(self, table: str) -> Iterator[Forbidden]:
        allowed = self._layout.allowed_new()
        if self._plan.mode == "create_only":
            yield from self._forbidden_lines(f"kind <> {NEW} OR NOT ({allowed})", table)
        elif allowed != "TRUE":
            yield from self._forbidden_lines(f"kind = {NEW} AND NOT ({allowed})", table)

    def sample(self, limit: int) -> list[Change]:
        layout = self._layout
        cells = [one.as_cell(one.new) for one in layout.places] + [one.as_cell(one.old) for one in layout.values]
        changed = [one.changes() for one in layout.values]
        found = layout.run(
            f"SELECT line, kind, {', '.join([*cells, *changed])} FROM {DIFFERENCE} WHERE {layout.booked()} "
            "ORDER BY line LIMIT :most",
            most=limit,
        )
        return [self._change(*row) for row in map(tuple, found)]  # a few rows, for people to look at

    def insert(self) -> int:
        return writing.insert(self._layout, self._place)

    def update(self) -> int:
        return writing.update(self._layout, self._place, self._updated)

    def remember(self) -> None:
        self._remembered.keep()

    def log(self, receipt: int) -> int:
        return writing.log(self._layout, receipt)

    def close(self) -> None:
        self._stage.close()

    def _work_off(self) -> None:
        """A piece has been put into the stage."""
        if not self._first_load:
            self._sift()
            if self.absent is not None:
                self.absent.keep(STAGE)
            self._layout.run(f"DELETE FROM {STAGE}")

    def _sift(self) -> None:
        """Puts the staged rows that are new, changed, keep a value for a blank, or are forbidden, into the difference."""
        layout, remembered = self._layout, self._remembered
        layout.lists.stage_standing()
        marks = {one.edited: remembered.edited(one) for one in remembered.fields}
        marks |= {one.blank: f"s.{one.new} IS NULL" for one in layout.values if one.field.blank == "default"}
        names = [one.new for one in layout.places] + [one.old for one in layout.values] + [*marks]
        selected = [one.wanted() for one in layout.places] + [one.compared() for one in layout.values] + [*marks.values()]
        gets = (one.changed(one.wanted(), one.compared(), marks.get(one.edited, "FALSE")) for one in layout.values)
        changed = " OR ".join(gets) or "FALSE"
        conditions = [
            layout.missing(),
            *(one.differs(one.wanted(), one.compared()) for one in layout.values),
            *remembered.stale(),
            *self.references.newer(),
        ]
        differs = " OR ".join(conditions)
        layout.run(
            f"INSERT INTO {DIFFERENCE} (line, kind, {', '.join(names)}) SELECT s.line, "
            f"CASE WHEN {layout.missing()} THEN {NEW} WHEN {changed} THEN {CHANGED} ELSE {SAME} END, {', '.join(selected)} "
            f"FROM {STAGE} AS s LEFT JOIN {layout.looked_up} ON {layout.same_key('s')}{remembered.joined()} "
            f"WHERE {'TRUE' if self._plan.mode == 'create_only' else differs}"
        )

    def _hold_to_size(self) -> None:
        """Numbers that would be rounded in the table stop the booking: that may never happen without a word. Rows that are not
        booked are not held to it."""
        for one in self._layout.places:
            if (unsuited := one.unsuited()) is not None:
                which = f"{self._layout.booked()} AND {unsuited}"
                line = self._layout.run(f"SELECT MIN(line) FROM {DIFFERENCE} WHERE {which}").scalar_one()
                if line is not None:
                    raise too_much(self._place, line, one.field.name, one.field.column, one.stands.declared)

    def _change(self, line: int, kind: int, *cells: Any) -> Change:
        places, values = self._layout.places, self._layout.values
        new = {one.field.name: one.read(cell) for one, cell in zip(places, cells[: len(places)], strict=True)}
        if kind == NEW:
            return created(self._plan, line, new)
        old = zip(values, cells[len(places) :][: len(values)], cells[len(places) + len(values) :], strict=True)
        return updated(self._plan, line, new, {one.field.name: one.read(cell) for one, cell, is_changed in old if is_changed})

    def _forbidden_lines(self, where: str, table: str) -> Iterator[Forbidden]:
        needed = self._layout.needed
        absent = "".join(f", {one.new} IS NULL" for one in needed)
        found = self._layout.run(f"SELECT line, kind{absent} FROM {table} WHERE {where} ORDER BY line")
        for line, kind, *missing in map(tuple, found):  # rejected rows only
            if kind != NEW:
                yield Forbidden(line, "known_key")
            elif self._plan.mode == "update_only":
                yield Forbidden(line, "unknown_key")
            else:
                here = itertools.compress((one.field.name for one in needed), missing)
                yield from (Forbidden(line, "required_for_new", name) for name in (*self._plan.missing_for_new, *here))
