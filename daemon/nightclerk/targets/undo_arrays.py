"""Many rows written with one statement on PostgreSQL: their values go as arrays of text, each cast to its column's type there.

A statement for each row costs a way to the server and back; and rows that stand in the statement itself, its making.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.types import NullType

from nightclerk.targets.changes import CHANGES

Together = tuple[TextClause, dict[str, Any]]


class UndoArrays:
    """One table of the open connection, as it was reflected. where: SQL that names the tenant's rows of it, alias ``t``; known:
    the values bound in it."""

    def __init__(
        self, connection: Connection, table: str, reflected: Sequence[Any], where: str, known: Mapping[str, Any]
    ) -> None:
        preparer, types = connection.dialect.identifier_preparer, connection.dialect.type_compiler_instance
        self._quoted = preparer.quote_identifier
        self._table = self._quote(table)
        self._where = where
        self._known = dict(known)
        self._types = {one["name"]: types.process(one["type"]) for one in reflected if not isinstance(one["type"], NullType)}

    def _quote(self, name: str) -> str:
        return self._quoted(name).replace(":", "\\:")  # a colon in a name is no bound value

    def knows(self, columns: Sequence[str]) -> bool:
        """Given columns; returns whether the types of all of them are known."""
        return all(name in self._types for name in columns)

    def update(self, assigned: Sequence[str], key: Sequence[str], rows: Sequence[Sequence[Any]]) -> Together:
        """Given the columns to write, those of the key, and rows with the values of both, in this order; returns what writes
        them."""
        told = ", ".join(f"{self._quote(name)} = {self._cast(at, name)}" for at, name in enumerate(assigned))
        statement = f"UPDATE {self._table} AS t SET {told} FROM {_arrays(len(assigned) + len(key))} WHERE {self._where}"
        return self._made(f"{statement} AND {self._same(key, len(assigned))}", rows)

    def delete(self, key: Sequence[str], rows: Sequence[Sequence[Any]]) -> Together:
        """Given the columns of the key and rows of its values; returns what deletes them."""
        statement = f"DELETE FROM {self._table} AS t USING {_arrays(len(key))} WHERE {self._where}"
        return self._made(f"{statement} AND {self._same(key, 0)}", rows)

    def _same(self, key: Sequence[str], first: int) -> str:
        return " AND ".join(f"t.{self._quote(name)} = {self._cast(first + at, name)}" for at, name in enumerate(key))

    def _cast(self, at: int, name: str) -> str:
        return f"CAST(nightclerk_rows.c{at} AS {self._types[name]})"

    def _made(self, statement: str, rows: Sequence[Sequence[Any]]) -> Together:
        return text(statement), self._known | _bound(rows)


def log_entries(known: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> Together:
    """Given the values that all entries of the log have, by column, and line, kind, key and fields of each; returns what writes
    them."""
    names = ("line", "kind", "key", "fields")
    wanted = ["CAST(nightclerk_rows.c0 AS bigint)", *(f"nightclerk_rows.c{at}" for at in range(1, len(names)))]
    statement = (
        f"INSERT INTO {CHANGES.name} ({', '.join([*known, *names])}) "
        f"SELECT {', '.join([*(f':{name}' for name in known), *wanted])} FROM {_arrays(len(names))}"
    )
    return text(statement), dict(known) | _bound(rows)


def _arrays(width: int) -> str:
    given = ", ".join(f"CAST(:nightclerk_{at} AS text[])" for at in range(width))
    return f"unnest({given}) AS nightclerk_rows ({', '.join(f'c{at}' for at in range(width))})"


def _bound(rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    return {f"nightclerk_{at}": [_plain(value) for value in column] for at, column in enumerate(zip(*rows, strict=True))}


def _plain(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return str(value).lower() if isinstance(value, bool) else str(value)
