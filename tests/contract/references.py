"""What the suite of references needs: orders beside the customers, accounts and areas that they name, on every kind of target."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url
from tests.contract.targets import Row, block, book
from tests.servers.lacking import lacking
from tests.servers.mariadb import PROGRAM, mariadb_url, shared_mariadb
from tests.servers.postgres import postgres_url

from nightclerk.core.booking import BookingPlan, Comparison, Forbidden, ParkedRow, plan_booking
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Cell
from nightclerk.core.resolving import resolved
from nightclerk.ports import Booking, Target
from nightclerk.targets.memory import MemoryTarget
from nightclerk.targets.sql import SqlTarget
from nightclerk.targets.tables import create_tables

CUSTOMER: dict[str, Any] = {
    "entity": "customer",
    "table": "customers",
    "key": ["code"],
    "fields": {
        "code": {"type": "text"},
        "name": {"type": "text", "required": True},
        "status": {"type": "text", "default": "new"},
        "note": {"type": "text", "owner": "application"},
    },
}
ACCOUNT: dict[str, Any] = {"entity": "account", "table": "accounts", "key": ["number"], "fields": {"number": {"type": "integer"}}}
ORDER: dict[str, Any] = {
    "entity": "order",
    "table": "orders",
    "key": ["number"],
    "fields": {
        "number": {"type": "text"},
        "customer": {"type": "reference", "to": "customer"},
        "payer": {"type": "reference", "to": "customer", "column": "paid_by"},
        "account": {"type": "reference", "to": "account"},
        "follows": {"type": "reference", "to": "order"},
        "amount": {"type": "money"},
    },
}
NAMES = ("number", "customer", "payer", "account", "follows", "amount")
_RAW = (CUSTOMER, ACCOUNT, ORDER)
TABLES = {
    "customers": ("tenant", "code", "name", "status", "note"),
    "accounts": ("tenant", "number"),
    "orders": ("tenant", "number", "customer", "paid_by", "account", "follows", "amount"),
}
ENTITIES = {raw["entity"]: Entity.model_validate(raw) for raw in _RAW}


def plan(
    policies: dict[str, str] | None = None, fields: Sequence[str] = NAMES, needed: Sequence[str] = (), **feed: Any
) -> BookingPlan:
    """Returns a plan for the orders; policies: ``unknown_reference`` of fields; needed: those required for new rows; feed: other
    keys of the feed, those of a field under ``mapping``."""
    raw = {**ORDER, "fields": {name: dict(spec) for name, spec in ORDER["fields"].items()}}
    for name in needed:
        raw["fields"][name]["required_for_new"] = True
    for name, default in feed.pop("defaults", {}).items():
        raw["fields"][name]["default"] = default
    entity = resolved(Entity.model_validate(raw), ENTITIES)
    own = feed.pop("mapping", {})
    mapping: dict[str, Any] = {name: {"from": name, **own.get(name, {})} for name in fields}
    for name, policy in (policies or {}).items():
        mapping[name]["unknown_reference"] = policy
    given = {"feed": "orders", "files": "orders*.csv", "entity": "order", "mapping": mapping} | feed
    tenant = given.pop("tenant", "acme")
    return plan_booking(tenant, Feed.model_validate(given), entity)


class Bench:
    """A target beside which the suite can look into any table."""

    def __init__(
        self, target: Target, rows: Callable[[str], list[Row]], put: Callable[[str, Row], None], edit: Callable[[str, Row], None]
    ) -> None:
        self.target = target
        self.rows = rows
        self._put = put
        self._edit = edit

    def put(self, table: str, **values: Any) -> None:
        self._put(table, values if "tenant" in values else {"tenant": "acme", **values})

    def edit(self, table: str, **values: Any) -> None:
        """Writes these values into all rows of a table, as another program would; without values it deletes them."""
        self._edit(table, values)

    def customers(self, *codes: str, tenant: str = "acme") -> None:
        for code in codes:
            self.put("customers", tenant=tenant, code=code, name=code)

    def known(self, table: str = "customers", tenant: str = "acme") -> list[Any]:
        """Returns the keys of a table's rows of one tenant."""
        key = {"customers": "code"}.get(table, "number")
        return sorted(row[key] for row in self.rows(table) if row["tenant"] == tenant)

    def parked(self) -> list[Row]:
        found = self.rows("nightclerk_parked")
        texts = ("key", "fields", "source", "missing")
        return [
            row | {name: json.loads(row[name]) if isinstance(row[name], str) else row[name] for name in texts} for row in found
        ]

    def changes(self) -> list[tuple[int, str, str, Any]]:
        found = self.rows("nightclerk_changes")
        said = [
            (r["line"], r["entity"], r["kind"], json.loads(r["key"]) if isinstance(r["key"], str) else r["key"]) for r in found
        ]
        return sorted(said, key=lambda one: one[0])

    def book(
        self, plan: BookingPlan, rows: dict[int, tuple[Cell, ...]], key: str = "run-1", *, parks: bool = True, size: int = 2
    ) -> tuple[Comparison, list[Forbidden]]:
        """Books rows in blocks as the clerk does: what waits is parked."""
        if not parks:
            return book(self.target, plan, rows, key, size)
        booking = self.target.begin(plan, key, 1)
        try:
            lines = list(rows)
            for start in range(0, len(lines), size):
                booking.stage(block({line: rows[line] for line in lines[start : start + size]}))
            comparison, forbidden = booking.compare()
            listed = list(forbidden)
            park(booking, plan, rows, listed)
            booking.book({"key": key})
        finally:
            booking.abandon()
        return comparison, listed


def park(booking: Booking, plan: BookingPlan, rows: dict[int, tuple[Cell, ...]], forbidden: Sequence[Forbidden]) -> None:
    """Parks the rows with which nothing is wrong but that they name what is not there."""
    rejected = {one.line for one in forbidden if not one.parks}
    missing: dict[int, dict[str, Cell]] = {}
    for one in forbidden:
        if one.line not in rejected:
            missing.setdefault(one.line, {})[str(one.field)] = one.value
    names = [field.name for field in plan.fields]
    booking.park(
        [
            ParkedRow(line, dict(zip(names, rows[line], strict=True)), tuple(map(str, rows[line])), values)
            for line, values in missing.items()
        ]
    )


def bench_of(kind: str, folder: Path) -> Iterator[Bench]:
    """Given one of ``targets.KINDS``; yields a fresh bench of it."""
    if kind == "memory":
        yield _memory()
        return
    if kind == "mariadb" and not Path(PROGRAM).exists():
        lacking(f"needs {PROGRAM}")
    url = {"sqlite": lambda: f"sqlite:///{folder}/app.db", "postgresql": postgres_url, "mariadb": mariadb_url}[kind]()
    create_tables(url, ENTITIES.values())
    target = SqlTarget(url, wait=0.2)
    yield Bench(
        target,
        lambda table: _select(kind, url, table),
        lambda table, values: _insert(kind, url, table, values),
        lambda table, values: _edit(kind, url, table, values),
    )
    target.close()


def run(kind: str, url: str, statement: str, *values: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Runs a statement as another program would; returns the names of what it selects, and the rows."""
    if kind == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
            done = file.execute(statement.replace("%s", "?"), values)
            return [one[0] for one in done.description or ()], done.fetchall()
    if kind == "postgresql":
        with psycopg.connect(url) as server:
            found = server.execute(statement, values or None)  # type: ignore[arg-type,unused-ignore]  # our own statements
            return [one[0] for one in found.description or ()], found.fetchall() if found.description else []
    with shared_mariadb().connection(make_url(url).database) as server_too, server_too.cursor() as cursor:
        cursor.execute(statement, values or None)
        return [str(one[0]) for one in cursor.description or ()], list(cursor.fetchall())


def _select(kind: str, url: str, table: str) -> list[Row]:
    names, rows = run(kind, url, f"SELECT * FROM {table}")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _insert(kind: str, url: str, table: str, values: Row) -> None:
    marks = ", ".join("%s" for _ in values)
    run(kind, url, f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())


def _edit(kind: str, url: str, table: str, values: Row) -> None:
    assigned = ", ".join(f"{name} = %s" for name in values)
    run(kind, url, f"UPDATE {table} SET {assigned}" if values else f"DELETE FROM {table}", *values.values())


def _memory() -> Bench:
    target = MemoryTarget(TABLES, wait=0.2)
    own = {"nightclerk_parked": lambda: target.parked, "nightclerk_changes": lambda: target.changes}

    def put(table: str, values: Row) -> None:
        target.stored[table].append(dict.fromkeys(TABLES[table]) | values)

    def edit(table: str, values: Row) -> None:
        target.stored[table][:] = [row | values for row in target.stored[table] if values]

    return Bench(target, lambda table: own[table]() if table in own else target.stored[table], put, edit)
