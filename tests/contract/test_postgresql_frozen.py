"""A PostgreSQL server whose processes stand still: connections stay open, what is sent is confirmed, no answer ever comes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.contract.postgresql_bench import FIELDS, bench
from tests.contract.targets import PostgresqlBench, block, book, plan
from tests.servers.postgres import shared_server

from nightclerk.core.errors import WeatherError
from nightclerk.core.reading import Block
from nightclerk.targets.sql import SqlTarget

__all__ = ["bench"]  # the fixture
#: Seconds that the server may work on a statement here, and how long at most until it is given up: a slow machine is slow.
LIMIT, SOON = 1.5, 12.0
FROZEN = r"The database postgresql://.* does not answer: no word of it for [1-9][0-9.]* seconds"


@contextmanager
def frozen(whole: bool = True) -> Iterator[None]:
    """The shared server stands still, or its connections alone, so that new ones are served."""
    postmaster = shared_server().pid
    stopped: list[int] = []
    try:
        if whole:  # first, so that no process is added
            stopped += _stop(postmaster)
        for child in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split():
            if whole or _serves(child):
                stopped += _stop(int(child))
        assert stopped
        yield
    finally:
        for process in stopped:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


def _stop(process: int) -> list[int]:
    """Returns the process, unless it has just ended by itself."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGSTOP)
        return [process]
    return []


def _serves(process: str) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return b"postgres: nightclerk " in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


@contextmanager
def soon() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SOON


@pytest.fixture
def hasty(bench: PostgresqlBench) -> Iterator[SqlTarget]:
    target = SqlTarget(f"{bench.url}?connect_timeout=2", wait=0.2, limit=LIMIT)
    assert target.receipt("run-1") is None  # what the library asks a server once is asked
    yield target
    target.close()


def stage_much(booking: Any) -> None:
    for _ in range(20):
        booking.stage(Block(4096, list(range(4096)), [["A"] * 4096, list(range(4096)), ["x" * 200] * 4096]))
    booking.compare()


STEPS: dict[str, Callable[[Any], object]] = {
    "stage": stage_much,
    "compare": lambda booking: booking.compare(),
    "sample": lambda booking: booking.sample(3),
    "book": lambda booking: booking.book({}),
}


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("step", STEPS)
def test_no_step_of_a_booking_waits_for_ever(bench: PostgresqlBench, hasty: SqlTarget, step: str, whole: bool) -> None:
    booking = hasty.begin(plan(fields=FIELDS), "run-1", 1)
    if step != "stage":
        booking.stage(block({2: ("A", 1, "Anna")}))
    if step in {"sample", "book"}:
        booking.compare()
    with frozen(whole), soon():
        with pytest.raises(WeatherError, match=FROZEN):
            STEPS[step](booking)
        booking.abandon()
    _free(bench)
    assert (bench.rows(), hasty.receipt("run-1")) == ([], None)
    assert book(hasty, plan(fields=FIELDS), {2: ("A", 1, "Anna")})[0].created == 1


@pytest.mark.parametrize(("begun", "whole"), [(False, False), (True, False), (True, True)])
def test_giving_up_is_not_kept_waiting(bench: PostgresqlBench, begun: bool, whole: bool) -> None:
    """However long a statement may take, with rows under way or without: nobody asks for anything more."""
    booking = bench.target.begin(plan(fields=FIELDS), "run-1", 1)
    with frozen(whole), soon():
        if begun:
            for _ in range(2):
                booking.stage(Block(4096, list(range(4096)), [["A"] * 4096, list(range(4096)), ["x" * 200] * 4096]))
        booking.abandon()
        booking.abandon()
    _free(bench)
    assert (bench.rows(), bench.target.receipt("run-1")) == ([], None)


def test_no_preview_waits_for_ever(bench: PostgresqlBench, hasty: SqlTarget) -> None:
    preview = hasty.preview(plan(fields=FIELDS))
    preview.stage(block({2: ("A", 1, "Anna")}))
    with frozen(), soon():
        with pytest.raises(WeatherError, match=FROZEN):
            preview.compare()
        preview.abandon()


@pytest.mark.parametrize(
    "ask",
    [
        lambda target: target.receipt("run-1"),
        lambda target: target.begin(plan(fields=FIELDS), "run-1", 1),
        lambda target: target.preview(plan(fields=FIELDS)),
    ],
    ids=["receipt", "begin", "preview"],
)
def test_no_beginning_waits_for_ever(hasty: SqlTarget, ask: Callable[[SqlTarget], object]) -> None:
    with frozen(), soon(), pytest.raises(WeatherError, match=r"is away .*timeout expired.*It will be tried again"):
        ask(hasty)


def test_a_server_that_freezes_over_the_first_questions_is_given_up(bench: PostgresqlBench) -> None:
    """The lock is waited for by a process that stands still from then on."""
    target = SqlTarget(bench.url, wait=2.0, limit=LIMIT)
    first = target.begin(plan(fields=FIELDS), "run-1", 1)
    told: list[str] = []

    def second() -> None:
        with pytest.raises(WeatherError, match=FROZEN) as caught:
            target.begin(plan(fields=FIELDS), "run-2", 1)
        told.append(str(caught.value))

    waiting = threading.Thread(target=second)
    waiting.start()
    until = time.monotonic() + 5
    while not bench.run("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") and time.monotonic() < until:
        time.sleep(0.02)
    with frozen(whole=False):
        waiting.join(15)
    assert len(told) == 1
    first.abandon()
    target.close()


def test_the_server_s_own_time_out_comes_first(bench: PostgresqlBench) -> None:
    target = SqlTarget(bench.url, wait=0.2, limit=3.0)
    bench.run("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(20); RETURN new; END'")
    bench.run("CREATE TRIGGER slow BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION slow()")
    with soon(), pytest.raises(WeatherError, match="a statement took longer than it may"):
        book(target, plan(fields=FIELDS), {2: ("A", 1, "Anna")})
    assert (bench.rows(), target.receipt("run-1")) == ([], None)
    target.close()


def test_a_commit_without_an_answer_is_settled_by_the_receipt(bench: PostgresqlBench, hasty: SqlTarget) -> None:
    """It was sent to a process that stands still, and is done as soon as that one goes on."""
    bench.run("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END'")
    bench.run(
        "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON customers DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION slow()"
    )
    booking = hasty.begin(plan(fields=FIELDS), "run-1", 1)
    booking.stage(block({2: ("A", 1, "Anna")}))
    booking.compare()
    go_on = threading.Event()

    def freeze_at_commit() -> None:
        active = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query = 'COMMIT' AND state = 'active'"
        until = time.monotonic() + 10
        while not bench.run(active) and time.monotonic() < until:
            time.sleep(0.01)
        with frozen():
            go_on.wait(20)

    freezer = threading.Thread(target=freeze_at_commit)
    freezer.start()
    with pytest.raises(WeatherError, match="did not confirm the booking"):
        booking.book({"booked": True})
    booking.abandon()
    go_on.set()
    freezer.join(10)
    until = time.monotonic() + 10
    while hasty.receipt("run-1") is None and time.monotonic() < until:
        time.sleep(0.05)
    assert hasty.receipt("run-1") == {"booked": True}
    assert len(bench.rows()) == len(bench.changes()) == 1


def _free(bench: PostgresqlBench) -> None:
    """Waits until the server has found out that the booking's connection is closed, and let go of its lock."""
    until = time.monotonic() + 10
    while bench.run("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'") and time.monotonic() < until:
        time.sleep(0.02)
