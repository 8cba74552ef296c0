"""Whether a table on MariaDB or MySQL can take what imports write: one sentence for each thing that does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nightclerk.core.wording import listed
from nightclerk.targets.mariadb_catalog import Column, Nature, UniqueKey
from nightclerk.targets.needs import Kind, NeededColumn, NeededTable

_TEXTS = ("VARCHAR or TEXT", frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext"}))
_AMOUNTS = ("DECIMAL(18,4)", frozenset({"decimal"}))
_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
_KINDS: Mapping[Kind, tuple[str, frozenset[str]]] = {
    "integer": ("BIGINT", frozenset({*_BITS, "decimal"})),
    "decimal": _AMOUNTS,
    "money": _AMOUNTS,
    "date": ("DATE", frozenset({"date"})),
    "datetime": ("DATETIME", frozenset({"datetime", "timestamp"})),
    "boolean": ("BOOLEAN", frozenset({"tinyint"})),
    "custom": ("JSON", frozenset({"json", "text", "mediumtext", "longtext"})),
}
"""What to declare for each kind of value, and the types that hold it without loss. All others are texts."""
_DECIMALS = 4
_SMALL = frozenset({"tinyint", "smallint", "mediumint"})
_UNICODE = frozenset({"utf8mb4", "utf8mb3", "utf8", "utf16", "utf16le", "utf32", "ucs2"})
_TABLES = frozenset({"BASE TABLE", "SYSTEM VERSIONED"})


def faults(
    place: str, needed: NeededTable, columns: Mapping[str, Column], keys: list[UniqueKey], nature: Nature, collation: str
) -> list[str]:
    """Given the database as people know it, what is needed, what the catalogue tells of the table, and the collation by which
    texts are told apart to the byte; returns the sentences. Columns that are missing altogether are not spoken of here."""
    where = f"of the table {needed.name} in {place}"
    if nature.kind not in _TABLES:
        kind = "a view" if "VIEW" in nature.kind else f"no table but a {nature.kind.lower()}"
        return [f"{needed.name} in {place} is {kind}; rows are booked into tables alone. Name its table."]
    found = [
        sentence
        for column in needed.columns
        if column.name.lower() in columns
        for sentence in _column_faults(where, column, columns[column.name.lower()], column.name in needed.key)
    ]
    if not nature.safe:
        found.append(
            f"The table {needed.name} in {place} is kept by {nature.engine or 'an engine'}, which cannot take back what was "
            f"written. Change it: ALTER TABLE {needed.name} ENGINE=InnoDB."
        )
    found += _key_faults(place, needed, keys, collation)
    return found + (list(_left_empty(where, needed, columns)) if needed.whole else [])


def fitting_key(key: tuple[str, ...], keys: list[UniqueKey]) -> UniqueKey | None:
    """Given the columns that tell rows apart; returns a unique key of exactly these, exact to the byte, or None."""
    found = [one for one in keys if one.is_of(key) and one.exact]
    return min(found, key=lambda one: one.name != "PRIMARY", default=None)


def not_granted(place: str, table: str, lacking: list[str]) -> str:
    """Given the rights on a table that this user does not have; returns the sentence."""
    return f"This user has no right to {listed(lacking, 'and')} on the table {table} in {place}. Grant it."


def _key_faults(place: str, needed: NeededTable, keys: list[UniqueKey], collation: str) -> Iterator[str]:
    if fitting_key(needed.key, keys) is not None:
        return
    near = next((one for one in keys if one.is_of(needed.key)), None)
    if near is None:
        yield (
            f"The table {needed.name} in {place} has no unique key of exactly {', '.join(sorted(needed.key))}: rows could be "
            "doubled. Create a unique index of these columns, each in its whole length."
        )
        return
    loose = [column for column in near.columns if not column.exact]
    names = listed([f"{column.name} ({column.collation})" for column in loose], "and")
    yield (
        f"The unique key {near.name} of the table {needed.name} in {place} takes different keys for the same: by the collation "
        f"of {names} A and a, e and é, or a text and the same with a blank behind it may be one. Declare "
        f"{listed([column.name for column in loose], 'and')} with CHARACTER SET utf8mb4 COLLATE {collation}."
    )


def _column_faults(where: str, needed: NeededColumn, column: Column, in_key: bool) -> Iterator[str]:
    name = f"The column {needed.name} {where}"
    wanted, kinds = _KINDS.get(needed.type, _TEXTS)
    if column.kind not in kinds:
        gets = "JSON" if needed.type == "custom" else needed.type
        yield f"{name} is declared {column.declared}, and what it gets is {gets}. Declare it {wanted}, or name another."
        return
    if in_key and column.kind == "char":
        yield f"{name} is declared {column.declared}, which loses the blanks at a key's end. Declare it VARCHAR({column.length})."
    if needed.longest is not None and column.charset is not None and column.charset not in _UNICODE:
        yield (
            f"{name} keeps the characters of {column.charset} alone, so that a name in another script would stop a whole file. "
            "Declare it with CHARACTER SET utf8mb4."
        )
    if column.closed:
        yield f"{name} makes its values itself and takes none. Name another column, or leave the field out of the entity."
    yield from _too_short(name, needed, column)
    yield from _too_small(name, needed, column)
    if column.required and needed.type == "custom":
        yield f"{name} must not be empty, but rows without custom fields have nothing there. Let the column be empty."
    elif column.required and not needed.filled:
        yield (
            f"{name} must not be empty, but the field {needed.field} may be. Write required: true or a default for the field in "
            "the entity, or let the column be empty."
        )


def _too_short(name: str, needed: NeededColumn, column: Column) -> Iterator[str]:
    longest = 63 if column.kind == "tinytext" else column.length  # of four bytes each
    if needed.longest is None or longest is None or needed.longest <= longest:
        return
    if needed.type in {"currency", "country"}:
        yield (
            f"{name} takes at most {longest} characters, and the field {needed.field} has {needed.longest}. "
            "Make the column longer."
        )
    else:
        yield (
            f"{name} takes at most {longest} characters, and the field {needed.field} may have more, which would stop a whole "
            f"file. Write max_length: {longest} for the field in the entity, or make the column longer."
        )


def _too_small(name: str, needed: NeededColumn, column: Column) -> Iterator[str]:
    if needed.least is None or needed.most is None or needed.type not in {"integer", "decimal", "money"}:
        return
    if column.unsigned and needed.least < 0:
        yield f"{name} is declared {column.declared}, which takes no negative numbers. Declare it BIGINT, or write min: 0."
    elif column.kind in _SMALL:
        top = 2 ** (_BITS[column.kind] - (not column.unsigned))
        if needed.most >= top or needed.least < -top:
            small = f"{name} is declared {column.declared}, which is too small for {needed.type}."
            yield f"{small} Declare it BIGINT, or write min and max."
    if column.digits is None:
        return
    before, after = column.digits
    room = 10**before
    if needed.type != "integer" and after < _DECIMALS:
        yield f"{name} keeps {after} digits after the point, and amounts have {_DECIMALS}. Declare it DECIMAL(18,4)."
    elif before < 14 and (needed.least <= -room or needed.most >= room):
        yield f"{name} takes {before} digits before the point, which are too few. Make it larger, or write min and max."


def _left_empty(where: str, needed: NeededTable, columns: Mapping[str, Column]) -> Iterator[str]:
    written = {column.name.lower() for column in needed.columns}
    empty = [c.name for name, c in columns.items() if c.required and not c.fills_itself and not c.closed and name not in written]
    if empty:
        yield (
            f"These columns {where} must not be empty, but imports never write them, so that no new row could be made: "
            f"{listed(empty, 'and')}. Give each a default in the database."
        )
