"""Ops are told of a trouble once, and again only after all had been well; servers that refuse us are left alone."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from tests.flow.houses import Desk, desk

from nightclerk.core.drop import Fate, Released, Sighting
from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.sources.memory import Memory

REFUSED = "sftp.example.com port 22 refused the login of u by password."
AWAY = "sftp.example.com port 22 could not be reached: Connection refused."
CLIENTS = b"Code;Nom\r\nA1;Dupont\r\n"


def failing(at: Desk, error: NightclerkError, rounds: int, tenant: str = "acme", **apart: float) -> None:
    for _ in range(rounds):
        at.sources[tenant].faults = [error]
        at.round(tenant, hurry=True, **apart)
    at.sources[tenant].faults = []


def test_a_refused_login_is_told_once_and_again_after_it_was_well(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        failing(at, OperatorError(REFUSED), 5, days=1)
        assert [REFUSED in letter for letter in at.letters()] == [True]
        at.round(hours=1)
        failing(at, OperatorError(REFUSED), 2, days=1)
        assert len(at.letters()) == 2


def test_bad_weather_in_between_does_not_make_it_news(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        for error in (OperatorError(REFUSED), WeatherError(AWAY), OperatorError(REFUSED), WeatherError("away")):
            failing(at, error, 1, days=1)
        assert len(at.letters()) == 1


def test_weather_is_told_once_and_only_when_it_lasts(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        failing(at, WeatherError(AWAY), 5, minutes=20)
        assert at.letters() == []
        failing(at, WeatherError("Another sentence of the same night."), 12, minutes=30)
        assert ["since 2026-11-21 02:20 UTC" in letter for letter in at.letters()] == [True]


def test_what_many_tenants_meet_is_told_by_one(tmp_path: Path) -> None:
    with desk(tmp_path, "acme", "beta") as at:
        failing(at, OperatorError(REFUSED), 2)
        failing(at, OperatorError(REFUSED), 2, tenant="beta")
        assert len(at.letters()) == 1
        at.round("acme", hours=2)
        failing(at, OperatorError(REFUSED), 1, tenant="beta")
        assert len(at.letters()) == 2, "the others' trouble is over, this one's is not"


def test_weather_is_tried_again_soon_whatever_the_schedule(tmp_path: Path) -> None:
    with desk(tmp_path, kind="sftp") as at:
        at.sources["acme"].faults = [WeatherError(AWAY)]
        wait = at.round().rests_for
        assert wait is not None
        assert 15 <= wait <= 30


def test_a_fault_of_our_own_in_a_look_is_told_once(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        for _ in range(3):
            at.sources["acme"].faults = [RuntimeError("can't start new thread")]
            done = at.round(days=1)
            assert done.our_fault
        assert ["A fault in Nightclerk (RuntimeError)" in " ".join(letter.split()) for letter in at.letters()] == [True]
        at.sources["acme"].faults = []
        assert at.round(days=1).trouble is None


class Unwilling(Memory):
    """Cannot put files away, or breaks while it fetches them."""

    on_release: Exception | None = None
    on_fetch: Exception | None = None

    def release(self, sighting: Sighting, fate: Fate) -> Released:
        if self.on_release is not None:
            raise self.on_release
        return super().release(sighting, fate)

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        if self.on_fetch is not None and sighting.name == "clients_1.csv":
            raise self.on_fetch
        return super().fetch(sighting, into, limit)


def unwilling(at: Desk) -> Unwilling:
    source = at.sources["acme"] = Unwilling()
    return source


def test_a_file_that_cannot_be_put_away_is_told_once_although_most_rounds_let_it_rest(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        source = unwilling(at)
        source.on_release = OperatorError("The archive folder processed is not a folder.")
        source.put("clients_1.csv", CLIENTS)
        at.take()
        for _ in range(40):
            at.round(minutes=5)
        assert len(at.letters()) == 1
        assert len(at.house.runs.history()) == 1
        source.on_release = None
        at.round(hours=2)
        assert [name for name in source.files if "/" not in name] == []
        assert at.house.troubles.all() == {}


def test_a_fault_of_ours_stops_one_feed_and_is_put_aside_in_the_end(tmp_path: Path) -> None:
    other = '  - {feed: others, files: "others_*.csv", entity: customer, mapping: {code: Code, name: Nom, print_as: Nom}}\n'
    with desk(tmp_path, feeds=other) as at:
        source = unwilling(at)
        source.on_fetch = ZeroDivisionError("planted")
        source.put("clients_1.csv", CLIENTS)
        source.put("others_1.csv", CLIENTS)
        at.round()
        done = at.round(minutes=1)
        assert [run.feed for run in done.runs] == ["others"]
        assert done.trouble is not None
        assert "ZeroDivisionError" in done.trouble
        for _ in range(12):
            at.round(hours=2)
        assert [run.code for run in at.house.runs.history()] == [None, "tried_too_often"]
        assert len(at.letters()) == 1


def test_a_full_disk_takes_no_try_away(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        source = unwilling(at)
        source.on_fetch = OSError(28, "No space left on device")
        source.put("clients_1.csv", CLIENTS)
        at.take()
        for _ in range(15):
            done = at.round(hours=2)
            assert done.trouble is not None
            assert "Make room" in done.trouble
        source.on_fetch = None
        assert [run.ending for run in at.round(hours=2).runs] == ["imported"]
        assert len(at.letters()) == 1


def test_files_never_overtake_each_other_after_weather(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        source = unwilling(at)
        source.on_fetch = WeatherError("The connection broke.")
        source.put("clients_1.csv", CLIENTS)
        source.put("clients_2.csv", CLIENTS.replace(b"Dupont", b"Durand"))
        at.take()
        at.round(seconds=1)
        assert at.house.runs.history() == ()
        source.on_fetch = None
        at.round(seconds=1)
        assert at.house.runs.history() == (), "the first one still rests"
        assert [run.file for run in at.round(minutes=5).runs] == ["clients_1.csv", "clients_2.csv"]
