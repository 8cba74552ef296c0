"""What the suite of the target seam needs: a target with its tables, however it is made, and plain looks into it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import make_url
from tests.servers.lacking import lacking
from tests.servers.mariadb import PROGRAM, mariadb_url, shared_mariadb
from tests.servers.postgres import postgres_url

from nightclerk.core.booking import BookingPlan, Comparison, Forbidden, WrittenField
from nightclerk.core.entity import Entity
from nightclerk.core.reading import Block, Cell
from nightclerk.ports import Target
from nightclerk.targets.memory import MemoryTarget
from nightclerk.targets.sql import SqlTarget
from nightclerk.targets.tables import create_tables

CUSTOMER = Entity.model_validate(
    {
        "entity": "customer",
        "table": "customers",
        "key": ["code", "site"],
        "fields": {
            "code": {"type": "text"},
            "site": {"type": "integer"},
            "name": {"type": "text"},
            "balance": {"type": "money"},
            "active": {"type": "boolean"},
            "since": {"type": "date"},
            "seen": {"type": "datetime"},
            "kind": {"type": "text", "column": "select"},
            "credit_limit": {"type": "money", "owner": "application"},
        },
    }
)
FIELDS = ("code", "site", "name", "balance", "active", "since", "seen", "kind")
COLUMNS = ("tenant", *(CUSTOMER.column(name) for name in CUSTOMER.fields))
TYPES = {name: field.type for name, field in CUSTOMER.fields.items()}
Row = dict[str, Any]


class Bench(Protocol):
    """A target beside which the suite can look into the tables and write as the application does."""

    target: Target

    def put(self, **values: Any) -> None: ...
    def edit(self, tenant: str, code: str, site: int, /, **values: Any) -> None: ...
    def rows(self) -> list[Row]: ...
    def changes(self) -> list[Row]: ...
    def attempts(self) -> dict[str, int]: ...


class MemoryBench:
    def __init__(self, wait: float = 0.2) -> None:
        self.target = MemoryTarget({"customers": COLUMNS}, wait)

    def put(self, **values: Any) -> None:
        self.target.stored["customers"].append(dict.fromkeys(COLUMNS) | values)

    def edit(self, tenant: str, code: str, site: int, /, **values: Any) -> None:
        for row in self.target.stored["customers"]:
            if (row["tenant"], row["code"], row["site"]) == (tenant, code, site):
                row.update(values)

    def rows(self) -> list[Row]:
        return by_key(self.target.stored["customers"])

    def changes(self) -> list[Row]:
        return self.target.changes

    def attempts(self) -> dict[str, int]:
        return {key: attempt for key, (attempt, _) in self.target.receipts.items()}


class SqliteBench:
    def __init__(self, folder: Path, wait: float = 0.2) -> None:
        self.file = folder / "app 50%.db"
        self.url = f"sqlite:///{folder}/app 50%25.db"
        create_tables(self.url, [CUSTOMER])
        self.target = SqlTarget(self.url, wait=wait)

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.file)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def put(self, **values: Any) -> None:
        names = ", ".join(f'"{name}"' for name in values)
        self.run(f"INSERT INTO customers ({names}) VALUES ({', '.join('?' for _ in values)})", *values.values())

    def edit(self, tenant: str, code: str, site: int, /, **values: Any) -> None:
        given = ", ".join(f'"{name}" = ?' for name in values)
        where = "tenant = ? AND code = ? AND site = ?"
        self.run(f"UPDATE customers SET {given} WHERE {where}", *values.values(), tenant, code, site)

    def rows(self) -> list[Row]:
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in self.run(f"SELECT {names} FROM customers")]
        for row in rows:
            row["active"] = None if row["active"] is None else bool(row["active"])
        return by_key(rows)

    def changes(self) -> list[Row]:
        names = ("run", "line", "tenant", "entity", "kind", "key", "fields")
        found = self.run(
            "SELECT r.run_key, c.line, c.tenant, c.entity, c.kind, c.key, c.fields FROM nightclerk_changes AS c "
            "JOIN nightclerk_receipts AS r ON r.id = c.receipt ORDER BY r.id, c.line"
        )
        rows = [dict(zip(names, row, strict=True)) for row in found]
        return [row | {"key": json.loads(row["key"]), "fields": row["fields"] and json.loads(row["fields"])} for row in rows]

    def attempts(self) -> dict[str, int]:
        return dict(self.run("SELECT run_key, attempt FROM nightclerk_receipts"))  # type: ignore[arg-type]


class PostgresqlBench:
    """Over a fresh database; ``url`` names one that is there already. Texts, dates and so on are looked at in canonical form."""

    def __init__(self, wait: float = 0.2, url: str = "") -> None:
        self.url = url or postgres_url()
        create_tables(self.url, [CUSTOMER])
        self.target = SqlTarget(self.url, wait=wait)

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, options="-c TimeZone=UTC") as connection:
            done = connection.execute(statement, values or None)  # type: ignore[arg-type]  # our own statements
            return done.fetchall() if done.description else []

    def put(self, **values: Any) -> None:
        names = ", ".join(f'"{name}"' for name in values)
        self.run(f"INSERT INTO customers ({names}) VALUES ({', '.join('%s' for _ in values)})", *values.values())

    def edit(self, tenant: str, code: str, site: int, /, **values: Any) -> None:
        given = ", ".join(f'"{name}" = %s' for name in values)
        where = "tenant = %s AND code = %s AND site = %s"
        self.run(f"UPDATE customers SET {given} WHERE {where}", *values.values(), tenant, code, site)

    def rows(self) -> list[Row]:
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        found = self.run(f"SELECT {names} FROM customers")
        return by_key([dict(zip(COLUMNS, map(_canonical, row), strict=True)) for row in found])

    def changes(self) -> list[Row]:
        names = ("run", "line", "tenant", "entity", "kind", "key", "fields")
        found = self.run(
            "SELECT r.run_key, c.line, c.tenant, c.entity, c.kind, c.key::json, c.fields::json FROM nightclerk_changes AS c "
            "JOIN nightclerk_receipts AS r ON r.id = c.receipt ORDER BY r.id, c.line"
        )
        return [dict(zip(names, row, strict=True)) for row in found]

    def attempts(self) -> dict[str, int]:
        return dict(self.run("SELECT run_key, attempt FROM nightclerk_receipts"))  # type: ignore[arg-type]

    def empty(self) -> None:
        self.run("TRUNCATE customers, nightclerk_changes, nightclerk_receipts, nightclerk_imported")


class MariadbBench:
    """Over a fresh database; ``url`` names one that is there already. Texts, dates and so on are looked at in canonical form."""

    def __init__(self, wait: float = 0.2, url: str = "") -> None:
        self.url = url or mariadb_url()
        create_tables(self.url, [CUSTOMER])
        self.target = SqlTarget(self.url, wait=wait)

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with shared_mariadb().connection(make_url(self.url).database) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall())

    def put(self, **values: Any) -> None:
        names = ", ".join(f"`{name}`" for name in values)
        self.run(f"INSERT INTO customers ({names}) VALUES ({', '.join('%s' for _ in values)})", *values.values())

    def edit(self, tenant: str, code: str, site: int, /, **values: Any) -> None:
        given = ", ".join(f"`{name}` = %s" for name in values)
        where = "tenant = %s AND code = %s AND site = %s"
        self.run(f"UPDATE customers SET {given} WHERE {where}", *values.values(), tenant, code, site)

    def rows(self) -> list[Row]:
        names = ", ".join(f"`{name}`" for name in COLUMNS)
        found = self.run(f"SELECT {names} FROM customers")
        rows = [dict(zip(COLUMNS, map(_canonical, row), strict=True)) for row in found]
        for row in rows:
            row["active"] = None if row["active"] is None else bool(row["active"])
        return by_key(rows)

    def changes(self) -> list[Row]:
        names = ("run", "line", "tenant", "entity", "kind", "key", "fields")
        found = self.run(
            "SELECT r.run_key, c.line, c.tenant, c.entity, c.kind, c.key, c.fields FROM nightclerk_changes AS c "
            "JOIN nightclerk_receipts AS r ON r.id = c.receipt ORDER BY r.id, c.line"
        )
        rows = [dict(zip(names, row, strict=True)) for row in found]
        return [row | {"key": json.loads(row["key"]), "fields": row["fields"] and json.loads(row["fields"])} for row in rows]

    def attempts(self) -> dict[str, int]:
        return dict(self.run("SELECT run_key, attempt FROM nightclerk_receipts"))  # type: ignore[arg-type]

    def empty(self) -> None:
        for table in ("customers", "nightclerk_changes", "nightclerk_receipts", "nightclerk_imported"):
            self.run(f"DELETE FROM {table}")


KINDS = ("memory", "sqlite", "postgresql", "mariadb")


def bench_of(kind: str, folder: Path, wait: float = 0.2) -> Bench:
    """Given one of ``KINDS``; returns a fresh bench of it."""
    if kind == "postgresql":
        return PostgresqlBench(wait)
    if kind == "mariadb":
        if not Path(PROGRAM).exists():
            lacking(f"needs {PROGRAM}")
        return MariadbBench(wait)
    return SqliteBench(folder, wait) if kind == "sqlite" else MemoryBench(wait)


def _canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value) if isinstance(value, Decimal | date) else value


def by_key(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["tenant"], row["code"], row["site"]))


def plan(
    mode: str = "upsert",
    fields: tuple[str, ...] = FIELDS,
    clear: tuple[str, ...] = (),
    needed: tuple[str, ...] = (),
    defaults: dict[str, Cell] | None = None,
    blank: dict[str, str] | None = None,
    conflict: dict[str, str] | None = None,
    **more: Any,
) -> BookingPlan:
    """Returns a plan for the customers; clear: fields whose blanks clear; needed: those required for new rows; blank and
    conflict: the policies of other fields."""
    written = tuple(
        WrittenField(
            name=name,
            column=CUSTOMER.column(name),
            type=TYPES[name],
            key=name in CUSTOMER.key,
            blank=(blank or {}).get(name, "clear" if name in clear else "keep"),  # type: ignore[arg-type]
            required_for_new=name in needed,
            default=(defaults or {}).get(name),
            conflict=(conflict or {}).get(name, "overwrite"),  # type: ignore[arg-type]
        )
        for name in fields
    )
    more = {"tenant": "acme", "tenant_column": "tenant"} | more
    return BookingPlan(entity="customer", table="customers", fields=written, key=("code", "site"), mode=mode, **more)  # type: ignore[arg-type]


def block(rows: dict[int, tuple[Cell, ...]]) -> Block:
    """Given rows by line; returns their block."""
    width = len(next(iter(rows.values()), ()))
    return Block(len(rows), list(rows), [[row[at] for row in rows.values()] for at in range(width)])


def book(
    target: Target, plan: BookingPlan, rows: dict[int, tuple[Cell, ...]], key: str = "run-1", size: int = 2
) -> tuple[Comparison, list[Forbidden]]:
    """Books the rows in blocks of so many rows; returns what the comparison said."""
    booking = target.begin(plan, key, 1)
    try:
        lines = list(rows)
        for start in range(0, len(lines), size):
            booking.stage(block({line: rows[line] for line in lines[start : start + size]}))
        comparison, forbidden = booking.compare()
        listed = list(forbidden)
        booking.book({"key": key})
    finally:
        booking.abandon()
    return comparison, listed
