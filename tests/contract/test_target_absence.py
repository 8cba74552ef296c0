"""What every target promises of rows that a file lacks (``BookingPlan.absence``, ``Comparing.absent``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.targets import KINDS, Bench, Row, bench_of, block, plan
from tests.contract.test_target_undo import undo

from nightclerk.core.booking import Absence, BookingPlan, Change, Comparison, WrittenField
from nightclerk.core.errors import BookkeepingError, OperatorError, WeatherError
from nightclerk.core.reading import Cell
from nightclerk.ports import Booking

Rows = dict[int, tuple[Cell, ...]]
FIELDS = ("code", "site", "name")
GONE: tuple[Any, ...] = (
    ("kind", "select", "text", "gone"),
    ("balance", "balance", "money", "0.0000"),
    ("since", "since", "date", "2026-11-22"),
)
ABSENCE = Absence("stock", GONE, frozenset({"since"}), ("kind", "since"))
A1, B1, C1 = ("A", 1, "Anna"), ("B", 1, "Bert"), ("C", 1, "Carl")


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = bench_of(request.param, tmp_path)
    yield made
    made.target.close()


def stock(conflict: str = "overwrite", absence: Absence | None = ABSENCE, **more: Any) -> BookingPlan:
    """Returns the plan of a feed that holds everything: what comes back brings its kind, and takes the day out."""
    made = plan(fields=FIELDS, **more)
    back = tuple(
        WrittenField(name, column, kind, key=False, blank="clear", required_for_new=False, default=None, conflict=conflict)  # type: ignore[arg-type]
        for name, column, kind in (("kind", "select", "text"), ("since", "since", "date"))
    )
    return replace(made, fields=(*made.fields, *back), absence=absence)


def staged(bench: Bench, wanted: BookingPlan, rows: Rows, key: str) -> Booking:
    booking = bench.target.begin(wanted, key, 1)
    whole = {line: (*row, "open", None) for line, row in rows.items()}
    for line, row in whole.items():
        booking.stage(block({line: row}))
    return booking


def night(
    bench: Bench,
    key: str,
    rows: Rows,
    wanted: BookingPlan | None = None,
    feed: str = "stock",
    beside: Iterable[tuple[Cell, ...]] = (),
    complete: bool = True,
) -> tuple[Comparison, int]:
    """Books a file of that feed; returns what was compared, and how many rows were found absent."""
    booking = staged(bench, wanted or stock(), rows, key)
    try:
        comparison, forbidden = booking.compare()
        list(forbidden)
        absent = booking.absent(beside) if complete else 0
        booking.book({"key": key, "feed": feed})
    finally:
        booking.abandon()
    return comparison, absent


def states(bench: Bench) -> dict[str, Cell]:
    return {row["code"]: row["select"] for row in bench.rows()}


def changes(bench: Bench, run: str) -> list[Row]:
    return [change for change in bench.changes() if change["run"] == run]


def test_what_the_file_lacks_is_written_logged_and_counted(bench: Bench) -> None:
    assert night(bench, "run-1", {2: A1, 3: B1, 4: C1}) == (Comparison(3, 0, 0, {}), 0)
    bench.edit("acme", "C", 1, balance="7.5000")
    assert night(bench, "run-2", {2: B1}) == (Comparison(0, 0, 1, {}), 2)
    rows = {row["code"]: row for row in bench.rows()}
    assert states(bench) == {"A": "gone", "B": "open", "C": "gone"}
    assert {code: (row["balance"], row["since"]) for code, row in rows.items()} == {
        "A": ("0.0000", "2026-11-22"),
        "B": (None, None),
        "C": ("0.0000", "2026-11-22"),
    }
    told = changes(bench, "run-2")
    assert [(one["line"], one["kind"], one["key"]["code"]) for one in sorted(told, key=lambda one: -one["line"])] == [
        (-1, "updated", "A"),
        (-2, "updated", "C"),
    ]
    assert {one["key"]["code"]: one["fields"]["kind"] for one in told} == {"A": ["open", "gone"], "C": ["open", "gone"]}
    assert {one["key"]["code"]: one["fields"]["since"] for one in told} == {c: [None, "2026-11-22"] for c in "AC"}


def test_what_is_gone_is_left_alone_and_its_day_stays(bench: Bench) -> None:
    night(bench, "run-1", {2: A1, 3: B1})
    night(bench, "run-2", {2: B1})
    later = replace(ABSENCE, gone=(*GONE[:2], ("since", "since", "date", "2026-12-24")))
    assert night(bench, "run-3", {2: B1}, stock(absence=later)) == (Comparison(0, 0, 1, {}), 0)
    assert {row["code"]: row["since"] for row in bench.rows()} == {"A": "2026-11-22", "B": None}


def test_what_comes_back_is_reopened_and_counted(bench: Bench) -> None:
    night(bench, "run-1", {2: A1, 3: B1, 4: C1})
    night(bench, "run-2", {2: B1})
    bench.edit("acme", "B", 1, select="disputed")
    comparison, absent = night(bench, "run-3", {2: A1, 3: ("B", 1, "Bea")})
    assert (comparison.updated, comparison.reopened, absent) == (2, 1, 0), "what was not gone does not come back"
    assert states(bench) == {"A": "open", "B": "open", "C": "gone"}
    assert {row["code"]: row["since"] for row in bench.rows()}["A"] is None


def test_only_rows_that_imports_of_this_feed_created_are_touched(bench: Bench) -> None:
    night(bench, "run-1", {2: A1})
    night(bench, "run-2", {2: B1}, feed="another", complete=False)
    night(bench, "run-3", {2: ("A", 1, "Anna"), 3: C1}, stock(tenant="umbrella"))
    bench.put(tenant="acme", code="T", site=1, name="typed in", select="open")
    assert night(bench, "run-4", {2: ("Z", 9, "new")})[1] == 1
    told = {(row["tenant"], row["code"]): row["select"] for row in bench.rows()}
    assert told == {
        ("acme", "A"): "gone",
        ("acme", "B"): "open",
        ("acme", "T"): "open",
        ("acme", "Z"): "open",
        ("umbrella", "A"): "open",
        ("umbrella", "C"): "open",
    }


def test_a_row_that_was_undone_and_is_there_again_by_other_means_is_not_touched(bench: Bench) -> None:
    night(bench, "run-1", {2: B1})
    night(bench, "run-2", {2: B1, 3: A1})
    booked = stock(absence=None)
    assert undo(bench, booked, "run-2", {3: (*A1, "open", None)}, key="undo-2")["A"] == "reverted deleted"
    bench.put(tenant="acme", code="A", site=1, name="typed in", select="open")
    assert night(bench, "run-3", {2: B1})[1] == 0
    assert states(bench)["A"] == "open"


def test_all_keys_of_the_file_count_as_there(bench: Bench) -> None:
    night(bench, "run-1", {2: A1, 3: B1, 4: C1, 5: ("D", 1, "Dora")})
    booking = staged(bench, stock(), {2: A1, 3: B1, 4: ("B", 1, "Bea")}, "run-2")
    booking.withdraw([(("B", 1), 2)])
    comparison, _ = booking.compare()
    assert (comparison.unchanged, booking.absent([("C", 1)])) == (1, 1)
    booking.book({"feed": "stock"})
    assert states(bench) == {"A": "open", "B": "open", "C": "open", "D": "gone"}


def test_forbidden_rows_count_as_there(bench: Bench) -> None:
    night(bench, "run-1", {2: A1, 3: B1})
    assert night(bench, "run-2", {2: A1, 3: ("N", 1, "new")}, stock(mode="update_only"))[1] == 1
    assert states(bench) == {"A": "open", "B": "gone"}


def test_nothing_is_written_unless_it_is_asked_for(bench: Bench) -> None:
    night(bench, "run-1", {2: A1, 3: B1})
    assert night(bench, "run-2", {2: A1}, complete=False) == (Comparison(0, 0, 1, {}), 0)
    assert night(bench, "run-3", {2: A1}, stock(absence=None)) == (Comparison(0, 0, 1, {}), 0)
    assert states(bench) == {"A": "open", "B": "open"}
    booking = staged(bench, stock(), {2: A1}, "run-4")
    with pytest.raises(BookkeepingError, match="before the comparison"):
        booking.absent([])
    booking.abandon()


def test_a_preview_counts_the_same_shows_it_and_keeps_nothing(bench: Bench) -> None:
    night(bench, "run-1", {2: A1, 3: B1, 4: C1, 5: ("D", 1, "Dora")})
    before = [dict(row) for row in bench.rows()]
    for _ in range(2):
        seen = bench.target.preview(stock())
        seen.stage(block({2: ("A", 1, "Ann", "open", None), 3: (*C1, "open", None)}))
        seen.withdraw([(("C", 1), 1)])
        assert seen.compare()[0] == Comparison(0, 1, 0, {})
        assert seen.absent([("D", 1)]) == 1
        assert seen.sample(4) == [
            Change(2, {"code": "A", "site": 1}, {"name": "Anna"}, {"name": "Ann"}),
            Change(
                -1,
                {"code": "B", "site": 1},
                {"kind": "open", "balance": None, "since": None},
                {"kind": "gone", "balance": "0.0000", "since": "2026-11-22"},
            ),
        ]
        seen.abandon()
    assert bench.rows() == before


def test_an_undo_takes_them_back(bench: Bench) -> None:
    night(bench, "run-1", {2: A1, 3: B1, 4: C1})
    before = [dict(row) for row in bench.rows()]
    night(bench, "run-2", {2: ("A", 1, "Ann")})
    assert undo(bench, stock(), "run-2", None) == {
        "A": "reverted updated name",
        "B": "reverted updated kind balance since",
        "C": "reverted updated kind balance since",
    }
    assert bench.rows() == before
    assert night(bench, "run-3", {2: A1})[1] == 2, "what was taken back can be lacking again"


@pytest.mark.parametrize("edited", [False, True])
def test_what_is_gone_is_no_local_edit(bench: Bench, edited: bool) -> None:
    keeps = stock("keep_local_edits")
    night(bench, "run-1", {2: A1, 3: B1}, keeps)
    assert night(bench, "run-2", {2: B1}, keeps)[1] == 1
    if edited:
        bench.edit("acme", "A", 1, select="disputed")
    comparison, _ = night(bench, "run-3", {2: A1, 3: B1}, keeps)
    assert (comparison.updated, comparison.reopened) == (1, 0 if edited else 1)
    assert states(bench)["A"] == ("disputed" if edited else "open")
    assert comparison.effects.get("kept_edited", {}) == ({"kind": 1} if edited else {})


def test_an_undo_of_it_is_no_local_edit_either(bench: Bench) -> None:
    keeps = stock("keep_local_edits")
    night(bench, "run-1", {2: A1, 3: B1}, keeps)
    night(bench, "run-2", {2: B1}, keeps)
    undo(bench, keeps, "run-2", None)
    assert night(bench, "run-3", {2: A1, 3: B1}, keeps) == (Comparison(0, 0, 2, {}), 0)


def test_a_column_that_is_missing_is_named(bench: Bench) -> None:
    lacking = replace(ABSENCE, gone=(("status", "no_such_column", "text", "gone"),), telling=())
    with pytest.raises(OperatorError, match="no_such_column"):
        bench.target.begin(stock(absence=lacking), "run-1", 1)


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_rows_that_somebody_else_changed_meanwhile_are_not_written(kind: str, tmp_path: Path) -> None:
    bench = bench_of(kind, tmp_path)
    night(bench, "run-1", {2: A1, 3: B1})
    booking = staged(bench, stock(), {2: A1}, "run-2")
    comparison, _ = booking.compare()
    assert (comparison.unchanged, booking.absent([])) == (1, 1)
    bench.edit("acme", "B", 1, select="disputed")
    with pytest.raises(WeatherError, match="It will be compared anew"):
        booking.book({"feed": "stock"})
    booking.abandon()
    assert states(bench) == {"A": "open", "B": "disputed"}
    assert changes(bench, "run-2") == []
    assert night(bench, "run-2", {2: A1})[1] == 1
    assert states(bench) == {"A": "open", "B": "gone"}
    bench.target.close()
