"""Real databases beside the model: tables made from any entity, written and looked at as the application does."""

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url
from tests.model.scenario import SEPARATOR, Cell, Key, Row
from tests.servers.mariadb import mariadb_url, shared_mariadb
from tests.servers.postgres import postgres_url

from nightclerk.core.entity import Entity, is_custom
from nightclerk.targets.sql import SqlTarget
from nightclerk.targets.tables import create_tables

OWN = ("nightclerk_changes", "nightclerk_receipts", "nightclerk_imported", "nightclerk_parked")


class Shelf(ABC):
    """A database that is found empty by each scenario. Texts, dates and so on are looked at in canonical form."""

    quote = '"'
    mark = "%s"
    text = "CAST({} AS text)"
    moment = "CAST({} AS text)"

    def __init__(self, url: str) -> None:
        self.url = url
        self.entities: Mapping[str, Entity] = {}

    def open(self, entities: Mapping[str, Entity]) -> None:
        """Makes the tables anew, and the target."""
        self.entities = entities
        self._drop()
        create_tables(self.url, entities.values())
        for table in OWN:
            self.run(f"DELETE FROM {table}")
        self.target = SqlTarget(self.url, wait=2)

    def clear(self) -> None:
        """Lets go of the target, and takes the tables away."""
        self.target.close()
        self._drop()

    def _drop(self) -> None:
        for table in self._tables():
            self.run(f"DROP TABLE IF EXISTS {self.named(table)}")

    def _tables(self) -> list[str]:
        links = [f"{spec.table}_{name}" for spec in self.entities.values() for name in _lists_of(spec)]
        return [*links, *(spec.table for spec in self.entities.values())]

    @abstractmethod
    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Carries out a statement by the database's own driver, and commits it; returns the rows that it finds."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of the database."""

    def named(self, name: str) -> str:
        return f"{self.quote}{name}{self.quote}"

    def put(self, entity: str, tenant: str, row: Row) -> None:
        spec = self.entities[entity]
        values = self._tenant_of(spec, tenant) | self._columns(spec, row, {})
        names = ", ".join(map(self.named, values))
        marks = ", ".join(self.mark for _ in values)
        self.run(f"INSERT INTO {self.named(spec.table)} ({names}) VALUES ({marks})", *values.values())

    def edit(self, entity: str, tenant: str, key: Key, values: Row) -> None:
        spec = self.entities[entity]
        where, bound = self._where(spec, tenant, key)
        standing: dict[str, Any] = {}
        if any(is_custom(spec.fields[name]) for name in values):
            column = self.text.format(self.named(str(spec.custom_fields)))
            found = self.run(f"SELECT {column} FROM {self.named(spec.table)} WHERE {where}", *bound)
            standing = json.loads(found[0][0] or "{}") if found else {}
        written = self._columns(spec, values, standing)
        given = ", ".join(f"{self.named(name)} = {self.mark}" for name in written)
        self.run(f"UPDATE {self.named(spec.table)} SET {given} WHERE {where}", *written.values(), *bound)

    def _columns(self, spec: Entity, values: Row, standing: dict[str, Any]) -> dict[str, Any]:
        """Returns what is written into which column; custom fields together, into the document that stands."""
        columns: dict[str, Any] = {spec.column(name): cell for name, cell in values.items() if not is_custom(spec.fields[name])}
        custom = {name: cell for name, cell in values.items() if is_custom(spec.fields[name])}
        if custom:
            document = {name: cell for name, cell in (standing | custom).items() if cell is not None}
            columns[str(spec.custom_fields)] = json.dumps(document, ensure_ascii=False)
        return columns

    def remove(self, entity: str, tenant: str, key: Key) -> None:
        spec = self.entities[entity]
        for name in _lists_of(spec):
            self.run(*self._of_owner(f"DELETE FROM {self.named(f'{spec.table}_{name}')}", spec, tenant, key))
        where, bound = self._where(spec, tenant, key)
        self.run(f"DELETE FROM {self.named(spec.table)} WHERE {where}", *bound)

    def rows(self, entity: str) -> dict[tuple[str | None, Key], Row]:
        """Returns all rows by tenant, None where no column tells it, and key."""
        spec = self.entities[entity]
        plain = [name for name, field in spec.fields.items() if field.type != "list"]
        columns = [self._looked_at(spec, name) for name in plain]
        own = [] if spec.tenant_column == "none" else [self.named(spec.tenant_column)]
        found = {}
        for row in self.run(f"SELECT {', '.join([*own, *columns])} FROM {self.named(spec.table)}"):
            cells = dict(zip(plain, row[len(own) :], strict=True))
            read = {name: self._read(spec, name, cell) for name, cell in cells.items()}
            place = (row[0] if own else None, tuple(read[name] for name in spec.key))
            assert place not in found, f"{place} stands twice"
            found[place] = read
        for name in _lists_of(spec):
            links = self._links(spec, name)
            for place, read in found.items():
                read[name] = SEPARATOR.join(sorted(links.get(place, []))) or None
        return found

    def _links(self, spec: Entity, name: str) -> dict[tuple[str | None, Key], list[str]]:
        """Returns the members of each row's list, by tenant and key of the row."""
        own = [] if spec.tenant_column == "none" else [self.named(spec.tenant_column)]
        owner = [self._seen_as(self.named(f"{spec.entity}_{key}"), spec.fields[key].type) for key in spec.key]
        of = self.entities[str(spec.fields[name].of)]
        columns = ", ".join([*own, *owner, self.text.format(self.named(f"{of.entity}_{of.key[0]}"))])
        found: dict[tuple[str | None, Key], list[str]] = {}
        for row in self.run(f"SELECT {columns} FROM {self.named(f'{spec.table}_{name}')}"):
            parts = row[len(own) : -1]
            key = tuple(canonical(spec.fields[part].type, cell) for part, cell in zip(spec.key, parts, strict=True))
            found.setdefault((row[0] if own else None, key), []).append(row[-1])
        return found

    def _of_owner(self, statement: str, spec: Entity, tenant: str, key: Key) -> tuple[Any, ...]:
        named = {f"{spec.entity}_{name}": part for name, part in zip(spec.key, key, strict=True)}
        values = self._tenant_of(spec, tenant) | named
        return f"{statement} WHERE {' AND '.join(f'{self.named(name)} = {self.mark}' for name in values)}", *values.values()

    def log(self, run: str) -> list[dict[str, Any]]:
        """Returns the change log of a run, by line."""
        names = ("line", "tenant", "entity", "kind", "key", "fields")
        found = self.run(
            f"SELECT {', '.join('c.' + self.named(name) for name in names[:4])}, {self.text.format('c.' + self.named('key'))}, "
            f"{self.text.format('c.fields')} FROM nightclerk_changes AS c JOIN nightclerk_receipts AS r ON r.id = c.receipt "
            f"WHERE r.run_key = {self.mark} ORDER BY c.line",
            run,
        )
        rows = [dict(zip(names, row, strict=True)) for row in found]
        return [row | {name: row[name] and json.loads(row[name]) for name in ("key", "fields")} for row in rows]

    def parked(self) -> list[tuple[Any, ...]]:
        """Returns the rows that wait, by run and line."""
        names = ("run_key", "tenant", "feed", "line", "key", "fields", "missing")
        found = self.run(f"SELECT {', '.join(map(self.named, names))} FROM nightclerk_parked")
        read = [(*row[:4], *map(json.loads, row[4:])) for row in found]
        return sorted(read, key=lambda row: (row[0], row[3]))

    def dump(self, *, own: bool = False) -> list[str]:
        """Returns every row of the entities' tables to the byte, and with ``own`` of Nightclerk's as well. Of documents only what
        they say: each database has its own way to write the space between."""
        tables = [*self._tables(), *(OWN if own else ())]
        return [line for table in tables for line in sorted(map(_as_written, self._bytes_of(table)))]

    def _bytes_of(self, table: str) -> list[tuple[Any, ...]]:
        return self.run(f"SELECT * FROM {self.named(table)}")

    def _read(self, spec: Entity, name: str, stored: Any) -> Cell:
        cell = json.loads(stored or "{}").get(name) if is_custom(spec.fields[name]) else stored
        return canonical(spec.fields[name].type, cell)

    def _looked_at(self, spec: Entity, name: str) -> str:
        column, kind = self.named(spec.column(name)), spec.fields[name].type
        if is_custom(spec.fields[name]):
            return self.text.format(column)
        return self._seen_as(column, kind)

    def _seen_as(self, column: str, kind: str) -> str:
        if kind in ("integer", "boolean"):
            return column
        return (self.moment if kind == "datetime" else self.text).format(column)

    def _where(self, spec: Entity, tenant: str, key: Key) -> tuple[str, Sequence[Any]]:
        values = self._tenant_of(spec, tenant) | {spec.column(name): part for name, part in zip(spec.key, key, strict=True)}
        return " AND ".join(f"{self.named(name)} = {self.mark}" for name in values), list(values.values())

    @staticmethod
    def _tenant_of(spec: Entity, tenant: str) -> dict[str, Any]:
        return {} if spec.tenant_column == "none" else {spec.tenant_column: tenant}


class SqliteShelf(Shelf):
    mark = "?"
    text = "{}"
    moment = "{}"

    def __init__(self, folder: Path) -> None:
        super().__init__(f"sqlite:///{folder}/app.db")
        self._connection = sqlite3.connect(folder / "app.db", isolation_level=None, check_same_thread=False)

    def close(self) -> None:
        self._connection.close()

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()


class PostgresqlShelf(Shelf):
    moment = "CAST({} AT TIME ZONE 'UTC' AS text)"

    def __init__(self, url: str = "") -> None:
        super().__init__(url or postgres_url())
        self._connection = psycopg.connect(self.url, autocommit=True)
        self._connection.execute("SET timezone = 'UTC'")

    def close(self) -> None:
        self._connection.close()

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        done = self._connection.execute(statement, values or None)  # type: ignore[arg-type]  # tests write their statements themselves
        return done.fetchall() if done.description else []

    def _bytes_of(self, table: str) -> list[tuple[Any, ...]]:
        return self.run(f"SELECT CAST(x AS text) FROM {self.named(table)} AS x")


class MariadbShelf(Shelf):
    quote = "`"
    text = "CAST({} AS char)"
    moment = "CAST({} AS char)"

    def __init__(self, url: str = "") -> None:
        super().__init__(url or mariadb_url())
        self._connection = shared_mariadb().connection(make_url(self.url).database)

    def close(self) -> None:
        self._connection.close()

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall())


def _lists_of(spec: Entity) -> list[str]:
    return [name for name, field in spec.fields.items() if field.type == "list"]


def canonical(kind: str, stored: Any) -> Cell:
    """Given a field's type and what a look at it returned; returns the cell."""
    if stored is None:
        return None
    return bool(stored) if kind == "boolean" else stored  # type: ignore[no-any-return]


def _as_written(row: tuple[Any, ...]) -> str:
    return repr([_document(cell) if isinstance(cell, str) and cell.startswith('{"') else cell for cell in row])


def _document(text: str) -> str:
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text
