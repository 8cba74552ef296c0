"""The rows that an undo is about, on any database: read by their keys, put back as they were, deleted, created again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    collate,
    column,
    delete,
    insert,
    inspect,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError, InternalError
from sqlalchemy.sql import quoted_name

from nightclerk.core.reading import Cell
from nightclerk.core.undo import UndoPlan
from nightclerk.targets.referring import Referring, referred_rows, referring_to
from nightclerk.targets.standing import bound, cell, kept, read_as, usual_value

Key = tuple[Cell, ...]
_FORBIDDEN = (IntegrityError, DataError, InternalError)


class _NotWrittenError(Exception):
    """A statement that should have written a row did not: a trigger, or a rule, kept it as it was."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A row as it stands. stored: column → value as ``read_as`` selects it; cells: field → value in canonical form."""

    stored: Mapping[str, Any]
    cells: Mapping[str, Cell]

    @property
    def image(self) -> dict[str, Any]:
        """The whole row, fit for JSON."""
        return {name: kept(value) for name, value in self.stored.items()}


class UndoRows:
    """One tenant's rows of the table. lock: the rows that are read are to be written."""

    def __init__(self, connection: Connection, plan: UndoPlan, *, lock: bool) -> None:
        self._connection = connection
        self._plan = plan
        self._lock = lock
        self._reflected = inspect(connection).get_columns(plan.booking.table)
        there = {one["name"].lower(): one["name"] for one in self._reflected}
        self._columns: dict[str, ColumnClause[Any]] = {
            one["name"]: column(quoted_name(one["name"], True)) for one in self._reflected
        }
        self._name_of = {field: there[name.lower()] for field, name in plan.columns.items() if name.lower() in there}
        self._table = table(quoted_name(plan.booking.table, True), *self._columns.values())

    @cached_property
    def usual(self) -> dict[str, Cell]:
        """What the database gives by itself to the columns of fields, by field, where that is a plain value."""
        defaults = {one["name"]: one.get("default") for one in self._reflected}
        return {field: usual_value(self._plan.types[field], defaults[name]) for field, name in self._name_of.items()}

    def key_of(self, key: Mapping[str, Any]) -> Key:
        """Given a key as the log has it; returns it in canonical form."""
        return tuple(cell(self._plan.types[name], key[name]) for name in self._plan.booking.key)

    def read(self, keys: Iterable[Mapping[str, Any]]) -> dict[Key, Standing]:
        """Given keys as the log has them; returns those rows of them that are there."""
        wanted = {self.key_of(key): tuple(key[name] for name in self._plan.booking.key) for key in keys}
        columns = [self._columns[self._name_of[name]] for name in self._plan.booking.key]
        query = select(*(read_as(self._connection, one) for one in self._columns.values())).select_from(self._table)
        query = query.where(self._of_tenant(), tuple_(*map(self._exact, columns)).in_(list(wanted.values())))
        found = {}
        for row in self._connection.execute(query.with_for_update() if self._lock else query):
            stored = dict(zip(self._columns, row, strict=True))
            cells = {field: cell(self._plan.types[field], stored[name]) for field, name in self._name_of.items()}
            key = tuple(cells[name] for name in self._plan.booking.key)
            if key in wanted:  # a collation may have found its likes as well
                found[key] = Standing(stored, cells)
        return found

    @cached_property
    def _referring(self) -> list[Referring]:
        return referring_to(self._connection, self._plan.booking.table)

    def referred(self, rows: Mapping[int, Standing]) -> set[int]:
        """Given rows by line; returns the lines of those to which a row refers."""
        return referred_rows(self._connection, self._referring, {line: row.stored for line, row in rows.items()})

    def put_back(self, rows: Mapping[int, tuple[Mapping[str, Any], Mapping[str, Any]]]) -> set[int]:
        """Given line → key and field → old value, both as the log has them; writes them, and returns the lines of those that the
        database forbade."""
        by_fields: dict[tuple[str, ...], dict[int, dict[str, Any]]] = {}
        for line, (key, fields) in rows.items():
            values = {f"v{at}": bound(value) for at, value in enumerate(fields.values())}
            by_fields.setdefault(tuple(fields), {})[line] = values | self._key_values(key)
        forbidden: set[int] = set()
        for names, valued in by_fields.items():
            assigned: dict[str, Any] = {self._name_of[name]: bindparam(f"v{at}") for at, name in enumerate(names)}
            forbidden |= self._write(update(self._table).where(self._by_key()).values(assigned), valued)
        return forbidden

    def delete(self, keys: Mapping[int, Mapping[str, Any]]) -> set[int]:
        """Given line → key; deletes those rows, and returns the lines of those that the database forbade."""
        return self._write(delete(self._table).where(self._by_key()), {n: self._key_values(key) for n, key in keys.items()})

    def create(self, images: Mapping[int, Mapping[str, Any]]) -> set[int]:
        """Given line → the whole row as ``Standing.image`` has it; creates those rows as they were, and returns the lines of
        those that the database forbade. What it computes by itself is left to it."""
        own = {one["name"] for one in self._reflected if "computed" in one or _numbers_itself(one)}
        by_columns: dict[tuple[str, ...], dict[int, dict[str, Any]]] = {}
        for line, image in images.items():
            names = tuple(name for name in image if name in self._columns and name not in own)
            by_columns.setdefault(names, {})[line] = {f"v{at}": bound(image[name]) for at, name in enumerate(names)}
        forbidden: set[int] = set()
        for names, valued in by_columns.items():
            given: dict[str, Any] = {name: bindparam(f"v{at}") for at, name in enumerate(names)}
            forbidden |= self._write(insert(self._table).values(given), valued)
        return forbidden

    def _write(self, statement: Any, rows: Mapping[int, dict[str, Any]]) -> set[int]:
        """Writes all at once, and where that is forbidden one by one, so that only those are left out which are forbidden."""
        if not rows:
            return set()
        if self._written(statement, list(rows.values())):
            return set()
        return {line for line, values in rows.items() if len(rows) == 1 or not self._written(statement, [values])}

    def _written(self, statement: Any, rows: list[dict[str, Any]]) -> bool:
        try:
            with self._connection.begin_nested():
                if self._connection.execute(statement, rows).rowcount not in (len(rows), -1):
                    raise _NotWrittenError
        except (*_FORBIDDEN, _NotWrittenError):
            return False
        return True

    def _of_tenant(self) -> ColumnElement[bool]:
        plan = self._plan.booking
        if plan.tenant_column is None:
            return and_(True)
        return self._exact(column(quoted_name(plan.tenant_column, True))) == bindparam("tenant", plan.tenant)

    def _by_key(self) -> ColumnElement[bool]:
        columns = [self._columns[self._name_of[name]] for name in self._plan.booking.key]
        return and_(self._of_tenant(), *(self._exact(one) == bindparam(f"k{at}") for at, one in enumerate(columns)))

    def _key_values(self, key: Mapping[str, Any]) -> dict[str, Any]:
        return {f"k{at}": key[name] for at, name in enumerate(self._plan.booking.key)}

    def _exact(self, one: ColumnElement[Any]) -> ColumnElement[Any]:
        """As imports compare keys: to the byte, whatever the column's collation. Elsewhere the unique key must be exact."""
        return collate(one, "BINARY") if self._connection.dialect.name == "sqlite" else one


def _numbers_itself(column: Any) -> bool:
    """Whether the column is one that takes no value from elsewhere (``GENERATED ALWAYS AS IDENTITY``)."""
    return bool((column.get("identity") or {}).get("always"))
