"""Patience: a call that hangs is given up in time, and what hangs never touches what is used next."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import pytest

from nightclerk.core.drop import Fate, Listing, Sighting
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.memory import Memory
from nightclerk.sources.patient import Patient

QUICK = Deadlines(connect=0.02, greeting=0.02, login=0.02, reply=0.01, idle=0.1, listing=0.1, transfer=0.1, grace=0.1)


@dataclass
class Sticky(Memory):
    """A twin whose calls may hang: until it is closed, or until they are let go whatever is done."""

    deaf: bool = False
    hangs: bool = False
    let_go: threading.Event = field(default_factory=threading.Event)
    used_by: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def look(self) -> Listing:
        self.used_by.add(threading.get_ident())
        if self.hangs:
            self.let_go.wait(10)
            raise WeatherError("broken off")
        return super().look()

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        into.write(b"early ")
        if self.hangs:
            self.let_go.wait(10)
        into.write(b"late")
        return 10

    def close(self) -> None:
        super().close()
        if not self.deaf:
            self.let_go.set()


@pytest.fixture
def made() -> Iterator[list[Sticky]]:
    sources: list[Sticky] = []
    yield sources
    for source in sources:
        source.let_go.set()


def patient(made: list[Sticky], deadlines: Deadlines = QUICK, idle: float = 30, **manners: bool) -> Patient:
    def make() -> Sticky:
        made.append(Sticky(**manners))
        made[-1].put("f.csv", b"one")
        return made[-1]

    return Patient(make, deadlines, idle)


def test_calls_pass_through_on_one_thread_of_its_own(made):
    source = patient(made)
    (seen,) = source.look().sightings
    assert source.again(seen) == seen
    into = io.BytesIO()
    assert source.fetch(seen, into, 100) == 10
    assert into.getvalue() == b"early late"
    source.look()
    assert source.release(seen, Fate("processed", "f.run1.csv")) == "moved"
    assert made[0].used_by.isdisjoint({threading.get_ident()})
    assert len(made) == len(made[0].used_by) == 1
    source.close()
    assert made[0].closings == 1


def test_errors_come_out_as_they_are(made):
    source = patient(made)
    source.look()
    fault = OperatorError("wrong", "command")
    made[0].faults.append(fault)
    with pytest.raises(OperatorError) as caught:
        source.look()
    assert caught.value is fault
    assert len(source.look().sightings) == 1, "and the source is kept"
    assert len(made) == 1
    source.close()


def test_a_call_that_hangs_is_broken_by_closing(made):
    source = patient(made, hangs=True)
    started = time.monotonic()
    with pytest.raises(WeatherError, match="gave no answer within"):
        source.look()
    assert time.monotonic() - started < 1
    assert made[0].closings == 1
    source.close()


def test_a_call_that_hangs_for_good_is_given_up_with_its_source(made):
    source = patient(made, hangs=True, deaf=True)
    with pytest.raises(WeatherError, match="gave no answer within"):
        source.look()
    with pytest.raises(WeatherError, match="gave no answer within"):
        source.look()
    assert len(made) == 2
    assert made[0].used_by.isdisjoint(made[1].used_by)
    source.close()


def test_not_ever_more_threads_hang(made):
    source = patient(made, hangs=True, deaf=True)
    for _ in range(5):
        with pytest.raises(WeatherError):
            source.look()
    assert len(made) == 3
    with pytest.raises(WeatherError, match="3 earlier calls to this source still hang"):
        source.look()
    for stuck in made:
        stuck.let_go.set()
    time.sleep(0.1)
    with pytest.raises(WeatherError, match="gave no answer"):
        source.look()
    assert len(made) == 4
    source.close()


def test_a_fetch_given_up_writes_nothing_more(made):
    source = patient(made, hangs=True, deaf=True)
    into = io.BytesIO()
    with pytest.raises(WeatherError, match="gave no answer within"):
        source.fetch(Sighting("f.csv", 1, 1), into, 100)
    made[0].let_go.set()
    time.sleep(0.1)
    assert into.getvalue() == b"early "
    source.close()


def test_closing_from_another_thread_breaks_a_call(made):
    source = Patient(lambda: made.append(Sticky(hangs=True)) or made[-1])  # type: ignore[func-returns-value]
    timer = threading.Timer(0.1, source.close)
    timer.start()
    with pytest.raises(WeatherError, match="broken off"):
        source.look()
    timer.join()


def test_closing_twice_or_unused_is_nothing(made):
    source = patient(made)
    source.close()
    source.look()
    source.close()
    source.close()
    assert [one.closings for one in made] == [1]


def asleep(name: str = "source") -> bool:
    """Waits until no thread of a source is there; returns whether that came about."""
    until = time.monotonic() + 3
    while time.monotonic() < until:
        if not any(thread.name == name for thread in threading.enumerate()):
            return True
        time.sleep(0.005)
    return False


def test_an_idle_source_keeps_no_thread_and_stays_as_it_is(made):
    source = patient(made, idle=0.02)
    assert len(source.look().sightings) == 1
    assert asleep(), "600 tenants must not be 600 threads"
    assert made[0].closings == 0, "only the thread ends; the connection is kept"
    assert len(source.look().sightings) == 1
    assert len(made) == 1
    assert asleep()
    source.close()
    assert made[0].closings == 1


def test_a_call_that_comes_as_the_thread_ends_is_not_lost(made):
    source = patient(made, Deadlines(), idle=0.0005)
    for turn in range(400):
        assert len(source.look().sightings) == 1
        time.sleep(0.0005 * (turn % 3) / 2)
    assert len(made) == 1
    source.close()
    assert asleep()
