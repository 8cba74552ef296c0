"""How a plan's rows lie in the table and in the temporary tables on MariaDB and MySQL: names and conditions in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, text

from nightclerk.core.booking import BookingPlan
from nightclerk.targets.imported import memory_of
from nightclerk.targets.mariadb_apart import MariadbLists, documents, source_of, text_column
from nightclerk.targets.mariadb_catalog import columns_of, unique_keys
from nightclerk.targets.mariadb_fit import fitting_key
from nightclerk.targets.mariadb_place import Place, same_text
from nightclerk.targets.needs import needed_by_plan

NEW, CHANGED, SAME = 0, 1, 2
"""The kinds of rows in the difference."""
STAGE, DIFFERENCE, WITHDRAWN = "nightclerk_stage", "nightclerk_difference", "nightclerk_withdrawn"
CREATED, KEYS = "nightclerk_created", "nightclerk_keys"
#: A row's bytes, texts that are kept elsewhere left out, must stay below 65,535 on the server.
_ROOM = 32_000
#: An index takes so many characters of four bytes.
_INDEXED = 768


class Layout:
    """table: quoted; looked_up: the same as t, each row of which is found by the unique key. places: in the plan's order; keys
    and values of them; needed: those without which no new row may be. guards: names of the unique keys, as errors tell them.
    """

    def __init__(self, connection: Connection, plan: BookingPlan, collation: str) -> None:
        self.plan = plan
        self.collation = collation
        self.quote = connection.dialect.identifier_preparer.quote_identifier
        self.table = self.quote(plan.table)
        self._connection = connection
        columns, keys = columns_of(connection, plan.table), unique_keys(connection, plan.table)
        wanted = needed_by_plan(plan).key
        key = fitting_key(wanted, keys)
        self.guards = frozenset(one.name for one in keys if one.is_of(wanted))
        # A row is looked up by its key even where the planner thinks that reading all of the table would do.
        self.looked_up = f"{self.table} AS t" + (f" FORCE INDEX ({self.quote(key.name)})" if key else "")
        text = text_column(collation)
        stands = [text if field.stored == "links" else columns[field.column.lower()] for field in plan.fields]
        room = sum(4 * (one.length or 0) + 8 for one in stands) < _ROOM
        named = {field.name: f"t.{self.quote(field.column)}" for field in plan.fields}
        owners = [named[name] for name in plan.key]
        self.places = [
            Place(
                field,
                self.quote(field.column),
                at,
                source_of(connection, self.quote, field, owners, collation),
                column if field.stored == "column" else text,
                collation,
                room or field.key,
            )
            for at, (field, column) in enumerate(zip(plan.fields, stands, strict=True))
        ]
        self.in_columns = [one for one in self.places if one.in_column]
        self.documents = documents(self.places, collation)
        by_name = {one.field.name: one for one in self.places}
        self.keys = [by_name[name] for name in plan.key]
        self.values = [one for one in self.places if not one.field.key]
        self.needed = [p for p in self.values if p.field.required_for_new and p.field.default is None]
        self._tenant = ""
        if plan.tenant_column is not None:
            column = columns[plan.tenant_column.lower()]
            self._tenant = same_text(f"t.{self.quote(plan.tenant_column)}", ":tenant", column, collation)
        self.lists = MariadbLists(connection, plan, self.places, self.run, self.quote, self.booked(), collation)

    def run(self, statement: str, **values: Any) -> CursorResult[Any]:
        """Runs a statement, with those values of the plan that it asks for."""
        known: dict[str, Any] = {"tenant": self.plan.tenant, "entity": self.plan.entity, "feed": self.plan.feed}
        known["memory"] = memory_of(self.plan.table, self.plan.tenant)
        values |= {name: value for name, value in known.items() if f":{name}" in statement}
        values |= {f"default{one.at}": one.field.default for one in self.places if f":default{one.at}" in statement}
        return self._connection.execute(text(statement), values)

    def make_tables(self) -> None:
        """Makes the temporary tables, which end with the connection. That commits nothing."""
        cells = [f"{one.new} {one.kind(one.narrow)}" for one in self.places]
        olds = [f"{one.old} {one.kind(narrow=False)}" for one in self.values]
        olds += [f"{mark} BOOLEAN" for one in self.values for mark in one.marks]
        listed = [f"{one.standing} {one.kind(narrow=False)}" for one in self.places if one.is_list]
        for name, columns in (
            (STAGE, ["line BIGINT NOT NULL", *cells, *listed]),
            (DIFFERENCE, ["line BIGINT NOT NULL", *cells, *olds, f"kind TINYINT NOT NULL DEFAULT {NEW}"]),
            (WITHDRAWN, self._keyed()),
        ):
            self.run(f"CREATE TEMPORARY TABLE {name} ({', '.join(columns)}) ENGINE=InnoDB")
        self.lists.make_tables()

    def make_keys(self, beside: Sequence[Place]) -> None:
        """Given what else is to be kept of each row; makes one more temporary table, for the keys of all rows of a file."""
        columns = [*(f"{one.new} {one.kind(narrow=False)}" for one in beside), *self._keyed()]
        self.run(f"CREATE TEMPORARY TABLE {KEYS} ({', '.join(columns)}) ENGINE=InnoDB")

    def has_rows(self) -> bool:
        """Whether the table has rows of this tenant."""
        return self.run(f"SELECT 1 FROM {self.table} AS t WHERE {self.mine()} LIMIT 1").first() is not None

    def mine(self) -> str:
        """SQL: the table's row t is one of this tenant."""
        return self._tenant or "TRUE"

    def same_key(self, other: str) -> str:
        """SQL: the table's row t has the key of the other one's row, found by the unique index."""
        same = [one.same_key(other) for one in self.keys]
        return " AND ".join([self._tenant, *same] if self._tenant else same)

    def staged_key(self, other: str) -> str:
        """SQL: the other one's row, found by an index of its own, has the key of the table's row t."""
        return " AND ".join(f"{other}.{one.new} = {one.exactly(one.stored())}" for one in self.keys)

    def log_key(self, row: str = "") -> str:
        """SQL: the key as the log of changes has it, of the row that is called as ``row`` says (``d.``)."""
        parts = ", ',', ".join(f"'\"{one.field.name}\"\\:', {one.as_json(row + one.new)}" for one in self.keys)
        return f"CONCAT('{{', {parts}, '}}')"

    def missing(self) -> str:
        """SQL: an outer join found no row t."""
        return f"t.{self.keys[0].column} IS NULL"

    def untouched(self) -> str:
        """SQL: the table's row t is as it was when the difference's row d was made."""
        return " AND ".join(f"NOT {one.differs(f'd.{one.old}')}" for one in self.values)

    def allowed_new(self) -> str:
        """SQL: a new row may be created."""
        if self.plan.mode == "update_only" or self.plan.missing_for_new:
            return "FALSE"
        return " AND ".join(f"{one.new} IS NOT NULL" for one in self.needed) or "TRUE"

    def booked(self) -> str:
        """SQL over the difference: the row is created or updated."""
        return f"((kind = {NEW} AND {self.allowed_new()}) OR (kind = {CHANGED} AND {self.plan.mode != 'create_only'}))"

    def _keyed(self) -> list[str]:
        """The columns of a table of keys, each with a number, in which a key is found by an index."""
        keys = [f"{one.new} {one.kind(narrow=True)} NOT NULL" for one in self.keys]
        return ["times BIGINT NOT NULL", *keys, f"KEY by_key ({', '.join(self.indexed())})"]

    def indexed(self) -> list[str]:
        """The key's columns for an index, long texts by their beginning: all of it is compared afterwards."""
        share = _INDEXED // max(1, sum(one.is_text for one in self.keys))
        lengths = [min(one.stands.length or share, share) if one.is_text else None for one in self.keys]
        pairs = zip(self.keys, lengths, strict=True)
        return [one.new if length is None or length == one.stands.length else f"{one.new}({length})" for one, length in pairs]
