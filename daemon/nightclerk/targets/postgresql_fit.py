"""Whether a table on PostgreSQL can take what imports write: one sentence for each thing that does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nightclerk.core.wording import listed
from nightclerk.targets.needs import Kind, NeededColumn, NeededTable
from nightclerk.targets.postgresql_catalog import Column, Nature, UniqueKey

_TEXTS = ("TEXT", frozenset({"text", "varchar", "bpchar", "citext"}))
_AMOUNTS = ("NUMERIC(18,4)", frozenset({"numeric"}))
_KINDS: Mapping[Kind, tuple[str, frozenset[str]]] = {
    "integer": ("BIGINT", frozenset({"int8", "int4", "int2", "numeric"})),
    "decimal": _AMOUNTS,
    "money": _AMOUNTS,
    "date": ("DATE", frozenset({"date"})),
    "datetime": ("TIMESTAMPTZ", frozenset({"timestamptz", "timestamp"})),
    "boolean": ("BOOLEAN", frozenset({"bool"})),
    "custom": ("JSONB", frozenset({"jsonb", "json"})),
}
"""What to declare for each kind of value, and the types that hold it without loss. All others are texts."""
_DECIMALS = 4
_FIXED = frozenset({"currency", "country"})
"""Types whose length nobody chooses."""
_NOT_TABLES = {"v": "a view", "m": "a materialized view", "f": "a foreign table"}


def faults(place: str, needed: NeededTable, columns: Mapping[str, Column], keys: list[UniqueKey], nature: Nature) -> list[str]:
    """Given the database as people know it, what is needed and what the catalogue tells of the table; returns the sentences.

    Columns that are missing altogether are not spoken of here.
    """
    where = f"of the table {needed.name} in {place}"
    if nature.kind in _NOT_TABLES:
        return [f"{needed.name} in {place} is {_NOT_TABLES[nature.kind]}; rows are booked into tables alone. Name its table."]
    found = [
        sentence
        for column in needed.columns
        if column.name in columns
        for sentence in _column_faults(where, column, columns[column.name], column.name in needed.key)
    ]
    if nature.hidden:
        found.append(
            f"Row security hides rows {where} from this user, so that known rows would look new. Give the user BYPASSRLS."
        )
    if fitting_key(needed.key, keys) is None:
        found.append(
            f"The table {needed.name} in {place} has no unique key of exactly {', '.join(sorted(needed.key))} that tells "
            "capitals from small letters: rows could be doubled. Create a unique index of these columns."
        )
    if needed.whole:
        found += [*_left_empty(where, needed, columns), *_not_granted(place, needed, nature)]
    return found


def fitting_key(key: tuple[str, ...], keys: list[UniqueKey]) -> UniqueKey | None:
    """Given the columns that tell rows apart; returns a unique key of exactly these, exact to the byte, or None."""
    return next((one for one in keys if one.exact and set(one.columns) == set(key)), None)


def _column_faults(where: str, needed: NeededColumn, column: Column, in_key: bool) -> Iterator[str]:
    name = f"The column {needed.name} {where}"
    wanted, kinds = _KINDS.get(needed.type, _TEXTS)
    if column.kind == "money" and wanted == _AMOUNTS[0]:
        yield f"{name} is declared money, which the server rounds and writes in its own language. Declare it {wanted}."
        return
    if column.kind not in kinds:
        gets = "JSON" if needed.type == "custom" else needed.type
        yield f"{name} is declared {column.declared}, and what it gets is {gets}. Declare it {wanted}, or name another."
        return
    if in_key and column.kind in {"citext", "bpchar"}:
        yield f"{name} is declared {column.declared}, to which different keys are the same. Declare it TEXT."
    if column.closed:
        yield f"{name} makes its values itself and takes none. Name another column, or leave the field out of the entity."
    yield from _too_small(name, needed, column)
    if column.required and needed.type == "custom":
        yield f"{name} must not be empty, but rows without custom fields have nothing there. Let the column be empty."
    elif column.required and not needed.filled:
        yield (
            f"{name} must not be empty, but the field {needed.field} may be. Write required: true or a default for the field in "
            "the entity, or let the column be empty."
        )


def _too_small(name: str, needed: NeededColumn, column: Column) -> Iterator[str]:
    if needed.type in _FIXED and needed.longest is not None and column.length is not None and needed.longest > column.length:
        yield (
            f"{name} takes at most {column.length} characters, and the field {needed.field} has {needed.longest}. "
            "Make the column longer."
        )
    elif needed.longest is not None and column.length is not None and needed.longest > column.length:
        yield (
            f"{name} takes at most {column.length} characters, and the field {needed.field} may have more, which would stop a "
            f"whole file. Write max_length: {column.length} for the field in the entity, or make the column longer."
        )
    if needed.least is None or needed.most is None:
        return
    if column.kind == "int2" and (needed.least < -(2**15) or needed.most >= 2**15):
        yield f"{name} is declared smallint, which is too small for {needed.type}. Declare it BIGINT, or write min and max."
    if column.digits is None:
        return
    before, after = column.digits
    room = 10**before
    if needed.type != "integer" and after < _DECIMALS:
        yield f"{name} keeps {after} digits after the point, and amounts have {_DECIMALS}. Declare it NUMERIC(18,4)."
    elif before < 14 and (needed.least <= -room or needed.most >= room):
        yield f"{name} takes {before} digits before the point, which are too few. Make it larger, or write min and max."


def _left_empty(where: str, needed: NeededTable, columns: Mapping[str, Column]) -> Iterator[str]:
    written = {column.name for column in needed.columns}
    empty = [c.name for c in columns.values() if c.required and not c.fills_itself and not c.closed and c.name not in written]
    if empty:
        yield (
            f"These columns {where} must not be empty, but imports never write them, so that no new row could be made: "
            f"{listed(empty, 'and')}. Give each a default in the database."
        )


def _not_granted(place: str, needed: NeededTable, nature: Nature) -> Iterator[str]:
    table, lacking = needed.name, [right for right in needed.rights if right in nature.lacking]
    if lacking:
        rights = listed(lacking, "and")
        yield f"This user has no right to {rights} on the table {table} in {place}. Grant it."
    if nature.closed_sequences:
        names = listed(list(nature.closed_sequences), "and")
        yield f"This user may not draw the numbers of new rows of the table {table} in {place}: grant USAGE on {names}."
