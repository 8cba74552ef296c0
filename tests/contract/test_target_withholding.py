"""Changes are withdrawn after they were compared: every target counts, samples and books what is left, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.targets import KINDS, Bench, bench_of, block, book, plan
from tests.contract.test_target_undo import Rows

FIELDS = ("code", "site", "name")


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = bench_of(request.param, tmp_path)
    yield made
    made.target.close()


@pytest.mark.parametrize("first", [False, True])
def test_what_is_withdrawn_after_the_comparison_is_neither_counted_nor_booked(bench: Bench, first: bool) -> None:
    upsert = plan(fields=FIELDS)
    if not first:
        book(bench.target, upsert, {2: ("A", 1, "a"), 3: ("B", 1, "b"), 4: ("C", 1, "c")}, "run-1")
    rows: Rows = {2: ("A", 1, "new"), 3: ("B", 1, "new"), 4: ("C", 1, "c"), 5: ("D", 1, "d")}
    for comparing in (bench.target.preview(upsert), bench.target.begin(upsert, "run-2", 1)):
        comparing.stage(block(rows))
        found, _ = comparing.compare()
        assert (found.created, found.updated, found.unchanged) == ((4, 0, 0) if first else (1, 2, 1))
        assert [change.line for change in comparing.sample(9)] == ([2, 3, 4, 5] if first else [2, 3, 5])
        comparing.withdraw([(("A", 1), 1)])
        found, _ = comparing.compare()
        assert (found.created, found.updated, found.unchanged) == ((3, 0, 0) if first else (1, 1, 1))
        assert [change.line for change in comparing.sample(9)] == ([3, 4, 5] if first else [3, 5])
        if comparing is not None and hasattr(comparing, "book"):
            comparing.book({"key": "run-2"})
        comparing.abandon()
    names = {row["code"]: row["name"] for row in bench.rows()}
    assert names == ({} if first else {"A": "a"}) | {"B": "new", "C": "c", "D": "d"}
    logged = sorted(change["line"] for change in bench.changes() if change["run"] == "run-2")
    assert logged == ([3, 4, 5] if first else [3, 5])
