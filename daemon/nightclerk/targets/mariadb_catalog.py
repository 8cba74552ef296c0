"""What the catalogue of MariaDB and MySQL tells about a table: its columns, its unique keys, of which kind it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, TextClause, text

_COLUMNS = text("""
    SELECT COLUMN_NAME, LOWER(DATA_TYPE), COLUMN_TYPE, CHARACTER_SET_NAME, COLLATION_NAME, CHARACTER_MAXIMUM_LENGTH,
        NUMERIC_PRECISION, NUMERIC_SCALE, IS_NULLABLE = 'NO',
        COLUMN_DEFAULT IS NOT NULL OR LOCATE('auto_increment', EXTRA) > 0, COALESCE(GENERATION_EXPRESSION, '') <> ''
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = :table ORDER BY ORDINAL_POSITION
""")
_KEYS = text("""
    SELECT INDEX_NAME, COALESCE(COLUMN_NAME, ''), SUB_PART IS NULL
    FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = :table AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX
""")
_NATURE = text("""
    SELECT t.TABLE_TYPE, COALESCE(t.ENGINE, ''), COALESCE(e.TRANSACTIONS, '') = 'YES'
    FROM information_schema.TABLES AS t LEFT JOIN information_schema.ENGINES AS e ON e.ENGINE = t.ENGINE
    WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = :table
""")
_WITH_LENGTH = frozenset({"char", "varchar"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it stands. kind: its type's plain name; declared: as people write it. charset, collation: of texts.
    fills_itself: it has a value where none is given; closed: none may be given."""

    name: str
    kind: str
    declared: str
    charset: str | None
    collation: str | None
    longest: int | None
    precision: int | None
    scale: int | None
    required: bool
    fills_itself: bool
    closed: bool

    @property
    def length(self) -> int | None:
        """The most characters that fit, or None for no limit that matters."""
        return self.longest if self.kind in _WITH_LENGTH else None

    @property
    def digits(self) -> tuple[int, int] | None:
        """Of an exact number with decimals: the most digits before the decimal point, and after it."""
        if self.kind != "decimal" or self.precision is None or self.scale is None:
            return None
        return self.precision - self.scale, self.scale

    @property
    def exact(self) -> bool:
        """Whether what differs by a byte is told apart: capitals, accents, and blanks at the end too."""
        return self.collation is None or self.collation.endswith("nopad_bin") or self.collation == "utf8mb4_0900_bin"

    @property
    def unsigned(self) -> bool:
        return "unsigned" in self.declared


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """A unique index. columns: by their names in small letters. whole: it holds for all of each column."""

    name: str
    columns: tuple[Column, ...]
    whole: bool

    def is_of(self, names: Iterable[str]) -> bool:
        """Whether it is a key of exactly these columns."""
        return self.whole and {column.name.lower() for column in self.columns} == {name.lower() for name in names}

    @property
    def exact(self) -> bool:
        return all(column.exact for column in self.columns)


@dataclass(frozen=True, slots=True)
class Nature:
    """kind: ``BASE TABLE``, ``VIEW`` and so on; engine: what keeps it; safe: what is written to it can be taken back."""

    kind: str
    engine: str
    safe: bool


def columns_of(connection: Connection, table: str) -> dict[str, Column]:
    """Given a table's name; returns its columns by their names in small letters, none where there is no such table."""
    found = (Column(*row[:8], *map(bool, row[8:])) for row in _asked(connection, _COLUMNS, table))
    return {column.name.lower(): column for column in found}


def unique_keys(connection: Connection, table: str) -> list[UniqueKey]:
    """Given a table's name; returns its unique keys."""
    columns = columns_of(connection, table)
    parts: dict[str, list[tuple[str, bool]]] = {}
    for name, column, whole in _asked(connection, _KEYS, table):
        parts.setdefault(name, []).append((column.lower(), bool(whole)))
    return [
        UniqueKey(
            name,
            tuple(columns[column] for column, _ in listed if column in columns),
            all(whole and column in columns for column, whole in listed),
        )
        for name, listed in parts.items()
    ]


def nature_of(connection: Connection, table: str) -> Nature:
    """Given the name of a table that is there; returns what it is."""
    [(kind, engine, safe)] = _asked(connection, _NATURE, table)
    return Nature(kind, engine, bool(safe))


def _asked(connection: Connection, question: TextClause, table: str) -> list[Any]:
    """The same is asked several times on the way to a booking, and a connection lives no longer than that: it is kept with it."""
    kept: dict[tuple[str, str], list[Any]] = connection.info.setdefault("nightclerk_catalog", {})
    asked = (question.text, table)
    if asked not in kept:
        rows = [tuple(row) for row in connection.execute(question, {"table": table})]
        if not rows:
            return rows  # it may be made by this very connection
        kept[asked] = rows
    return kept[asked]
