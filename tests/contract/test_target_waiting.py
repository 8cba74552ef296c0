"""Parked rows on every kind of target: how they are found again, staged and taken out in the transaction that books them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract.references import NAMES, Bench, bench_of, plan
from tests.contract.targets import KINDS, block

from nightclerk.core.errors import WeatherError
from nightclerk.core.parked import KeptRow, as_block
from nightclerk.core.reading import Cell


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    yield from bench_of(request.param, tmp_path)


def order(number: str, customer: Cell = None, **more: Cell) -> tuple[Cell, ...]:
    values = {"number": number, "customer": customer} | more
    return tuple(values.get(name) for name in NAMES)


def kept(bench: Bench, run: str = "run-1") -> tuple[KeptRow, ...]:
    return bench.target.waiting_rows("acme", run)


def retry(bench: Bench, rows: tuple[KeptRow, ...], taken: tuple[KeptRow, ...], key: str = "retry-1") -> int:
    """Stages some parked rows and takes some of them out; returns how many were created."""
    booking = bench.target.begin(plan(), key, 1)
    try:
        booking.stage(as_block(plan(), rows))
        comparison, forbidden = booking.compare()
        list(forbidden)
        booking.unpark([one.id for one in taken])
        booking.book({"key": key})
    finally:
        booking.abandon()
    return comparison.created


def test_what_waits_is_told_by_run_and_by_what_it_waits_for(bench: Bench) -> None:
    assert bench.target.waiting("acme") == ()
    bench.book(plan(), {2: order("O1", "C9"), 3: order("O2", "C9"), 4: order("O3", "c9"), 5: order("O4", "C8", account=700)})
    bench.book(plan(), {2: order("O5", "C9")}, "run-2")
    groups = bench.target.waiting("acme")
    assert {one.since.tzinfo is not None for one in groups} == {True}
    assert [(one.feed, one.entity, one.run_key, dict(one.missing), one.rows) for one in groups] == [
        ("orders", "order", "run-1", {"customer": "C9"}, 2),
        ("orders", "order", "run-1", {"customer": "c9"}, 1),
        ("orders", "order", "run-1", {"customer": "C8", "account": 700}, 1),
        ("orders", "order", "run-2", {"customer": "C9"}, 1),
    ]
    assert bench.target.waiting("other") == ()
    assert bench.target.waiting(None) == groups


def test_rows_come_back_as_they_were_parked(bench: Bench) -> None:
    first = order("O1", "Ç'9\"", amount="-0.5000")
    bench.book(plan(), {7: order("O2", "C9"), 3: first})
    rows = kept(bench)
    assert [one.row.line for one in rows] == [3, 7]
    assert rows[0].row.fields == dict(zip(NAMES, first, strict=True))
    assert (rows[0].key, rows[0].row.missing) == ({"number": "O1"}, {"customer": "Ç'9\""})
    assert rows[0].row.source[:2] == ("O1", "Ç'9\"")
    assert bench.target.waiting_rows("other", "run-1") == bench.target.waiting_rows("acme", "run-9") == ()


def test_rows_whose_parents_have_come_go_in_and_wait_no_longer(bench: Bench) -> None:
    bench.book(plan(), {2: order("O1", "C1"), 3: order("O2", "C9", amount="2.0000")})
    bench.customers("C1")
    rows = kept(bench)
    assert retry(bench, rows, rows[:1]) == 1
    assert (bench.known("orders"), [one.row.line for one in kept(bench)]) == (["O1"], [3])


def test_nothing_is_taken_out_before_it_is_booked(bench: Bench) -> None:
    bench.book(plan(), {2: order("O1", "C9"), 3: order("O2", "C9")})
    booking = bench.target.begin(plan(), "retry-1", 1)
    booking.stage(as_block(plan(), kept(bench)))
    booking.compare()
    booking.unpark([one.id for one in kept(bench)])
    booking.abandon()
    assert len(kept(bench)) == 2


def test_rows_that_are_given_up_are_taken_out_without_being_booked(bench: Bench) -> None:
    bench.book(plan(), {2: order("O1", "C9"), 3: order("O2", "C9")})
    assert retry(bench, kept(bench), kept(bench)) == 0
    assert (bench.known("orders"), kept(bench)) == ([], ())


def test_a_row_that_a_newer_file_has_brought_meanwhile_stops_the_retry(bench: Bench) -> None:
    bench.book(plan(), {2: order("O1", "C1", amount="1.0000"), 3: order("O2", "C1")})
    stale = kept(bench)
    bench.customers("C1")
    bench.book(plan(), {2: order("O1", "C1", amount="9.0000")}, "run-2")
    with pytest.raises(WeatherError, match="meanwhile"):
        retry(bench, stale, stale)
    assert (bench.known("orders"), [one.row.line for one in kept(bench)]) == (["O1"], [3])
    assert str(bench.rows("orders")[0]["amount"]) == "9.0000"


def test_more_rows_than_one_statement_names(bench: Bench) -> None:
    many = {line: order(f"O{line:04}", "C1") for line in range(2, 1300)}
    bench.book(plan(), many)
    bench.customers("C1")
    rows = kept(bench)
    assert retry(bench, rows, rows) == len(rows) == 1298
    assert bench.target.waiting("acme") == ()


def test_what_a_retry_is_told_of_is_of_its_tenant(bench: Bench) -> None:
    bench.book(replace(plan(), tenant="other"), {2: order("O1", "C9")})
    assert (bench.target.waiting("acme"), kept(bench)) == ((), ())
    assert [one.tenant for one in bench.target.waiting("other")] == ["other"]


@pytest.mark.parametrize("first_load", [True, False])
def test_rows_that_a_file_lacks_are_told_by_their_numbers(bench: Bench, first_load: bool) -> None:
    if not first_load:
        bench.put("orders", number="O3", amount="1.0000")
        bench.put("orders", number="O9", amount="1.0000")
    rows = {2: order("O1", "C9"), 3: order("O2", "C9"), 4: order("O3", "C9", amount="1.0000"), 5: order("O4", "C9")}
    bench.book(plan(), rows)
    bench.book(plan(feed="more"), {2: order("O5", "C9")}, "run-2")
    bench.book(plan(tenant="other"), {2: order("O5", "C9")}, "run-3")
    bench.customers("C1")
    booking = bench.target.begin(plan(), "run-4", 1)
    try:
        booking.stage(block({2: order("O2", "C1"), 3: order("O3", amount="1.0000"), 4: order("O7"), 5: order("O8", "C8")}))
        _, forbidden = booking.compare()
        assert [one.line for one in forbidden] == [5]
        gone = booking.absent_parked()
        booking.unpark(gone)
        booking.book({"key": "run-4"})
    finally:
        booking.abandon()
    assert len(gone) == 2
    waits = sorted((row["tenant"], row["run_key"], row["line"]) for row in bench.parked())
    assert waits == [("acme", "run-2", 2), ("other", "run-3", 2)]
