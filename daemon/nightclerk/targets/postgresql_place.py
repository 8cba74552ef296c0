"""A written field on PostgreSQL: its columns, and the SQL that says whether and how it changes."""

from __future__ import annotations

from dataclasses import dataclass

from nightclerk.core.booking import Effect, WrittenField
from nightclerk.core.policy import KEPT_BY
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

    @property
    def exactly(self) -> str:
        """SQL behind a value: texts compare by their characters' codes, whatever the column's collation."""
        return ' COLLATE "C"' if self._is_text else ""

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
        return f"{self.stored()} IS DISTINCT FROM {value}{self.exactly}"

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

    def filled(self, value: str) -> str:
        """SQL: the value, or the field's default where it is blank."""
        return f"coalesce({value}, CAST(:default{self.at} AS {self.kind}))"

    def wanted(self) -> str:
        """SQL: the value that the staged row wants in a known row."""
        return self.filled(f"s.{self.new}") if self.field.blank == "default" else f"s.{self.new}"

    def other(self, new: str, old: str) -> str:
        """SQL: the file wants another value in a known row than the old one."""
        different = f"{new} IS DISTINCT FROM {old}{self.exactly}"
        return f"({new} IS NOT NULL AND {different})" if self.field.blank == "keep" else f"({different})"

    def changed(self, new: str, old: str, edited: str) -> str:
        """SQL: a known row that has the old value gets the new one. edited: SQL for what ``edited`` says."""
        rules = {"fill_empty": f"{old} IS NULL", "keep_local_edits": f"NOT ({edited})", "never": "false"}
        rule = rules.get(self.field.conflict)
        return self.other(new, old) if rule is None else f"({self.other(new, old)} AND {rule})"

    def effects(self) -> dict[Effect, str]:
        """Returns SQL over the difference for what the field's policies do to known rows."""
        changed = self.changed(self.new, self.old, self.edited)
        found: dict[Effect, str] = {}
        if self.field.blank == "keep":
            found["kept_blank"] = f"{self.new} IS NULL AND {self.old} IS NOT NULL"
        elif self.field.blank == "default":
            found["defaulted"] = f"{self.blank} AND {changed}"
        else:
            found["cleared"] = f"{self.new} IS NULL AND {self.old} IS NOT NULL AND {changed}"
        if self.field.conflict != "overwrite":
            found[KEPT_BY[self.field.conflict]] = f"{self.other(self.new, self.old)} AND NOT {changed}"
        return found

    def assigned(self) -> str:
        """SQL: the value that a known row has after booking (d: difference, t: table). The same value stays as it is written."""
        changed = self.changed(f"d.{self.new}", f"d.{self.old}", f"d.{self.edited}")
        return f"CASE WHEN {changed} THEN d.{self.new} ELSE t.{self.column} END"

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

    def as_text(self, name: str) -> str:
        """SQL: a value as text in canonical form."""
        return f"({self.as_cell(name)})\\:\\:text"

    def as_json(self, name: str) -> str:
        """SQL: a temporary column as JSON text."""
        return f"coalesce(to_json({self.as_cell(name)})::text, 'null')"
