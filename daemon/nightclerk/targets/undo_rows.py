"""The rows that an undo is about, on any database: read by their keys, put back as they were, deleted, created again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Executable,
    and_,
    bindparam,
    collate,
    column,
    delete,
    insert,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError, InternalError
from sqlalchemy.sql import quoted_name

from nightclerk.core.reading import Cell
from nightclerk.core.undo import UndoPlan
from nightclerk.targets.filled_in import FilledIn
from nightclerk.targets.referring import Referring, referred_rows, referring_to
from nightclerk.targets.reflected import columns_reflected
from nightclerk.targets.standing import bound, cell, kept, read_as, usual_value
from nightclerk.targets.undo_apart import UndoApart, by_halves
from nightclerk.targets.undo_arrays import Together, UndoArrays

Key = tuple[Cell, ...]
_FORBIDDEN = (IntegrityError, DataError, InternalError)


class _NotWrittenError(Exception):
    """A statement that should have written a row did not: a trigger, or a rule, kept it as it was."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A row as it stands. stored: column → value as ``read_as`` selects it; cells: field → value in canonical form. listed: its
    lists, as the image has them."""

    stored: Mapping[str, Any]
    cells: Mapping[str, Cell]
    listed: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def image(self) -> dict[str, Any]:
        """The whole row, fit for JSON."""
        return {**{name: kept(value) for name, value in self.stored.items()}, **self.listed}


class UndoRows:
    """One tenant's rows of the table. lock: the rows that are read are to be written."""

    def __init__(self, connection: Connection, plan: UndoPlan, *, lock: bool) -> None:
        self._connection = connection
        self._plan = plan
        self._lock = lock
        self._reflected = columns_reflected(connection, plan.booking.table)
        there = {one["name"].lower(): one["name"] for one in self._reflected}
        self._columns: dict[str, ColumnClause[Any]] = {
            one["name"]: column(quoted_name(one["name"], True)) for one in self._reflected
        }
        apart = {one.name for one in plan.apart}
        self._name_of = {
            field: there[name.lower()] for field, name in plan.columns.items() if name.lower() in there and field not in apart
        }
        self.apart = UndoApart(connection, plan)
        self._standing: dict[Key, Standing] = {}
        self._table = table(quoted_name(plan.booking.table, True), *self._columns.values())

    @cached_property
    def fields(self) -> dict[str, str]:
        """The fields by what the image of a row calls them. A column of custom fields has several, and goes by its own name."""
        return {name: field for field, name in self._name_of.items()} | self.apart.names

    @cached_property
    def usual(self) -> dict[str, Cell]:
        """What the database gives by itself to the columns of fields, by field, where that is a plain value."""
        defaults = {one["name"]: one.get("default") for one in self._reflected}
        return {field: usual_value(self._plan.types[field], defaults[name]) for field, name in self._name_of.items()}

    @cached_property
    def filled_in(self) -> FilledIn:
        """What of a row no import has filled, nor the database by itself."""
        booking = self._plan.booking
        owned = {
            *self._plan.columns.values(),
            *(field.column for field in booking.fields),
            booking.tenant_column or "",
            *booking.stamps.on_creation,
        }
        return FilledIn(self._connection, booking.table, self._reflected, owned)

    def strange(self, row: Standing) -> tuple[str, ...]:
        """Given a row; returns the columns in which somebody has put what no import writes."""
        return self.filled_in.columns(row.stored) + self.apart.filled_in(row.stored)

    @cached_property
    def _key_columns(self) -> list[str]:
        return [self._name_of[name] for name in self._plan.booking.key]

    @cached_property
    def _arrays(self) -> UndoArrays | None:
        """What writes many rows at once, where that is quicker and the types of all columns are known."""
        if self._connection.dialect.name != "postgresql":
            return None
        booking, quote = self._plan.booking, self._connection.dialect.identifier_preparer.quote_identifier
        mine = "true" if booking.tenant_column is None else f"t.{quote(booking.tenant_column)} = :nightclerk_tenant"
        known = {} if booking.tenant_column is None else {"nightclerk_tenant": booking.tenant}
        arrays = UndoArrays(self._connection, booking.table, self._reflected, mine, known)
        return arrays if arrays.knows(list(self._columns)) else None

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
        if self._plan.apart:
            lists = self.apart.lists_of(found)
            for key, one in found.items():
                mine = lists.get(key, {})
                found[key] = Standing(one.stored, {**one.cells, **self.apart.cells(one.stored, mine)}, self.apart.image(mine))
        self._standing = found
        return found

    @cached_property
    def _referring(self) -> list[Referring]:
        return self.apart.elsewhere(referring_to(self._connection, self._plan.booking.table), self._plan.asked)

    def referred(self, rows: Mapping[int, Standing]) -> set[int]:
        """Given rows by line; returns the lines of those to which a row refers."""
        stored = {line: row.stored for line, row in rows.items()}
        return referred_rows(self._connection, self._plan.booking.table, self._referring, stored)

    def put_back(self, rows: Mapping[int, tuple[Mapping[str, Any], Mapping[str, Any]]]) -> set[int]:
        """Given line → key and field → old value, both as the log has them, of rows that were read last; writes them, and returns
        the lines of those that the database forbade."""
        lists = self.apart.lists
        listed = [line for line, (_, fields) in rows.items() if not lists.keys().isdisjoint(fields)]

        def write(lines: Sequence[int]) -> bool:
            forbidden = self._put_back({line: rows[line] for line in lines})
            pairs = [(self.key_of(rows[line][0]), rows[line][1]) for line in lines]
            self.apart.relist([(key, {name: fields[name] for name in fields if name in lists}) for key, fields in pairs])
            return not forbidden

        plain = self._put_back({line: row for line, row in rows.items() if line not in listed} if listed else rows)
        return plain | by_halves(self._connection, listed, write)

    def _put_back(self, rows: Mapping[int, tuple[Mapping[str, Any], Mapping[str, Any]]]) -> set[int]:
        by_fields: dict[tuple[str, ...], dict[int, dict[str, Any]]] = {}
        for line, (key, fields) in rows.items():
            values = {self._name_of[name]: bound(value) for name, value in fields.items() if name in self._name_of}
            values |= self.apart.documents(self._standing[self.key_of(key)].stored, fields) if self._plan.apart else {}
            given = {_given(at): value for at, value in enumerate(values.values())}
            if values:
                by_fields.setdefault(tuple(values), {})[line] = given | self._key_values(key)
        forbidden: set[int] = set()
        arrays, key_columns = self._arrays, self._key_columns
        for names, valued in by_fields.items():
            assigned: dict[str, Any] = {name: bindparam(_given(at)) for at, name in enumerate(names)}
            statement = update(self._table).where(self._by_key()).values(assigned)
            at_once = None if arrays is None else partial(arrays.update, list(names), key_columns)
            forbidden |= self._write(statement, valued, at_once)
        return forbidden

    def delete(self, keys: Mapping[int, Mapping[str, Any]]) -> set[int]:
        """Given line → key; deletes those rows with their lists, and returns the lines of those that the database forbade."""
        if not self.apart.lists:
            return self._delete(keys)

        def write(lines: Sequence[int]) -> bool:
            self.apart.unlist(self.key_of(keys[line]) for line in lines)
            return not self._delete({line: keys[line] for line in lines})

        return by_halves(self._connection, list(keys), write)

    def _delete(self, keys: Mapping[int, Mapping[str, Any]]) -> set[int]:
        rows = {line: self._key_values(key) for line, key in keys.items()}
        at_once = None if self._arrays is None else partial(self._arrays.delete, self._key_columns)
        return self._write(delete(self._table).where(self._by_key()), rows, at_once)

    def create(self, images: Mapping[int, Mapping[str, Any]]) -> set[int]:
        """Given line → the whole row as ``Standing.image`` has it; creates those rows as they were, and returns the lines of
        those that the database forbade. What it computes by itself is left to it."""
        if not self.apart.lists:
            return self._create(images)

        def write(lines: Sequence[int]) -> bool:
            forbidden = self._create({line: images[line] for line in lines})
            key = {line: {n: images[line][self._name_of[n]] for n in self._plan.booking.key} for line in lines}
            self.apart.relist([(self.key_of(key[line]), self.apart.imaged(images[line])) for line in lines])
            return not forbidden

        return by_halves(self._connection, list(images), write)

    def _create(self, images: Mapping[int, Mapping[str, Any]]) -> set[int]:
        own = {one["name"] for one in self._reflected if "computed" in one or _numbers_itself(one)}
        by_columns: dict[tuple[str, ...], dict[int, dict[str, Any]]] = {}
        for line, image in images.items():
            names = tuple(name for name in image if name in self._columns and name not in own)
            by_columns.setdefault(names, {})[line] = {_given(at): bound(image[name]) for at, name in enumerate(names)}
        forbidden: set[int] = set()
        for names, valued in by_columns.items():
            given: dict[str, Any] = {name: bindparam(_given(at)) for at, name in enumerate(names)}
            forbidden |= self._write(insert(self._table).values(given), valued)
        return forbidden

    def _write(
        self,
        statement: Executable,
        rows: Mapping[int, dict[str, Any]],
        at_once: Callable[[list[list[Any]]], Together] | None = None,
    ) -> set[int]:
        """Writes all at once, and where that is forbidden half by half, so that only those are left out which are forbidden.
        statement: writes one row; at_once: makes what writes several."""
        if not rows or self._written(statement, list(rows.values()), at_once):
            return set()
        lines = list(rows)
        if len(lines) == 1:
            return {*lines}
        middle = len(lines) // 2
        halves = ({line: rows[line] for line in half} for half in (lines[:middle], lines[middle:]))
        return set[int]().union(*(self._write(statement, half, at_once) for half in halves))

    def _written(
        self,
        statement: Executable,
        rows: list[dict[str, Any]],
        at_once: Callable[[list[list[Any]]], Together] | None,
    ) -> bool:
        written = (statement, rows) if at_once is None else at_once([list(row.values()) for row in rows])
        try:
            with self._connection.begin_nested():
                if self._connection.execute(*written).rowcount not in (len(rows), -1):
                    raise _NotWrittenError
        except (*_FORBIDDEN, _NotWrittenError):
            return False
        return True

    def _of_tenant(self) -> ColumnElement[bool]:
        plan = self._plan.booking
        if plan.tenant_column is None:
            return and_(True)
        return self._exact(column(quoted_name(plan.tenant_column, True))) == bindparam("nightclerk_tenant", plan.tenant)

    def _by_key(self) -> ColumnElement[bool]:
        columns = [self._columns[self._name_of[name]] for name in self._plan.booking.key]
        return and_(self._of_tenant(), *(self._exact(one) == bindparam(_part(at)) for at, one in enumerate(columns)))

    def _key_values(self, key: Mapping[str, Any]) -> dict[str, Any]:
        return {_part(at): key[name] for at, name in enumerate(self._plan.booking.key)}

    def _exact(self, one: ColumnElement[Any]) -> ColumnElement[Any]:
        """As imports compare keys: to the byte, whatever the column's collation. Elsewhere the unique key must be exact."""
        return collate(one, "BINARY") if self._connection.dialect.name == "sqlite" else one


def _given(at: int) -> str:
    """The name of a bound value: SQLAlchemy takes none that is the name of a column that is written."""
    return f"nightclerk_value_{at}"


def _part(at: int) -> str:
    """The name of a bound part of the key, as ``_given``."""
    return f"nightclerk_key_{at}"


def _numbers_itself(column: Any) -> bool:
    """Whether the column is one that takes no value from elsewhere (``GENERATED ALWAYS AS IDENTITY``)."""
    return bool((column.get("identity") or {}).get("always"))
