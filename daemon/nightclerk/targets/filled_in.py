"""Columns that no import writes and that the database does not fill by itself: what stands there somebody put
there, a person or the application."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection, text

from nightclerk.targets.standing import kept, literal

_TRUTHS = {"true": "1", "false": "0", "t": "1", "f": "0"}
#: The text of what fires when a row of a table is inserted, on each database.
_TRIGGERS = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(:table)",
    "postgresql": (
        "SELECT pg_get_triggerdef(t.oid) || ' ' || p.prosrc FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid "
        "WHERE t.tgrelid = to_regclass(quote_ident(:table)) AND NOT t.tgisinternal"
    ),
    "mysql": (
        "SELECT action_statement FROM information_schema.triggers WHERE event_object_schema = database() "
        "AND event_object_table = :table"
    ),
}


class FilledIn:
    """What of a row of one table was filled in by somebody. owned: the columns that imports and undos know."""

    def __init__(self, connection: Connection, table: str, reflected: Sequence[Any], owned: Iterable[str]) -> None:
        known = {name.lower() for name in owned}
        strange = [one for one in reflected if one["name"].lower() not in known and not _by_itself(one)]
        fired = _fired(connection, table) if strange else frozenset[str]()
        self._given = {one["name"]: literal(one.get("default")) for one in strange if one["name"].lower() not in fired}

    def columns(self, stored: Mapping[str, Any]) -> tuple[str, ...]:
        """Given a row as ``standing.read_as`` selects it; returns the columns in which somebody has put something."""
        return tuple(
            name for name, given in self._given.items() if stored[name] is not None and _plain(stored[name]) != _plain(given)
        )


def _by_itself(column: Any) -> bool:
    """Whether the database fills a column, or must have been given a value by something other than an import: one that numbers or
    computes itself, one with a default that is no plain value, and one that must not be null and has no default."""
    if "computed" in column or column.get("identity") or column.get("autoincrement") is True or column.get("primary_key"):
        return True
    default = column.get("default")
    return not column["nullable"] if default is None else literal(default) is None


def _fired(connection: Connection, table: str) -> frozenset[str]:
    """Returns the words of the table's triggers, in small letters. A column that is not among them is filled by none."""
    found = connection.execute(text(_TRIGGERS.get(connection.dialect.name, _TRIGGERS["mysql"])), {"table": table}).scalars()
    return frozenset(word for trigger in found for word in re.findall(r"\w+", str(trigger).lower()))


def _plain(value: Any) -> str | Decimal | None:
    """However a database spells it."""
    if value is None:
        return None
    said = str(int(value)) if isinstance(value, bool) else str(kept(value))
    said = _TRUTHS.get(said.lower(), said)
    try:
        return Decimal(said)
    except InvalidOperation:
        return said
