"""Taking a run back in the memory twin: plain Python over dicts, row by row."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nightclerk.core.entity import Named
from nightclerk.core.reading import Block, Cell
from nightclerk.core.undo import (
    Decision,
    Later,
    Logged,
    RowUndone,
    UndoPlan,
    decide_again,
    decide_created,
    decide_updated,
    made_by,
    made_on_the_way,
    plan_named,
)
from nightclerk.targets.custom_fields import document_of
from nightclerk.targets.memory_apart import members, put, raw
from nightclerk.targets.standing import cell

Row = dict[str, Any]
Key = tuple[Cell, ...]


class Books:
    """What an undo sees of the memory twin, and writes: all tables' rows, the log, and what imports last brought. rows: those of
    the table that it is about."""

    def __init__(
        self,
        tables: dict[str, list[Row]],
        table: str,
        changes: list[Row],
        imported: dict[tuple[str, str, Key], dict[str, Cell]],
        covered: set[str],
    ) -> None:
        self.tables = tables
        self.rows = tables[table]
        self.changes = changes
        self.imported = imported
        self.covered = covered


class MemoryUndoing:
    """``Undoing`` on a copy of the books, which ``keep`` puts in their place. key: None for a preview."""

    def __init__(
        self,
        books: Books,
        plan: UndoPlan,
        key: str | None,
        keep: Callable[[Books, dict[str, Any]], None],
        let_go: Callable[[], None],
    ) -> None:
        self._books = copy.deepcopy(books)
        self._plan = plan
        self._key = key
        self._keep = keep
        self._let_go = let_go
        self._entries: list[Row] = []
        self._log = [change for change in books.changes if change["run"] == plan.run]
        self._seen = -1
        self._kept = False

    def needs_file(self) -> bool:
        return any(self._is_made(change) for change in self._log)

    def made(self, block: Block) -> list[RowUndone]:
        names = [one.name for one in self._plan.booking.fields]
        rows = {line: dict(zip(names, cells, strict=True)) for line, *cells in zip(block.lines, *block.columns, strict=True)}
        upto = max(rows, default=self._seen)
        page = [change for change in self._log if self._is_made(change) and self._seen < change["line"] <= upto]
        self._seen = max(self._seen, upto)
        return [self._take_back(one, made_by(self._plan, rows[one["line"]]) if one["line"] in rows else None) for one in page]

    def others(self) -> Iterator[list[RowUndone]]:
        left = [one for one in self._log if not self._is_made(one) or one["line"] > self._seen or one["line"] < 0]
        if left:
            mine = self._plan.booking.entity
            last = [one for one in left if one["entity"] != mine and one["kind"] == "created"]
            done = [self._of_any(one) for one in left if one not in last]
            yield [*done, *map(self._of_any, last)]  # a member goes when nobody names it any more

    def _of_any(self, change: Row) -> RowUndone:
        """Takes back a change of any entity's row."""
        if change["entity"] == self._plan.booking.entity:
            return self._take_back(change, None)
        named = self._plan.named.get(change["entity"])
        if named is None:
            return RowUndone(change["line"], change["entity"], change["key"], Decision("could_not", reason="no_entity"))
        books, other = self._books, copy.copy(self)
        other._plan = plan_named(self._plan, named)
        other._books = Books(books.tables, named.table, books.changes, books.imported, set())
        key = cell(named.type, change["key"][named.field])
        other._kept = self._is_named(named, key)
        return other._take_back(change, made_on_the_way(named, key) if change["fields"] is None else None)

    def _is_named(self, named: Named, key: Cell) -> bool:
        plan = self._plan
        lists = {one.column for one in plan.apart if one.links is not None and one.links.of.table == named.table}
        names = [plan.columns[one.field] for one in plan.booking.references if one.to.table == named.table]
        mine = [row for row in self._books.rows if self._is_mine(row)]
        return any(row[name] == key for row in mine for name in names) or any(
            str(key) in (members(row[name]) or ()) for row in mine for name in lists if name in row
        )

    def _is_named_elsewhere(self, key: Key) -> bool:
        tenant = self._plan.booking.tenant
        return any(
            row.get(one.column) == key[0] and (one.tenant_column is None or row[one.tenant_column] == tenant)
            for one in self._plan.named_by.get(self._plan.booking.entity, ())
            for row in self._books.tables.get(one.table, ())
        )

    def book(self, receipt: dict[str, Any]) -> None:
        self._books.changes += sorted(self._entries, key=lambda entry: int(entry["line"]))
        self._keep(self._books, receipt)
        self.abandon()

    def abandon(self) -> None:
        self._let_go()

    def _is_made(self, change: Row) -> bool:
        return change["kind"] == "created" and change["fields"] is None and change["line"] >= 0

    def _take_back(self, change: Row, made: Mapping[str, Cell] | None) -> RowUndone:
        logged = Logged(change["line"], change["kind"], change["key"], change["fields"], self._later(change))
        row = next((row for row in self._books.rows if self._is_mine(row) and self._key_of(row) == self._key_in(logged)), None)
        decision = self._decide(logged, row, made)
        if decision.act == "deleted" and (self._kept or self._is_named_elsewhere(self._key_in(logged))):
            decision = Decision("could_not", reason="referred")
        if decision.act is not None:  # a preview as well: these are not the target's own rows
            self._carry_out(logged, decision, row)
        return RowUndone(logged.line, change["entity"], logged.key, decision)

    def _decide(self, change: Logged, row: Row | None, made: Mapping[str, Cell] | None) -> Decision:
        cells = None if row is None else self._cells(row)
        if change.kind == "updated":
            after = {name: cell(self._plan.types[name], pair[1]) for name, pair in (change.fields or {}).items()}
            return decide_updated(change, after, cells)
        if change.fields is not None:
            apart = {one.name for one in self._plan.apart}
            fields = {column: name for name, column in self._plan.columns.items() if name not in apart}
            return decide_again(change, row, fields)
        own = {*self._plan.columns.values(), self._plan.booking.tenant_column}
        filled_in = [] if row is None else [name for name, value in row.items() if name not in own and value is not None]
        filled_in += [] if row is None else self._strange(row)
        return decide_created(change, made, cells, {}, filled_in, self._plan.blanked)

    def _carry_out(self, change: Logged, decision: Decision, row: Row | None) -> None:
        books, plan, key = self._books, self._plan, self._key_in(change)
        memory = (plan.booking.table, plan.booking.tenant, key)
        fields: dict[str, Any] = change.fields or {}
        if decision.act == "updated" and row is not None:
            known = books.imported.get(memory, {})
            for name in decision.fields:
                before, after = fields[name]
                self._put(row, name, before)
                if name in known and known[name] == cell(plan.types[name], after):
                    known[name] = cell(plan.types[name], before)
            fields = {name: fields[name][::-1] for name in decision.fields}
        elif decision.act == "deleted" and row is not None:
            books.rows.remove(row)
            books.imported.pop(memory, None)
            fields = dict(row)
        else:
            books.rows.append(dict(fields))
            if books.covered:
                books.imported[memory] = {name: value for name, value in self._cells(fields).items() if name in books.covered}
        entry = {"run": self._key, "line": change.line, "tenant": plan.booking.tenant, "entity": plan.booking.entity}
        self._entries.append({**entry, "kind": decision.act, "key": change.key, "fields": fields})

    def _strange(self, row: Row) -> list[str]:
        """Returns the columns of custom fields in which somebody has put what is none."""
        custom = {one.name: one.column for one in self._plan.apart if one.stored == "custom"}
        documents = {name: document_of(row.get(name)) for name in custom.values()}
        return [name for name, told in documents.items() if any(v is not None and key not in custom for key, v in told.items())]

    def _put(self, row: Row, name: str, value: Any) -> None:
        apart = next((one for one in self._plan.apart if one.name == name), None)
        if apart is None:
            row[self._plan.columns[name]] = value
        else:
            put(row, {apart: cell(apart.type, value)})

    def _later(self, change: Row) -> Later:
        where = ("tenant", "entity", "key")
        passed, fields = False, set[str]()
        for other in self._books.changes:
            if other["run"] == self._plan.run:
                passed = True
            elif passed and other["run"] not in self._plan.void and all(other[name] == change[name] for name in where):
                if other["kind"] != "updated":
                    return None
                fields |= other["fields"].keys()
        return frozenset(fields)

    def _is_mine(self, row: Row) -> bool:
        column = self._plan.booking.tenant_column
        return column is None or row[column] == self._plan.booking.tenant

    def _cells(self, row: Row) -> dict[str, Cell]:
        apart = {one.name: raw(one, row) for one in self._plan.apart if one.column in row}
        cells = {name: cell(self._plan.types[name], row[column]) for name, column in self._plan.columns.items() if column in row}
        return cells | apart

    def _key_of(self, row: Row) -> Key:
        cells = self._cells(row)
        return tuple(cells[name] for name in self._plan.booking.key)

    def _key_in(self, change: Logged) -> Key:
        return tuple(cell(self._plan.types[name], change.key[name]) for name in self._plan.booking.key)
