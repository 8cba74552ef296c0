"""Where a tenant's rows are booked: the database of all tenants or one of its own, and there perhaps one schema."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nightclerk.core.database import Database
from nightclerk.core.naming import identifier

_PORTS = {"postgresql": 5432, "mariadb": 3306}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_SERVERS_OWN = ("pg_", "information_schema")


@dataclass(frozen=True, slots=True)
class Destination:
    """A database and, on PostgreSQL alone, the schema in it; without one the tables stand where the login's search path leads."""

    database: Database
    schema: str | None = None

    @property
    def place(self) -> str:
        """The destination as people know it, without any password."""
        return self.database.url.place + ("" if self.schema is None else f", schema {self.schema}")

    @property
    def whereabouts(self) -> tuple[str, ...]:
        """What is equal for two destinations that are one, however they are spelled and whoever logs in. A login's search path
        is taken for PostgreSQL's usual one."""
        url = self.database.url
        if url.kind == "sqlite":
            return ("sqlite", os.path.normpath(url.database))
        kind = "postgresql" if url.kind == "postgresql" else "mariadb"
        host = (url.host or "").casefold()
        host = "" if host in _HERE or host.startswith("/") else host
        schema = (self.schema or "public",) if kind == "postgresql" else ()
        return (kind, host, str(url.port or _PORTS[kind]), url.database, *schema)


def destination_of(common: Database, own: Database | None, schema: str | None) -> Destination:
    """Given the database of all tenants, and what one tenant says of its own; returns where that tenant's rows are booked.

    On MariaDB and MySQL a schema is a database: it takes the place of the address's.
    """
    database = own or common
    if schema is not None and database.url.kind in {"mariadb", "mysql"}:
        return Destination(database.model_copy(update={"url": replace(database.url, database=schema)}))
    return Destination(database, schema)


def schema_named(value: str) -> str:
    """Given a schema's name; returns it if tenants' tables may stand there; raises ValueError."""
    identifier(value)
    if value.casefold().startswith(_SERVERS_OWN):
        raise ValueError(f"the schema {value} is the server's own; name another one")
    return value


def destination_to_text(destination: Destination) -> str:
    """Given a destination; returns it as JSON that holds no secret: a password that stands in the address is left out."""
    return json.dumps({"database": destination.database.model_dump(mode="json"), "schema": destination.schema}, sort_keys=True)


def destination_from_text(text: str) -> Destination:
    """Given what ``destination_to_text`` made; returns the destination."""
    data: Mapping[str, Any] = json.loads(text)
    return Destination(Database.model_validate(data["database"]), data["schema"])
