"""Which tables refer to a table, and which of its rows they refer to. Nothing is ever left to ON DELETE CASCADE."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, inspect, literal_column, select, text, tuple_

from nightclerk.targets.standing import read_as

_ON_POSTGRESQL = text("""
    SELECT c.conrelid::regclass::text,
        array(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (number, at)
            JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY k.at),
        array(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k (number, at)
            JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.number ORDER BY k.at)
    FROM pg_constraint AS c
    WHERE c.contype = 'f' AND c.confrelid = to_regclass(quote_ident(:table)) AND c.conparentid = 0
""")


@dataclass(frozen=True, slots=True)
class Referring:
    """A foreign key from elsewhere. table: as SQL has it; columns refer to the columns named by ``referred``, in this order."""

    table: str
    columns: tuple[str, ...]
    referred: tuple[str, ...]


def referring_to(connection: Connection, table: str) -> list[Referring]:
    """Given a table; returns the foreign keys that refer to it, those from itself among them."""
    if connection.dialect.name == "postgresql":
        found = connection.execute(_ON_POSTGRESQL, {"table": table}).all()
        return [Referring(name, tuple(columns), tuple(referred)) for name, columns, referred in found]
    quote = connection.dialect.identifier_preparer.quote_identifier
    keys = inspect(connection).get_multi_foreign_keys()
    return [
        Referring(quote(name), tuple(key["constrained_columns"]), tuple(key["referred_columns"]))
        for (_, name), of_table in keys.items()
        for key in of_table
        if key["referred_table"].lower() == table.lower()
    ]


def referred_rows(
    connection: Connection, table: str, keys: Iterable[Referring], rows: Mapping[int, Mapping[str, Any]]
) -> set[int]:
    """Given a table, the foreign keys that refer to it, and rows of it by any number, each by column as ``read_as`` selects it;
    returns the numbers of those to which a row refers."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    found: set[int] = set()
    for key in keys:
        wanted: dict[tuple[str, ...], list[int]] = {}
        values: dict[tuple[str, ...], tuple[Any, ...]] = {}
        for number, row in rows.items():
            # SQLite tells a key's columns as the key spells them, not as the table does.
            spelled = {name.lower(): cell for name, cell in row.items()}
            value = tuple(spelled[name.lower()] for name in key.referred)
            if None not in value:
                shown = tuple(map(str, value))
                wanted.setdefault(shown, []).append(number)
                values[shown] = value
        if not wanted:
            continue
        columns: list[ColumnElement[Any]] = [literal_column(_escaped(f"referred_row.{quote(name)}")) for name in key.referred]
        pairs = (
            f"referred_row.{quote(to)} = referring_row.{quote(by)}" for by, to in zip(key.columns, key.referred, strict=True)
        )
        # By the referred row's collation, as the foreign key itself; and told as that row spells it.
        joined = f"{quote(table)} AS referred_row JOIN {key.table} AS referring_row ON {' AND '.join(pairs)}"
        statement = (
            select(*(read_as(connection, one) for one in columns))
            .select_from(text(_escaped(joined)))
            .where(tuple_(*columns).in_(list(values.values())))
            .distinct()
        )
        for values_there in connection.execute(statement):
            # A row that the database takes for the same as one of ours, and spells otherwise: it may mean any of them.
            numbers = wanted.get(tuple(map(str, values_there)))
            found.update(itertools.chain.from_iterable(wanted.values()) if numbers is None else numbers)
    return found


def _escaped(statement: str) -> str:
    """A colon in a name is no bound value."""
    return statement.replace(":", "\\:")
