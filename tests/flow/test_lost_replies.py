"""The ledger on PostgreSQL, and the reply to one COMMIT after the other is lost: what was committed is found and gone on from.

The server is reached again at once, or only in the next round: then not even the rest that follows can be written down.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, ExceptionContext, event
from tests.flow.houses import Desk, desk
from tests.servers.postgres import shared_server
from tests.servers.toxic import Toxic, toxic

from nightclerk.channels.memory import Memory
from nightclerk.core.errors import NightclerkError
from nightclerk.work.deliver import deliver_waiting

pytestmark = pytest.mark.server("postgres")


class Loss:
    """Cuts the way in the moment in which the server's reply to COMMIT number ``at`` comes back along it. Counts from ``arm``."""

    def __init__(self, way: Toxic) -> None:
        self.count = 0
        self._way = way
        self._at: int | None = None
        self._lasting = False

    def arm(self, at: int | None, lasting: bool) -> None:
        self.count, self._at, self._lasting = 0, at, lasting

    def on_commit(self, connection: Connection) -> None:
        if connection.dialect.name != "postgresql" or connection.get_execution_options().get("postgresql_readonly"):
            return
        if self.count == self._at:
            self._way.cut_after = self._way.passed
        self.count += 1

    def on_error(self, _context: ExceptionContext) -> None:
        if not self._lasting:
            self._way.heal()

    @contextmanager
    def listening(self) -> Iterator[None]:
        event.listen(Engine, "commit", self.on_commit)
        event.listen(Engine, "handle_error", self.on_error)
        try:
            yield
        finally:
            event.remove(Engine, "commit", self.on_commit)
            event.remove(Engine, "handle_error", self.on_error)


def one_night(at: Desk, way: Toxic, name: str) -> list[str]:
    """One file, and rounds until all is quiet, whatever comes; returns what was in the way."""
    at.sources["acme"].put(name, f"Code;Nom\r\n{name};Dupont\r\nA2;\r\n".encode())
    troubles = []
    for _ in range(5):
        try:
            done = at.round(hurry=True, minutes=3)
            if done.trouble is not None:
                troubles.append(done.trouble)
            deliver_waiting(at.house)
        except NightclerkError as error:
            troubles.append(str(error))
        way.heal()
    return troubles


def test_each_lost_reply_is_settled_by_what_the_ledger_says(tmp_path: Path) -> None:
    server = shared_server()
    with toxic("127.0.0.1", server.port) as way:
        loss = Loss(way)
        with desk(tmp_path, ledger=server.url(server.create_database(), port=way.port)) as at, loss.listening():
            assert one_night(at, way, "clients_0.csv") == []
            commits, names = loss.count, ["clients_0.csv"]
            print(f"{commits} commits")
            assert commits >= 8
            for number, lasting in product(range(commits), (False, True)):
                names.append(f"clients_{number}{lasting}.csv")
                loss.arm(number, lasting)
                troubles = one_night(at, way, names[-1])
                assert troubles, names[-1]
                assert not any("fault" in trouble.lower() for trouble in troubles), (names[-1], troubles)
                check(at, names)
    with sqlite3.connect(tmp_path / "var" / "app.db") as connection:
        codes = [code for (code,) in connection.execute("SELECT code FROM customers")]
        receipts = connection.execute("SELECT count(*) FROM nightclerk_receipts").fetchone()[0]
    connection.close()
    assert sorted(codes) == sorted(names)
    assert receipts == len(names)


def check(at: Desk, names: list[str]) -> None:
    """Every file has one run, one letter that was accepted, and one place."""
    runs = at.house.runs.history(limit=100)
    assert sorted((run.file, run.ending) for run in runs) == sorted((name, "imported_with_rejects") for name in names)
    assert [path.split("/")[0] for path in at.sources["acme"].files] == ["processed"] * len(names), names[-1]
    assert isinstance(at.house.channel, Memory)
    letters = {letter.message for letter in at.house.channel.posted if letter.recipients == ("compta@acme.example",)}
    assert len(letters) == len(names), names[-1]
    assert at.house.outbox.listing() == (), names[-1]
    assert at.house.claims.unfinished() == (), names[-1]
