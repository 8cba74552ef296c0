"""A written field on MariaDB and MySQL: its columns, and the SQL that says whether and how it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nightclerk.targets.custom_fields import WHOLE, read_cell
from nightclerk.targets.mariadb_catalog import Column
from nightclerk.targets.written_place import WrittenPlace

_AMOUNTS = frozenset({"decimal", "money"})
_NO_TEXTS = frozenset({"integer", "boolean", "date", "datetime"}) | _AMOUNTS
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Place(WrittenPlace):
    """A written field, where it stands, and its position, after which its temporary columns are named. stands: its column.

    collation: the one by which texts are told apart to the byte. narrow: a text's temporary column takes no more characters than
    the table's, so that what does not fit is refused as it arrives.
    """

    stands: Column
    collation: str
    narrow: bool = True

    @property
    def is_text(self) -> bool:
        return self.field.type not in _NO_TEXTS or not self.in_column

    @property
    def scale(self) -> int:
        """The decimals of its temporary columns: no fewer than the table's or a cell's, so that nothing is rounded there."""
        return max(self.stands.scale or 0, _DECIMALS if self.field.type in _AMOUNTS else 0)

    def kind(self, narrow: bool) -> str:
        """SQL: the type of a temporary column. narrow: no larger than the table's, where that is possible."""
        if self.is_text:
            sized = f"VARCHAR({self.stands.length})" if narrow and self.stands.length is not None else "LONGTEXT"
            return f"{sized} CHARACTER SET utf8mb4 COLLATE {self.collation}"
        if self.field.type in _AMOUNTS or self.stands.kind == "decimal":
            return f"DECIMAL(65,{self.scale})"
        return {"date": "DATE", "datetime": "DATETIME(6)"}.get(self.field.type, self.stands.declared.replace(" zerofill", ""))

    def stored(self) -> str:
        """SQL: what stands in the table t."""
        foreign = self.is_text and self.stands.charset != "utf8mb4"
        return f"CONVERT({self.source} USING utf8mb4)" if foreign and self.in_column else self.source

    def same_key(self, other: str) -> str:
        """SQL: the table's row t and the other one have the same value here, found by the unique index."""
        return same_text(f"t.{self.column}", f"{other}.{self.new}", self.stands, self.collation)

    def differs(self, value: str, stored: str = "") -> str:
        """SQL: what stands in the table t, or in ``stored`` if that is given, is not this value, to the byte."""
        return f"NOT ({self.exactly(stored or self.stored())} <=> {value})"

    def filled(self, value: str) -> str:
        """SQL: the value, or the field's default where it is blank."""
        given = f":default{self.at}"
        kinds = {"date": "DATE", "datetime": "DATETIME(6)", "integer": "SIGNED"} | dict.fromkeys(
            _AMOUNTS, f"DECIMAL(65,{self.scale})"
        )
        kind = kinds.get(self.field.type) if self.in_column else None
        return f"COALESCE({value}, {given})" if kind is None else f"COALESCE({value}, CAST({given} AS {kind}))"

    def unlike(self, new: str, old: str) -> str:
        """SQL over the difference: the two values are not the same, to the byte."""
        return f"NOT ({new} <=> {self.exactly(old)})"

    def assigned(self) -> str:
        """SQL: the value that a known row has after booking (d: difference, t: table). The same value stays as it is written."""
        return f"CASE WHEN {self.changes('d.')} THEN {self.exactly(f'd.{self.new}')} ELSE {self.stored()} END"

    def unsuited(self) -> str | None:
        """SQL over the difference: the number would be rounded in the table; None where all that can come fit."""
        digits = self.stands.digits
        if digits is None or digits[1] >= _DECIMALS:
            return None
        return f"ROUND({self.new}, {digits[1]}) <> {self.new}"

    def as_cell(self, name: str) -> str:
        """SQL: a temporary column as a cell: numbers with decimals, dates and moments as text, all others as they are."""
        if not self.in_column:
            return name
        if self.field.type == "datetime":
            return f"TRIM(TRAILING '.000000' FROM CAST({name} AS CHAR))"
        if self.field.type == "date":
            return f"CAST({name} AS CHAR)"
        decimals = _DECIMALS if self.field.type in _AMOUNTS else 0
        if (self.field.type in _AMOUNTS or self.stands.kind == "decimal") and self.scale > decimals:
            plain = f"CAST(CAST({name} AS DECIMAL(65,{decimals})) AS CHAR)"
            return f"CASE WHEN ROUND({name}, {decimals}) = {name} THEN {plain} ELSE CAST({name} AS CHAR) END"
        return f"CAST({name} AS CHAR)" if self.field.type in _AMOUNTS else name

    def as_text(self, name: str) -> str:
        """SQL: a value as text in canonical form."""
        cell = self.as_cell(name)
        return cell if self.is_text else f"CAST({cell} AS CHAR)"

    def as_json(self, name: str) -> str:
        """SQL: a temporary column as JSON text: a list as an array, numbers without decimals and booleans as JSON's own."""
        if self.is_list:
            # Quoted, no control characters are left in it, so that one can stand for backslashes meanwhile.
            quoted = f"REPLACE(JSON_QUOTE({name}), '\\\\', CHAR(1 USING utf8mb4))"
            parted = f"REPLACE(REPLACE({quoted}, '\\u001f', '\",\"'), '\\u001F', '\",\"')"
            return f"COALESCE(CONCAT('[', REPLACE({parted}, CHAR(1 USING utf8mb4), '\\\\'), ']'), 'null')"
        if self.is_custom and self.field.type == "integer":
            return f"CASE WHEN {name} REGEXP '{WHOLE}' THEN {name} ELSE COALESCE(JSON_QUOTE({name}), 'null') END"
        if self.is_custom and self.field.type == "boolean":
            text = f"COALESCE(JSON_QUOTE({name}), 'null')"
            return f"CASE {name} WHEN '1' THEN 'true' WHEN '0' THEN 'false' ELSE {text} END"
        if self.field.type == "boolean":
            return f"CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE COALESCE(CAST({name} AS CHAR), 'null') END"
        if self.field.type == "integer":
            return f"COALESCE(CAST({self.as_cell(name)} AS CHAR), 'null')"
        return f"COALESCE(JSON_QUOTE({self.as_cell(name)}), 'null')"

    def read(self, cell: Any) -> Any:
        """Given what stands in a temporary column; returns it as a cell: there are no booleans, but numbers."""
        if self.is_custom:
            return read_cell(self.field.type, cell)
        if self.field.type == "boolean" and cell in (0, 1):
            return bool(cell)
        return int(cell) if self.field.type == "integer" and cell is not None and str(cell).isdecimal() else cell

    def exactly(self, name: str) -> str:
        """SQL: a value, compared to the byte if it is a text."""
        return f"{name} COLLATE {self.collation}" if self.is_text else name


def same_text(stands: str, given: str, column: Column, collation: str) -> str:
    """Given a column of the table and a value, both in SQL; returns SQL: they are the same to the byte, found by an index."""
    if column.charset is None:
        return f"{stands} = {given}"
    if column.charset == "utf8mb4":
        return f"{stands} = {given} COLLATE {column.collation}"
    # What the column's own characters do not hold becomes a question mark, which finds rows of somebody else.
    found = f"{stands} = CONVERT({given} USING {column.charset}) COLLATE {column.collation}"
    return f"{found} AND CONVERT({stands} USING utf8mb4) COLLATE {collation} = {given}"
