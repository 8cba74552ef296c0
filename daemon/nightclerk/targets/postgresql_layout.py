"""How a plan's rows lie in the table and in the temporary tables on PostgreSQL: names and conditions in SQL."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import Connection, CursorResult, text

from nightclerk.core.booking import BookingPlan
from nightclerk.targets.imported import memory_of
from nightclerk.targets.needs import needed_by_plan
from nightclerk.targets.postgresql_apart import TEXT, PostgresqlLists, documents, source_of
from nightclerk.targets.postgresql_catalog import columns_of, nature_of, unique_keys
from nightclerk.targets.postgresql_fit import fitting_key
from nightclerk.targets.postgresql_place import Place

NEW, CHANGED, SAME = 0, 1, 2
"""The kinds of rows in the difference."""
STAGE, DIFFERENCE, WITHDRAWN = "pg_temp.nightclerk_stage", "pg_temp.nightclerk_difference", "pg_temp.nightclerk_withdrawn"
CREATED = "pg_temp.nightclerk_created"


class Layout:
    """table: quoted. places: in the plan's order; keys and values of them; needed: those without which no new row may be.

    guards: names of the unique key, as errors tell them. large: about how many rows the table has.
    """

    def __init__(self, connection: Connection, plan: BookingPlan) -> None:
        self.plan = plan
        self.quote = connection.dialect.identifier_preparer.quote
        self.table = self.quote(plan.table)
        self._connection = connection
        columns, keys = columns_of(connection, plan.table), unique_keys(connection, plan.table)
        key = fitting_key(needed_by_plan(plan).key, keys)
        collations = key.columns if key else {}
        twins = [one for one in keys if one.columns.keys() == collations.keys()]
        self.guards = frozenset(itertools.chain.from_iterable(one.names for one in twins))
        self.large = nature_of(connection, plan.table).rows
        named = {field.name: f"t.{self.quote(field.column)}" for field in plan.fields}
        owners = [named[name] for name in plan.key]
        self.places = [
            Place(
                field,
                self.quote(field.column),
                at,
                source_of(connection, self.quote, field, owners),
                TEXT if field.stored == "links" else columns[field.column],
                collations.get(field.column, "") * field.key,
            )
            for at, field in enumerate(plan.fields)
        ]
        self.in_columns = [one for one in self.places if one.in_column]
        self.documents = documents(self.places)
        by_name = {one.field.name: one for one in self.places}
        self.keys = [by_name[name] for name in plan.key]
        self.values = [one for one in self.places if not one.field.key]
        self.needed = [p for p in self.values if p.field.required_for_new and p.field.default is None]
        self._tenant = "" if plan.tenant_column is None else f"t.{self.quote(plan.tenant_column)} = :tenant"
        if self._tenant and (collation := collations.get(str(plan.tenant_column))):
            self._tenant += f" COLLATE {collation}"
        self.lists = PostgresqlLists(connection, plan, self.places, self.run, self.quote, self.booked())

    def run(self, statement: str, **values: Any) -> CursorResult[Any]:
        """Runs a statement, with those values of the plan that it asks for."""
        known: dict[str, Any] = {"tenant": self.plan.tenant, "entity": self.plan.entity, "feed": self.plan.feed}
        known["memory"] = memory_of(self.plan.table, self.plan.tenant)
        values |= {name: value for name, value in known.items() if f":{name}" in statement}
        values |= {f"default{one.at}": one.field.default for one in self.places if f":default{one.at}" in statement}
        return self._connection.execute(text(statement), values)

    def make_tables(self) -> None:
        """Makes the temporary tables, which end with the transaction."""
        cells = [f"{one.new} {one.kind}" for one in self.places]
        olds = [f"{one.old} {one.kind}" for one in self.values]
        olds += [f"{mark} boolean" for one in self.values for mark in one.marks]
        keys = [f"{one.new} {one.kind}" for one in self.keys]
        for name, columns in (
            (STAGE, ["line bigint", *cells, *(f"{one.standing} text" for one in self.lists.fields)]),
            # What most statements ask for stands first, so that they need not walk over the values.
            (DIFFERENCE, ["line bigint", f"kind smallint DEFAULT {NEW}", "news boolean DEFAULT true", *cells, *olds]),
            (WITHDRAWN, ["rows bigint", *keys]),
        ):
            self.run(f"CREATE TEMPORARY TABLE {name.removeprefix('pg_temp.')} ({', '.join(columns)}) ON COMMIT DROP")
        self.lists.make_tables()

    def has_rows(self) -> bool:
        """Whether the table has rows of this tenant."""
        return self.run(f"SELECT 1 FROM {self.table} AS t WHERE {self.mine()} LIMIT 1").first() is not None

    def mine(self) -> str:
        """SQL: the table's row t is one of this tenant."""
        return self._tenant or "true"

    def by_index(self, always: bool) -> None:
        """Steers the joins with the table that follow: each row by the unique key, which is there, or as the planner likes."""
        self.run(
            f"SELECT set_config(name, '{'off' if always else 'on'}', true) FROM pg_settings "
            "WHERE name IN ('enable_hashjoin', 'enable_mergejoin', 'enable_memoize', 'enable_material', 'enable_bitmapscan')"
        )

    def same_key(self, other: str) -> str:
        """SQL: the table's row t has the key of the other one's row, found by the unique index."""
        same = [one.same_key(other) for one in self.keys]
        return " AND ".join([self._tenant, *same] if self._tenant else same)

    def log_key(self, row: str = "") -> str:
        """SQL: the key as the log of changes has it, of the row that is called as ``row`` says (``d.``)."""
        parts = " || ',' || ".join(f"'\"{one.field.name}\"\\:' || {one.as_json(row + one.new)}" for one in self.keys)
        return f"'{{' || {parts} || '}}'"

    def missing(self) -> str:
        """SQL: an outer join found no row t."""
        return f"t.{self.keys[0].column} IS NULL"

    def untouched(self) -> str:
        """SQL: the table's row t is as it was when the difference's row d was made."""
        return " AND ".join(f"NOT {one.differs(f'd.{one.old}')}" for one in self.values)

    def allowed_new(self) -> str:
        """SQL: a new row may be created."""
        if self.plan.mode == "update_only" or self.plan.missing_for_new:
            return "false"
        return " AND ".join(f"{one.new} IS NOT NULL" for one in self.needed) or "true"

    def booked(self) -> str:
        """SQL over the difference: the row is created or updated."""
        return f"((kind = {NEW} AND {self.allowed_new()}) OR (kind = {CHANGED} AND {self.plan.mode != 'create_only'}))"
