"""How our tables are declared on MariaDB and MySQL, whose keys need lengths and whose texts compare by their collation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.mysql import DATETIME, LONGTEXT
from sqlalchemy.types import DateTime, String, TypeEngine

_NAME = 64
"""Names of tenants, tables and entities have at most 63 characters."""
_OWN = {"table_name": _NAME, "tenant": _NAME, "entity": _NAME, "kind": _NAME, "run_key": 255, "key": 640}
"""Characters of our own tables' texts in keys: an index takes 768 of all its columns together."""
_KEY_TEXT = 255
"""A key field without max_length has so many characters."""
_LARGEST = 255
"""Longer texts are kept apart from their row, which may have 65,535 bytes."""
_ROOM = 50_000


def declared(table: Table, collation: str) -> Table:
    """Given one of our tables and the collation by which texts are told apart to the byte; returns it as these databases want it:
    in InnoDB, with lengths for the texts of keys, and with longer texts without any."""
    keys = {column.name for rule in table.constraints if _is_key(rule) for column in rule.columns}  # type: ignore[attr-defined]
    own = _OWN if table.name.startswith("nightclerk_") else {}
    sizes = {column.name: _size(column, column.name in keys, own) for column in table.columns}
    crowded = sum(4 * size for size in sizes.values() if size) > _ROOM
    columns = [
        _column(column, None if crowded and column.name not in keys and column.name not in own else sizes[column.name])
        for column in table.columns
    ]
    rules = [
        type(rule)(*(column.name for column in rule.columns))
        for rule in table.constraints
        if isinstance(rule, PrimaryKeyConstraint | UniqueConstraint)
    ]
    return Table(
        table.name, MetaData(), *columns, *rules,
        mysql_engine="InnoDB", mysql_default_charset="utf8mb4", mysql_collate=collation,
    )  # fmt: skip


def _is_key(rule: object) -> bool:
    return isinstance(rule, PrimaryKeyConstraint | UniqueConstraint)


def _size(column: Column[Any], in_key: bool, own: dict[str, int]) -> int | None:
    """Returns the characters that a text's column is to take, or None for no limit. The tenant's name has one of its own."""
    if not isinstance(column.type, String):
        return None
    if column.name in own and (in_key or column.name != "key"):
        return own[column.name]
    if column.type.length is not None:
        return column.type.length if in_key or column.type.length <= _LARGEST else None
    return column.info.get("longest", _KEY_TEXT) if in_key else None


def _column(column: Column[Any], size: int | None) -> Column[Any]:
    kind: TypeEngine[Any] = column.type
    default = column.server_default
    if isinstance(kind, String):
        kind = String(size) if size is not None else LONGTEXT()
    elif isinstance(kind, DateTime):
        kind = DATETIME()
    if isinstance(column.type, Text) and default is not None:
        default = text("('')")  # type: ignore[assignment]  # only an expression may be the default of a long text
    return Column(
        column.name,
        kind,
        nullable=column.nullable,
        autoincrement=column.autoincrement,
        server_default=getattr(default, "arg", default) if column.autoincrement is not True else None,
    )
