"""What docs/operations.md tells to do works as it stands there: rights in PostgreSQL, backup, cleaning up."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.e2e.pages import Block, Reader, blocks_of
from tests.servers import commands
from tests.servers.postgres import PostgresServer, bundled_programs, postgres, system_programs

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
EXPORT = "Code;Name;Mail\n0042;Lefèvre;a@a.example\n0043;Pont;b@b.example\n0044;Twice;c@c.example\n0044;Twice;c@c.example\n"
TENANT = """\
tenant: acme
name: Acme SARL
timezone: Europe/Paris
source: {kind: folder, path: drops}
feeds:
  - feed: clients
    files: "clients_*.csv"
    entity: customer
    mapping: {code: Code, name: Name, print_as: Name, email: Mail}
"""


def blocks(section: str, kind: str) -> list[Block]:
    """Given a section's heading; returns its blocks of a kind."""
    found = [one for one in blocks_of(PAGE.read_text(encoding="utf-8")) if one.section == section and one.kind == kind]
    assert found, f"the page has no {kind} in {section}"
    return found


class Site:
    """An installation with one tenant, where the database is said to be."""

    def __init__(self, root: Path, settings: str) -> None:
        self.root = root
        assert self.run("init") == (0, "")
        (root / "config/tenants/example.yaml").unlink()
        self.write_tenant(TENANT)
        (root / "drops").mkdir()
        written = (root / "config/nightclerk.yaml").read_text()
        self._rest = re.sub(r"^(database|ledger|state):.*\n", "", written, flags=re.MULTILINE)
        self.settle(settings)

    def write_tenant(self, text: str) -> None:
        (self.root / "config/tenants/acme.yaml").write_text(text)

    def settle(self, settings: str) -> None:
        (self.root / "config/nightclerk.yaml").write_text(settings + self._rest)

    def run(self, *arguments: str) -> tuple[int, str]:
        """Runs a command; returns its status, and what it says unless it only says what it wrote."""
        done = commands.run(arguments, self.root)
        return done.returncode, "" if arguments[0] == "init" else done.stdout + done.stderr

    def drop(self, name: str, text: str) -> tuple[int, str]:
        """Imports a file of that name."""
        (self.root / name).write_text(text)
        return self.run("import", "acme", name)


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of its own, whose administrator is not called as the page calls the service's user."""
    programs = bundled_programs() or system_programs()
    assert programs is not None
    with postgres(programs) as made:
        made.execute("CREATE ROLE boss SUPERUSER LOGIN")
        made.execute("CREATE DATABASE app")
        with psycopg.connect(address(made, "boss", "postgres"), autocommit=True) as connection:
            connection.execute("ALTER ROLE nightclerk RENAME TO administrator")
            connection.execute("CREATE ROLE owner LOGIN")
            connection.execute("ALTER DATABASE app OWNER TO owner")
        yield made


def address(server: PostgresServer, user: str, database: str = "app") -> str:
    return f"postgresql://{user}@{server.host}:{server.port}/{database}"


def execute(server: PostgresServer, user: str, statements: str) -> None:
    with psycopg.connect(address(server, user), autocommit=True) as connection:
        for statement in filter(str.strip, statements.split(";")):
            connection.execute(statement.encode())


@pytest.mark.server("postgres")
def test_the_rights_are_enough_and_none_is_too_many(server: PostgresServer, tmp_path: Path) -> None:
    role, tables, narrower = (block.text for block in blocks("Rights in PostgreSQL", "sql"))
    service = f"database: {address(server, 'nightclerk')}\nledger: {address(server, 'nightclerk')}\nstate: var\n"
    site = Site(tmp_path, service)
    for entity in (tmp_path / "config/entities").iterdir():
        if entity.stem != "customer":
            entity.unlink()
        else:  # without its list, whose members and links stand in tables of their own
            entity.write_text(re.sub(r"(?m)^  groups: .*\n", "", entity.read_text()))
    execute(server, "boss", role)
    status, statements = site.run("tables", "create", "--print")
    assert status == 0
    execute(server, "owner", statements)
    lines = tables.splitlines()
    for left_out in range(1, len(lines)):  # PUBLIC has the first one in many databases
        if "nightclerk_parked" in lines[left_out]:
            continue  # asked for only where a field names rows of another entity
        keeps_edits = "nightclerk_imported" in lines[left_out]
        site.write_tenant(TENANT + "    conflict: keep_local_edits\n" * keeps_edits)
        execute(server, "owner", "\n".join(line for number, line in enumerate(lines) if number != left_out))
        status, told = site.drop(f"clients_{left_out}.csv", EXPORT)
        assert (status, "permission denied" in told) == (2, True), told
        execute(server, "owner", re.sub(r"GRANT (.*) TO", r"REVOKE \1 FROM", tables))
    execute(server, "owner", tables)
    site.write_tenant(TENANT)
    status, told = site.run("check", "--connect")
    assert status == 0, told
    status, told = site.drop("clients_a.csv", EXPORT)
    assert (status, "4 rows: 2 created, 2 rejected" in told) == (0, True), told
    execute(server, "owner", narrower)
    assert site.run("check", "--connect")[0] == 0
    changed = EXPORT.replace("Pont", "Garage du Pont") + "0045;New;d@d.example\n"
    assert "1 created, 1 updated, 1 unchanged" in site.drop("clients_b.csv", changed)[1]
    (asked,) = blocks("Read the log of changes", "sql")
    with psycopg.connect(address(server, "owner")) as connection:
        log = connection.execute(asked.text.strip().removesuffix(";").encode()).fetchall()
    name = ["Pont", "Garage du Pont"]
    assert [(file, kind, fields and json.loads(fields)) for _, _, file, _, kind, fields in log] == [
        ("clients_a.csv", "created", None),
        ("clients_b.csv", "updated", {"name": name, "print_as": name}),
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute(server, "nightclerk", "UPDATE customers SET credit_limit = 1")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute(server, "nightclerk", "DELETE FROM customers")


@pytest.fixture
def on_sqlite(tmp_path: Path) -> tuple[Site, Reader]:
    """An installation on SQLite with one import, and somebody to whom the page's folders are its folders."""
    places = {name: tmp_path / name for name in ("lib", "etc", "backups")}
    for place in places.values():
        place.mkdir(mode=0o750)
    lib = places["lib"]
    site = Site(places["etc"], f"database: sqlite:///{lib}/app.db\nledger: sqlite:///{lib}/ledger.db\nstate: {lib}\n")
    assert site.run("tables", "create")[0] == 0
    assert site.drop("clients_a.csv", EXPORT)[0] == 0
    folders = {"/var/lib/nightclerk": str(lib), "/etc/nightclerk": str(places["etc"]), "/var/backups": str(places["backups"])}
    return site, Reader(tmp_path, folders)


@pytest.mark.server("sqlite3")
def test_what_was_backed_up_can_be_restored(on_sqlite: tuple[Site, Reader]) -> None:
    site, reader = on_sqlite
    (backup,) = blocks("Backup", "sh")
    reader.run(backup)
    (kept,) = (reader.home / "backups" / "nightclerk").iterdir()
    assert {path.name for path in kept.iterdir()} == {"ledger.db", "app.db", "archive", "config"}
    lib = reader.home / "lib"
    shutil.rmtree(lib)
    lib.mkdir(mode=0o750)
    for name in ("ledger.db", "app.db"):
        shutil.copy(kept / name, lib)
    shutil.copytree(kept / "archive", lib / "archive")
    status, told = site.run("doctor")
    assert status == 0, told
    assert "1 files read, each is what was taken" in told
    assert "2 unchanged, 2 rejected" in site.drop("clients_a.csv", EXPORT)[1]


@pytest.mark.server("sqlite3")
def test_an_older_ledger_costs_nothing_and_an_older_target_is_told_of(on_sqlite: tuple[Site, Reader]) -> None:
    site, reader = on_sqlite
    lib, older = reader.home / "lib", reader.home / "older"
    shutil.copytree(lib, older)
    clean = "".join(line for line in EXPORT.splitlines(keepends=True) if "Twice" not in line).replace("004", "014")
    assert site.drop("clients_b.csv", clean)[0] == 0
    shutil.copytree(lib, reader.home / "newer")
    shutil.copy(older / "ledger.db", lib)
    status, told = site.run("doctor")
    assert (status, "1 receipt of runs that the ledger does not know" in told) == (1, True)
    status, told = site.drop("clients_b.csv", clean)
    assert (status, "run 2 " in told, "2 unchanged" in told) == (0, True, True), told
    for name in ("ledger.db", "app.db"):
        shutil.copy((older if name == "app.db" else reader.home / "newer") / name, lib)
    status, told = site.run("doctor")
    assert (status, "has no receipt of run 2" in told) == (1, True)
    assert "2 created" in site.drop("clients_b.csv", clean)[1]
    assert "has no receipt" not in site.run("doctor")[1]


@pytest.mark.server("sqlite3")
def test_the_log_tells_who_changed_a_row(on_sqlite: tuple[Site, Reader]) -> None:
    site, reader = on_sqlite
    (asked,) = blocks("Read the log of changes", "sh")
    assert site.drop("clients_b.csv", EXPORT.replace("Pont", "Garage du Pont"))[0] == 0
    head, created, updated = reader.run(asked).splitlines()
    assert head.split("|") == ["booked_at", "run", "file", "line", "kind", "fields"]
    assert created.split("|")[1:] == ["1", "clients_a.csv", "3", "created", ""]
    assert updated.split("|")[1:5] == ["2", "clients_b.csv", "3", "updated"]
    assert json.loads(updated.split("|")[5])["name"] == ["Pont", "Garage du Pont"]
    assert site.run("undo", "2")[0] == 0
    assert json.loads(reader.run(asked).splitlines()[-1].split("|")[5])["name"] == ["Garage du Pont", "Pont"]


@pytest.mark.server("sqlite3")
def test_what_is_old_can_be_deleted(on_sqlite: tuple[Site, Reader]) -> None:
    site, reader = on_sqlite
    (clean,) = blocks("What is kept, and for how long", "sh")
    assert site.drop("clients_b.csv", EXPORT.replace("Pont", "Garage du Pont"))[0] == 0
    archive, database = reader.home / "lib" / "archive", reader.home / "lib" / "app.db"

    def kept() -> tuple[set[Path], list[tuple[int, int]]]:
        """The archived files, and each receipt with how many changes are logged under it."""
        with closing(sqlite3.connect(database)) as connection:
            both = "nightclerk_receipts r LEFT JOIN nightclerk_changes c ON c.receipt = r.id"
            counted = f"SELECT r.id, count(c.receipt) FROM {both} GROUP BY r.id ORDER BY r.id"
            receipts = connection.execute(counted).fetchall()
        return {path for path in archive.rglob("*") if path.is_file()}, receipts

    files, ((first, created), (second, updated)) = kept()
    assert (created, updated) == (2, 1)
    reader.run(clean)
    assert kept() == (files, [(first, 2), (second, 1)]), "nothing is old yet"
    old = time.time() - 401 * 24 * 3600
    aged = next(path for path in sorted(files) if path.name.startswith("clients_a."))
    os.utime(aged, (old, old))
    with closing(sqlite3.connect(database)) as connection, connection:
        aging = "UPDATE nightclerk_receipts SET booked_at = datetime(booked_at, '-401 days') WHERE id = ?"
        assert connection.execute(aging, (first,)).rowcount == 1
    reader.run(clean)
    assert kept() == (files - {aged}, [(first, 0), (second, 1)])
    assert site.run("doctor")[0] == 1, "it says that an archived file is gone, as the page tells"
