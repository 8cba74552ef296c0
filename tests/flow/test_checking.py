"""The test of the outside checker: what is content with a quiet night finds each wrong that is planted into it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.e2e.daemon import eventually
from tests.flow.checking import examine, left_to_do
from tests.flow.ground import Ground, ground
from tests.servers.postgres import shared_server

pytestmark = [pytest.mark.server("sshd"), pytest.mark.server("postgres")]

SEED = 20261121
OF_DATABASE = {"customers", "nightclerk_changes", "nightclerk_receipts"}
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


@contextmanager
def quiet_night(folder: Path, books: str) -> Iterator[Ground]:
    """Some files of every tenant, and the daemon in peace until all is done; then it is ended."""
    server = shared_server() if books == "postgresql" else None
    with ground(folder, SEED, server) as at:
        made = at.site.command("tables", "create")
        assert made.returncode == 0, made.stdout + made.stderr
        for sender in at.senders:
            for _ in range(2):
                sender.drop()
        at.wait_until_told("serving")
        assert eventually(lambda: at.serve() and not any(left_to_do(at.installation, at.tenants)), within=60), said(at)
        at.kill()
        yield at


def said(at: Ground) -> list[str]:
    return examine(at.installation, at.tenants).wrong


@pytest.mark.parametrize("books", ["sqlite", "postgresql"])
def test_every_wrong_is_found(tmp_path: Path, books: str) -> None:
    with quiet_night(tmp_path / "night", books) as at:
        assert said(at) == []
        unseen = []
        for wrong, (table, statement, told) in IN_TABLES.items():
            place = at.installation.database if table in OF_DATABASE else at.installation.ledger
            with kept(place, table):
                changed(place, statement)
                found = said(at)
            unseen += [] if any(told in sentence for sentence in found) else [(wrong, found)]
        for wrong, (plant, told) in IN_FOLDERS.items():
            with folders_kept(at, tmp_path / "kept"):
                plant(at)
                found = said(at)
            unseen += [] if any(told in sentence for sentence in found) else [(wrong, found)]
        assert not unseen
        assert said(at) == [], "what was planted was not taken out again"


@contextmanager
def folders_kept(at: Ground, copies: Path) -> Iterator[None]:
    """Gives the folders their files back at the end."""
    state = at.installation.state
    with ExitStack() as stack:
        for number, folder in enumerate([state / "archive", state / "spool", at.installation.mails, at.tenants["t3"].folder]):
            shutil.copytree(folder, copies / str(number))
            stack.callback(shutil.rmtree, copies / str(number))
            stack.callback(shutil.copytree, copies / str(number), folder)
            stack.callback(shutil.rmtree, folder)
        yield


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
