"""A written field on SQLite: its columns, and the SQL that says whether and how it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.written_place import WrittenPlace


@dataclass(frozen=True, slots=True)
class Place(WrittenPlace):
    """A written field, where it stands, and its position, after which its temporary columns are named."""

    def stored(self) -> str:
        """SQL: what stands in the row t of the table."""
        return self.source

    def filled(self, value: str) -> str:
        """SQL: the value, or the field's default where it is blank."""
        return f"coalesce({value}, :default{self.at})"

    def unlike(self, new: str, old: str) -> str:
        """SQL over the difference, where what is the same is null: the two values are not the same."""
        return f"coalesce({new}, {old}) IS NOT NULL"

    def other(self, new: str, old: str) -> str:
        """SQL over the difference: the file wants another value than stands in the known row."""
        return f"{new} IS NOT NULL" if self.field.blank == "keep" else self.unlike(new, old)

    def differs(self) -> str:
        """SQL: what the staged row wants is not what stands in the table (s: staging, t: table)."""
        plain = f"{self.compared()} IS NOT {self.wanted()}"
        if self.in_column and self.field.type in SPELLINGS:
            return f"({plain} AND nightclerk_{self.field.type}({self.source}) IS NOT {self.wanted()})"
        return plain

    def sifted(self, edited: str) -> str:
        """SQL: the known row gets what the staged row wants. edited: SQL for what ``edited`` says."""
        asked = f"{self.differs()} AND s.{self.new} IS NOT NULL" if self.field.blank == "keep" else self.differs()
        rule = self.allowed(self.compared(), edited)
        return asked if rule is None else f"{asked} AND {rule}"

    def assigned(self) -> str:
        """SQL: the value that a known row has after booking (d: difference, t: table)."""
        if self.field.blank == "keep" and self.field.conflict == "overwrite":
            return f"coalesce(d.{self.new}, {self.source})"
        return f"CASE WHEN {self.changes('d.')} THEN d.{self.new} ELSE {self.source} END"

    def as_text(self, name: str) -> str:
        """SQL: a value as text in canonical form."""
        return (
            f"nightclerk_{self.field.type}({name})"
            if self.in_column and self.field.type in SPELLINGS
            else f"CAST({name} AS TEXT)"
        )

    def as_json(self, name: str) -> str:
        """SQL: a temporary column as JSON text; a list as an array, a boolean as true or false, bytes of others as hex."""
        if self.is_list:
            return f"coalesce(nightclerk_members({name}), 'null')"
        if self.field.type == "boolean":
            return f"CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE json_quote({name}) END"
        return f"json_quote(iif(typeof({name}) = 'blob', hex({name}), {name}))"

    def read(self, cell: Any) -> Any:
        """Given what stands in a temporary column; returns it as a cell: SQLite has no booleans, and bytes are shown as hex."""
        if self.field.type == "boolean" and cell in (0, 1):
            return bool(cell)
        return cell.hex().upper() if isinstance(cell, bytes) else cell
