"""A written field on SQLite: its columns, and the SQL that says whether and how it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nightclerk.core.booking import WrittenField
from nightclerk.targets.canonical import SPELLINGS


@dataclass(frozen=True, slots=True)
class Place:
    """A written field, its quoted column, and its position, after which its temporary columns are named."""

    field: WrittenField
    column: str
    at: int

    @property
    def new(self) -> str:
        return f"n{self.at}"

    @property
    def old(self) -> str:
        return f"o{self.at}"

    def differs(self) -> str:
        """SQL: the staged cell is not what stands in the table (s: staging, t: table)."""
        plain = f"t.{self.column} IS NOT s.{self.new}"
        if self.field.type in SPELLINGS:
            return f"({plain} AND nightclerk_{self.field.type}(t.{self.column}) IS NOT s.{self.new})"
        return plain

    def changed(self) -> str:
        """SQL over the difference: the known row gets another value."""
        return f"{self.new} IS NOT NULL" if self.field.blank == "keep" else f"coalesce({self.new}, {self.old}) IS NOT NULL"

    def assigned(self) -> str:
        """SQL: the value that a known row has after booking (d: difference, t: table)."""
        if self.field.blank == "keep":
            return f"coalesce(d.{self.new}, t.{self.column})"
        return f"CASE WHEN coalesce(d.{self.new}, d.{self.old}) IS NULL THEN t.{self.column} ELSE d.{self.new} END"

    def as_json(self, name: str) -> str:
        """SQL: a temporary column as JSON text; the boolean as true or false, and bytes that only others write as hex."""
        if self.field.type == "boolean":
            return f"CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE json_quote({name}) END"
        return f"json_quote(iif(typeof({name}) = 'blob', hex({name}), {name}))"

    def read(self, cell: Any) -> Any:
        """Given what stands in a temporary column; returns it as a cell: SQLite has no booleans, and bytes are shown as hex."""
        if self.field.type == "boolean" and cell in (0, 1):
            return bool(cell)
        return cell.hex().upper() if isinstance(cell, bytes) else cell
