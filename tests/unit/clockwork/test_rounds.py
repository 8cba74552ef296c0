"""The schedule with a real APScheduler, small intervals, and a corridor written by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.unit.clockwork.people import HandmadeCorridor, eventually, tenant

from nightclerk.clockwork.rounds import POST_SOONEST, SPACING, Rounds
from nightclerk.clockwork.schedule import Schedule
from nightclerk.clockwork.turns import Turns
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.tenant import Tenant
from nightclerk.work.deliver import Delivered
from nightclerk.work.round import Round


@dataclass
class Set:
    corridor: HandmadeCorridor
    schedule: Schedule
    rounds: Rounds
    turns: Turns
    stop: threading.Event


@pytest.fixture
def begin() -> Iterator[Callable[..., Set]]:
    sets: list[Set] = []

    def begin(*tenants: Tenant, corridor: HandmadeCorridor | None = None) -> Set:
        named = {one.tenant: one for one in tenants}
        stop = threading.Event()
        corridor = corridor or HandmadeCorridor()
        schedule, turns = Schedule(), Turns(time.monotonic, stop)
        rounds = Rounds(named, corridor, schedule, turns, stop, time.monotonic)
        one = Set(corridor, schedule, rounds, turns, stop)
        sets.append(one)
        rounds.begin()
        schedule.start()
        return one

    yield begin
    for one in sets:
        one.stop.set()
        for gate in one.corridor.gates.values():
            gate.set()
        one.schedule.close(wait=True)


def test_every_tenant_is_looked_at_at_the_start_and_letters_are_posted(begin: Callable[..., Set], tmp_path: Path) -> None:
    one = begin(tenant("acme", tmp_path), tenant("beta", tmp_path))
    assert eventually(lambda: one.corridor.looked_at("acme") and one.corridor.looked_at("beta") and one.corridor.deliveries)
    assert len(one.corridor.recoveries) == 1


def test_looks_follow_the_interval(begin: Callable[..., Set], tmp_path: Path) -> None:
    one = begin(tenant("acme", tmp_path, every="1s"))
    assert eventually(lambda: len(one.corridor.looked_at("acme")) >= 3)
    first, second, third = one.corridor.looked_at("acme")[:3]
    assert 0.7 <= second - first <= 4
    assert third - first >= 1.7


def test_a_round_that_saw_unsettled_files_is_followed_by_another(begin: Callable[..., Set], tmp_path: Path) -> None:
    corridor = HandmadeCorridor()
    corridor.answers["acme"] = [Round("acme", again_in=0.4), Round("acme", again_in=0.2)]
    one = begin(tenant("acme", tmp_path), corridor=corridor)
    assert eventually(lambda: len(one.corridor.looked_at("acme")) == 3)
    first, second, third = one.corridor.looked_at("acme")
    assert 0.4 <= second - first < 3
    assert 0.2 <= third - second < 3


def test_a_round_that_wants_itself_again_at_once_does_not_spin(begin: Callable[..., Set], tmp_path: Path) -> None:
    corridor = HandmadeCorridor()
    corridor.answers["acme"] = [Round("acme", again_in=0.0)] * 1000
    one = begin(tenant("acme", tmp_path), corridor=corridor)
    assert eventually(lambda: one.corridor.looked_at("acme"))
    time.sleep(0.55)
    assert len(one.corridor.looked_at("acme")) <= 7
    assert eventually(lambda: len(one.corridor.looked_at("acme")) >= 2)


def test_a_hint_hastens_the_look_and_asks_for_the_one_that_settles(begin: Callable[..., Set], tmp_path: Path) -> None:
    one = begin(tenant("acme", tmp_path, unchanged_for="0.5s"))
    assert eventually(lambda: one.corridor.looked_at("acme"))
    hinted = time.monotonic()
    one.rounds.hasten("acme")
    assert eventually(lambda: len(one.corridor.looked_at("acme")) == 3)
    _, soon, settled = one.corridor.looked_at("acme")
    assert soon - hinted < 2, "and not at the next look, in an hour"
    assert settled - soon >= 0.5


def test_a_burst_of_hints_is_two_looks_not_thousands(begin: Callable[..., Set], tmp_path: Path) -> None:
    one = begin(tenant("acme", tmp_path))
    assert eventually(lambda: one.corridor.looked_at("acme"))
    burst = time.monotonic()
    while time.monotonic() < burst + 0.3:
        one.rounds.hasten("acme")
    last = time.monotonic()
    assert eventually(lambda: len(one.corridor.looked_at("acme")) == 3)
    time.sleep(0.3)
    looks = one.corridor.looked_at("acme")
    assert len(looks) == 3
    assert looks[2] - looks[1] >= SPACING * 0.99
    assert looks[2] >= last, "the last hint of the burst must be followed by a look"


def test_a_hint_during_a_round_leads_to_one_more_round_after_it(begin: Callable[..., Set], tmp_path: Path) -> None:
    corridor = HandmadeCorridor()
    gate = corridor.gates["acme"] = threading.Event()
    one = begin(tenant("acme", tmp_path), corridor=corridor)
    assert eventually(lambda: one.corridor.looked_at("acme"))
    one.rounds.hasten("acme")
    time.sleep(0.15)
    assert len(one.corridor.looked_at("acme")) == 1
    opened = time.monotonic()
    gate.set()
    assert eventually(lambda: len(one.corridor.looked_at("acme")) == 2)
    assert one.corridor.looked_at("acme")[1] >= opened
    time.sleep(0.1)
    assert len(one.corridor.looked_at("acme")) == 2
    assert one.corridor.overlapped == set()


def test_rounds_of_one_tenant_never_overlap_whatever_asks_for_them(begin: Callable[..., Set], tmp_path: Path) -> None:
    corridor = HandmadeCorridor()
    corridor.answers["acme"] = [Round("acme", again_in=0.1)] * 10
    gate = corridor.gates["acme"] = threading.Event()
    one = begin(tenant("acme", tmp_path, every="1s"), corridor=corridor)
    for _ in range(12):
        one.rounds.hasten("acme")
        time.sleep(0.1)
    gate.set()
    assert eventually(lambda: len(one.corridor.looked_at("acme")) >= 4)
    assert one.corridor.overlapped == set()


def test_a_tenant_that_hangs_delays_nobody(begin: Callable[..., Set], tmp_path: Path) -> None:
    corridor = HandmadeCorridor()
    corridor.gates["acme"] = threading.Event()
    others = [tenant(f"t{number}", tmp_path, every="1s") for number in range(5)]
    one = begin(tenant("acme", tmp_path, every="1s"), *others, corridor=corridor)
    assert eventually(lambda: all(len(one.corridor.looked_at(other.tenant)) >= 2 for other in others), within=3)
    assert len(one.corridor.looked_at("acme")) == 1
    assert one.corridor.deliveries


def test_a_fault_of_ours_in_one_round_neither_ends_the_tenant_nor_others(begin: Callable[..., Set], tmp_path: Path) -> None:
    corridor = HandmadeCorridor()
    corridor.answers["acme"] = [RuntimeError("our fault")]
    one = begin(tenant("acme", tmp_path, every="1s"), tenant("beta", tmp_path), corridor=corridor)
    assert eventually(lambda: len(one.corridor.looked_at("acme")) == 2)
    assert one.corridor.looked_at("beta")


def test_letters_are_posted_after_a_round_with_runs_and_when_the_next_is_due(begin: Callable[..., Set], tmp_path: Path) -> None:
    corridor = HandmadeCorridor()
    corridor.delivered = [Delivered(), Delivered(next_in=0.0), RuntimeError("our fault"), Delivered()]
    corridor.answers["acme"] = [Round("acme", again_in=0.2)]
    one = begin(tenant("acme", tmp_path), corridor=corridor)
    assert eventually(lambda: len(one.corridor.deliveries) == 1)
    one.corridor.answers["acme"] = [Round("acme", runs=(object(),))]  # type: ignore[arg-type] # only counted
    one.rounds.hasten("acme")
    assert eventually(lambda: len(one.corridor.deliveries) == 3)
    assert POST_SOONEST - 0.1 <= one.corridor.deliveries[2] - one.corridor.deliveries[1] < POST_SOONEST + 3
    assert one.rounds.runs == 1


def test_posting_that_meets_bad_weather_is_tried_again_and_is_no_fault(begin: Callable[..., Set], tmp_path: Path) -> None:
    corridor = HandmadeCorridor()
    corridor.delivered = [WeatherError("The ledger is away.")]
    with capture_logs() as lines:
        one = begin(tenant("acme", tmp_path), corridor=corridor)
        assert eventually(lambda: "post later" in one.schedule.names())
    assert [(line["event"], line["log_level"]) for line in lines if "post" in line["event"]] == [("posting_postponed", "warning")]


def test_a_recovery_that_meets_bad_weather_does_not_keep_tenants_waiting(begin: Callable[..., Set], tmp_path: Path) -> None:
    corridor = HandmadeCorridor()
    corridor.recovered = [WeatherError("The database is away.")]
    one = begin(tenant("acme", tmp_path), corridor=corridor)
    assert eventually(lambda: one.corridor.looked_at("acme") and one.corridor.recoveries)
    assert not one.stop.is_set()
    assert eventually(lambda: "recovery" in one.schedule.names())


def test_a_recovery_that_ops_must_mend_ends_the_daemon_with_the_reason(begin: Callable[..., Set], tmp_path: Path) -> None:
    corridor = HandmadeCorridor()
    corridor.recovered = [OperatorError("The ledger is newer than this program.")]
    one = begin(tenant("acme", tmp_path), corridor=corridor)
    assert one.stop.wait(5)
    assert one.rounds.failure is not None


def test_hints_for_strangers_are_passed_over(begin: Callable[..., Set], tmp_path: Path) -> None:
    one = begin(tenant("acme", tmp_path))
    one.rounds.hasten("nobody")
    assert not any("nobody" in name for name in one.schedule.names())


def test_a_tenant_that_goes_while_a_hint_waits_is_hastened_again_once_it_is_back(
    begin: Callable[..., Set], tmp_path: Path
) -> None:
    acme = tenant("acme", tmp_path)
    one = begin(acme)
    assert eventually(lambda: one.corridor.looked_at("acme"))
    one.rounds.hasten("acme")
    assert eventually(lambda: len(one.corridor.looked_at("acme")) == 2)
    one.rounds.hasten("acme")  # waits for its turn, a second after the first
    one.rounds.follow({})
    one.rounds.follow({"acme": acme})
    assert eventually(lambda: len(one.corridor.looked_at("acme")) == 3)
    one.rounds.hasten("acme")
    assert eventually(lambda: len(one.corridor.looked_at("acme")) == 4)
