"""A written field on PostgreSQL: its columns, and the SQL that says whether and how it changes."""

from __future__ import annotations

from dataclasses import dataclass

from nightclerk.core.booking import WrittenField
from nightclerk.targets.postgresql_catalog import Column

_WHOLE = frozenset({"int8", "int4", "int2"})


@dataclass(frozen=True, slots=True)
class Place:
    """A written field, its quoted column as it stands, and its position, after which its temporary columns are named.

    collation: of a key's text, that of the unique index, so that look-ups can use it.
    """

    field: WrittenField
    column: str
    stands: Column
    at: int
    collation: str = ""

    @property
    def new(self) -> str:
        return f"n{self.at}"

    @property
    def old(self) -> str:
        return f"o{self.at}"

    @property
    def kind(self) -> str:
        """SQL: the type of the temporary columns. As narrow as the table's where that refuses what does not fit, else wider."""
        stands = self.stands
        if self.field.type in {"decimal", "money"} or stands.kind == "numeric":
            return "numeric"  # one with fewer decimals would round, and so hide what does not fit
        if stands.kind in _WHOLE or self.field.type in {"date", "boolean", "datetime"}:
            return stands.kind
        return f"varchar({stands.length})" if stands.kind == "varchar" and stands.length is not None else "text"

    @property
    def _is_text(self) -> bool:
        return self.kind == "text" or self.kind.startswith("varchar")

    def stored(self) -> str:
        """SQL: what stands in the table t, in the type of the temporary columns."""
        return (
            f"t.{self.column}::{self.kind}"
            if self._is_text and self.stands.kind not in {"text", "varchar"}
            else f"t.{self.column}"
        )

    def same_key(self, other: str) -> str:
        """SQL: the table's row t and the other one have the same value here, found by the unique index."""
        return f"t.{self.column} = {other}.{self.new}" + (f" COLLATE {self.collation}" if self.collation else "")

    def differs(self, value: str) -> str:
        """SQL: what stands in the table t is not this value, to the byte."""
        return f"{self.stored()} IS DISTINCT FROM {value}" + (' COLLATE "C"' if self._is_text else "")

    def changed(self, new: str, old: str) -> str:
        """SQL: a known row that has the old value gets the new one."""
        different = f"{new} IS DISTINCT FROM {old}" + (' COLLATE "C"' if self._is_text else "")
        return f"({new} IS NOT NULL AND {different})" if self.field.blank == "keep" else f"({different})"

    def assigned(self) -> str:
        """SQL: the value that a known row has after booking (d: difference, t: table). The same value stays as it is written."""
        return f"CASE WHEN {self.changed(f'd.{self.new}', f'd.{self.old}')} THEN d.{self.new} ELSE t.{self.column} END"

    def unsuited(self) -> str | None:
        """SQL over the difference: the number would not stand in the table as it is; None where all that can come fit."""
        digits = self.stands.digits
        if digits is None or (digits[0] >= 14 and digits[1] >= 4):
            return None
        return f"(abs({self.new}) >= 1e{digits[0]} OR round({self.new}, {digits[1]}) <> {self.new})"

    def as_cell(self, name: str) -> str:
        """SQL: a temporary column as a cell: numbers with decimals, dates and moments as text, all others as they are."""
        if self.field.type == "datetime":
            return f"replace({name}::text, '+00', '')"
        return f"{name}::text" if self.field.type in {"decimal", "money", "date"} else name

    def as_json(self, name: str) -> str:
        """SQL: a temporary column as JSON text."""
        return f"coalesce(to_json({self.as_cell(name)})::text, 'null')"
