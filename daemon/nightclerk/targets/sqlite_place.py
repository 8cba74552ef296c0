"""A written field on SQLite: its columns, and the SQL that says whether and how it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nightclerk.core.booking import Effect, WrittenField
from nightclerk.core.policy import KEPT_BY
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

    @property
    def edited(self) -> str:
        """Of a field whose local edits are kept: whether somebody else wrote what stands in the table."""
        return f"e{self.at}"

    @property
    def blank(self) -> str:
        """Of a field whose blanks become the default: whether the file's cell was one."""
        return f"b{self.at}"

    @property
    def marks(self) -> list[str]:
        """The columns that the difference has of the field beside its new and its old value."""
        edited = [self.edited] if self.field.conflict == "keep_local_edits" else []
        return edited + ([self.blank] if self.field.blank == "default" else [])

    def wanted(self) -> str:
        """SQL: the value that the staged row wants in a known row."""
        return f"coalesce(s.{self.new}, :default{self.at})" if self.field.blank == "default" else f"s.{self.new}"

    def differs(self) -> str:
        """SQL: what the staged row wants is not what stands in the table (s: staging, t: table)."""
        plain = f"t.{self.column} IS NOT {self.wanted()}"
        if self.field.type in SPELLINGS:
            return f"({plain} AND nightclerk_{self.field.type}(t.{self.column}) IS NOT {self.wanted()})"
        return plain

    def sifted(self, edited: str) -> str:
        """SQL: the known row gets what the staged row wants. edited: SQL for what ``edited`` says."""
        asked = f"{self.differs()} AND s.{self.new} IS NOT NULL" if self.field.blank == "keep" else self.differs()
        return asked + self._allowed(f"t.{self.column}", edited)

    def changed(self, row: str = "") -> str:
        """SQL over the difference, which is called as ``row`` says (``d.``): the known row gets another value."""
        return self.other(row) + self._allowed(row + self.old, row + self.edited)

    def other(self, row: str = "") -> str:
        """SQL over the difference: the file wants another value than stands in the known row."""
        new, old = row + self.new, row + self.old
        return f"{new} IS NOT NULL" if self.field.blank == "keep" else f"coalesce({new}, {old}) IS NOT NULL"

    def effects(self) -> dict[Effect, str]:
        """Returns SQL over the difference for what the field's policies do to known rows."""
        kept = f"{self.other()} AND NOT ({self.changed()})"
        found: dict[Effect, str] = {}
        if self.field.blank == "keep":
            found["kept_blank"] = f"{self.new} IS NULL AND {self.old} IS NOT NULL"
        elif self.field.blank == "default":
            found["defaulted"] = f"{self.blank} AND {self.changed()}"
        else:
            found["cleared"] = f"{self.new} IS NULL AND {self.old} IS NOT NULL AND {self.changed()}"
        if self.field.conflict != "overwrite":
            found[KEPT_BY[self.field.conflict]] = kept
        return found

    def assigned(self) -> str:
        """SQL: the value that a known row has after booking (d: difference, t: table)."""
        if self.field.blank == "keep" and self.field.conflict == "overwrite":
            return f"coalesce(d.{self.new}, t.{self.column})"
        return f"CASE WHEN {self.changed('d.')} THEN d.{self.new} ELSE t.{self.column} END"

    def _allowed(self, stands: str, edited: str) -> str:
        rules = {"overwrite": "", "fill_empty": f" AND {stands} IS NULL", "keep_local_edits": f" AND NOT ({edited})"}
        return rules.get(self.field.conflict, " AND 0")

    def as_text(self, name: str) -> str:
        """SQL: a value as text in canonical form."""
        return f"nightclerk_{self.field.type}({name})" if self.field.type in SPELLINGS else f"CAST({name} AS TEXT)"

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
