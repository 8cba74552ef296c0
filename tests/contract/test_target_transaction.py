"""What every target promises about receipts, locks and threads (ports.Target), the memory twin included."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.targets import KINDS, Bench, bench_of, block, book, plan

from nightclerk.core.booking import Comparison
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.reading import Cell
from nightclerk.ports import AlreadyBooked

ANNA: tuple[Cell, ...] = ("A", 1, "Anna", "10.0000", True, "2026-01-02", "2026-01-02 03:04:05", "x")
BERT: tuple[Cell, ...] = ("B", 1, "Bert", "-0.5000", False, None, None, None)


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = bench_of(request.param, tmp_path)
    yield made
    made.target.close()


def names(bench: Bench) -> list[tuple[Any, ...]]:
    return [(row["tenant"], row["code"], row["site"], row["name"]) for row in bench.rows()]


def test_the_receipt_stands_when_the_booking_does(bench: Bench) -> None:
    run = {"counts": {"rows": 1}, "sentence": 'Ünïcode " ✓', "nothing": None}
    assert bench.target.receipt("run-1") is None
    booking = bench.target.begin(plan(), "run-1", 3)
    booking.stage(block({2: ANNA}))
    booking.compare()
    assert bench.rows() == []
    booking.book(run)
    booking.abandon()
    assert bench.target.receipt("run-1") == run
    assert bench.target.receipt("run-2") is None
    assert bench.attempts() == {"run-1": 3}


def test_a_run_is_booked_once(bench: Bench) -> None:
    book(bench.target, plan(), {2: ANNA})
    with pytest.raises(AlreadyBooked):
        bench.target.begin(plan(), "run-1", 2)
    book(bench.target, plan(), {2: BERT}, "run-2")  # the refused booking holds no lock
    assert bench.attempts() == {"run-1": 1, "run-2": 1}


def test_abandoned_bookings_leave_nothing(bench: Bench) -> None:
    bench.put(tenant="acme", code="A", site=1, name="old")
    booking = bench.target.begin(plan(), "run-1", 1)
    booking.stage(block({2: ANNA, 3: BERT}))
    booking.compare()
    booking.abandon()
    booking.abandon()
    assert names(bench) == [("acme", "A", 1, "old")]
    assert (bench.changes(), bench.target.receipt("run-1")) == ([], None)
    assert book(bench.target, plan(), {2: ANNA, 3: BERT})[0] == Comparison(1, 1, 0, {})


def test_a_second_booking_waits_a_bounded_time(bench: Bench) -> None:
    booking = bench.target.begin(plan(), "run-1", 1)
    with pytest.raises(WeatherError, match=r"gave up after 0\.2 seconds"):
        bench.target.begin(plan(), "run-2", 1)
    booking.abandon()
    bench.target.begin(plan(), "run-2", 1).abandon()


def test_a_worker_that_comes_back_finds_the_receipt_of_its_successor(tmp_path: Path) -> None:
    for kind in KINDS:
        bench = bench_of(kind, tmp_path, wait=20)
        successor = bench.target.begin(plan(), "run-1", 2)
        told: list[str] = []

        def come_back(bench: Any = bench, told: list[str] = told) -> None:
            try:
                bench.target.begin(plan(), "run-1", 1).abandon()
            except AlreadyBooked:
                told.append("already booked")

        frozen = threading.Thread(target=come_back)
        frozen.start()
        successor.stage(block({2: ANNA}))
        successor.compare()
        successor.book({})
        frozen.join(20)
        assert told == ["already booked"]
        assert bench.attempts() == {"run-1": 2}


def test_threads_book_different_runs_side_by_side(tmp_path: Path) -> None:
    for kind in KINDS:
        bench = bench_of(kind, tmp_path, wait=30)

        def many(tenant: str, bench: Any = bench) -> None:
            for night in range(5):
                rows = {line: (f"K{line}", night % 2, f"{tenant} {night}", *ANNA[3:]) for line in range(2, 12)}
                book(bench.target, plan(tenant=tenant), rows, f"{tenant}-{night}")

        workers = [threading.Thread(target=many, args=(f"tenant-{at}",)) for at in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert len(bench.rows()) == 4 * 20
        assert all(row["name"] in {f"{row['tenant']} 4", f"{row['tenant']} 3"} for row in bench.rows())
        assert len(bench.attempts()) == 20
        bench.target.close()


@pytest.mark.parametrize(
    ("change", "helps"),
    [
        ({"table": "clients"}, "nightclerk tables create"),
        ({"tenant_column": "owner"}, None),
        ({"absent_defaults": (("colour", "text", "red"),)}, None),
    ],
)
def test_what_is_missing_in_the_database_is_for_ops(bench: Bench, change: dict[str, Any], helps: str | None) -> None:
    with pytest.raises(OperatorError, match=r"clients|owner|colour") as caught:
        bench.target.begin(replace(plan(), **change), "run-1", 1)
    assert caught.value.command == helps  # a table that is there already is never changed by us
    bench.target.begin(plan(), "run-1", 1).abandon()
