"""Reading an entity's rows: one SELECT of SQLAlchemy's own parts for every database. Names are quoted, values are bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, column, not_, or_, select, table
from sqlalchemy.sql import quoted_name

from nightclerk.core.condition import All, Clause, Condition, Not, fields_of, pattern_of
from nightclerk.core.entity import Entity, FieldType
from nightclerk.core.reading import Cell
from nightclerk.core.rows_wanted import Order, RowsWanted
from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.comparable import bound, comparable


def selection(wanted: RowsWanted) -> Select[Any]:
    """Given what rows are wanted; returns the statement that selects their fields, as they are stored."""
    entity = wanted.entity
    stored = [_stored(entity, name).label(f"f{place}") for place, name in enumerate(wanted.fields)]
    chosen = select(*stored).select_from(table(quoted_name(entity.table, True)))
    if entity.tenant_column != "none":
        chosen = chosen.where(column(quoted_name(entity.tenant_column, True)) == wanted.tenant)
    if wanted.where is not None:
        chosen = chosen.where(_condition(entity, wanted.where))
    return chosen.order_by(*(part for one in wanted.whole_order for part in _order(entity, one)))


def columns_needed(wanted: RowsWanted) -> list[str]:
    """Given what rows are wanted; returns the columns that the table must have."""
    entity = wanted.entity
    used = dict.fromkeys([*wanted.fields, *(one.field for one in wanted.whole_order), *sorted(fields_of(wanted.where))])
    tenant = [] if entity.tenant_column == "none" else [entity.tenant_column]
    return [*tenant, *(entity.column(name) for name in used)]


def in_columns(wanted: RowsWanted, rows: Sequence[Sequence[Any]]) -> list[list[Cell]]:
    """Given what was wanted and a portion of rows as the database hands them over; returns them in columns, in canonical form."""
    readers = [_READERS.get(wanted.entity.fields[name].type, _text) for name in wanted.fields]
    cells = zip(*rows, strict=True) if rows else ((),) * len(readers)
    return [[None if one is None else read(one) for one in stored] for read, stored in zip(readers, cells, strict=True)]


def _stored(entity: Entity, field: str) -> ColumnElement[Any]:
    return column(quoted_name(entity.column(field), True))


def _order(entity: Entity, one: Order) -> list[ColumnElement[Any]]:
    stored = _stored(entity, one.field)
    value = comparable(stored, entity.fields[one.field].type)
    return [stored.is_(None), value.desc() if one.descending else value.asc()]


def _condition(entity: Entity, condition: Condition) -> ColumnElement[bool]:
    """Every part is true or false, never unknown, as ``core.condition.holds`` has it."""
    if isinstance(condition, Not):
        return not_(_condition(entity, condition.part))
    if not isinstance(condition, Clause):
        parts = [_condition(entity, part) for part in condition.parts]
        return and_(*parts) if isinstance(condition, All) else or_(*parts)
    stored = _stored(entity, condition.field)
    return stored.is_(None) if condition.relation == "is empty" else and_(stored.is_not(None), _holds(stored, condition))


def _holds(stored: ColumnElement[Any], test: Clause) -> ColumnElement[bool]:
    if test.relation in ("contains", "starts with"):
        return cast(stored, Text()).regexp_match(pattern_of(test))
    left, right = comparable(stored, test.type), bound(test.value, test.type)
    found: dict[str, ColumnElement[bool]] = {
        "=": left == right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right
    }  # fmt: skip
    return found[test.relation]


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
