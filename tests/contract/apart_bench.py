"""A target whose clients have lists and custom fields, however it is made: its tables, plans, and plain looks into it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.contract.targets import Bench, MariadbBench, MemoryBench, PostgresqlBench, SqliteBench, bench_of

from nightclerk.core.booking import BookingPlan, Links, WrittenField
from nightclerk.core.entity import FieldType, Named
from nightclerk.core.reading import CELL_SEPARATOR, Cell
from nightclerk.targets.memory import MemoryTarget

KEYS = ("code", "site")
LISTS = ("groups", "tags")
CUSTOM: dict[str, FieldType] = {
    "manager": "text",
    "score": "integer",
    "vip": "boolean",
    "rent": "money",
    "met": "date",
    "seen": "datetime",
}
TYPES: dict[str, FieldType] = {"code": "text", "site": "integer", "name": "text", "groups": "list", "tags": "list"} | CUSTOM
GROUP = Named(
    "group",
    "name",
    "groups",
    "name",
    "tenant",
    "text",
    True,
    ("label",),
    (("kind", "text", "imported"), ("shown", "boolean", True)),
)
TAG = Named("tag", "word", "tags", "word", "tenant", "text")
LINKS = {
    "groups": Links("clients_groups", "tenant", ("client_code", "client_site"), "group_name", GROUP),
    "tags": Links("clients_tags", "tenant", ("client_code", "client_site"), "tag_word", TAG),
}
COLUMNS = ("tenant", "code", "site", "name", "custom", "remark")


def cell(*members: str) -> str | None:
    """Given members; returns a list's cell."""
    return CELL_SEPARATOR.join(sorted(members)) or None


def field(name: str, **more: Any) -> WrittenField:
    """Returns a written field of the clients; more: what differs from a field that keeps and overwrites."""
    stored = "links" if name in LISTS else "custom" if name in CUSTOM else "column"
    made = WrittenField(
        name=name,
        column="custom" if name in CUSTOM else name,
        type=TYPES[name],
        key=name in KEYS,
        blank="keep",
        required_for_new=False,
        default=None,
        stored=stored,  # type: ignore[arg-type]
        links=LINKS.get(name),
    )
    return replace(made, **more)


def adding(name: str) -> WrittenField:
    """Returns a list to which the file only adds."""
    return field(name, links=replace(LINKS[name], membership="add"))


def clients(*fields: WrittenField | str, **more: Any) -> BookingPlan:
    """Returns a plan for the clients, whose key comes first."""
    written = tuple(field(one) if isinstance(one, str) else one for one in (*KEYS, *fields))
    given = {"tenant": "acme", "entity": "client", "table": "clients", "tenant_column": "tenant", "mode": "upsert"} | more
    return BookingPlan(fields=written, key=KEYS, **given)  # type: ignore[arg-type]


_TABLES = """
CREATE TABLE clients (tenant {t} NOT NULL, code {t} NOT NULL, site {i} NOT NULL, name {t}, custom {j}, remark {t},
    PRIMARY KEY (tenant, code, site));
CREATE TABLE groups (tenant {t} NOT NULL, name {t} NOT NULL, label {t} NOT NULL, kind {t}, shown {b}, PRIMARY KEY (tenant, name));
CREATE TABLE tags (tenant {t} NOT NULL, word {t} NOT NULL, PRIMARY KEY (tenant, word));
CREATE TABLE clients_groups (tenant {t} NOT NULL, client_code {t} NOT NULL, client_site {i} NOT NULL, group_name {t} NOT NULL,
    PRIMARY KEY (tenant, client_code, client_site, group_name){f});
CREATE TABLE clients_tags (tenant {t} NOT NULL, client_code {t} NOT NULL, client_site {i} NOT NULL, tag_word {t} NOT NULL,
    PRIMARY KEY (tenant, client_code, client_site, tag_word))
"""
_REFERS = (
    ", FOREIGN KEY (tenant, client_code, client_site) REFERENCES clients (tenant, code, site)"
    ", FOREIGN KEY (tenant, group_name) REFERENCES groups (tenant, name)"
)
_MARIADB_TEXT = "VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
_KINDS = {
    "sqlite": {"t": "TEXT", "i": "BIGINT", "j": "TEXT", "b": "BOOLEAN", "f": _REFERS},
    "postgresql": {"t": "TEXT", "i": "BIGINT", "j": "JSONB", "b": "BOOLEAN", "f": _REFERS},
    "mariadb": {"t": _MARIADB_TEXT, "i": "BIGINT", "j": "JSON", "b": "BOOLEAN", "f": _REFERS},
}


@dataclass(frozen=True)
class Apart:
    """A target with the clients' tables."""

    bench: Bench
    kind: str

    @property
    def target(self) -> Any:
        return self.bench.target

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Runs a statement of the application's, not on the memory twin."""
        found: list[tuple[Any, ...]] = self.bench.run(statement.replace("`", '"' if self.kind != "mariadb" else "`"))  # type: ignore[attr-defined]
        return found

    def changes(self, run: str) -> list[dict[str, Any]]:
        return [change for change in self.bench.changes() if change["run"] == run]

    def names(self, table: str, column: str) -> list[str]:
        """Returns the names that stand in a table of members, of all tenants."""
        if self.kind == "memory":
            return sorted(row[column] for row in self.target.stored[table])
        return sorted(name for (name,) in self.run(f"SELECT {column} FROM `{table}`"))

    def put(self, code: str, tenant: str = "acme", custom: dict[str, Any] | None = None, **lists: tuple[str, ...]) -> None:
        """The application makes a client, with what is custom and its lists; their members must be there."""
        if self.kind == "memory":
            row: dict[str, Any] = dict.fromkeys((*COLUMNS, *LISTS))
            row |= {"tenant": tenant, "code": code, "site": 1, "custom": custom}
            self.target.stored["clients"].append(row | {name: cell(*members) for name, members in lists.items()})
            return
        document = self._document(custom)
        self.run(f"INSERT INTO clients (tenant, code, site, custom) VALUES ({_quoted(tenant)}, {_quoted(code)}, 1, {document})")
        for name, members in lists.items():
            self.relist(code, name, members, tenant)

    def member(self, table: str, name: str, tenant: str = "acme") -> None:
        """The application makes a group or a tag."""
        key = {"groups": "name", "tags": "word"}[table]
        if self.kind == "memory":
            row = dict.fromkeys(self.target.columns[table]) | {"tenant": tenant, key: name}
            self.target.stored[table].append(row | ({"label": name} if table == "groups" else {}))
            return
        more = (", label", f", {_quoted(name)}") if table == "groups" else ("", "")
        self.run(f"INSERT INTO `{table}` (tenant, {key}{more[0]}) VALUES ({_quoted(tenant)}, {_quoted(name)}{more[1]})")

    def relist(self, code: str, name: str, members: tuple[str, ...], tenant: str = "acme") -> None:
        """The application gives a client another list."""
        if self.kind == "memory":
            for row in self._rows(tenant, code):
                row[name] = cell(*members)
            return
        links = LINKS[name]
        self.run(f"DELETE FROM {links.table} WHERE tenant = {_quoted(tenant)} AND client_code = {_quoted(code)}")
        for member in members:
            self.run(f"INSERT INTO {links.table} VALUES ({_quoted(tenant)}, {_quoted(code)}, 1, {_quoted(member)})")

    def recustom(self, code: str, custom: dict[str, Any] | None, tenant: str = "acme") -> None:
        """The application writes another JSON document."""
        if self.kind == "memory":
            for row in self._rows(tenant, code):
                row["custom"] = custom
            return
        self.run(
            f"UPDATE clients SET custom = {self._document(custom)} WHERE tenant = {_quoted(tenant)} AND code = {_quoted(code)}"
        )

    def lists(self, name: str = "groups", tenant: str = "acme") -> dict[str, list[str]]:
        """Returns code → members of that list, for all clients."""
        if self.kind == "memory":
            rows = [row for row in self.target.stored["clients"] if row["tenant"] == tenant]
            return {row["code"]: (row[name] or "").split(CELL_SEPARATOR) if row[name] else [] for row in rows}
        links = LINKS[name]
        found: dict[str, list[str]] = {code: [] for (code,) in self.run(f"SELECT code FROM clients WHERE tenant = '{tenant}'")}
        for code, member in self.run(f"SELECT client_code, {links.member} FROM {links.table} WHERE tenant = '{tenant}'"):
            found.setdefault(code, []).append(member)
        return {code: sorted(members) for code, members in found.items()}

    def custom(self, tenant: str = "acme") -> dict[str, dict[str, Any] | None]:
        """Returns code → what stands in the JSON column."""
        if self.kind == "memory":
            return {row["code"]: row["custom"] for row in self._rows(tenant)}
        found = self.run(f"SELECT code, custom FROM clients WHERE tenant = {_quoted(tenant)}")
        return {code: json.loads(stored) if isinstance(stored, str) else stored for code, stored in found}

    def _document(self, custom: dict[str, Any] | None) -> str:
        if custom is None:
            return "NULL"
        written = json.dumps(custom)
        return _quoted(written.replace("\\", "\\\\") if self.kind == "mariadb" else written)

    def _rows(self, tenant: str, code: str | None = None) -> list[dict[str, Any]]:
        return [one for one in self.target.stored["clients"] if one["tenant"] == tenant and code in (None, one["code"])]


def apart(kind: str, folder: Path) -> Apart:
    """Given one of ``targets.KINDS``; returns a fresh target with the clients' tables."""
    bench = bench_of(kind, folder)
    if isinstance(bench, MemoryBench):
        tables = {
            "clients": (*COLUMNS, *LISTS),
            "groups": ("tenant", "name", "label", "kind", "shown"),
            "tags": ("tenant", "word"),
        }
        bench.target = MemoryTarget(tables, 0.2)
    elif isinstance(bench, SqliteBench | PostgresqlBench | MariadbBench):
        quote = "`" if kind == "mariadb" else '"'
        for statement in _TABLES.format(**_KINDS[kind]).split(";"):
            bench.run(statement.replace(" groups (", f" {quote}groups{quote} ("))
    return Apart(bench, kind)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def rows(cells: dict[str, tuple[Cell, ...]]) -> dict[int, tuple[Cell, ...]]:
    """Given code → cells; returns staged rows by line, from 2."""
    return {line: (code, 1, *row) for line, (code, row) in enumerate(cells.items(), 2)}
