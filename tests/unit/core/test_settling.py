from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from nightclerk.core.drop import Look, Sighting
from nightclerk.core.settling import Settled, settle
from nightclerk.core.tenant import Ready

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
READY = Ready()
FILE = Sighting("clients.csv", 100, 1_000, "7")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def looks(*seen: tuple[float, Sighting], ready: Ready = READY, names: tuple[str, ...] = ()) -> list[Settled]:
    """Settles one look after the other, each remembered by the next."""
    before: Look | None = None
    found = []
    for seconds, sighting in seen:
        listing = [Sighting(name, 0, sighting.stamp + 1) for name in names]
        found.append(settle(before, sighting, ready, after(seconds), listing))
        before = found[-1].look
    return found


def verdicts(*seen: tuple[float, Sighting], ready: Ready = READY, names: tuple[str, ...] = ()) -> list[str]:
    return [settled.verdict for settled in looks(*seen, ready=ready, names=names)]


def test_two_looks_that_agree_and_are_far_enough_apart() -> None:
    assert verdicts((0, FILE), (29.9, FILE), (30, FILE)) == ["waiting", "waiting", "ready"]


def test_it_says_how_long_to_wait() -> None:
    assert [settled.seconds for settled in looks((0, FILE), (10, FILE), (30, FILE))] == [30, 20, None]


@pytest.mark.parametrize("change", [{"size": 101}, {"stamp": 999}, {"stamp": 1_001}, {"mark": "8"}])
def test_every_change_starts_anew(change: dict[str, object]) -> None:
    changed = replace(FILE, **change)
    found = looks((0, FILE), (40, changed), (60, changed), (70, changed))
    assert [settled.verdict for settled in found] == ["waiting", "waiting", "waiting", "ready"]
    assert found[1].look == Look(changed, since=after(40), seen=after(40), appeared=NOW)


@pytest.mark.parametrize("stamp", [0, -1, 10**30])
def test_the_sources_clock_means_nothing(stamp: int) -> None:
    odd = replace(FILE, stamp=stamp)
    assert verdicts((0, odd), (30, odd)) == ["waiting", "ready"]


def test_empty_files_settle_like_others() -> None:
    empty = replace(FILE, size=0)
    assert verdicts((0, empty), (30, empty)) == ["waiting", "ready"]


def test_one_look_is_never_enough() -> None:
    ready = Ready(unchanged_for=timedelta(0))
    assert verdicts((0, FILE), (0, FILE), ready=ready) == ["waiting", "ready"]
    assert verdicts((0, FILE), (1, replace(FILE, size=9)), ready=ready) == ["waiting", "waiting"]


def test_our_clock_running_backwards_starts_anew() -> None:
    assert verdicts((0, FILE), (-3600, FILE), (-3580, FILE), (-3570, FILE)) == ["waiting", "waiting", "waiting", "ready"]
    found = looks((0, FILE), (20, FILE), (10, FILE), (35, FILE), (40, FILE))
    assert [settled.verdict for settled in found] == ["waiting", "waiting", "waiting", "waiting", "ready"]
    assert looks((0, FILE), (-3600, FILE))[1].seconds == 30


def test_a_version_that_was_taken_is_never_ready_again() -> None:
    taken = Look(FILE, since=NOW, seen=after(30), appeared=NOW, drop=7)
    settled = settle(taken, FILE, READY, after(4000), ())
    assert settled.verdict == "taken"
    assert settled.look == replace(taken, seen=after(4000))
    assert settle(taken, FILE, READY, after(-4000), ()).verdict == "taken"
    assert settle(taken, FILE, Ready(done_file="{stem}.ok"), after(60), (Sighting("clients.ok", 0, 2_000),)).verdict == "taken"


def test_a_newer_version_of_a_taken_one_is_a_new_file() -> None:
    taken = Look(FILE, since=NOW, seen=NOW, appeared=NOW, drop=7, reported=True)
    newer = replace(FILE, stamp=1_002)
    settled = settle(taken, newer, READY, after(7200), ())
    assert (settled.verdict, settled.look) == ("waiting", Look(newer, after(7200), after(7200), after(7200)))


@pytest.mark.parametrize("name", ["clients.csv.part", ".clients.csv", "~clients.csv"])
def test_temporary_names_are_left_alone(name: str) -> None:
    assert verdicts((0, replace(FILE, name=name)), (99, replace(FILE, name=name))) == ["temporary", "temporary"]


def test_the_done_file_makes_ready_at_once_and_nothing_else_does() -> None:
    ready = Ready(done_file="{stem}.ok")
    assert verdicts((0, FILE), (99, FILE), ready=ready, names=("clients.csv",)) == ["waiting", "waiting"]
    assert looks((0, FILE), ready=ready)[0].seconds is None
    assert verdicts((0, FILE), ready=ready, names=("clients.csv", "clients.ok")) == ["ready"]
    assert verdicts((0, FILE), ready=ready, names=("CLIENTS.OK",)) == ["ready"]
    assert verdicts((0, replace(FILE, name="clients.ok")), ready=ready, names=("clients.ok",)) == ["temporary"]


def test_unstable_after_a_long_wait_and_told_once() -> None:
    sizes = [(at * 600.0, replace(FILE, size=at)) for at in range(9)]
    assert verdicts(*sizes) == ["waiting"] * 7 + ["unstable"] * 2
    grown = looks(*sizes)[-1].look
    again = settle(replace(grown, reported=True), replace(FILE, size=99), READY, after(5400), ())
    assert (again.verdict, again.look.reported) == ("unstable", True)
    assert verdicts((0, FILE), (3601, FILE), ready=Ready(done_file="{stem}.ok")) == ["waiting", "unstable"]


def test_an_unstable_file_that_stands_still_is_ready() -> None:
    assert verdicts((0, FILE), (3700, replace(FILE, size=5)), (3731, replace(FILE, size=5))) == ["waiting", "unstable", "ready"]


def test_a_version_that_stood_still_and_is_replaced_is_told_of_anew() -> None:
    reported = Look(FILE, since=NOW, seen=after(60), appeared=NOW, reported=True)
    assert settle(reported, FILE, READY, after(90), ()).look.reported
    assert not settle(reported, replace(FILE, size=5), READY, after(90), ()).look.reported


class Uploads(RuleBasedStateMachine):
    """A sender writes, a daemon looks, clocks do what they like: a version is ready only after standing still as required."""

    def __init__(self) -> None:
        super().__init__()
        self.ready = Ready()
        self.now = NOW
        self.file = FILE
        self.look: Look | None = None
        self.last: Settled | None = None
        #: Our clock at each look since the file last changed or our clock last went backwards.
        self.agreeing: list[datetime] = []
        self.taken: list[Sighting] = []

    @rule(seconds=st.integers(0, 120))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(seconds=st.integers(1, 7200))
    def our_clock_is_put_back(self, seconds: int) -> None:
        self.now -= timedelta(seconds=seconds)

    @rule(size=st.integers(0, 3), stamp=st.integers(-1, 1), mark=st.sampled_from("ab"))
    def sender_writes(self, size: int, stamp: int, mark: str) -> None:
        self.file = replace(self.file, size=size, stamp=stamp, mark=mark)

    @rule()
    def daemon_looks(self) -> None:
        if self.look is None or self.look.sighting != self.file or self.now < self.look.seen:
            self.agreeing = []
        same = self.look is not None and self.look.sighting == self.file
        was_taken = same and self.look is not None and self.look.drop is not None
        self.agreeing.append(self.now)
        self.last = settle(self.look, self.file, self.ready, self.now, [self.file])
        stood = same and self.agreeing[-1] - self.agreeing[0] >= self.ready.unchanged_for
        if was_taken:
            assert self.last.verdict == "taken"
        else:
            assert (self.last.verdict == "ready") == stood
        self.look = self.last.look

    @rule()
    @precondition(lambda self: self.last is not None and self.last.verdict == "ready")
    def daemon_takes(self) -> None:
        assert self.look is not None
        self.look = replace(self.look, drop=len(self.taken) + 1)
        self.taken.append(self.look.sighting)
        self.last = None

    @rule()
    def file_goes_away(self) -> None:
        self.look, self.last, self.agreeing = None, None, []

    @invariant()
    def memory_is_consistent(self) -> None:
        if self.look is not None:
            assert self.look.since <= self.look.seen or self.look.drop is not None
            assert self.look.appeared <= self.look.seen


TestUploads = Uploads.TestCase
TestUploads.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_a_done_file_left_behind_announces_nothing() -> None:
    ready = Ready(done_file="{stem}.ok")
    old, same = Sighting("clients.ok", 0, FILE.stamp - 1), Sighting("clients.ok", 0, FILE.stamp)
    assert settle(None, FILE, ready, NOW, (FILE, old)).verdict == "waiting"
    assert settle(None, FILE, ready, NOW, (FILE, same)).verdict == "ready"
