"""What a reload answers and logs: in a real house, on a real folder, with a service manager that listens."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.e2e.daemon import Site
from tests.unit.clockwork.people import HandmadeCorridor, eventually

from nightclerk.clockwork.reload import Reload
from nightclerk.clockwork.rounds import Rounds
from nightclerk.clockwork.schedule import Schedule
from nightclerk.clockwork.systemd import Systemd
from nightclerk.clockwork.turns import Turns
from nightclerk.config.configuration import Configuration, Found
from nightclerk.config.load import load, survey
from nightclerk.core.errors import WeatherError
from nightclerk.ports import Clock
from nightclerk.wiring import open_house
from nightclerk.work.house import Fittings, House

IN_USE = "The configuration is in use as it stands."


class Reading:
    """Reads the folder; while somebody writes on a file of it, that is another one by the time it was read."""

    def __init__(self) -> None:
        self._written: Path | None = None

    def __call__(self, folder: Path) -> Found:
        found = survey(folder)
        if self._written is not None:
            os.utime(self._written)
        return found

    @contextmanager
    def beside(self, file: Path) -> Iterator[None]:
        self._written = file
        try:
            yield
        finally:
            self._written = None


@dataclass
class Open:
    """A house under reload. said: what the service manager heard of reloads."""

    site: Site
    house: House
    reload: Reload
    reading: Reading
    said: list[str]

    @property
    def file(self) -> Path:
        return self.site.config / "tenants" / "acme.yaml"

    @property
    def settings(self) -> Path:
        return self.site.config / "nightclerk.yaml"

    @property
    def answers(self) -> list[str]:
        return [one.removeprefix("READY=1\nSTATUS=") for one in self.said if one.startswith("READY=1\nSTATUS=")]

    def change(self, path: Path, before: str, after: str) -> None:
        text = path.read_text()
        assert before in text
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(text.replace(before, after))
        beside.rename(path)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    site = Site(tmp_path)
    site.tenant("acme")
    configuration, problems = load(site.config)
    assert configuration is not None, problems
    said: list[str] = []
    stop = threading.Event()
    schedule, turns = Schedule(), Turns(time.monotonic, stop)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, open_house(configuration) as house:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(0.05)

        def listen() -> None:
            while not stop.is_set():
                try:
                    said.append(manager.recv(4096).decode())
                except TimeoutError:
                    continue

        listener = threading.Thread(target=listen)
        listener.start()
        rounds = Rounds(configuration.tenants, HandmadeCorridor(), schedule, turns, stop, time.monotonic)
        reading = Reading()
        reload = Reload(house, rounds, schedule, turns, Systemd(str(tmp_path / "notify"), None), reading)
        try:
            reload.begin()
            schedule.start()
            yield Open(site, house, reload, reading, said)
        finally:
            stop.set()
            schedule.close(wait=True)
            listener.join()


def test_it_is_answered_once_what_the_folder_holds_is_in_use(opened: Open) -> None:
    opened.reload.ask()
    assert eventually(lambda: opened.answers == [IN_USE])
    opened.change(opened.file, "name: Acme SARL", "name: Acme SAS")
    opened.reload.ask()
    assert eventually(lambda: opened.answers == [IN_USE, IN_USE])
    assert opened.house.configuration.tenants["acme"].name == "Acme SAS"


def test_a_folder_that_changes_while_it_is_read_is_answered_for_once_it_was_read(opened: Open) -> None:
    opened.reload.ask()
    assert eventually(lambda: opened.answers == [IN_USE])
    with opened.reading.beside(opened.file):
        opened.reload.ask()
        assert not eventually(lambda: len(opened.answers) > 1, within=0.8)
        opened.change(opened.settings, "workers: 1", "workers: 2")
    assert eventually(lambda: opened.answers == [IN_USE, IN_USE]), opened.said
    assert opened.house.configuration.daemon.workers == 2


@dataclass
class Later:
    """A clock that is so many seconds ahead."""

    clock: Clock
    ahead: float = 0.0

    def now(self) -> datetime:
        return self.clock.now()

    def monotonic(self) -> float:
        return self.clock.monotonic() + self.ahead

    def wait(self, seconds: float) -> bool:
        return self.clock.wait(seconds)


def test_files_that_never_stand_still_are_answered_for_as_that(opened: Open) -> None:
    later = opened.house.clock = Later(opened.house.clock)
    opened.reload.ask()
    assert eventually(lambda: opened.answers == [IN_USE])
    with opened.reading.beside(opened.file):
        opened.reload.ask()
        assert not eventually(lambda: len(opened.answers) > 1, within=0.3)
        later.ahead = 20.0
        assert eventually(lambda: len(opened.answers) > 1)
        assert opened.answers[1].startswith("The configuration's files keep changing.")


def fails_with(error: Exception) -> Callable[[Configuration], Fittings]:
    def fitted(configuration: Configuration) -> Fittings:
        raise error

    return fitted


@pytest.mark.parametrize(
    ("error", "told", "event"),
    [
        (
            WeatherError("The ledger is away."),
            "The configuration could not be taken up now: The ledger is away.",
            "reload_postponed",
        ),
        (ValueError("x"), "The configuration could not be taken up: a fault in Nightclerk, told in its log.", "reload_failed"),
    ],
)
def test_a_failure_is_the_answer_and_the_next_look_tries_again(opened: Open, error: Exception, told: str, event: str) -> None:
    opened.reload.ask()
    assert eventually(lambda: opened.answers == [IN_USE])
    fitted, opened.house.fitted = opened.house.fitted, fails_with(error)
    with capture_logs() as logged:
        opened.change(opened.settings, "workers: 1", "workers: 2")
        opened.reload.ask()
        assert eventually(lambda: len(opened.answers) > 1)
    assert opened.answers[1].startswith(told)
    assert event in {line["event"] for line in logged}
    opened.house.fitted = fitted
    opened.reload.hint()
    assert eventually(lambda: opened.house.configuration.daemon.workers == 2, within=15)
    assert eventually(lambda: opened.answers[-1] == "A changed configuration was taken up.")


def test_a_new_warning_is_logged_once_though_all_else_stays_as_it_was(opened: Open) -> None:
    def warned() -> list[str]:
        return [line["problem"] for line in logged if line["event"] == "configuration_warning"]

    with capture_logs() as logged:
        opened.change(opened.settings, "database: sqlite:///var/app.db", "database: postgresql://clerk@db.example/app")
        opened.reload.ask()
        assert eventually(lambda: len(opened.answers) == 1)
        assert "A change of database in nightclerk.yaml takes a restart" in opened.answers[0]
        assert warned() == []
        opened.change(opened.settings, "clerk@", "clerk:secret@")
        for times in (2, 3):
            opened.reload.ask()
            assert eventually(lambda times=times: len(opened.answers) == times)  # type: ignore[misc]
    (warning,) = warned()
    assert "a password stands in this address" in warning
    assert "secret" not in warning
    assert len([line for line in logged if line["event"] == "configuration_not_taken_whole"]) == 1
