"""A server that is away is asked ever more rarely; one that refuses us is left alone, and told of once with the command."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from tests.flow.houses import Desk, desk

from nightclerk.core.breaker import REFUSED_REST, RESTARTED_REST
from nightclerk.core.drop import Fate, Released, Sighting
from nightclerk.core.errors import NightclerkError, OperatorError, RefusedError, WeatherError
from nightclerk.sources.memory import Memory
from nightclerk.work.recover import recover
from nightclerk.work.round import look_and_take

CLIENTS = b"Code;Nom\r\nA1;Dupont\r\n"
REFUSED = "sftp.example.com port 22 refused the login of u by password."
AWAY = "sftp.example.com port 22 could not be reached: Connection refused."


def asked_in_a_day(at: Desk, error: NightclerkError, minutes: float = 5) -> int:
    """A day of rounds; returns how often the server was asked."""
    source, asked = at.sources["acme"], 0
    for _ in range(round(24 * 60 / minutes)):
        source.faults = [error]
        at.round(minutes=minutes)
        asked += not source.faults
    source.faults = []
    return asked


def restart(at: Desk) -> None:
    """Forgets what a process knows and the ledger does not."""
    at.house.breakers.clear()


def test_a_refused_login_is_asked_again_after_hours_only_and_told_once_with_the_command(tmp_path: Path) -> None:
    with desk(tmp_path, kind="sftp") as at:
        assert asked_in_a_day(at, RefusedError(REFUSED), minutes=3) <= 4
        (letter,) = at.letters()
        assert REFUSED in letter
        # As it works in any shell, wherever the configuration lies: once as the command, once for when it is mended.
        assert letter.count(f"nightclerk --config {at.house.configuration.folder} round acme") == 2
        told = at.round()
        assert told.trouble is not None
        assert "nightclerk round acme" in told.trouble
        assert told.rests_for is not None
        assert told.rests_for <= REFUSED_REST.total_seconds()


def test_a_person_who_names_the_tenant_is_a_probe_and_success_ends_it(tmp_path: Path) -> None:
    with desk(tmp_path, kind="sftp") as at:
        source = at.sources["acme"]
        source.faults = [RefusedError(REFUSED)]
        at.round()
        source.put("clients_1.csv", CLIENTS)
        assert at.round(minutes=1, hurry=True).again_in is None, "all tenants were meant, and this one is left alone"
        assert look_and_take(at.house, "acme", hurry=True, insist=True).again_in == 30
        assert at.house.troubles.all() == {}
        assert at.house.round_notes.refusals() == {}
        assert at.round(minutes=1).trouble is None


def test_what_another_process_proved_well_is_asked_again_by_the_daemon(tmp_path: Path) -> None:
    with desk(tmp_path, kind="sftp") as at:
        at.sources["acme"].faults = [RefusedError(REFUSED)]
        at.round()
        at.house.round_notes.forgive("acme")
        at.sources["acme"].put("clients_1.csv", CLIENTS)
        assert at.round(minutes=1).again_in == 30


def test_changed_settings_are_tried_at_once(tmp_path: Path) -> None:
    with desk(tmp_path, kind="sftp") as at:
        at.sources["acme"].faults = [RefusedError(REFUSED)]
        at.round()
        tenants = at.house.configuration.tenants
        source = tenants["acme"].source.model_copy(update={"username": "other"})
        tenants["acme"] = tenants["acme"].model_copy(update={"source": source})
        assert at.round(minutes=1).trouble is None
        assert at.house.round_notes.refusals() == {}


def test_a_daemon_that_restarts_in_circles_does_not_lock_the_account(tmp_path: Path) -> None:
    with desk(tmp_path, kind="sftp") as at:
        source, asked = at.sources["acme"], 0
        for _ in range(120):  # ten minutes
            restart(at)
            source.faults = [RefusedError(REFUSED)]
            at.round(seconds=5)
            asked += not source.faults
        assert asked <= 1 + 600 / RESTARTED_REST.total_seconds()


def test_a_server_that_is_away_is_asked_ever_more_rarely_whatever_asks(tmp_path: Path) -> None:
    with desk(tmp_path, kind="sftp") as at:
        assert 24 * 60 / 17 <= asked_in_a_day(at, WeatherError(AWAY), minutes=2) <= 24 * 60 / 7.5 + 8
        assert asked_in_a_day(at, OperatorError("The drop folder /export does not exist.")) <= 55


def test_waits_come_from_the_luck_that_is_handed_in(tmp_path: Path) -> None:
    with desk(tmp_path, kind="sftp") as at:
        at.house.luck = lambda: 0.0
        waits = []
        for _ in range(7):
            at.sources["acme"].faults = [WeatherError(AWAY)]
            waits.append(at.round(hours=1).rests_for)
        assert waits == [15, 30, 60, 120, 240, 450, 450]
        at.round(hours=1)
        at.sources["acme"].faults = [WeatherError(AWAY)]
        assert at.round(hours=1).rests_for == 15


class Locked(Memory):
    """Lets nobody in any more once files were listed; counts who tried."""

    error: NightclerkError = RefusedError(REFUSED)
    tried = 0

    def _try(self) -> None:
        self.tried += 1
        raise self.error

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        self._try()
        return super().fetch(sighting, into, limit)

    def release(self, sighting: Sighting, fate: Fate) -> Released:
        self._try()
        return super().release(sighting, fate)


def test_drops_do_not_go_on_knocking_at_a_server_that_refuses(tmp_path: Path) -> None:
    with desk(tmp_path, kind="sftp") as at:
        source = at.sources["acme"] = Locked()
        for number in range(3):
            source.put(f"clients_{number}.csv", CLIENTS.replace(b"A1", b"A%d" % number))
        at.take()
        assert source.tried == 1
        for _ in range(60):
            at.round(minutes=5)
            restart_free = at.round()
        assert source.tried == 1
        assert restart_free.rests_for is not None
        assert restart_free.rests_for > 60, "no hot loop"
        recover(at.house)
        assert source.tried == 1
        assert len(at.letters()) == 1


def test_recovery_knocks_once_at_most(tmp_path: Path) -> None:
    other = '  - {feed: others, files: "others_*.csv", entity: customer, mapping: {code: Code, name: Nom, print_as: Nom}}\n'
    with desk(tmp_path, kind="sftp", feeds=other) as at:
        source = at.sources["acme"] = Locked()
        source.error = OperatorError("These files may not be read.")
        for name in ("clients_1.csv", "others_1.csv"):
            source.put(name, CLIENTS)
        at.take()
        assert source.tried == len(at.house.claims.unfinished("acme")) == 2
        source.error = RefusedError(REFUSED)
        restart(at)
        recover(at.house)
        assert source.tried == 3
