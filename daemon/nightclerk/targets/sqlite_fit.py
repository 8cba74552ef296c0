"""Whether a table on SQLite can take what imports write: one sentence for each thing that does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text
from sqlalchemy.types import JSON, LargeBinary, NullType, String, TypeEngine

from nightclerk.core.wording import listed
from nightclerk.targets.needs import NeededColumn, NeededTable
from nightclerk.targets.reflected import columns_reflected


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it stands. required: it must not be empty, which the key's own number never is; closed: it makes its values."""

    name: str
    type: TypeEngine[object]
    required: bool
    fills_itself: bool
    closed: bool


def columns_of(connection: Connection, table: str) -> dict[str, Column] | None:
    """Given a table; returns its columns by their name in small letters, or None where there is no such table."""
    found = inspect(connection)
    if not found.has_table(table):
        return None
    columns = columns_reflected(connection, table)
    keys = [column["name"] for column in columns if column.get("primary_key")]
    numbered = keys[0] if len(keys) == 1 and str(_type(columns, keys[0])).upper() == "INTEGER" else None
    return {
        column["name"].lower(): Column(
            name=column["name"],
            type=column["type"],
            required=not column["nullable"],
            fills_itself=column["default"] is not None or column["name"] == numbered,
            closed="computed" in column,
        )
        for column in columns
    }


def faults(connection: Connection, place: str, needed: NeededTable) -> list[str]:
    """Given what is needed of a table that is there; returns the sentences. Columns that are missing are not spoken of here."""
    where = f"of the table {needed.name} in {place}"
    columns = columns_of(connection, needed.name) or {}
    found = [
        sentence
        for column in needed.columns
        if column.name.lower() in columns
        for sentence in _column_faults(where, column, columns[column.name.lower()])
    ]
    if needed.name in inspect(connection).get_view_names():
        return [f"{needed.name} in {place} is a view; rows are booked into tables alone. Name its table."]
    if not _has_unique_key(connection, needed.name, {column.lower() for column in needed.key}):
        found.append(
            f"The table {needed.name} in {place} has no unique key of exactly {', '.join(sorted(needed.key))} that tells "
            "capitals from small letters: rows could be doubled. Create a unique index of these columns."
        )
    written = {column.name.lower() for column in needed.columns}
    empty = [c.name for name, c in columns.items() if c.required and not c.fills_itself and not c.closed and name not in written]
    if needed.whole and empty:
        found.append(
            f"These columns {where} must not be empty, but imports never write them, so that no new row could be made: "
            f"{listed(empty, 'and')}. Give each a default in the database."
        )
    return found


def _type(columns: list, name: str) -> object:  # type: ignore[type-arg]
    return next(column["type"] for column in columns if column["name"] == name)


def _column_faults(where: str, needed: NeededColumn, column: Column) -> Iterator[str]:
    name = f"The column {needed.name} {where}"
    textual = needed.type not in {"integer", "boolean", "date", "datetime", "custom"}
    if needed.type == "custom" and not isinstance(column.type, String | NullType | JSON):
        yield f"{name} is declared {column.type!s}, and what it gets is JSON. Declare it TEXT, or name another."
    if textual and not isinstance(column.type, String | NullType | LargeBinary):
        yield (
            f"{name} is declared {column.type!s}, which makes numbers of texts: 007 would become 7, and amounts lose digits. "
            f"Declare it TEXT, for it holds {needed.type}."
        )
    if column.closed:
        yield f"{name} makes its values itself and takes none. Name another column, or leave the field out of the entity."
    if column.required and needed.type == "custom":
        yield f"{name} must not be empty, but rows without custom fields have nothing there. Let the column be empty."
    elif column.required and not needed.filled:
        yield (
            f"{name} must not be empty, but the field {needed.field} may be. Write required: true or a default for the field in "
            "the entity, or let the column be empty."
        )


def _has_unique_key(connection: Connection, table: str, columns: set[str]) -> bool:
    """Asks SQLite itself: reflection warns about indexes on expressions and tells neither partial nor case-blind ones apart."""
    found = connection.execute(
        text(
            "SELECT group_concat(lower(i.name), '/') FROM pragma_index_list(:table) AS l, pragma_index_xinfo(l.name) AS i "
            'WHERE l."unique" AND NOT l.partial AND i.key GROUP BY l.name '
            "HAVING count(*) = count(i.name) AND min(upper(i.coll)) = 'BINARY' AND max(upper(i.coll)) = 'BINARY'"
        ),
        {"table": table},
    )
    rowid = text(
        "SELECT lower(group_concat(name, '/')) FROM pragma_table_info(:table) WHERE pk > 0 HAVING max(upper(type)) = 'INTEGER'"
    )
    keys = [*found.scalars(), *connection.execute(rowid, {"table": table}).scalars()]
    return columns in [set(names.split("/")) for names in keys if names]
