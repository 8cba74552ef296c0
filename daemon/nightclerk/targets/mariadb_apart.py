"""Values without a column of their own on MariaDB and MySQL: custom fields in a JSON column, lists in tables of links.

MySQL meets a temporary table but once in a statement, and neither database divides a text by itself: so each row of a table is
met once for every number up to that of the longest list's members.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from nightclerk.core.booking import BookingPlan, Links, WrittenField
from nightclerk.targets.custom_fields import brought, by_column, patch, where_changed
from nightclerk.targets.lists import Lists, Names
from nightclerk.targets.mariadb_catalog import Column, columns_of
from nightclerk.targets.mariadb_errors import doubled_key
from nightclerk.targets.mariadb_place import Place, same_text
from nightclerk.targets.written_place import WrittenPlace

NAMES = Names(
    "nightclerk_stage",
    "nightclerk_difference",
    "nightclerk_members",
    "nightclerk_unknown_members",
    "nightclerk_created_members",
)
_BETWEEN = "CHAR(31 USING utf8mb4)"
_DIGITS = " UNION ALL ".join(f"SELECT {digit} AS n" for digit in range(10))
_NUMBER = "^-?[0-9]{1,40}([.][0-9]{1,10})?$"
_MOMENT = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}[:][0-9]{2}[:][0-9]{2}([.]0+)?(Z|[+]00[:]00)?$"


def text_column(collation: str) -> Column:
    """Given the collation by which texts are told apart to the byte; returns what stands for the column of a value without it."""
    return Column("", "longtext", "longtext", "utf8mb4", collation, None, None, None, False, True, False)


class MariadbLists(Lists):
    """``Lists`` on MariaDB and MySQL. collation: the one by which texts are told apart to the byte."""

    by_order = "STRAIGHT_JOIN"

    def __init__(
        self,
        connection: Connection,
        plan: BookingPlan,
        places: Sequence[WrittenPlace],
        run: Callable[..., Any],
        quote: Callable[[str], str],
        booked: str,
        collation: str,
    ) -> None:
        super().__init__(plan, places, run, quote, NAMES, booked)
        self._connection = connection
        self._collation = collation

    def make_tables(self) -> None:
        if not self.fields:
            return
        # What is gathered may be as long as what the server sends at all.
        self._run("SET SESSION group_concat_max_len = @@max_allowed_packet")
        text = f"member LONGTEXT CHARACTER SET utf8mb4 COLLATE {self._collation} NOT NULL"
        columns = f"line BIGINT NOT NULL, place INT NOT NULL, {text}, KEY by_line (line, place)"
        self._run(f"CREATE TEMPORARY TABLE nightclerk_members ({columns}) ENGINE=InnoDB")
        self._run(f"CREATE TEMPORARY TABLE nightclerk_unknown_members ({columns}) ENGINE=InnoDB")
        self._run(f"CREATE TEMPORARY TABLE nightclerk_created_members (place INT NOT NULL, {text}) ENGINE=InnoDB")

    def split(self, table: str, cell: str) -> tuple[str, str]:
        after = f"CHAR_LENGTH({cell}) - CHAR_LENGTH(REPLACE({cell}, {_BETWEEN}, ''))"
        most = int(self._run(f"SELECT COALESCE(MAX({after}), 0) FROM {table} AS d").scalar_one())
        digits = range(len(str(most)))
        number = " + ".join(f"{10**at} * x{at}.n" for at in digits)
        numbers = f"(SELECT {number} AS n FROM {' JOIN '.join(f'({_DIGITS}) AS x{at}' for at in digits)})"
        member = f"SUBSTRING_INDEX(SUBSTRING_INDEX({cell}, {_BETWEEN}, k.n + 1), {_BETWEEN}, -1)"
        return f"FROM {table} AS d JOIN {numbers} AS k ON k.n <= {after}", member

    def gathered(self, rows: str, member: str) -> str:
        return gathered(rows, member)

    def same_owner(self, links: Links, owners: Sequence[str]) -> str:
        return same_owner(self._connection, self._quote, links, owners, self._collation)

    def same_member(self, links: Links, member: str) -> str:
        of, columns = links.of, columns_of(self._connection, links.of.table)
        given = {of.column: member} | ({} if of.tenant_column is None else {of.tenant_column: ":tenant"})
        return " AND ".join(
            same_text(f"g.{self._quote(column)}", value, columns[column.lower()], self._collation)
            for column, value in given.items()
        )

    def cut(self, place: WrittenPlace, links: Links, asked: str) -> None:
        owners = [f"d.{key.new}" for key in self._keys]
        same = f"m.line = d.line AND m.place = {place.at} AND m.member = {self.link_member(links)}"
        self._run(
            f"DELETE l FROM {self.names.difference} AS d STRAIGHT_JOIN {self._quote(links.table)} AS l "
            f"ON {self.same_owner(links, owners)} LEFT JOIN {self.names.members} AS m ON {same} "
            f"WHERE {asked} AND m.line IS NULL"
        )

    def link_member(self, links: Links) -> str:
        return exact_member(self._quote, links, self._collation)

    def is_doubled(self, error: IntegrityError) -> bool:
        return doubled_key(error.orig) is not None

    def object_of(self, field: str, member: str) -> str:
        return f"CONCAT('{{\"{field}\"\\:', JSON_QUOTE({member}), '}}')"


def source_of(
    connection: Connection, quote: Callable[[str], str], field: WrittenField, owners: Sequence[str], collation: str
) -> str:
    """Given a field and SQL for the key of the row t; returns SQL for what stands there, as its column has it."""
    if field.links is not None:
        where = same_owner(connection, quote, field.links, owners, collation)
        return gathered(f"FROM {quote(field.links.table)} AS l WHERE {where}", exact_member(quote, field.links, collation))
    return _canonical(field, quote(field.column), collation) if field.stored == "custom" else f"t.{quote(field.column)}"


def same_owner(connection: Connection, quote: Callable[[str], str], links: Links, owners: Sequence[str], collation: str) -> str:
    """SQL: the link row l belongs to the row with this key, and to this tenant."""
    columns = columns_of(connection, links.table)
    pairs = [] if links.tenant_column is None else [(links.tenant_column, ":tenant")]
    pairs += zip(links.owner, owners, strict=True)
    return " AND ".join(same_text(f"l.{quote(name)}", value, columns[name.lower()], collation) for name, value in pairs)


def exact_member(quote: Callable[[str], str], links: Links, collation: str) -> str:
    """SQL: the member that the link row l names."""
    return f"CONVERT(l.{quote(links.member)} USING utf8mb4) COLLATE {collation}"


def gathered(rows: str, member: str) -> str:
    """Given SQL: FROM and WHERE of rows, and one text of each; returns SQL for the list of these texts, null for none."""
    return f"(SELECT GROUP_CONCAT(DISTINCT {member} ORDER BY {member} SEPARATOR 0x1F) {rows})"


def documents(places: Sequence[Place], collation: str) -> dict[str, tuple[str, str]]:
    """Given a plan's places; returns JSON column → SQL for what new rows get there, over the difference, and for what known rows
    get, over the difference's row d and the table's row t.

    Each field is merged by a patch of its own: MariaDB (10.11) loses parts of one that has several members and takes one away.
    """

    def changed(place: WrittenPlace) -> tuple[str, str]:
        return place.changes("d."), f"d.{place.new}"

    found = {}
    for column, here in by_column(places).items():
        patches = ", ".join(f"{patch([place], changed, _concatenated)} COLLATE {collation}" for place in here)
        known = f"JSON_MERGE_PATCH(COALESCE(t.{column}, '{{}}'), {patches})"
        found[column] = patch(here, brought, _concatenated), where_changed(here, column, known)
    return found


def _concatenated(parts: list[str]) -> str:
    return f"CONCAT({', '.join(parts)})"


def _canonical(field: WrittenField, column: str, collation: str) -> str:
    """SQL: a custom field's value in canonical form, as text; a boolean as 1 or 0."""
    found = f"JSON_EXTRACT(t.{column}, '$.{field.name}')"
    text = f"CONVERT(JSON_UNQUOTE({found}) USING utf8mb4) COLLATE {collation}"
    value = f"CASE WHEN JSON_TYPE({found}) = 'NULL' THEN NULL ELSE {text} END"
    if field.type in {"decimal", "money"}:
        exact = f"CAST({text} AS DECIMAL(65,10))"
        same = f"ROUND({exact}, 4) = {exact}"
        return (
            f"CASE WHEN {text} REGEXP '{_NUMBER}' AND {same} THEN CAST(CAST({exact} AS DECIMAL(65,4)) AS CHAR) ELSE {value} END"
        )
    if field.type == "datetime":
        return f"CASE WHEN {text} REGEXP '{_MOMENT}' THEN CONCAT(LEFT({text}, 10), ' ', SUBSTR({text}, 12, 8)) ELSE {value} END"
    if field.type == "boolean":
        return f"CASE {text} WHEN 'true' THEN '1' WHEN 'false' THEN '0' ELSE {value} END"
    return value
