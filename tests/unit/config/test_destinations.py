# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Tenants with a database or a schema of their own: what is used, and every line that ``check`` prints for what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import ENTITY, FEED, HEAD, loaded

from nightclerk.core.destination import Destination

SERVER = "database: postgresql://app@db/app\nledger: postgresql://app@db/app\n"
LOOSE = ENTITY.replace("key: [code]", "key: [code]\ntenant_column: none")


def tenant(name: str, more: str = "") -> str:
    return HEAD.replace("acme", name).replace("drops", f"drops/{name}") + more + FEED


def test_each_tenant_has_its_destination_and_relative_files_start_at_the_configurations_parent(tmp_path: Path) -> None:
    tenants = {"acme": tenant("acme", "database: sqlite:///var/acme.db\n"), "beta": tenant("beta")}
    configuration, problems = loaded(tmp_path, tenants)
    assert configuration is not None
    assert problems == []
    assert str(configuration.destination_of("acme").database.url) == f"sqlite:///{tmp_path}/var/acme.db"
    assert configuration.destination_of("beta") == Destination(configuration.daemon.database)
    assert configuration.destination_of("nobody") == Destination(configuration.daemon.database)
    assert [list(entities) for entities in configuration.entities_at().values()] == [["customer"], ["customer"]]


def test_the_database_of_all_is_of_no_account_where_every_tenant_has_its_own(tmp_path: Path) -> None:
    tenants = {name: tenant(name, f"schema: {name}\n") for name in ("acme", "beta")}
    configuration, problems = loaded(tmp_path, tenants, SERVER)
    assert configuration is not None
    assert problems == []
    assert [one.schema for one in configuration.entities_at()] == ["acme", "beta"]


def test_tenants_told_apart_by_a_column_may_share_a_schema(tmp_path: Path) -> None:
    tenants = {name: tenant(name, "schema: books\n") for name in ("acme", "beta")}
    assert loaded(tmp_path, tenants, SERVER)[1] == []


def test_tenants_that_nothing_tells_apart_may_each_have_a_database(tmp_path: Path) -> None:
    tenants = {name: tenant(name, f"database: sqlite:///var/{name}.db\n") for name in ("acme", "beta")}
    assert loaded(tmp_path, tenants, entity=LOOSE)[1] == []


@pytest.mark.parametrize(
    ("more", "at"),
    [
        (("", ""), ("1:9  tenant", "1:9  tenant")),
        (("schema: books\n", "schema: books\n"), ("5:9  schema", "5:9  schema")),
        (("schema: public\n", "database: postgresql://other@DB:5432/app\n"), ("5:9  schema", "5:11  database")),
    ],
)
def test_tenants_whose_rows_nothing_tells_apart_are_all_refused(
    tmp_path: Path, more: tuple[str, str], at: tuple[str, str]
) -> None:
    tenants = dict(zip(("acme", "beta"), map(tenant, ("acme", "beta"), more), strict=True))
    configuration, problems = loaded(tmp_path, tenants, SERVER, LOOSE)
    told = "the table customers does not say whose its rows are (tenant_column: none in entity customer), and {} books into the same one; give each tenant a schema or a database of its own, or the table a column for the tenant."
    config = tmp_path / "config"
    assert problems == [
        f"tenants/acme.yaml:{at[0]}: {told.format('tenants/beta.yaml')}",
        f"tenants/beta.yaml:{at[1]}: {told.format('tenants/acme.yaml')}",
    ], config
    assert configuration is not None
    assert configuration.tenants == {}


@pytest.mark.parametrize(
    ("daemon", "more", "told"),
    [
        (
            "database: sqlite:///a.db\n",
            "schema: acme\n",
            "5:9  schema: an SQLite file has no schemas; take this out, or give the tenant a file of its own (database: …).",
        ),
        (
            "database: sqlite:///a.db\n",
            "database: sqlite:///var/../var/ledger.db\n",
            "5:11  database: this file is the ledger; name another one.",
        ),
        (SERVER, "schema: nightclerk\n", "5:9  schema: in this schema stands the ledger; name another one."),
        (SERVER, "schema: pg_catalog\n", "5:9  schema: the schema pg_catalog is the server's own; name another one."),
        (
            SERVER,
            "schema: a.b\n",
            '5:9  schema: "a.b" is not a name; use letters, digits and _, beginning with a letter, at most 63.',
        ),
        (SERVER, "schema_name: acme\n", '5:1  schema_name: no key "schema_name" here; did you mean "schema"?'),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, daemon: str, more: str, told: str) -> None:
    assert loaded(tmp_path, {"acme": tenant("acme", more)}, daemon)[1] == [f"tenants/acme.yaml:{told}"]


@pytest.mark.parametrize(
    ("written", "at"),
    [("postgresql://u:hunter2@h/db", "5:11  database"), ("{url: 'postgresql://u:hunter2@h/db'}", "5:17  database.url")],
)
def test_a_password_written_openly_is_a_warning(tmp_path: Path, written: str, at: str) -> None:
    configuration, problems = loaded(tmp_path, {"acme": tenant("acme", f"database: {written}\n")})
    assert configuration is not None
    assert list(configuration.tenants) == ["acme"]
    [problem] = problems
    assert problem.startswith(f"tenants/acme.yaml:{at}: warning: a password stands in this address")
    assert "hunter2" not in problem
