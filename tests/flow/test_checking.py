"""The test of the outside checker: what is content with a quiet night finds each wrong that is planted into it."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.e2e.daemon import eventually
from tests.flow.checking import Findings, examine, left_to_do
from tests.flow.ground import Ground, ground
from tests.servers.postgres import shared_server

pytestmark = [pytest.mark.server("sshd"), pytest.mark.server("postgres")]

SEED = 20261121
#: What is done to a table, and what the checker says then.
IN_TABLES = {
    "a row is lost": ("customers", "DELETE FROM customers WHERE code LIKE 't0-1x%'", "rows missing"),
    "a row is wrong": ("customers", "UPDATE customers SET name = 'x' WHERE code LIKE 't0-1x%'", "rows too much"),
    "a row is new": ("customers", "INSERT INTO customers (tenant, code, name) VALUES ('t0', 'x', 'y')", "rows too much"),
    "a row was booked and nobody wrote it down": (
        "nightclerk_changes",
        "DELETE FROM nightclerk_changes WHERE kind = 'created' AND receipt = (SELECT min(receipt) FROM nightclerk_changes)",
        "changes missing",
    ),
    "a row was booked twice": (
        "nightclerk_changes",
        "INSERT INTO nightclerk_changes SELECT receipt, line + 100000, tenant, entity, kind, key, fields FROM nightclerk_changes",
        "changes too much",
    ),
    "a receipt is lost": (
        "nightclerk_receipts",
        "DELETE FROM nightclerk_receipts WHERE id = (SELECT min(id) FROM nightclerk_receipts)",
        "a run without a receipt",
    ),
    "a receipt is empty": ("nightclerk_receipts", "UPDATE nightclerk_receipts SET receipt = ''", "a receipt is empty"),
    "a run is lost": ("runs", "DELETE FROM runs WHERE id = (SELECT min(id) FROM runs)", "a receipt without a run"),
    "a run is there twice": (
        "runs",
        "INSERT INTO runs (id, key, drop_id, tenant, feed, ending, sha256, detail) SELECT id + 100000, 'x', drop_id, tenant, "
        "'again', ending, sha256, detail FROM runs WHERE id = (SELECT min(id) FROM runs)",
        "2 runs for 1 to 1 uploads",
    ),
    "a run has another ending": ("runs", "UPDATE runs SET ending = 'duplicate'", "its run ended as duplicate"),
    "a run has no ending": ("runs", "UPDATE runs SET ending = NULL", "its run ended as None"),
    "a claim is left open": ("drops", "UPDATE drops SET state = 'open'", "a drop is open"),
    "a letter waits": ("recipients", "UPDATE recipients SET state = 'waiting'", "a letter to compta@acme.example is waiting"),
}  # fmt: skip


def a_copy(at: Ground) -> Path:
    return min(at.installation.state.glob("archive/t3/**/*.csv"))


def a_moved_file(at: Ground) -> Path:
    return min(at.tenants["t3"].folder.glob("processed/*.csv"))


def a_letter(at: Ground) -> Path:
    return min(at.installation.mails.glob("*.eml"))


def said_twice(at: Ground) -> None:
    letter = a_letter(at)
    letter.with_name("again.eml").write_bytes(letter.read_bytes() + b"and more\r\n")


def said_anew(at: Ground) -> None:
    letter = a_letter(at)
    letter.with_name("again.eml").write_bytes(letter.read_bytes().replace(b"Message-ID: <", b"Message-ID: <x"))


def left_in_spool(at: Ground) -> None:
    (at.installation.state / "spool" / "99").mkdir()
    (at.installation.state / "spool" / "99" / "x.data").touch()


#: What is done to folders, and what the checker says then.
IN_FOLDERS: dict[str, tuple[Callable[[Ground], object], str]] = {
    "a copy is lost": (lambda at: a_copy(at).unlink(), "0 times in the archive, for 1 runs"),
    "a copy is damaged": (lambda at: a_copy(at).write_bytes(b"x"), "bytes that nobody sent are in the archive"),
    "a copy is there twice": (lambda at: shutil.copy(a_copy(at), a_copy(at).with_name("x.csv")), "2 times in the archive"),
    "a file is lost": (lambda at: a_moved_file(at).unlink(), "0 times at the source"),
    "a file stands again": (lambda at: shutil.copy(a_moved_file(at), at.tenants["t3"].folder / "x"), "still standing: t3/x"),
    "something is left in the spool": (left_in_spool, "left in the spool: 99/x.data"),
    "a letter is lost": (lambda at: a_letter(at).unlink(), "0 letters about"),
    "a letter differs from its first copy": (said_twice, "two different letters are"),
    "a letter is written twice": (said_anew, "2 letters about"),
}  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def night(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A quiet night: some files of every tenant, and the daemon in peace until all is done; then it is ended."""
    server = shared_server() if request.param == "postgresql" else None
    with ground(tmp_path_factory.mktemp("night"), SEED, server) as at:
        made = at.site.command("tables", "create")
        assert made.returncode == 0, made.stdout + made.stderr
        for sender in at.senders:
            sender.chance = random.Random(SEED)
            for _ in range(3):
                sender.drop()
        at.serve()
        assert eventually(lambda: at.serve() and not any(left_to_do(at.installation, at.tenants)), within=60), said(at)
        at.kill()
        assert said(at).wrong == []
        yield at
        assert said(at).wrong == [], "what was planted was not taken out again"


def said(at: Ground) -> Findings:
    return examine(at.installation, at.tenants)


@pytest.mark.parametrize("wrong", list(IN_TABLES))
def test_a_wrong_in_a_table_is_found(night: Ground, wrong: str) -> None:
    table, statement, told = IN_TABLES[wrong]
    place = (
        night.installation.database
        if table in {"customers", "nightclerk_changes", "nightclerk_receipts"}
        else night.installation.ledger
    )
    with kept(place, table):
        changed(place, statement)
        found = said(night).wrong
    assert any(told in sentence for sentence in found), found


@pytest.mark.parametrize("wrong", list(IN_FOLDERS))
def test_a_wrong_in_a_folder_is_found(night: Ground, wrong: str, tmp_path: Path) -> None:
    plant, told = IN_FOLDERS[wrong]
    folders = [
        night.installation.state / "archive",
        night.installation.state / "spool",
        night.installation.mails,
        night.tenants["t3"].folder,
    ]
    with ExitStack() as stack:
        for number, folder in enumerate(folders):
            shutil.copytree(folder, tmp_path / str(number))
            stack.callback(shutil.copytree, tmp_path / str(number), folder)
            stack.callback(shutil.rmtree, folder)
        plant(night)
        found = said(night).wrong
    assert any(told in sentence for sentence in found), found


def changed(place: Path | str, *statements: str) -> None:
    """Runs statements in one transaction, without asking foreign keys."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        return
    with psycopg.connect(place, options="-csearch_path=nightclerk,public -csession_replication_role=replica") as server:
        for statement in statements:
            server.execute(statement)  # type: ignore[arg-type]  # tests write their statements themselves


@contextmanager
def kept(place: Path | str, table: str) -> Iterator[None]:
    """Gives the table back its rows at the end."""
    changed(place, f"CREATE TABLE kept_rows AS SELECT * FROM {table}")
    back = "INSERT INTO {} {} SELECT * FROM kept_rows".format(table, "" if isinstance(place, Path) else "OVERRIDING SYSTEM VALUE")
    try:
        yield
    finally:
        changed(place, f"DELETE FROM {table}", back, "DROP TABLE kept_rows")
