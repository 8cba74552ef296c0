"""Files wait for the quiet hours: they are looked at meanwhile, and none is taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from tests.flow.houses import Desk, desk

from nightclerk.core.drop import Sighting
from nightclerk.core.errors import WeatherError
from nightclerk.core.schedule import Schedule
from nightclerk.sources.memory import Memory
from nightclerk.work.round import look_and_take

CLIENTS = b"Code;Nom\r\nA1;Dupont\r\n"
#: The clock of the house stands at 02:00 UTC, which is 03:00 in Paris.
LATER = 'process: {between: ["20:00", "23:00"]}\n'
OPENS = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


def endings(at: Desk) -> list[str]:
    return [run.ending for run in at.house.runs.history()]


def test_a_settled_file_waits_and_is_taken_when_the_hours_begin(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=LATER) as at:
        at.sources["acme"].put("clients_1.csv", CLIENTS)
        assert at.round().again_in == 30
        waiting = at.round(minutes=1)
        assert (waiting.opens_at, waiting.again_in, waiting.trouble, waiting.runs) == (OPENS, None, None, ())
        assert at.house.runs.history() == ()
        assert [run.ending for run in at.round(hours=17).runs] == ["imported"]


def test_without_files_nothing_waits(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=LATER) as at:
        assert at.round().opens_at is None


def test_a_person_may_say_now(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=LATER) as at:
        at.sources["acme"].put("clients_1.csv", CLIENTS)
        at.round()
        at.clock.forward(minutes=1)
        assert [run.ending for run in look_and_take(at.house, "acme", at_any_hour=True).runs] == ["imported"]


class Breaking(Memory):
    """Loses the connection while it fetches, as long as it is told to."""

    breaks = True

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        if self.breaks:
            raise WeatherError("The connection broke.")
        return super().fetch(sighting, into, limit)


def test_a_drop_begun_within_the_hours_is_finished_after_them_and_no_other_is_begun(tmp_path: Path) -> None:
    with desk(tmp_path, feeds='process: {between: ["02:00", "03:02"]}\n') as at:
        source = at.sources["acme"] = Breaking()
        source.put("clients_1.csv", CLIENTS)
        source.put("clients_2.csv", CLIENTS.replace(b"A1", b"A2"))
        at.take()
        assert at.house.runs.history() == ()
        source.breaks = False
        done = at.round(minutes=30)
        assert [run.file for run in done.runs] == ["clients_1.csv"]
        assert done.opens_at == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def test_a_file_nobody_knows_waits_as_well(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=LATER) as at:
        at.sources["acme"].put("strange.csv", CLIENTS)
        at.round()
        assert at.round(minutes=1).opens_at == OPENS
        assert at.house.runs.history() == ()


def test_the_ledger_remembers_the_last_round_that_left_nothing_undone(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        tenants = at.house.configuration.tenants
        tenants["acme"] = tenants["acme"].model_copy(update={"schedule": Schedule(at=["02:00"])})
        notes, start = at.house.round_notes, at.clock.now()
        assert notes.kept_until("acme", start) == start
        at.round(hours=1)
        quiet = at.clock.now()
        assert notes.kept_until("acme", start) == quiet
        at.sources["acme"].put("clients_1.csv", CLIENTS)
        at.round(hours=1)
        assert notes.kept_until("acme", start) == quiet, "a file has not settled yet"
        at.sources["acme"].faults = [WeatherError("The server is away.")]
        at.round(hours=1)
        assert notes.kept_until("acme", start) == quiet, "its server was away"


def test_a_tenant_with_an_interval_alone_needs_no_memory(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        at.round(hours=1)
        later = at.clock.now() + timedelta(days=1)
        assert at.house.round_notes.kept_until("acme", later) == later
