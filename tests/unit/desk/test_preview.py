"""``desk.preview``: what an import would make of a file; the command's own test compares the two (tests/e2e)."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.e2e.offices import DAEMON, ENTITY, FILE, TENANT
from tests.flow.houses import HandClock

from nightclerk.cli.outlook import show
from nightclerk.config.configuration import Configuration
from nightclerk.config.load import load
from nightclerk.config.reaching import driver_url
from nightclerk.config.secrets import resolve
from nightclerk.core.booking import plan_booking
from nightclerk.core.errors import OperatorError
from nightclerk.core.run import Counts, Run
from nightclerk.desk.output import exit_status
from nightclerk.desk.preview import Ahead, Asked, NoRuns, Preview, preview, preview_data
from nightclerk.filing.openpgp.decryption import Decryption
from nightclerk.formats.fence import Fence
from nightclerk.formats.fork_server import ForkServer
from nightclerk.sources.handed import Handed
from nightclerk.targets.sql import SqlTarget
from nightclerk.targets.tables import create_tables
from nightclerk.work.hand_in import feeds_for


@pytest.fixture(scope="module")
def reader() -> Iterator[Fence]:
    server = ForkServer()
    fence = Fence(10**9, timedelta(minutes=1), server=server)
    fence.start()
    yield fence
    server.close()


class Desk:
    """One tenant's configuration with its tables, and what looks ahead in it."""

    def __init__(self, folder: Path, reader: Fence, daemon: str = DAEMON, tenant: str = TENANT) -> None:
        for name, text in {"nightclerk.yaml": daemon, "entities/customer.yaml": ENTITY, "tenants/acme.yaml": tenant}.items():
            path = folder / "config" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        configuration, problems = load(folder / "config")
        assert configuration is not None
        assert problems == []
        self.folder = folder
        self.configuration: Configuration = configuration
        database = driver_url(configuration.daemon.database)
        create_tables(database, configuration.entities.values())
        self.target = SqlTarget(database, wait=0.2)
        self.ahead = Ahead(HandClock(), reader, self.target, NoRuns(), Decryption(resolve, threading.Event()))

    def preview(self, text: str, only: tuple[str, ...] | None = None, most: int = 5) -> Preview:
        path = self.folder / "clients.csv"
        path.write_text(text)
        return preview(self.ahead, self.configuration, Asked("acme", "clients", path, Handed(path), only, most))

    def book(self, key: str) -> None:
        """Leaves the receipt of a run in the target."""
        feed = self.configuration.tenants["acme"].feeds[0]
        booking = self.target.begin(plan_booking("acme", feed, self.configuration.entities["customer"]), key, 1)
        booking.compare()
        booking.book({})


@pytest.fixture
def desk(tmp_path: Path, reader: Fence) -> Desk:
    return Desk(tmp_path, reader)


def shown(found: Preview) -> list[str]:
    command = click.Command("show", callback=lambda: show(found))
    return CliRunner().invoke(command, catch_exceptions=False).output.splitlines()


def test_a_refused_file_says_why_and_changes_nothing(desk: Desk) -> None:
    found = desk.preview("Code;Nom\nA;B\n")
    assert (found.run.ending, found.run.code, found.sample, found.columns) == ("refused", "column_missing", (), ())
    assert exit_status([found.run]) == 1
    assert preview_data(found)["refused"]["code"] == "column_missing"
    lines = shown(found)
    assert lines[0] == "clients.csv for acme/clients would end as: refused"
    assert "none like" in lines[1]
    assert lines[-1] == "Nothing was written."


def test_a_file_that_is_refused_as_a_whole_has_no_sample(tmp_path: Path, reader: Fence) -> None:
    desk = Desk(tmp_path, reader, tenant=TENANT.replace("mapping:", "tolerate: {rejected: 10%}\n    mapping:"))
    found = desk.preview(FILE)
    assert (found.run.code, found.run.counts) == ("too_many_rejected", Counts(rows=3, skipped=3))
    assert found.sample == ()
    assert [line for line, _ in found.rows] == [2]  # but how its rows read is shown


def test_an_empty_file_and_one_that_is_too_large(tmp_path: Path, reader: Fence) -> None:
    desk = Desk(tmp_path, reader, DAEMON + "limits: {file_size: 1KB}\n")
    assert desk.preview("").run.ending == "empty"
    assert desk.preview("Code;Name;Email;Solde\n").run.ending == "empty"
    assert desk.preview(FILE * 50).run.code == "file_too_large"


class OneRun(NoRuns):
    """Knows one run, as the ledger would."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def last_import(self, tenant: str, feed: str) -> Run | None:
        return self.run if (tenant, feed) == (self.run.tenant, self.run.feed) else None

    def last_booked(self, tenant: str, feed: str) -> Run | None:
        return self.last_import(tenant, feed)


def test_a_duplicate_is_known_by_the_ledger(desk: Desk) -> None:
    good = FILE.split("B;")[0]
    run = replace(desk.preview(good).run, id=7, key="run 7")
    desk.ahead = replace(desk.ahead, runs=OneRun(run))
    assert desk.preview(good).run.ending == "imported"  # the database was made anew: it has not taken the rows
    desk.book(run.key)
    found = desk.preview(good)
    assert (found.run.ending, found.run.effects, exit_status([found.run])) == ("duplicate", {"duplicate_of": 7}, 0)
    assert "the same bytes under the same configuration as run 7, which was imported without rejects" in shown(found)
    assert desk.preview(good, only=("A",)).run.ending == "imported"
    assert desk.preview(good + "C;Carl;;1\n").run.ending == "imported"


def test_a_duplicate_leaves_the_database_as_it_is_to_the_byte(desk: Desk) -> None:
    good = FILE.split("B;")[0]
    run = replace(desk.preview(good).run, id=7, key="run 7")
    desk.ahead = replace(desk.ahead, runs=OneRun(run))
    var = desk.folder / "var"
    with closing(sqlite3.connect(var / "app.db")) as app:  # it keeps the log, as an application does that is open
        app.execute("SELECT 1 FROM customers").close()
        desk.book(run.key)
        crashed = {path.name: path.read_bytes() for path in var.iterdir()}
    for name, content in crashed.items():  # what a power cut would have left
        (var / name).write_bytes(content)
    (var / "app.db-shm").unlink()
    before = {name: content for name, content in crashed.items() if not name.endswith("-shm")}
    assert sorted(before) == ["app.db", "app.db-wal"]
    assert desk.preview(good).run.ending == "duplicate"
    after = {path.name: path.read_bytes() for path in var.iterdir() if not path.name.endswith("-shm")}
    assert after == before


def test_a_database_that_is_lost_is_not_made(desk: Desk) -> None:
    good = FILE.split("B;")[0]
    run = replace(desk.preview(good).run, id=7, key="run 7")
    desk.ahead = replace(desk.ahead, runs=OneRun(run))
    (desk.folder / "var/app.db").unlink()
    with pytest.raises(OperatorError, match="do not exist"):
        desk.preview(good)
    assert list((desk.folder / "var").iterdir()) == []


def test_a_trial_with_some_keys(desk: Desk) -> None:
    found = desk.preview(FILE, only=("A",))
    assert (found.run.counts.skipped, found.run.effects) == (2, {"only": ["A"]})


def test_duplicate_keys_are_read_once_more_and_rejected(desk: Desk) -> None:
    found = desk.preview("Code;Name;Email;Solde\nA;Anna;;1\nA;Anne;;2\nB;Bert;;3\n")
    assert (found.run.counts.rejected, found.run.counts.created) == (2, 1)
    assert [change.key for change in found.sample] == [{"code": "B"}]


@pytest.mark.parametrize("most", [0, 1, 3])
def test_no_more_is_shown_than_was_asked_for(desk: Desk, most: int) -> None:
    rows = "".join(f"{code};Name {code};;1\n" for code in "ABCDE")
    found = desk.preview(f"Code;Name;Email;Solde\n{rows}", most=most)
    assert (len(found.rows), len(found.sample), found.run.counts.created) == (most, most, 5)


def test_it_waits_for_nobody_who_writes(desk: Desk) -> None:
    """The daemon, or the application, may be in the middle of a transaction."""
    with closing(sqlite3.connect(desk.folder / "var/app.db", isolation_level=None)) as app:
        app.execute("INSERT INTO customers (tenant, code, name, currency, balance) VALUES ('acme', 'A', 'Anna', 'EUR', '1.5')")
        app.execute("BEGIN IMMEDIATE")
        app.execute("DELETE FROM customers")
        found = desk.preview("Code;Name;Email;Solde\nA;Anna;;1,5\n")
    assert found.run.counts.unchanged == 1


def test_what_becomes_of_each_column_is_shown(tmp_path: Path, reader: Fence) -> None:
    tenant = TENANT.replace(
        "mapping: {code: Code, name: Name,",
        "ignore: [Interne]\n    mapping: {code: Code, name: {first_of: [Kurz, Name]}, currency: {constant: CHF},",
    )
    desk = Desk(tmp_path, reader, tenant=tenant)
    found = desk.preview("Code;Name;Kurz;Email;Solde;Interne;Neu;\nA;Anna;;;1;x;y;\n")
    assert found.columns == (
        ("Code", "code"),
        ("Name", "name"),
        ("Kurz", "name"),
        ("Email", "email"),
        ("Solde", "balance"),
        ("Interne", "ignored"),
        ("Neu", "new"),
    )
    assert found.constants == {"currency": "CHF"}
    lines = shown(found)
    for line in ("Solde        balance", "Interne      – (ignored)", "Neu          – (new: neither mapped nor ignored)"):
        assert line in lines
    assert "(every row)  currency = CHF" in lines
    assert any(line.startswith('note: Column "Neu"') for line in lines)


def test_changes_are_shown_as_before_and_after(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.folder / "var/app.db")) as app, app:
        app.execute("INSERT INTO customers (tenant, code, name, currency, balance) VALUES ('acme', 'A', 'Anna', 'EUR', '1.5')")
    lines = shown(desk.preview("Code;Name;Email;Solde\nA;Anne;a@a.example;1,5\nB;Bert;;\n"))
    at = lines.index("First changes")
    assert lines[at + 1 : at + 6] == [
        "line 2  A  changed",
        "  name   Anna → Anne",
        "  email  – → a@a.example",
        "line 3  B  new",
        "  name Bert, currency EUR",
    ]


def test_the_feed_is_told_by_the_name_or_named(desk: Desk, tmp_path: Path) -> None:
    tenant = desk.configuration.tenants["acme"]
    other = tmp_path / "x.csv"
    assert feeds_for(tenant, tmp_path / "clients_1.csv", None) == feeds_for(tenant, other, "clients") == ("clients",)
    with pytest.raises(OperatorError, match=r"x\.csv cannot be read: No such file or directory\."):
        feeds_for(tenant, other, None)
    other.touch()
    with pytest.raises(OperatorError, match=r"No feed of tenant acme takes a file named x\.csv"):
        feeds_for(tenant, other, None)
    with pytest.raises(OperatorError, match="has no feed nothing; it has clients"):
        feeds_for(tenant, other, "nothing")


def test_scratch_files_are_gone_afterwards(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    desk.preview(FILE)
    assert list(scratch.iterdir()) == []
