"""Values without a column of their own on PostgreSQL: custom fields in a JSON column, lists in tables of links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from nightclerk.core.booking import BookingPlan, Links, WrittenField
from nightclerk.targets.custom_fields import brought, by_column, patch, where_changed
from nightclerk.targets.lists import Lists, Names
from nightclerk.targets.postgresql_catalog import Column, columns_of, unique_keys
from nightclerk.targets.postgresql_place import Place
from nightclerk.targets.written_place import WrittenPlace

NAMES = Names(
    "pg_temp.nightclerk_stage",
    "pg_temp.nightclerk_difference",
    "pg_temp.nightclerk_members",
    "pg_temp.nightclerk_unknown_members",
    "pg_temp.nightclerk_created_members",
)
TEXT = Column("", "text", "text", -1, False, True, False)
"""What stands for the column of a value that has none."""
_EXACTLY = ' COLLATE "C"'
_NUMBER = "^-?[0-9]{1,40}([.][0-9]{1,40})?$"
_MOMENT = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}[:][0-9]{2}[:][0-9]{2}([.]0+)?(Z|[+]00[:]00)?$"


class PostgresqlLists(Lists):
    """``Lists`` on PostgreSQL. A column is compared by the collation of its unique key, so that its index is used."""

    # The planner may look for links by an index of the tenant alone while it thinks that there are none: then each would be
    # compared with all that were written before it.
    at_once = " ORDER BY d.line"

    def __init__(
        self,
        connection: Connection,
        plan: BookingPlan,
        places: Sequence[WrittenPlace],
        run: Callable[..., Any],
        quote: Callable[[str], str],
        booked: str,
    ) -> None:
        super().__init__(plan, places, run, quote, NAMES, booked)
        self._connection = connection

    def make_tables(self) -> None:
        if self.fields:
            columns = "line bigint, place integer, member text"
            for name, wanted in (
                ("nightclerk_members", columns),
                ("nightclerk_unknown_members", columns),
                ("nightclerk_created_members", "place integer, member text"),
            ):
                self._run(f"CREATE TEMPORARY TABLE {name} ({wanted}) ON COMMIT DROP")
            self._run("CREATE INDEX nightclerk_members_by_line ON pg_temp.nightclerk_members (line, place)")

    def split(self, table: str, cell: str) -> tuple[str, str]:
        return f"FROM {table} AS d CROSS JOIN LATERAL unnest(string_to_array({cell}, chr(31))) AS j (member)", "j.member"

    def gathered(self, rows: str, member: str) -> str:
        return gathered(rows, member)

    def same_owner(self, links: Links, owners: Sequence[str]) -> str:
        return same_owner(self._connection, self._quote, links, owners)

    def same_member(self, links: Links, member: str) -> str:
        of = links.of
        exactly = collations(self._connection, of.table)
        tenant = (
            "" if of.tenant_column is None else f"g.{self._quote(of.tenant_column)} = :tenant{exactly(of.tenant_column)} AND "
        )
        return f"{tenant}g.{self._quote(of.column)} = {member}{exactly(of.column)}"

    def cut(self, place: WrittenPlace, links: Links, asked: str) -> None:
        owners = [f"d.{key.new}" for key in self._keys]
        self._run(
            f"DELETE FROM {self._quote(links.table)} AS l USING {self.names.difference} AS d "
            f"WHERE {self.same_owner(links, owners)} AND {asked} AND NOT EXISTS (SELECT FROM {self.names.members} AS m "
            f"WHERE m.line = d.line AND m.place = {place.at} AND m.member = {self.link_member(links)})"
        )

    def link_member(self, links: Links) -> str:
        return f"l.{self._quote(links.member)}::text{_EXACTLY}"

    def first(self, member: str) -> str:
        return f"min({member}{_EXACTLY})"

    def is_doubled(self, error: IntegrityError) -> bool:
        return getattr(error.orig, "sqlstate", "") == "23505"

    def object_of(self, field: str, member: str) -> str:
        return f"'{{\"{field}\"\\:' || to_json({member})::text || '}}'"


def source_of(connection: Connection, quote: Callable[[str], str], field: WrittenField, owners: Sequence[str]) -> str:
    """Given a field and SQL for the key of the row t; returns SQL for what stands there, as its column has it."""
    if field.links is not None:
        member = f"l.{quote(field.links.member)}::text{_EXACTLY}"
        where = same_owner(connection, quote, field.links, owners)
        return gathered(f"FROM {quote(field.links.table)} AS l WHERE {where}", member)
    return _canonical(field, quote(field.column)) if field.stored == "custom" else f"t.{quote(field.column)}"


def same_owner(connection: Connection, quote: Callable[[str], str], links: Links, owners: Sequence[str]) -> str:
    """SQL: the link row l belongs to the row with this key, and to this tenant."""
    exactly = collations(connection, links.table)
    column = links.tenant_column
    parts = [] if column is None else [f"l.{quote(column)} = :tenant{exactly(column)}"]
    pairs = zip(links.owner, owners, strict=True)
    return " AND ".join([*parts, *(f"l.{quote(one)} = {key}{exactly(one)}" for one, key in pairs)])


def collations(connection: Connection, table: str) -> Callable[[str], str]:
    """Given a table; returns what gives for one of its columns the SQL that compares texts to the byte, by the index of a unique
    key where the column is in one."""
    kinds = {name: one.kind for name, one in columns_of(connection, table).items()}
    found = {name: told for key in unique_keys(connection, table) if key.exact for name, told in key.columns.items()}

    def exactly(column: str) -> str:
        if kinds.get(column) not in {"text", "varchar", "bpchar", "citext"}:
            return ""
        return f" COLLATE {found[column]}" if found.get(column) else _EXACTLY

    return exactly


def gathered(rows: str, member: str) -> str:
    """Given SQL: FROM and WHERE of rows, and one text of each; returns SQL for the list of these texts, null for none."""
    return f"(SELECT string_agg(DISTINCT {member}, chr(31) ORDER BY {member}) {rows})"


def documents(places: Sequence[Place]) -> dict[str, tuple[str, str]]:
    """Given a plan's places; returns JSON column → SQL for what new rows get there, over the difference, and for what known rows
    get, over the difference's row d and the table's row t."""

    def changed(place: WrittenPlace) -> tuple[str, str]:
        return f"d.{place.new} IS NOT NULL AND {place.changes('d.')}", f"d.{place.new}"

    kinds = {place.column: place.stands.kind for place in places if place.is_custom}
    found = {}
    for column, here in by_column(places).items():
        kind = "jsonb" if kinds[column] == "jsonb" else "json"
        names = ", ".join(f"CASE WHEN d.{p.new} IS NULL AND {p.changes('d.')} THEN '{p.field.name}' END" for p in here)
        stands = f"coalesce(t.{column}::jsonb, '{{}}'::jsonb)"
        known = f"(({stands} || ({patch(here, changed, ' || '.join)})::jsonb) - array_remove(ARRAY[{names}], NULL))::{kind}"
        found[column] = f"({patch(here, brought, ' || '.join)})::{kind}", where_changed(here, column, known)
    return found


def _canonical(field: WrittenField, column: str) -> str:
    """SQL: a custom field's value in canonical form, as text."""
    value = f"(t.{column}::jsonb ->> '{field.name}')"
    if field.type in {"decimal", "money"}:
        rounded = f"round({value}::numeric, 4)"
        return (
            f"CASE WHEN {value} ~ '{_NUMBER}' THEN CASE WHEN {rounded} = {value}::numeric THEN {rounded}::text ELSE {value} END "
            f"ELSE {value} END"
        )
    if field.type == "datetime":
        return f"CASE WHEN {value} ~ '{_MOMENT}' THEN left({value}, 10) || ' ' || substr({value}, 12, 8) ELSE {value} END"
    if field.type == "boolean":
        return f"CASE {value} WHEN '1' THEN 'true' WHEN '0' THEN 'false' ELSE {value} END"
    return value
