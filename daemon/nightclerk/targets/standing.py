"""What stands in a table, read so that it can be compared with what was booked, kept as JSON, and written again as it was."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast

from nightclerk.core.entity import FieldType
from nightclerk.core.reading import CELL_SEPARATOR, Cell
from nightclerk.targets.canonical import SPELLINGS

_AS_TEXT = frozenset({"text", "email", "url", "currency", "country", "date"})
_TRUTHS = {"true": True, "false": False, "1": True, "0": False}
_WHOLE = re.compile(r"-?\d{1,30}")
_LITERAL = re.compile(r"\(?'((?:[^']|'')*)'(?:::.*)?\)?|\(?(-?\d+(?:\.\d+)?|true|false)(?:::.*)?\)?", re.IGNORECASE | re.DOTALL)


def read_as(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Given a column; returns what to select so that its value survives JSON. PostgreSQL reads back every text that it writes,
    whatever the type; the others' drivers hand over plain values."""
    return cast(column, Text()) if connection.dialect.name == "postgresql" else column


def kept(stored: Any) -> Any:
    """Given a value as ``read_as`` selects it; returns it fit for JSON. Bytes become an object with their hexadecimal digits."""
    if stored is None or isinstance(stored, bool | int | float | str):
        return stored
    if isinstance(stored, bytes | bytearray | memoryview):
        return {"bytes": bytes(stored).hex()}
    return format(stored, "f") if isinstance(stored, Decimal) else str(stored)


def bound(value: Any) -> Any:
    """Given what ``kept`` made; returns it as it is bound to be written."""
    return bytes.fromhex(value["bytes"]) if isinstance(value, dict) else value


def cell(kind: FieldType, stored: Any) -> Cell:
    """Given a field's type, and what stands in its column or in the log; returns it in canonical form, or else as text."""
    if stored is None:
        return None
    if isinstance(stored, list):  # as the log has lists
        return CELL_SEPARATOR.join(map(str, stored)) or None
    if kind in _AS_TEXT and isinstance(stored, str):
        return stored
    if isinstance(stored, bytes | bytearray | memoryview):
        return bytes(stored).hex().upper()
    if kind == "boolean":
        return bool(stored) if stored in (0, 1) else _TRUTHS.get(str(stored), str(stored))
    if kind == "integer":
        return int(stored) if isinstance(stored, int) or _WHOLE.fullmatch(str(stored)) else str(stored)
    if kind == "datetime":
        return _moment(stored)
    if isinstance(stored, date):
        return stored.isoformat()
    return str(SPELLINGS[kind](stored)) if kind in SPELLINGS else str(stored)


def _moment(stored: Any) -> Cell:
    if isinstance(stored, datetime):
        stored = (stored.astimezone(UTC).replace(tzinfo=None) if stored.tzinfo else stored).isoformat(" ")
    return str(SPELLINGS["datetime"](str(stored).removesuffix("+00")))


def usual_value(kind: FieldType, default: str | None) -> Cell:
    """Given a field's type and its column's default as the database tells it; returns the value if it is a plain one."""
    plain = literal(default)
    return None if plain is None else cell(kind, plain)


def literal(default: str | None) -> str | None:
    """Given a column's default as the database tells it; returns its text if it is a plain value."""
    found = None if default is None else _LITERAL.fullmatch(default.strip())
    if found is None:
        return None
    return found[2] if found[1] is None else found[1].replace("''", "'")


def remembered(connection: Connection, value: Cell) -> str | None:
    """Given a value in canonical form; returns it as text as ``nightclerk_imported`` has it."""
    if isinstance(value, bool):
        return str(value).lower() if connection.dialect.name == "postgresql" else str(int(value))
    return None if value is None else str(value)
