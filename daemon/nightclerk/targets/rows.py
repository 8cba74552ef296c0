"""Reading an entity's rows: one SELECT of SQLAlchemy's own parts for every database. Names are quoted, values are bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnClause, ColumnElement, Select, Text, and_, cast, column, not_, or_, select, table
from sqlalchemy.sql import quoted_name

from nightclerk.core.condition import All, Clause, Condition, Not, fields_of, pattern_of
from nightclerk.core.entity import EntityField, FieldType, is_custom
from nightclerk.core.reading import Cell
from nightclerk.core.rows_wanted import Order, RowsWanted
from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.comparable import bound, comparable
from nightclerk.targets.rows_apart import (
    bound_custom,
    columns_of_links,
    comparable_custom,
    custom_value,
    gathered,
    has_member,
    links_wanted,
)
from nightclerk.targets.standing import cell


def selection(wanted: RowsWanted) -> Select[Any]:
    """Given what rows are wanted; returns the statement that selects their fields, as they are stored."""
    return _Selection(wanted).statement()


def tables_needed(wanted: RowsWanted) -> list[tuple[str, list[str]]]:
    """Given what rows are wanted; returns the tables that must be there, each with the columns that it must have."""
    lists = [links_wanted(wanted.entity, name) for name in _used(wanted) if wanted.entity.fields[name].type == "list"]
    return [(wanted.entity.table, _columns(wanted)), *((links.table, columns_of_links(links)) for links in lists)]


def in_columns(wanted: RowsWanted, rows: Sequence[Sequence[Any]]) -> list[list[Cell]]:
    """Given what was wanted and a portion of rows as the database hands them over; returns them in columns, in canonical form."""
    readers = [_reader(wanted.entity.fields[name]) for name in wanted.fields]
    cells = zip(*rows, strict=True) if rows else ((),) * len(readers)
    return [[None if one is None else read(one) for one in stored] for read, stored in zip(readers, cells, strict=True)]


def _used(wanted: RowsWanted) -> list[str]:
    return list(dict.fromkeys([*wanted.fields, *(one.field for one in wanted.whole_order), *sorted(fields_of(wanted.where))]))


def _columns(wanted: RowsWanted) -> list[str]:
    entity = wanted.entity
    tenant = [] if entity.tenant_column == "none" else [entity.tenant_column]
    used = [entity.column(name) for name in (*_used(wanted), *entity.key) if entity.fields[name].type != "list"]
    return list(dict.fromkeys([*tenant, *used]))


class _Selection:
    """The statement for what is wanted, over the entity's table."""

    def __init__(self, wanted: RowsWanted) -> None:
        self._wanted = wanted
        self._entity = wanted.entity
        named: list[ColumnClause[Any]] = [column(quoted_name(name, True)) for name in _columns(wanted)]
        self._row = table(quoted_name(wanted.entity.table, True), *named)

    def statement(self) -> Select[Any]:
        entity, wanted = self._entity, self._wanted
        stored = [self._stored(name).label(f"f{place}") for place, name in enumerate(wanted.fields)]
        chosen = select(*stored).select_from(self._row)
        if entity.tenant_column != "none":
            chosen = chosen.where(self._row.c[entity.tenant_column] == wanted.tenant)
        if wanted.where is not None:
            chosen = chosen.where(self._condition(wanted.where))
        return chosen.order_by(*(part for one in wanted.whole_order for part in self._order(one)))

    def _stored(self, field: str) -> ColumnElement[Any]:
        spec = self._entity.fields[field]
        if spec.type == "list":
            return gathered(self._entity, field, self._wanted.tenant, self._row)
        stored = self._row.c[self._entity.column(field)]
        return custom_value(stored, field) if is_custom(spec) else stored

    def _order(self, one: Order) -> list[ColumnElement[Any]]:
        stored, spec = self._stored(one.field), self._entity.fields[one.field]
        value = (comparable_custom if is_custom(spec) else comparable)(stored, spec.type)
        return [stored.is_(None), value.desc() if one.descending else value.asc()]

    def _condition(self, condition: Condition) -> ColumnElement[bool]:
        """Every part is true or false, never unknown, as ``core.condition.holds`` has it."""
        if isinstance(condition, Not):
            return not_(self._condition(condition.part))
        if not isinstance(condition, Clause):
            parts = [self._condition(part) for part in condition.parts]
            return and_(*parts) if isinstance(condition, All) else or_(*parts)
        spec, empty = self._entity.fields[condition.field], condition.relation == "is empty"
        if spec.type == "list":
            where = (self._entity, condition.field, self._wanted.tenant, self._row)
            return not_(has_member(*where)) if empty else has_member(*where, lambda member: _holds(member, condition))
        stored = self._stored(condition.field)
        if empty:
            return stored.is_(None)
        if not is_custom(spec) or condition.relation in ("contains", "starts with"):
            return and_(stored.is_not(None), _holds(stored, condition))
        left, right = comparable_custom(stored, spec.type), bound_custom(condition.value, spec.type)
        return and_(left.is_not(None), _compared(left, right, condition.relation))


def _holds(stored: ColumnElement[Any], test: Clause) -> ColumnElement[bool]:
    if test.relation in ("contains", "starts with"):
        return cast(stored, Text()).regexp_match(pattern_of(test))
    return _compared(comparable(stored, test.type), bound(test.value, test.type), test.relation)


def _compared(left: ColumnElement[Any], right: ColumnElement[Any], relation: str) -> ColumnElement[bool]:
    found: dict[str, ColumnElement[bool]] = {
        "=": left == right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right
    }  # fmt: skip
    return found[relation]


def _reader(spec: EntityField) -> Callable[[Any], Cell]:
    if is_custom(spec):
        return lambda stored: cell(spec.type, stored)
    return _READERS.get(spec.type, _text)


def _text(stored: Any) -> Cell:
    return stored.hex().upper() if isinstance(stored, bytes) else str(stored)


def _integer(stored: Any) -> Cell:
    return stored if isinstance(stored, int) else _text(stored)


def _boolean(stored: Any) -> Cell:
    return bool(stored) if stored in (0, 1) else _text(stored)


def _spelled(kind: FieldType) -> Callable[[Any], Cell]:
    spelling = SPELLINGS[kind]
    return lambda stored: _text(spelling(stored))


def _moment(stored: Any) -> Cell:
    if isinstance(stored, datetime):
        moment = stored.astimezone(UTC).replace(tzinfo=None) if stored.tzinfo else stored
        return _text(SPELLINGS["datetime"](moment.isoformat(" ")))
    return _text(SPELLINGS["datetime"](stored))


_READERS: dict[FieldType, Callable[[Any], Cell]] = {
    "integer": _integer, "boolean": _boolean, "decimal": _spelled("decimal"), "money": _spelled("money"), "datetime": _moment,
}  # fmt: skip
