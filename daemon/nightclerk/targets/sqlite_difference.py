"""Staging and comparing on SQLite: every statement works on whole blocks or the whole difference.

A block goes into a small temporary table that never leaves the page cache; one join with the table's unique key moves what
is new or different into the difference, which SQLite keeps in an unlinked temporary file. Cells that do not differ are
null there, old and new alike: so a null pair means "the same", a new value means "changed", and an old value without a
new one means "blank in the file". Temporary columns are named by position and have no type, so values stay as bound.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from heapq import merge
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, CursorResult, text

from nightclerk.core.booking import BookingPlan, Change, Forbidden
from nightclerk.core.naming import identifier
from nightclerk.core.reading import Block, Cell
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.dialect import Tally, by_effect
from nightclerk.targets.imported import memory_of
from nightclerk.targets.sample import created, updated
from nightclerk.targets.sqlite_absent import SqliteAbsentRows
from nightclerk.targets.sqlite_apart import NAMES, SqliteLists, documents, source_of
from nightclerk.targets.sqlite_place import Place
from nightclerk.targets.sqlite_references import references_of
from nightclerk.targets.sqlite_remembered import Remembered, log_key
from nightclerk.targets.stamps import stamped_changed, stamped_new

NEW, CHANGED, SAME = 0, 1, 2
_STAGE, DIFFERENCE, WITHDRAWN = "temp.nightclerk_stage", "temp.nightclerk_difference", "temp.nightclerk_withdrawn"


class SqliteDifference:
    """``Difference`` over an open SQLite connection."""

    _books = True
    """Whether rows are to be booked, or might be: then members of lists that are not there count."""

    def __init__(self, connection: Connection, plan: BookingPlan) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._plan = plan
        quote = self._quote = connection.dialect.identifier_preparer.quote_identifier
        self._table = quote(plan.table)
        self._tenant = None if plan.tenant_column is None else quote(plan.tenant_column)
        columns = {field.name: f"t.{quote(field.column)}" for field in plan.fields}
        owners = [columns[name] for name in plan.key]
        self._places = [
            Place(field, quote(field.column), at, source_of(quote, field, owners)) for at, field in enumerate(plan.fields)
        ]
        by_name = {place.field.name: place for place in self._places}
        self._keys = [by_name[name] for name in plan.key]
        self._values = [place for place in self._places if not place.field.key]
        self._absent = [(quote(column), value) for column, _, value in plan.absent_defaults]
        self._needed = [p for p in self._values if p.field.required_for_new and p.field.default is None]
        self._in_columns = [place for place in self._places if place.in_column]
        self._documents = documents(self._places)
        self._lists = SqliteLists(plan, self._places, self._run, quote, NAMES, self._booked())
        own = f"t.{self._tenant} = :tenant COLLATE BINARY" if self._tenant else "TRUE"
        self._remembered = Remembered(connection, plan, self._places, self._run, own)
        self._make_tables()
        self._first_load = not self._has_rows()
        self.references = references_of(
            plan,
            self._places,
            self._run,
            quote,
            DIFFERENCE,
            self._lists.with_sound(self._allowed_new()),
            self._lists.with_sound(self._booked()),
        )
        self.absent = None if self._first_load else self._absent_rows()
        self._block_statements = self._sifting() if not self._first_load else self._straight()

    def keep_writers_out(self) -> None:
        """Nothing: nobody else writes meanwhile."""

    def add(self, block: Block) -> None:
        stage, *rest = self._block_statements
        # SQLAlchemy would make a list of all rows first; the driver takes the columns as they come.
        self._driver.executemany(stage, zip(block.lines, *block.columns, strict=True)).close()
        if not self._first_load:
            self._lists.stage_standing()
        if self.absent is not None:
            self.absent.keep(_STAGE)
        for statement in rest:
            self._run(statement)

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> int:
        names = ", ".join(key.new for key in self._keys)
        self._run(f"DELETE FROM {WITHDRAWN}")
        marks = ", ".join("?" for _ in range(len(self._keys) + 1))
        rows = ((*key, count) for key, count in keys)
        self._driver.executemany(f"INSERT INTO {WITHDRAWN} ({names}, rows) VALUES ({marks})", rows).close()
        self._run(f"DELETE FROM {DIFFERENCE} WHERE ({names}) IN (SELECT {names} FROM {WITHDRAWN})")
        return int(self._run(f"SELECT coalesce(sum(rows), 0) FROM {WITHDRAWN}").scalar_one())

    def tally(self) -> Tally:
        if self._books:
            self._lists.find_unknown()
        self.references.settle()
        withdrawn, created_members = self._lists.settle() if self._books else (0, {})
        known = 0 if self._plan.mode == "create_only" else 1
        effects = [(name, place.field.name, told) for place in self._values for name, told in place.effects().items()]
        counts = [
            "count(*)",
            f"count(*) FILTER (WHERE kind = {NEW} AND {self._allowed_new()})",
            f"count(*) FILTER (WHERE kind = {CHANGED} AND {known})",
            f"count(*) FILTER (WHERE kind = {SAME} AND {known})",
            *(f"count(*) FILTER (WHERE kind <> {NEW} AND {known} AND {told})" for _, _, told in effects),
        ]
        counted: tuple[int, ...] = tuple(self._run(f"SELECT {', '.join(counts)} FROM {DIFFERENCE}").one())
        rows, created, updated, same, *numbers = counted
        return Tally(rows + withdrawn, created, updated, same, by_effect(effects, numbers) | created_members)

    def forbidden(self) -> Iterator[Forbidden]:
        references = self.references
        found = [self._forbidden(DIFFERENCE), self._lists.forbidden()]
        found += [references.forbidden(), self._forbidden(references.table)] if references.apart else []
        return merge(*found, key=attrgetter("line"))

    def link(self, receipt: int) -> None:
        self._lists.write(receipt, "")

    def _forbidden(self, table: str) -> Iterator[Forbidden]:
        if self._plan.mode == "create_only":
            yield from self._forbidden_lines(f"kind <> {NEW} OR NOT ({self._allowed_new()})", table)
        elif self._plan.mode == "update_only" or self._allowed_new() != "1":
            yield from self._forbidden_lines(f"kind = {NEW} AND NOT ({self._allowed_new()})", table)

    def sample(self, limit: int) -> list[Change]:
        known = "0" if self._plan.mode == "create_only" else "1"
        olds = [place.old for place in self._values]
        changed = [f"kind = {CHANGED} AND ({place.changes()})" for place in self._values]
        found = self._run(
            f"SELECT {', '.join(['line', *(place.new for place in self._places), *olds, *changed])} FROM {DIFFERENCE} "
            f"WHERE (kind = {NEW} AND {self._allowed_new()}) OR (kind = {CHANGED} AND {known}) ORDER BY line LIMIT :most",
            most=limit,
        )
        return [self._change(*row) for row in found]  # a few rows, for people to look at

    def _change(self, line: int, *cells: Any) -> Change:
        """Given a line, its new cells, its old ones and which of these are changed; returns the change. A new row has none."""
        width = len(self._places)
        new = {p.field.name: p.read(cell) for p, cell in zip(self._places, cells, strict=False)}
        olds = zip(self._values, cells[width:], cells[width + len(self._values) :], strict=False)
        changed = {place.field.name: place.read(old) for place, old, is_changed in olds if is_changed}
        return updated(self._plan, line, new, changed) if changed else created(self._plan, line, new)

    def insert(self) -> int:
        columns = [place.column for place in self._in_columns] + [column for column, _ in self._absent]
        values = [place.new if place.field.default is None else place.filled(place.new) for place in self._in_columns]
        values += [f":absent{at}" for at in range(len(self._absent))]
        if self._tenant:
            columns, values = [self._tenant, *columns], [":tenant", *values]
        columns, values = [*columns, *self._documents], values + [brought for brought, _ in self._documents.values()]
        stamped = stamped_new(self._plan, self._quote)
        columns, values = [*columns, *stamped], [*values, *stamped.values()]
        return self._run(
            f"INSERT INTO {self._table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {DIFFERENCE} "
            f"WHERE kind = {NEW} AND {self._allowed_new()} ORDER BY line",
            **{f"absent{at}": value for at, (_, value) in enumerate(self._absent)},
        ).rowcount

    def update(self) -> int:
        if not self._values or self._plan.mode == "create_only":
            return 0
        assigned = [f"{place.column} = {place.assigned()}" for place in self._values if place.in_column]
        assigned += [f"{column} = {changed}" for column, (_, changed) in self._documents.items()]
        if not assigned:  # lists alone, which stand elsewhere
            assigned = [f"{key.column} = t.{key.column}" for key in self._keys]
        assigned += [f"{column} = {now}" for column, now in stamped_changed(self._plan, self._quote).items()]
        return self._run(
            f"UPDATE {self._table} AS t SET {', '.join(assigned)} "
            f"FROM {DIFFERENCE} AS d WHERE d.kind = {CHANGED} AND {self._same_key('d')}"
        ).rowcount

    def remember(self) -> None:
        known = "1" if self._plan.mode != "create_only" else f"kind = {NEW}"
        rows = f"(kind <> {NEW} OR {self._allowed_new()}) AND {known}"
        self._remembered.keep(self._table, self._same_key("d"), DIFFERENCE, rows, self._first_load)

    def log(self, receipt: int) -> int:
        pairs = " || ".join(
            f"CASE WHEN {p.changes()} THEN ',\"{identifier(p.field.name)}\"\\:[' || {p.as_json(p.old)} || ',' || "
            f"{p.as_json(p.new)} || ']' ELSE '' END"
            for p in self._values
        )
        known = "0" if self._plan.mode == "create_only" else "1"
        return self._run(
            f"INSERT INTO {CHANGES.name} (receipt, line, tenant, entity, kind, key, fields) "
            f"SELECT :receipt, line, :tenant, :entity, CASE kind WHEN {NEW} THEN 'created' ELSE 'updated' END, "
            f"{log_key(self._keys)}, CASE kind WHEN {CHANGED} THEN '{{' || substr({pairs or 'NULL'}, 2) || '}}' END "
            f"FROM {DIFFERENCE} WHERE (kind = {NEW} AND {self._allowed_new()}) OR (kind = {CHANGED} AND {known}) ORDER BY line",
            receipt=receipt,
        ).rowcount

    def close(self) -> None:
        """Nothing is under way beside the caller's thread."""

    def _run(self, statement: str, **values: Any) -> CursorResult[Any]:
        plan = self._plan
        known = {"tenant": plan.tenant, "memory": memory_of(plan.table, plan.tenant), "entity": plan.entity, "feed": plan.feed}
        values |= {name: value for name, value in known.items() if f":{name}" in statement}
        values |= {f"default{p.at}": p.field.default for p in self._places if f":default{p.at}" in statement}
        return self._connection.execute(text(statement), values)

    def _make_tables(self) -> None:
        cells = ", ".join(place.new for place in self._places)
        old = "".join(f", {name}" for place in self._values for name in (place.old, *place.marks))
        keys = ", ".join(key.new for key in self._keys)
        listed = "".join(f", {place.standing}" for place in self._lists.fields)
        self._run(f"CREATE TEMPORARY TABLE {_STAGE[5:]} (line INTEGER PRIMARY KEY, {cells}{listed})")
        self._run(f"CREATE TEMPORARY TABLE {DIFFERENCE[5:]} (line INTEGER PRIMARY KEY, kind, {cells}{old})")
        self._run(f"CREATE TEMPORARY TABLE {WITHDRAWN[5:]} ({keys}, rows)")
        self._lists.make_tables()

    def _absent_rows(self) -> SqliteAbsentRows | None:
        if self._plan.absence is None:
            return None
        mine = f"t.{self._tenant} = :tenant COLLATE BINARY" if self._tenant else "TRUE"
        made = SqliteAbsentRows(
            self._connection, self._plan, self._plan.absence, self._run, self._places, self._table, mine, self._same_key
        )
        made.make_tables()
        return made

    def _has_rows(self) -> bool:
        where = f" WHERE {self._tenant} = :tenant COLLATE BINARY" if self._tenant else ""
        return self._run(f"SELECT 1 FROM {self._table}{where} LIMIT 1").first() is not None

    def _straight(self) -> list[str]:
        """The tenant has no rows yet, so every row is new: one statement per block, straight into the difference."""
        names = ", ".join(place.new for place in self._places)
        marks = ", ".join("?" for _ in self._places)
        return [f"INSERT INTO {DIFFERENCE} (kind, line, {names}) VALUES ({NEW}, ?, {marks})"]

    def _sifting(self) -> list[str]:
        """Into staging, what differs into the difference, staging empty again."""
        marks = ", ".join("?" for _ in range(len(self._places) + 1))
        names = ", ".join(["line", *(place.new for place in self._places)])
        return [f"INSERT INTO {_STAGE} ({names}) VALUES ({marks})", self._sift(), f"DELETE FROM {_STAGE}"]

    def _sift(self) -> str:
        """SQL: moves the staged rows that are new, changed, keep a value for a blank, or are forbidden. Staging leads the
        join, so each row costs one look-up in the table's unique key and the difference grows in the order of lines."""
        missing = f"t.{self._keys[0].column} IS NULL"
        edited = self._remembered.edited
        selected = [f"s.{key.new} AS {key.new}" for key in self._keys]
        selected += [f"CASE WHEN {p.differs()} THEN {p.wanted()} END" for p in self._values]
        selected += [f"CASE WHEN {p.differs()} THEN {p.compared()} END" for p in self._values]
        marks = {p.edited: edited(p) for p in self._remembered.fields}
        marks |= {p.blank: f"s.{p.new} IS NULL" for p in self._values if p.field.blank == "default"}
        names = [p.new for p in (*self._keys, *self._values)] + [p.old for p in self._values] + [*marks]
        selected += marks.values()
        changed = [p.sifted(marks.get(p.edited, "0")) for p in self._values]
        kind = f"CASE WHEN {missing} THEN {NEW} WHEN {' OR '.join(changed) or '0'} THEN {CHANGED} ELSE {SAME} END"
        where = " OR ".join([missing, *(p.differs() for p in self._values), *self._remembered.stale(), *self.references.newer()])
        if self._plan.mode == "create_only":
            where = "1"  # every known row is forbidden
        return (
            f"INSERT INTO {DIFFERENCE} (line, kind, {', '.join(names)}) SELECT s.line, {kind}, {', '.join(selected)} "
            f"FROM {_STAGE} AS s LEFT JOIN {self._table} AS t ON {self._same_key('s')}{self._remembered.joined()} WHERE {where}"
        )

    def _same_key(self, other: str) -> str:
        """SQL: the table's row t has the key of the other one's row. Binary and exact, whatever the column's collation."""
        same = [f"t.{key.column} = {other}.{key.new} COLLATE BINARY" for key in self._keys]
        return " AND ".join([f"t.{self._tenant} = :tenant COLLATE BINARY", *same] if self._tenant else same)

    def _allowed_new(self) -> str:
        """SQL over the difference: a new row may be created."""
        if self._plan.mode == "update_only" or self._plan.missing_for_new:
            return "0"
        return " AND ".join(f"{place.new} IS NOT NULL" for place in self._needed) or "1"

    def _booked(self) -> str:
        """SQL over the difference: the row is created or updated."""
        return f"((kind = {NEW} AND {self._allowed_new()}) OR (kind = {CHANGED} AND {self._plan.mode != 'create_only'}))"

    def _forbidden_lines(self, where: str, table: str) -> Iterator[Forbidden]:
        absent = "".join(f", {place.new} IS NULL" for place in self._needed)
        found = self._run(f"SELECT line, kind{absent} FROM {table} WHERE {where} ORDER BY line")
        for line, kind, *missing in map(tuple, found):  # rejected rows only
            if kind != NEW:
                yield Forbidden(line, "known_key")
            elif self._plan.mode == "update_only":
                yield Forbidden(line, "unknown_key")
            else:
                here = itertools.compress((place.field.name for place in self._needed), missing)
                yield from (Forbidden(line, "required_for_new", name) for name in (*self._plan.missing_for_new, *here))
