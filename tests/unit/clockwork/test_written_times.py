"""Written times on the real timers: kept once, made up for when missed, and by the clock as it is now."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.clockwork.people import HandmadeCorridor, eventually, tenant

from nightclerk.clockwork.rounds import Rounds
from nightclerk.clockwork.schedule import Schedule, Times
from nightclerk.clockwork.turns import Turns
from nightclerk.core.tenant import Tenant
from nightclerk.work.round import Round

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def nightly(after: datetime) -> datetime:
    """Two o'clock in UTC."""
    two = after.replace(hour=2, minute=0, second=0, microsecond=0)
    return two if two > after else two + DAY


@pytest.fixture
def schedule() -> Iterator[Schedule]:
    one = Schedule()
    yield one
    one.close(wait=True)


@pytest.fixture
def begin(schedule: Schedule) -> Iterator[Callable[..., tuple[Rounds, HandmadeCorridor]]]:
    stop, corridors = threading.Event(), []

    def begin(*tenants: Tenant, corridor: HandmadeCorridor | None = None) -> tuple[Rounds, HandmadeCorridor]:
        corridor = corridor or HandmadeCorridor()
        corridors.append(corridor)
        turns = Turns(time.monotonic, stop)
        rounds = Rounds({one.tenant: one for one in tenants}, corridor, schedule, turns, stop, time.monotonic)
        rounds.begin()
        schedule.start()
        return rounds, corridor

    yield begin
    stop.set()
    for corridor in corridors:
        for gate in corridor.gates.values():
            gate.set()


def far(hours: int = 6) -> dict[str, object]:
    """A schedule with one time a day, so many hours from now."""
    return {"at": [f"{datetime.now(UTC) + timedelta(hours=hours + 1):%H:%M}"]}


def test_a_due_time_is_followed_by_the_next_one_and_never_kept_twice() -> None:
    times = Times(nightly, kept=NOW - timedelta(hours=1))
    first = times.get_next_fire_time(None, NOW - timedelta(hours=1))
    assert first == NOW
    assert times.get_next_fire_time(NOW, NOW) == NOW + DAY


def test_times_missed_while_nobody_served_are_made_up_for_by_one() -> None:
    times = Times(nightly, kept=NOW - timedelta(days=3))
    now = NOW + timedelta(hours=8)
    missed = times.get_next_fire_time(None, now)
    assert missed <= now
    assert times.get_next_fire_time(missed, now) == NOW + DAY


def test_a_clock_set_back_over_a_time_that_was_kept_does_not_bring_it_again() -> None:
    times = Times(nightly, kept=NOW - DAY)
    assert times.get_next_fire_time(NOW, NOW + timedelta(minutes=5)) == NOW + DAY
    assert times.again(NOW - timedelta(minutes=55)) == NOW + DAY
    assert times.again(NOW + DAY - timedelta(hours=1)) == NOW + DAY, "and forward again"


def test_what_a_clock_that_was_days_ahead_kept_does_not_count() -> None:
    times = Times(nightly, kept=NOW - DAY)
    times.get_next_fire_time(NOW + 5 * DAY, NOW + 5 * DAY)
    assert times.again(NOW - timedelta(hours=3)) == NOW


def test_written_times_stay_where_they_are_when_the_clock_is_set_forward(schedule: Schedule) -> None:
    written, opening = threading.Event(), threading.Event()
    soon = datetime.now(UTC) + timedelta(seconds=0.4)
    schedule.times("times acme", lambda after: soon if after < soon else soon + DAY, datetime.now(UTC), written.set)
    schedule.at("opens acme", soon, opening.set)
    schedule.start()
    schedule.shift(timedelta(hours=8))
    assert eventually(lambda: written.is_set() and opening.is_set(), within=2)


def test_a_time_that_comes_while_its_round_is_under_way_is_kept_right_after_it(schedule: Schedule) -> None:
    gate, done = threading.Event(), []
    turns = Turns(time.monotonic, threading.Event())

    def work() -> None:
        done.append(time.monotonic())
        gate.wait(5)

    def soon(after: datetime) -> datetime:
        return after + timedelta(seconds=0.2) if after < start + timedelta(seconds=0.5) else start + DAY

    start = datetime.now(UTC)
    schedule.times("times acme", soon, start, lambda: (turns.take("acme", work), None)[1])
    schedule.start()
    assert eventually(lambda: done)
    time.sleep(0.7)
    assert len(done) == 1
    gate.set()
    assert eventually(lambda: len(done) == 2)
    time.sleep(0.1)
    assert len(done) == 2


def test_a_tenant_with_written_times_waits_for_them_and_for_nothing_else(
    begin: Callable[..., tuple[Rounds, HandmadeCorridor]], tmp_path: Path
) -> None:
    rounds, corridor = begin(tenant("acme", tmp_path, schedule=far()), tenant("beta", tmp_path))
    assert eventually(lambda: corridor.looked_at("beta"))
    rounds.hasten_all()
    assert eventually(lambda: len(corridor.looked_at("beta")) >= 2)
    assert corridor.looked_at("acme") == []


def test_a_night_that_was_missed_is_looked_at_once_at_the_start(
    begin: Callable[..., tuple[Rounds, HandmadeCorridor]], tmp_path: Path
) -> None:
    corridor = HandmadeCorridor()
    corridor.kept["acme"] = datetime.now(UTC) - 3 * DAY
    begin(tenant("acme", tmp_path, schedule=far()), corridor=corridor)
    assert eventually(lambda: corridor.looked_at("acme"))
    time.sleep(0.2)
    assert len(corridor.looked_at("acme")) == 1


def test_what_was_begun_is_finished_at_the_start_whatever_the_times(
    begin: Callable[..., tuple[Rounds, HandmadeCorridor]], tmp_path: Path
) -> None:
    corridor = HandmadeCorridor()
    corridor.owing.add("acme")
    begin(tenant("acme", tmp_path, schedule=far()), corridor=corridor)
    assert eventually(lambda: corridor.looked_at("acme"))


def test_files_that_wait_for_the_quiet_hours_are_looked_at_when_they_begin(
    begin: Callable[..., tuple[Rounds, HandmadeCorridor]], tmp_path: Path
) -> None:
    corridor = HandmadeCorridor()
    opens = datetime.now(UTC) + timedelta(seconds=0.5)
    corridor.answers["acme"] = [Round("acme", opens_at=opens)]
    begin(tenant("acme", tmp_path), corridor=corridor)
    assert eventually(lambda: len(corridor.looked_at("acme")) == 2)
    assert datetime.now(UTC) >= opens


def test_a_list_of_schedules_is_kept_by_all_of_them(
    begin: Callable[..., tuple[Rounds, HandmadeCorridor]], tmp_path: Path, schedule: Schedule
) -> None:
    rounds, _ = begin(tenant("acme", tmp_path, schedule=[{"every": "1h"}, far(), {"cron": "0 3 * * sun"}]))
    assert {"look acme", "times acme"} <= set(schedule.names())
    rounds.follow({"acme": tenant("acme", tmp_path, schedule=far())})
    assert "look acme" not in schedule.names()
    rounds.follow({})
    assert not any("acme" in name for name in schedule.names())


def test_two_dozen_tenants_that_hang_delay_nobody(begin: Callable[..., tuple[Rounds, HandmadeCorridor]], tmp_path: Path) -> None:
    corridor = HandmadeCorridor()
    hanging = [tenant(f"hangs{number}", tmp_path, every="1s") for number in range(24)]
    for one in hanging:
        corridor.gates[one.tenant] = threading.Event()
    others = [tenant(f"t{number}", tmp_path, every="1s") for number in range(8)]
    begin(*hanging, *others, corridor=corridor)
    assert eventually(lambda: all(len(corridor.looked_at(one.tenant)) >= 2 for one in others), within=10)
    for one in others:
        first, second = corridor.looked_at(one.tenant)[:2]
        assert 0.6 <= second - first < 4
    assert all(len(corridor.looked_at(one.tenant)) == 1 for one in hanging)
