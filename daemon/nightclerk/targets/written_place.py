"""A written field in a table, as every dialect of SQL sees it: its temporary columns, and what its policies do, in SQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from nightclerk.core.booking import Effect, WrittenField
from nightclerk.core.policy import KEPT_BY


@dataclass(frozen=True, slots=True)
class WrittenPlace(ABC):
    """A written field and its position, after which its temporary columns are named. column: its quoted column, of a custom field
    that of all custom fields. source: SQL that reads what stands in the row t of the table, as the column has it.
    """

    field: WrittenField
    column: str
    at: int
    source: str

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
    def standing(self) -> str:
        """Of a list: the staged column of what stands in the table, which is gathered once for each row."""
        return f"l{self.at}"

    @property
    def marks(self) -> list[str]:
        """The columns that the difference has of the field beside its new and its old value."""
        edited = [self.edited] if self.field.conflict == "keep_local_edits" else []
        return edited + ([self.blank] if self.field.blank == "default" else [])

    @property
    def is_list(self) -> bool:
        return self.field.stored == "links"

    @property
    def is_custom(self) -> bool:
        return self.field.stored == "custom"

    @property
    def in_column(self) -> bool:
        """Whether the value has a column of its own."""
        return self.field.stored == "column"

    @abstractmethod
    def stored(self) -> str:
        """SQL: what stands in the row t of the table, in the type of the temporary columns."""

    @abstractmethod
    def filled(self, value: str) -> str:
        """SQL: the value, or the field's default where it is blank."""

    @abstractmethod
    def unlike(self, new: str, old: str) -> str:
        """SQL over the difference: the two values are not the same, to the byte."""

    @abstractmethod
    def as_text(self, name: str) -> str:
        """SQL: a value as text in canonical form."""

    @abstractmethod
    def as_json(self, name: str) -> str:
        """SQL: a temporary column as JSON text: a list as an array, numbers without decimals and booleans as JSON's own."""

    def compared(self) -> str:
        """SQL: what stands in the table, beside the staged row s."""
        return f"s.{self.standing}" if self.is_list else self.stored()

    def wanted(self) -> str:
        """SQL: the value that the staged row wants in a known row."""
        return self.filled(f"s.{self.new}") if self.field.blank == "default" else f"s.{self.new}"

    def other(self, new: str, old: str) -> str:
        """SQL: the file wants another value in a known row than the old one."""
        different = self.unlike(new, old)
        return f"({new} IS NOT NULL AND {different})" if self.field.blank == "keep" else f"({different})"

    def allowed(self, old: str, edited: str) -> str | None:
        """SQL: the policy lets another value than the old one be written; None where it always does."""
        rules = {"fill_empty": f"{old} IS NULL", "keep_local_edits": f"NOT ({edited})", "never": "FALSE"}
        return rules.get(self.field.conflict)

    def changed(self, new: str, old: str, edited: str) -> str:
        """SQL: a known row that has the old value gets the new one. edited: SQL for what ``edited`` says."""
        rule = self.allowed(old, edited)
        return self.other(new, old) if rule is None else f"({self.other(new, old)} AND {rule})"

    def changes(self, row: str = "") -> str:
        """SQL over the difference, whose row is called as ``row`` says (``d.``): the known row gets another value."""
        return self.changed(row + self.new, row + self.old, row + self.edited)

    def effects(self) -> dict[Effect, str]:
        """Returns SQL over the difference for what the field's policies do to known rows."""
        found: dict[Effect, str] = {}
        if self.field.blank == "keep":
            found["kept_blank"] = f"{self.new} IS NULL AND {self.old} IS NOT NULL"
        elif self.field.blank == "default":
            found["defaulted"] = f"{self.blank} AND {self.changes()}"
        else:
            found["cleared"] = f"{self.new} IS NULL AND {self.old} IS NOT NULL AND {self.changes()}"
        if self.field.conflict != "overwrite":
            found[KEPT_BY[self.field.conflict]] = f"{self.other(self.new, self.old)} AND NOT {self.changes()}"
        return found
