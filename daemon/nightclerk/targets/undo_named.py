"""Which rows are named by rows of other entities: without foreign keys no database forbids that these are left naming nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, collate, column, inspect, select, table
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.sql import quoted_name
from sqlalchemy.types import NULLTYPE

from nightclerk.core.entity import FieldType
from nightclerk.core.reading import Cell
from nightclerk.core.undo import NamedBy
from nightclerk.targets.standing import cell


def named_rows(
    connection: Connection, places: Iterable[NamedBy], tenant: str, kind: FieldType, keys: Mapping[int, Any]
) -> set[int]:
    """Given where rows of an entity are named, the tenant, the type of its key, and keys by any number; returns the numbers of
    those that a row of this tenant names. A table or column that is not there names nothing."""
    numbers: dict[Cell, list[int]] = {}
    for number, key in keys.items():
        numbers.setdefault(cell(kind, key), []).append(number)
    found: set[int] = set()
    for place in places if keys else ():
        if _stands(connection, place):
            found.update(
                number for told in _asked(connection, place, tenant, keys) for number in numbers.get(cell(kind, told), ())
            )
    return found


def among(one: Any, values: Iterable[Any]) -> Any:
    """Given a column and values as the log has them; returns SQL: it has one of them. They are bound without a type, so that
    PostgreSQL takes a text for a day, a moment or a number where the column is one."""
    return one.in_(bindparam(None, list(values), type_=NULLTYPE, expanding=True))


def _asked(connection: Connection, place: NamedBy, tenant: str, keys: Mapping[int, Any]) -> list[Any]:
    def exact(name: str) -> Any:
        one: Any = column(quoted_name(name, True))
        return collate(one, "BINARY") if connection.dialect.name == "sqlite" else one

    mine = [] if place.tenant_column is None else [exact(place.tenant_column) == tenant]
    member: Any = column(quoted_name(place.column, True))
    query = select(member).select_from(table(quoted_name(place.table, True))).distinct()
    return list(connection.execute(query.where(and_(*mine, among(exact(place.column), set(keys.values()))))).scalars())


def _stands(connection: Connection, place: NamedBy) -> bool:
    try:
        names = {one["name"].lower() for one in inspect(connection).get_columns(place.table)}
    except NoSuchTableError:
        return False
    return {place.column.lower(), (place.tenant_column or place.column).lower()} <= names
