"""Values without a column of their own on SQLite: custom fields in a JSON column, lists in tables of links."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from nightclerk.core.booking import Links, WrittenField
from nightclerk.core.entity import FieldType
from nightclerk.core.reading import CELL_SEPARATOR
from nightclerk.targets.custom_fields import brought, by_column, custom_cell, document_of, patch, where_changed
from nightclerk.targets.lists import Lists, Names
from nightclerk.targets.sqlite_place import Place
from nightclerk.targets.written_place import WrittenPlace

NAMES = Names(
    "temp.nightclerk_stage",
    "temp.nightclerk_difference",
    "temp.nightclerk_members",
    "temp.nightclerk_unknown_members",
    "temp.nightclerk_created_members",
)


class SqliteLists(Lists):
    """``Lists`` on SQLite."""

    by_order = "CROSS JOIN"

    def make_tables(self) -> None:
        if self.fields:
            self._run("CREATE TEMPORARY TABLE nightclerk_members (line INTEGER, place INTEGER, member)")
            self._run("CREATE INDEX temp.nightclerk_members_by_line ON nightclerk_members (line, place)")
            self._run("CREATE TEMPORARY TABLE nightclerk_unknown_members (line INTEGER, place INTEGER, member)")
            self._run("CREATE TEMPORARY TABLE nightclerk_created_members (place INTEGER, member)")

    def split(self, table: str, cell: str) -> tuple[str, str]:
        return f"FROM {table} AS d, json_each(nightclerk_members({cell})) AS j", "j.value"

    def gathered(self, rows: str, member: str) -> str:
        return gathered(rows, member)

    def same_owner(self, links: Links, owners: Sequence[str]) -> str:
        return same_owner(self._quote, links, owners)

    def same_member(self, links: Links, member: str) -> str:
        of = links.of
        tenant = "" if of.tenant_column is None else f"g.{self._quote(of.tenant_column)} = :tenant COLLATE BINARY AND "
        return f"{tenant}g.{self._quote(of.column)} = {member} COLLATE BINARY"

    def cut(self, place: WrittenPlace, links: Links, asked: str) -> None:
        columns = ", ".join(f"l.{self._quote(one)}" for one in (*links.owner, links.member))
        own = "" if links.tenant_column is None else f"{self._quote(links.tenant_column)} = :tenant COLLATE BINARY AND "
        owners = [f"d.{key.new}" for key in self._keys]
        self._run(
            f"DELETE FROM {self._quote(links.table)} WHERE {own}({columns.replace('l.', '')}) IN (SELECT {columns} "
            f"FROM {self.names.difference} AS d CROSS JOIN {self._quote(links.table)} AS l ON {self.same_owner(links, owners)} "
            f"WHERE {asked} AND NOT EXISTS (SELECT 1 FROM {self.names.members} AS m WHERE m.line = d.line "
            f"AND m.place = {place.at} AND m.member = {self.link_member(links)}))"
        )

    def link_member(self, links: Links) -> str:
        return f"CAST(l.{self._quote(links.member)} AS TEXT) COLLATE BINARY"

    def is_doubled(self, error: IntegrityError) -> bool:
        return False  # nobody else writes meanwhile

    def object_of(self, field: str, member: str) -> str:
        return f"'{{\"{field}\"\\:' || json_quote({member}) || '}}'"


def source_of(quote: Callable[[str], str], field: WrittenField, owners: Sequence[str]) -> str:
    """Given a field and SQL for the key of the row t; returns SQL for what stands there, as its column has it, but
    compared to the byte: the application's column may have a collation to which more texts are the same."""
    if field.links is not None:
        member = f"CAST(l.{quote(field.links.member)} AS TEXT) COLLATE BINARY"
        return gathered(f"FROM {quote(field.links.table)} AS l WHERE {same_owner(quote, field.links, owners)}", member)
    if field.stored == "custom":
        return f"nightclerk_custom(t.{quote(field.column)}, '{field.name}', '{field.type}')"
    return f"t.{quote(field.column)} COLLATE BINARY"


def same_owner(quote: Callable[[str], str], links: Links, owners: Sequence[str]) -> str:
    """SQL: the link row l belongs to the row with this key, and to this tenant."""
    parts = [] if links.tenant_column is None else [f"l.{quote(links.tenant_column)} = :tenant COLLATE BINARY"]
    pairs = zip(links.owner, owners, strict=True)
    return " AND ".join([*parts, *(f"l.{quote(column)} = {key} COLLATE BINARY" for column, key in pairs)])


def gathered(rows: str, member: str) -> str:
    """Given SQL: FROM and WHERE of rows, and one text of each; returns SQL for the list of these texts, null for none."""
    return f"(SELECT group_concat(v, char(31)) FROM (SELECT DISTINCT {member} AS v {rows} ORDER BY v COLLATE BINARY))"


def documents(places: Sequence[Place]) -> dict[str, tuple[str, str]]:
    """Given a plan's places; returns JSON column → SQL for what new rows get there, over the difference, and for what known rows
    get, over the difference's row d and the table's row t."""

    def changed(place: WrittenPlace) -> tuple[str, str]:
        return place.changes("d."), f"d.{place.new}"

    found = {}
    for column, here in by_column(places).items():
        known = f"json_patch(coalesce(t.{column}, '{{}}'), {patch(here, changed, ' || '.join)})"
        found[column] = patch(here, brought, " || ".join), where_changed(here, column, known)
    return found


def members_json(cell: str | None) -> str | None:
    """Given a list's cell; returns it as a JSON array, None for a blank one."""
    return None if cell is None else json.dumps(str(cell).split(CELL_SEPARATOR), ensure_ascii=False, separators=(",", ":"))


def custom_value(stored: Any, name: str, kind: FieldType) -> str | int | None:
    """Given what stands in a JSON column, and a custom field; returns its value as SQLite compares it with a cell."""
    found = custom_cell(document_of(stored), name, kind)
    return int(found) if isinstance(found, bool) else found


def members_ordered(cell: str | None) -> str | None:
    """Given a list's members in any order; returns them as a list's cell has them, each once; None for none."""
    return None if cell is None else CELL_SEPARATOR.join(sorted(set(str(cell).split(CELL_SEPARATOR))))
