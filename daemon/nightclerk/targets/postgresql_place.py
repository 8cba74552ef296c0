"""A written field on PostgreSQL: its columns, and the SQL that says whether and how it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nightclerk.targets.custom_fields import WHOLE, read_cell
from nightclerk.targets.postgresql_catalog import Column
from nightclerk.targets.written_place import WrittenPlace

_WHOLE = frozenset({"int8", "int4", "int2"})


@dataclass(frozen=True, slots=True)
class Place(WrittenPlace):
    """A written field, where it stands, and its position, after which its temporary columns are named. stands: its column.

    collation: of a key's text, that of the unique index, so that look-ups can use it.
    """

    stands: Column
    collation: str = ""

    @property
    def kind(self) -> str:
        """SQL: the type of the temporary columns. As narrow as the table's where that refuses what does not fit, else wider."""
        stands = self.stands
        if not self.in_column:
            return "text"
        if self.field.type in {"decimal", "money"} or stands.kind == "numeric":
            return "numeric"  # one with fewer decimals would round, and so hide what does not fit
        if stands.kind in _WHOLE or self.field.type in {"date", "boolean", "datetime"}:
            return stands.kind
        return f"varchar({stands.length})" if stands.kind == "varchar" and stands.length is not None else "text"

    @property
    def _is_text(self) -> bool:
        return self.kind == "text" or self.kind.startswith("varchar")

    @property
    def exactly(self) -> str:
        """SQL behind a value: texts compare by their characters' codes, whatever the column's collation."""
        return ' COLLATE "C"' if self._is_text else ""

    def stored(self) -> str:
        """SQL: what stands in the table t, in the type of the temporary columns."""
        foreign = self.in_column and self._is_text and self.stands.kind not in {"text", "varchar"}
        return f"{self.source}::{self.kind}" if foreign else self.source

    def same_key(self, other: str) -> str:
        """SQL: the table's row t and the other one have the same value here, found by the unique index."""
        return f"t.{self.column} = {other}.{self.new}" + (f" COLLATE {self.collation}" if self.collation else "")

    def differs(self, value: str, stored: str = "") -> str:
        """SQL: what stands in the table t, or in ``stored`` if that is given, is not this value, to the byte."""
        return f"{stored or self.stored()} IS DISTINCT FROM {value}{self.exactly}"

    def filled(self, value: str) -> str:
        """SQL: the value, or the field's default where it is blank."""
        return f"coalesce({value}, CAST(:default{self.at} AS {self.kind}))"

    def wanted(self) -> str:
        """SQL: the value that the staged row wants in a known row."""
        wanted = WrittenPlace.wanted(self)
        return self.as_cell(wanted) if self.is_custom else wanted

    def unlike(self, new: str, old: str) -> str:
        """SQL over the difference: the two values are not the same, to the byte."""
        return f"{new} IS DISTINCT FROM {old}{self.exactly}"

    def assigned(self) -> str:
        """SQL: the value that a known row has after booking (d: difference, t: table). The same value stays as it is written."""
        return f"CASE WHEN {self.changes('d.')} THEN d.{self.new} ELSE {self.source} END"

    def unsuited(self) -> str | None:
        """SQL over the difference: the number would not stand in the table as it is; None where all that can come fit."""
        digits = self.stands.digits
        if digits is None or (digits[0] >= 14 and digits[1] >= 4):
            return None
        return f"(abs({self.new}) >= 1e{digits[0]} OR round({self.new}, {digits[1]}) <> {self.new})"

    def as_cell(self, name: str) -> str:
        """SQL: a temporary column as a cell: numbers with decimals, dates and moments as text, all others as they are; those of
        custom fields as canonical text, which ``read`` reads."""
        if not self.in_column:
            return f"CASE {name} WHEN 't' THEN 'true' WHEN 'f' THEN 'false' ELSE {name} END" if self._is_truth else name
        if self.field.type == "datetime":
            return f"replace({name}::text, '+00', '')"
        return f"{name}::text" if self.field.type in {"decimal", "money", "date"} else name

    def as_text(self, name: str) -> str:
        """SQL: a value as text in canonical form."""
        return f"({self.as_cell(name)})\\:\\:text"

    def as_json(self, name: str) -> str:
        """SQL: a temporary column as JSON text: a list as an array, numbers without decimals and booleans as JSON's own."""
        if self.is_list:
            return f"coalesce(to_json(string_to_array({name}, chr(31)))::text, 'null')"
        cell = self.as_cell(name)
        text = f"coalesce(to_json({cell})::text, 'null')"
        if self.is_custom and self._is_truth:
            return f"CASE WHEN {cell} IN ('true', 'false') THEN {cell} ELSE {text} END"
        if self.is_custom and self.field.type == "integer":
            return f"CASE WHEN {cell} ~ '{WHOLE}' THEN {cell} ELSE {text} END"
        return text

    def read(self, cell: Any) -> Any:
        """Given what ``as_cell`` selects; returns it as a cell."""
        return read_cell(self.field.type, cell) if self.is_custom else cell

    @property
    def _is_truth(self) -> bool:
        return self.field.type == "boolean"
