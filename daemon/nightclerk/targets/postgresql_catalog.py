"""What PostgreSQL's catalogue tells about a table: its columns, its unique keys, how large it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, TextClause, text

_COLUMNS = text("""
    SELECT a.attname, b.typname, format_type(a.atttypid, a.atttypmod),
        CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
        a.attnotnull OR t.typnotnull, a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
        a.attgenerated <> '' OR a.attidentity = 'a'
    FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
        JOIN pg_type AS b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    WHERE a.attrelid = to_regclass(quote_ident(:table)) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
""")
_KEYS = text("""
    SELECT array(SELECT relname::text FROM pg_class WHERE oid = i.indexrelid
            UNION SELECT relid::regclass::text FROM pg_partition_tree(i.indexrelid)),
        array_agg(a.attname::text ORDER BY k.at),
        array_agg(coalesce(quote_ident(n.nspname) || '.' || quote_ident(l.collname), '') ORDER BY k.at),
        bool_and(coalesce(l.collisdeterministic, true))
    FROM pg_index AS i
        CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indcollation::oid[]) WITH ORDINALITY AS k (attribute, collation_id, at)
        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attribute
        LEFT JOIN pg_collation AS l ON l.oid = k.collation_id LEFT JOIN pg_namespace AS n ON n.oid = l.collnamespace
    WHERE i.indrelid = to_regclass(quote_ident(:table)) AND i.indisunique AND i.indisvalid AND i.indimmediate
        AND i.indpred IS NULL AND i.indexprs IS NULL AND k.at <= i.indnkeyatts
    GROUP BY i.indexrelid
""")
_NATURE = text("""
    SELECT c.relkind, row_security_active(c.oid),
        (SELECT coalesce(sum(CASE WHEN p.reltuples > 0 THEN p.reltuples ELSE pg_relation_size(p.oid) / 100 END), 0)
            FROM pg_class AS p
            WHERE p.relkind = 'r' AND (p.oid = c.oid OR p.oid IN (SELECT relid FROM pg_partition_tree(c.oid)))),
        array(SELECT r FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS r WHERE NOT has_any_column_privilege(c.oid, r)
            UNION ALL SELECT 'DELETE' WHERE NOT has_table_privilege(c.oid, 'DELETE')),
        array(SELECT d.objid::regclass::text FROM pg_depend AS d JOIN pg_class AS s ON s.oid = d.objid
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
                AND d.deptype = 'a' AND CASE s.relkind WHEN 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE, UPDATE') END)
    FROM pg_class AS c WHERE c.oid = to_regclass(quote_ident(:table))
""")


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it stands. kind: its type's plain name (of a domain its base); declared: as people write it; size: the
    number behind the type's name, packed, or -1. fills_itself: it has a value where none is given; closed: none may be given."""

    name: str
    kind: str
    declared: str
    size: int
    required: bool
    fills_itself: bool
    closed: bool

    @property
    def length(self) -> int | None:
        """The most characters that fit, or None for no limit."""
        return self.size - 4 if self.kind in {"varchar", "bpchar"} and self.size >= 4 else None

    @property
    def digits(self) -> tuple[int, int] | None:
        """Of a number with such a limit: the most digits before the decimal point, and after it."""
        if self.kind != "numeric" or self.size < 4:
            return None
        precision, scale = (self.size - 4) >> 16 & 0xFFFF, (self.size - 4) & 0x7FF
        return precision - scale, scale


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """A unique index that answers at once and holds for all rows. names: its own and those of its parts, as errors name them.

    columns: each with its collation in SQL, empty if it has none. exact: texts are told apart byte by byte.
    """

    names: frozenset[str]
    columns: dict[str, str]
    exact: bool


@dataclass(frozen=True, slots=True)
class Nature:
    """kind: ``r`` a table, ``p`` a partitioned one, ``v`` a view and so on. hidden: rules may hide rows from us. rows: about.

    lacking: the rights on it that this user does not have; closed_sequences: those of its numbers that this user may not draw.
    """

    kind: str
    hidden: bool
    rows: int
    lacking: tuple[str, ...] = ()
    closed_sequences: tuple[str, ...] = ()


def columns_of(connection: Connection, table: str) -> dict[str, Column]:
    """Given a table's name; returns its columns by name, none where there is no such table on the search path."""
    return {row[0]: Column(*row) for row in _asked(connection, _COLUMNS, table)}


def unique_keys(connection: Connection, table: str) -> list[UniqueKey]:
    """Given a table's name; returns its unique keys."""
    found = _asked(connection, _KEYS, table)
    return [UniqueKey(frozenset(names), dict(zip(columns, kinds, strict=True)), exact) for names, columns, kinds, exact in found]


def nature_of(connection: Connection, table: str) -> Nature:
    """Given the name of a table that is there; returns what it is."""
    [(kind, hidden, rows, lacking, sequences)] = _asked(connection, _NATURE, table)
    return Nature(kind, hidden, int(rows), tuple(lacking), tuple(sequences))


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
