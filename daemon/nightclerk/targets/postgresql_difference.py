"""Staging and comparing on PostgreSQL: rows go by COPY into a temporary table, and what is not the same into the difference.

The difference holds the rows that are new or not the same, with what the file says (n…) and what stood in the table when it
was compared (o…). Nobody else is kept from writing meanwhile: an update finds its row only as long as the old values stand,
an insert fails on the unique key, and either way the booking begins anew. A booking compares piece by piece while the file is
still read, each row by the table's unique key. A preview may not empty the stage, and compares once at the end.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from heapq import merge
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from nightclerk.core.booking import BookingPlan, Change, Effect, Forbidden
from nightclerk.core.reading import Block, Cell
from nightclerk.targets import postgresql_writing as writing
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.dialect import Tally, by_effect
from nightclerk.targets.postgresql_absent import PostgresqlAbsentRows
from nightclerk.targets.postgresql_copy import keys_as_csv
from nightclerk.targets.postgresql_errors import too_much
from nightclerk.targets.postgresql_layout import CHANGED, DIFFERENCE, NEW, SAME, STAGE, WITHDRAWN, Layout
from nightclerk.targets.postgresql_references import references_of
from nightclerk.targets.postgresql_remembered import Remembered
from nightclerk.targets.postgresql_stage import Stage
from nightclerk.targets.sample import created, updated


class PostgresqlDifference:
    """``Difference`` over an open connection. place: the database as people know it; receipt: None for a preview."""

    _books = True
    """Whether rows are to be booked, or might be: then members of lists that are not there count."""

    def __init__(self, connection: Connection, plan: BookingPlan, place: str, receipt: int | None) -> None:
        self._plan = plan
        self._place = place
        self._receipt = receipt
        self._logged = self._updated = 0
        self._compared = False
        self._layout = layout = Layout(connection, plan)
        layout.make_tables()
        self._remembered = Remembered(connection, layout)
        self._first_load = not layout.has_rows()
        self.references = references_of(connection, layout)
        # Where every row is new nothing has to be compared, so that a preview copies straight into the difference.
        table = DIFFERENCE if self._first_load and receipt is None else STAGE
        self._stage = Stage(connection, table, layout.places, place, self._work_off)
        self.absent: PostgresqlAbsentRows | None = None
        if plan.absence is not None and not self._first_load:
            staged = STAGE if receipt is None else None
            self.absent = PostgresqlAbsentRows(connection, layout, plan.absence, place, self._stage, staged)
            self.absent.make_tables()
        if receipt is not None:
            layout.by_index(True)

    def keep_writers_out(self) -> None:
        layout = self._layout  # rows, not the table: that takes no more than the right to update some of their columns
        rows = f"SELECT FROM {layout.table} AS t WHERE {layout.mine()} FOR NO KEY UPDATE"
        layout.run(f"WITH kept AS MATERIALIZED ({rows}) SELECT count(*) FROM kept")

    def add(self, block: Block) -> None:
        self._stage.add(block)

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> int:
        self._stage.flush()
        listed = list(keys)
        if not listed:
            return 0
        run, names = self._layout.run, [one.new for one in self._layout.keys]
        run(f"DELETE FROM {WITHDRAWN}")
        self._stage.copy(WITHDRAWN, ["rows", *names], keys_as_csv(listed))
        run(f"ANALYZE {WITHDRAWN}")
        run("SELECT set_config('enable_hashjoin', 'on', true)")
        which = f"WHERE ({', '.join(names)}) IN (SELECT {', '.join(names)} FROM {WITHDRAWN})"
        if self._receipt is None:
            if self.absent is not None:
                self.absent.keep(WITHDRAWN)
            run(f"DELETE FROM {STAGE} {which}")
        elif self._first_load:
            self._logged -= run(
                f"DELETE FROM {CHANGES.name} WHERE receipt = :receipt AND line IN (SELECT line FROM {DIFFERENCE} {which})",
                receipt=self._receipt,
            ).rowcount
        run(f"DELETE FROM {DIFFERENCE} {which}")
        self._layout.by_index(self._receipt is not None)
        return sum(count for _, count in listed)

    def tally(self) -> Tally:
        self._stage.flush()
        if self._receipt is None and not self._first_load and not self._compared:
            self._layout.run(f"ANALYZE {STAGE} ({', '.join(one.new for one in self._layout.keys)})")
            self._sift()
        self._compared = True
        if self._books:
            self._layout.lists.find_unknown()
        self._settle_references()
        self._hold_to_size()
        withdrawn, created_members = self._settle_lists()
        known = self._plan.mode != "create_only"
        effects = [(name, one.field.name, told) for one in self._layout.values for name, told in one.effects().items()]
        effects = [] if self._first_load else effects  # they are those on rows that were there before
        counts = [
            "count(*)",
            f"count(*) FILTER (WHERE kind = {NEW} AND {self._layout.allowed_new()})",
            f"count(*) FILTER (WHERE kind = {CHANGED} AND {known})",
            f"count(*) FILTER (WHERE kind = {SAME} AND {known})",
            *(f"count(*) FILTER (WHERE kind <> {NEW} AND {told})" for _, _, told in effects),
        ]
        counted: tuple[int, ...] = tuple(self._layout.run(f"SELECT {', '.join(counts)} FROM {DIFFERENCE}").one())
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
        elif allowed != "true":
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
        self._remembered.keep(self._first_load)

    def log(self, receipt: int) -> int:
        return self._logged if self._first_load else writing.log(self._layout, receipt)

    def close(self) -> None:
        self._stage.close()

    def _work_off(self) -> None:
        """A piece has been copied. Where every row is new, the log too is written while the file is still read."""
        if self._receipt is None:
            return
        if self._first_load:
            names = ", ".join(["line", *(one.new for one in self._layout.places)])
            self._layout.run(f"INSERT INTO {DIFFERENCE} ({names}) SELECT {names} FROM {STAGE}")
            self._logged += writing.log_created(self._layout, self._receipt, STAGE)
        else:
            self._sift()
        if self.absent is not None:
            self.absent.keep(STAGE)
        self._layout.run(f"TRUNCATE {STAGE}")

    def _settle_lists(self) -> tuple[int, dict[Effect, dict[str, int]]]:
        lists = self._layout.lists
        if not self._books or not lists.fields:
            return 0, {}
        found = lists.settle()
        if found[0] and self._first_load and self._receipt is not None:  # the log has these rows already
            gone = f"line IN (SELECT line FROM {lists.names.unknown})"
            self._logged -= self._layout.run(
                f"DELETE FROM {CHANGES.name} WHERE receipt = :receipt AND {gone}", receipt=self._receipt
            ).rowcount
        return found

    def _sift(self) -> None:
        """Puts the staged rows that are new, changed, keep a value for a blank, or are forbidden, into the difference."""
        layout, remembered = self._layout, self._remembered
        layout.lists.stage_standing()
        marks = {one.edited: remembered.edited(one) for one in remembered.fields}
        marks |= {one.blank: f"s.{one.new} IS NULL" for one in layout.values if one.field.blank == "default"}
        names = [one.new for one in layout.places] + [one.old for one in layout.values] + [*marks]
        selected = [one.wanted() for one in layout.places] + [one.compared() for one in layout.values] + [*marks.values()]
        gets = (one.changed(one.wanted(), one.compared(), marks.get(one.edited, "false")) for one in layout.values)
        changed = " OR ".join(gets) or "false"
        conditions = [
            layout.missing(),
            *(one.differs(one.wanted(), one.compared()) for one in layout.values),
            *remembered.stale(),
            *self.references.newer(),
        ]
        differs = " OR ".join(conditions)
        close = remembered.ends() if self._receipt is not None else {}
        table = f"{layout.table} AS t ON {layout.same_key('s')}"
        if close:  # what was brought is joined as a whole; the table by its key all the same, which LIMIT keeps so
            table = f"LATERAL (SELECT * FROM {layout.table} AS t WHERE {layout.same_key('s')} LIMIT 1) AS t ON true"
            layout.run("SELECT set_config('enable_hashjoin', 'on', true), set_config('enable_bitmapscan', 'on', true)")
        layout.run(
            f"INSERT INTO {DIFFERENCE} (line, kind, news, {', '.join(names)}) SELECT s.line, CASE WHEN {layout.missing()} "
            f"THEN {NEW} WHEN {changed} THEN {CHANGED} ELSE {SAME} END, {remembered.news()}, {', '.join(selected)} "
            f"FROM {STAGE} AS s LEFT JOIN {table}{remembered.joined(bool(close))} "
            f"WHERE {'true' if self._plan.mode == 'create_only' else differs}",
            **close,
        )
        if close:
            layout.by_index(True)

    def _settle_references(self) -> None:
        """Rows that are put apart are not created: what was logged of them while the file was still read is taken out again."""
        if not self.references.asked:
            return
        self._layout.by_index(False)  # values of many rows name few: one look at all that are there may be cheaper
        apart = self.references.settle()
        self._layout.by_index(self._receipt is not None)
        if apart and self._first_load and self._receipt is not None:
            which = f"WHERE receipt = :receipt AND line IN (SELECT line FROM {self.references.table})"
            self._logged -= self._layout.run(f"DELETE FROM {CHANGES.name} {which}", receipt=self._receipt).rowcount

    def _hold_to_size(self) -> None:
        """Numbers that would be rounded or cut off in the table stop the booking: that may never happen without a word. Rows
        that are not booked are not held to it."""
        for one in self._layout.places:
            if (unsuited := one.unsuited()) is not None:
                which = f"{self._layout.booked()} AND {unsuited}"
                line = self._layout.run(f"SELECT min(line) FROM {DIFFERENCE} WHERE {which}").scalar_one()
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
