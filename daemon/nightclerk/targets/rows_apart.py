"""Reading values that have no column of their own: custom fields out of a JSON column, lists out of tables of links."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Numeric, Select, Text, and_, cast, column, exists, literal, select, table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import quoted_name
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from nightclerk.core.booking import Links, links_of
from nightclerk.core.condition import NUMBERS
from nightclerk.core.entity import Entity, FieldType
from nightclerk.core.reading import CELL_SEPARATOR, Cell
from nightclerk.targets.comparable import comparable

_NUMBER = r"'^-?[0-9]+(\.[0-9]+)?$'"


class CustomText(FunctionElement[Any]):
    """Of a JSON column and a name: the text of that value, null where there is none."""

    inherit_cache = True
    type = Text()


class Number(FunctionElement[Any]):
    """Of a text: the number it is, null where it is none. Custom fields are no number by their column's type."""

    inherit_cache = True
    type = Numeric()


class Gathered(FunctionElement[Any]):
    """Over many rows: their texts by their code points, with CELL_SEPARATOR between them."""

    inherit_cache = True
    type = Text()


def custom_value(stored: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """Given a JSON column and a custom field's name; returns its value as text."""
    return CustomText(stored, literal(name, Text()))


def comparable_custom(value: ColumnElement[Any], kind: FieldType) -> ColumnElement[Any]:
    """Given a custom field's value as text, and its type; returns it as it is compared and put in order."""
    return Number(value) if kind in NUMBERS or kind == "integer" else comparable(value, "text")


def bound_custom(cell: Cell, kind: FieldType) -> ColumnElement[Any]:
    """Given a cell in canonical form, not blank; returns it, bound, as it is compared with a custom field."""
    text = str(cell).lower() if isinstance(cell, bool) else str(cell)
    return comparable_custom(literal(text, Text()), kind)


def links_wanted(entity: Entity, field: str) -> Links:
    """Given an entity that knows about the rows its fields name, and a list; returns its table of links."""
    found = links_of(entity, field)
    assert found is not None  # noqa: S101 - the caller has looked at the type, and the configuration at the rest
    return found


def columns_of_links(links: Links) -> list[str]:
    """Given a table of links; returns its columns."""
    return [*([] if links.tenant_column is None else [links.tenant_column]), *links.owner, links.member]


def gathered(entity: Entity, field: str, tenant: str, row: Any) -> ColumnElement[Any]:
    """Given an entity, a list, the tenant, and the entity's table; returns the list of each of its rows in canonical form."""
    links = links_wanted(entity, field)
    mine, member = _of_row(entity, links, tenant, row)
    return mine.with_only_columns(Gathered(member)).correlate(row).scalar_subquery()


def has_member(entity: Entity, field: str, tenant: str, row: Any, holds: Any = None) -> ColumnElement[bool]:
    """Given the same, and what makes a condition of a member's column; returns whether any member of the list meets it."""
    links = links_wanted(entity, field)
    mine, member = _of_row(entity, links, tenant, row)
    return exists((mine if holds is None else mine.where(holds(member))).correlate(row))


def _of_row(entity: Entity, links: Links, tenant: str, row: Any) -> tuple[Select[Any], ColumnElement[Any]]:
    names = columns_of_links(links)
    one = table(quoted_name(links.table, True), *(column(quoted_name(name, True)) for name in names)).alias("nightclerk_links")
    owned = [one.c[link] == row.c[entity.column(key)] for link, key in zip(links.owner, entity.key, strict=True)]
    if links.tenant_column is not None:
        owned.append(one.c[links.tenant_column] == literal(tenant, Text()))
    member = one.c[links.member]
    return select(member).select_from(one).where(and_(*owned)), cast(member, Text()) if links.of.type != "text" else member


def _custom_on_sqlite(element: CustomText, compiler: SQLCompiler, **more: Any) -> str:
    stored, name = [compiler.process(one, **more) for one in element.clauses]
    return f"nightclerk_custom({stored}, {name}, 'text')"


def _custom_on_postgresql(element: CustomText, compiler: SQLCompiler, **more: Any) -> str:
    stored, name = [compiler.process(one, **more) for one in element.clauses]
    return f"(CAST({stored} AS jsonb) ->> CAST({name} AS TEXT))"


def _custom_on_mysql(element: CustomText, compiler: SQLCompiler, **more: Any) -> str:
    stored, name = [compiler.process(one, **more) for one in element.clauses]
    value = f"JSON_EXTRACT({stored}, CONCAT('$.', {name}))"
    name_again = compiler.process(list(element.clauses)[1], **more)
    again = f"JSON_EXTRACT({stored}, CONCAT('$.', {name_again}))"
    return f"NULLIF(JSON_UNQUOTE({value}), CASE WHEN JSON_TYPE({again}) = 'NULL' THEN 'null' END)"


def _number(shape: str) -> Any:
    def compiled(element: Number, compiler: SQLCompiler, **more: Any) -> str:
        [value] = [compiler.process(one, **more) for one in element.clauses]
        return shape.format(value=value, number=_NUMBER)

    return compiled


def _gathered(shape: str) -> Any:
    def compiled(element: Gathered, compiler: SQLCompiler, **more: Any) -> str:
        [member] = [compiler.process(one, **more) for one in element.clauses]
        return shape.format(member=member, separator=ord(CELL_SEPARATOR))

    return compiled


for _mysql in ("mysql", "mariadb"):
    compiles(CustomText, _mysql)(_custom_on_mysql)
    compiles(Number, _mysql)(_number("(CASE WHEN {value} REGEXP {number} THEN CAST({value} AS DECIMAL(38, 10)) END)"))
    compiles(Gathered, _mysql)(_gathered("GROUP_CONCAT({member} ORDER BY CAST({member} AS BINARY) SEPARATOR 0x{separator:02X})"))
compiles(CustomText, "sqlite")(_custom_on_sqlite)
compiles(CustomText, "postgresql")(_custom_on_postgresql)
compiles(Number, "sqlite")(_number("nightclerk_steps({value})"))
compiles(Number, "postgresql")(_number("(CASE WHEN {value} ~ {number} THEN CAST({value} AS NUMERIC) END)"))
compiles(Gathered, "sqlite")(_gathered("nightclerk_ordered(group_concat({member}, char({separator})))"))
compiles(Gathered, "postgresql")(
    _gathered('string_agg(CAST({member} AS TEXT), chr({separator}) ORDER BY CAST({member} AS TEXT) COLLATE "C")')
)
