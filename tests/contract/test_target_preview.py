"""What every target promises of a preview (``Target.preview``, ``Comparing``): it says what booking would do, and does none."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract.targets import CUSTOMER, Bench, SqliteBench, block, book, plan
from tests.contract.test_target import ANNA, BERT, CARL, bench

from nightclerk.core.booking import BookingPlan, Change, Comparison, Forbidden
from nightclerk.core.errors import BookkeepingError, OperatorError
from nightclerk.core.reading import Cell
from nightclerk.targets.sql import SqlTarget
from nightclerk.targets.tables import create_tables

__all__ = ["bench"]  # the fixture


def preview(
    bench: Bench, plan: BookingPlan, rows: dict[int, tuple[Cell, ...]], most: int = 10
) -> tuple[Comparison, list[Forbidden], list[Change]]:
    comparing = bench.target.preview(plan)
    try:
        for line, row in rows.items():
            comparing.stage(block({line: row}))
        comparison, forbidden = comparing.compare()
        return comparison, list(forbidden), comparing.sample(most)
    finally:
        comparing.abandon()
        comparing.abandon()


def test_the_first_load_is_all_new(bench: Bench) -> None:
    comparison, forbidden, sample = preview(bench, plan(defaults={"kind": "z"}), {2: ANNA, 3: BERT})
    assert (comparison, forbidden) == (Comparison(2, 0, 0, {}), [])
    assert sample == [
        Change(
            2,
            {"code": "A", "site": 1},
            None,
            {
                "code": "A",
                "site": 1,
                "name": "Anna",
                "balance": "10.0000",
                "active": True,
                "since": "2026-01-02",
                "seen": "2026-01-02 03:04:05",
                "kind": "x",
            },
        ),
        Change(
            3,
            {"code": "B", "site": 1},
            None,
            {"code": "B", "site": 1, "name": "Bert", "balance": "-0.5000", "active": False, "kind": "z"},
        ),
    ]
    assert sample[1].after["active"] is False


def test_a_change_says_what_stood_there_and_what_will(bench: Bench) -> None:
    book(bench.target, plan(), {2: ANNA, 3: BERT, 4: CARL})
    bert = ("B", 1, "Bertha", "-0.5000", True, "2026-02-02", None, None)
    dora = ("D", 1, "Dora", None, None, None, None, None)
    comparison, _, sample = preview(bench, plan(), {2: ANNA, 7: dora, 5: bert, 9: CARL})
    assert comparison == Comparison(1, 1, 2, {})
    assert sample == [
        Change(
            5,
            {"code": "B", "site": 1},
            {"name": "Bert", "active": False, "since": None},
            {"name": "Bertha", "active": True, "since": "2026-02-02"},
        ),
        Change(7, {"code": "D", "site": 1}, None, {"code": "D", "site": 1, "name": "Dora"}),
    ]
    assert sample[0].before is not None
    assert sample[0].before["active"] is False


def test_a_blank_that_clears_is_a_change_and_one_that_keeps_is_none(bench: Bench) -> None:
    book(bench.target, plan(), {2: ANNA})
    comparison, _, sample = preview(bench, plan(clear=("since",)), {2: ("A", 1, None, "10.0000", True, None, None, "x")})
    assert comparison == Comparison(0, 1, 0, {"kept_blank": {"name": 1, "seen": 1}, "cleared": {"since": 1}})
    assert sample == [Change(2, {"code": "A", "site": 1}, {"since": "2026-01-02"}, {"since": None})]


def test_what_stands_there_is_shown_in_canonical_form(bench: Bench) -> None:
    bench.put(tenant="acme", code="A", site=1, name="Anna", balance="12.5", seen="2026-01-01 00:00:00.000000")
    rows = {2: ("A", 1, "Anna", "13.0000", None, None, "2026-01-02 00:00:00", None)}
    assert preview(bench, plan(), rows)[2] == [
        Change(
            2,
            {"code": "A", "site": 1},
            {"balance": "12.5000", "seen": "2026-01-01 00:00:00"},
            {"balance": "13.0000", "seen": "2026-01-02 00:00:00"},
        )
    ]


@pytest.mark.parametrize("mode", ["create_only", "update_only", "upsert"])
def test_only_what_would_be_booked_is_shown(bench: Bench, mode: str) -> None:
    book(bench.target, plan(), {2: ANNA})
    rows = {2: ("A", 1, "Anne", *ANNA[3:]), 3: BERT, 4: CARL}
    _, forbidden, sample = preview(bench, plan(mode, needed=("balance",)), rows)
    shown = {"create_only": [3], "update_only": [2], "upsert": [2, 3]}[mode]
    assert [change.line for change in sample] == shown
    assert sorted({one.line for one in forbidden} | set(shown)) == [2, 3, 4]


def test_no_more_is_shown_than_was_asked_for_and_withdrawn_rows_never(bench: Bench) -> None:
    comparing = bench.target.preview(plan())
    comparing.stage(block({2: ANNA, 3: BERT, 4: CARL}))
    comparing.withdraw([(("A", 1), 1)])
    with pytest.raises(BookkeepingError):
        comparing.sample(5)
    assert comparing.compare()[0].created == 2
    assert [change.line for change in comparing.sample(1)] == [3]
    assert [change.line for change in comparing.sample(5)] == [3, 4]
    assert comparing.sample(0) == []
    comparing.abandon()


def test_a_booking_has_a_sample_as_well(bench: Bench) -> None:
    booking = bench.target.begin(plan(), "run-1", 1)
    booking.stage(block({2: ANNA}))
    booking.compare()
    assert [change.line for change in booking.sample(3)] == [2]
    booking.abandon()


def test_nothing_of_it_remains_and_nobody_waits_for_it(bench: Bench) -> None:
    book(bench.target, plan(), {2: ANNA})
    before = bench.rows(), bench.changes(), bench.attempts()
    comparing = bench.target.preview(plan())
    comparing.stage(block({2: ("A", 1, "other", *ANNA[3:]), 3: BERT}))
    comparing.compare()
    bench.put(tenant="acme", code="Z", site=1, name="the application writes meanwhile")
    assert book(bench.target, plan(), {3: CARL}, "run-2")[0].created == 1  # and so does a run
    assert len(comparing.sample(5)) == 2
    comparing.abandon()
    rows, changes, attempts = bench.rows(), bench.changes(), bench.attempts()
    assert [row for row in rows if row["code"] == "A"] == before[0]
    assert (len(rows), len(changes), attempts) == (3, 2, {"run-1": 1, "run-2": 1})


def test_a_preview_runs_beside_an_open_booking(bench: Bench) -> None:
    booking = bench.target.begin(plan(), "run-1", 1)
    booking.stage(block({2: ANNA}))
    assert preview(bench, plan(), {2: ANNA})[0].created == 1
    booking.compare()
    booking.book({})
    assert preview(bench, plan(), {2: ANNA})[0].unchanged == 1


def test_a_missing_table_is_told_as_before_booking(bench: Bench) -> None:
    with pytest.raises(OperatorError, match="does not exist") as told:
        bench.target.preview(replace(plan(), table="nowhere"))
    assert told.value.command == "nightclerk tables create"
    with pytest.raises(OperatorError, match="no column nowhere"):
        bench.target.preview(replace(plan(), tenant_column="nowhere"))


# --- SQLite alone: the file, to the byte --------------------------------------------------------------------------------


@pytest.fixture
def sqlite(tmp_path: Path) -> SqliteBench:
    return SqliteBench(tmp_path)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_the_file_stays_as_it_is_to_the_byte(sqlite: SqliteBench, tmp_path: Path, journal: str) -> None:
    book(sqlite.target, plan(), {2: ANNA})
    assert sqlite.run(f"PRAGMA journal_mode = {journal}") == [(journal,)]
    before = tree(tmp_path)
    assert list(before) == ["app 50%.db"]
    assert preview(sqlite, plan(), {2: BERT, 3: CARL})[0].created == 2
    assert tree(tmp_path) == before


def test_the_log_that_a_crash_left_stays_for_whoever_writes_next(sqlite: SqliteBench, tmp_path: Path) -> None:
    book(sqlite.target, plan(), {2: ANNA})
    crash = "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); os._exit(0)"
    insert = "INSERT INTO customers (tenant, code, site, name) VALUES ('acme', 'B', 1, 'Bert')"
    subprocess.run([sys.executable, "-c", crash, sqlite.file, insert], check=True)
    before = {name: content for name, content in tree(tmp_path).items() if not name.endswith("-shm")}
    assert len(before) == 2
    found, _, sample = preview(sqlite, plan(), {2: BERT})
    assert (found.updated, sample[0].before) == (1, {"balance": None, "active": None})
    assert {name: content for name, content in tree(tmp_path).items() if not name.endswith("-shm")} == before


def test_without_a_log_a_writer_need_not_wait_either(sqlite: SqliteBench) -> None:
    book(sqlite.target, plan(), {2: ANNA})
    sqlite.run("PRAGMA journal_mode = delete")
    comparing = sqlite.target.preview(plan())
    comparing.stage(block({2: BERT}))
    with closing(sqlite3.connect(sqlite.file, timeout=0)) as other, other:
        other.execute("DELETE FROM customers")
    comparing.compare()
    comparing.abandon()
    assert sqlite.rows() == []


def test_asking_for_a_receipt_leaves_the_log_of_a_crash_as_it_is(sqlite: SqliteBench, tmp_path: Path) -> None:
    """What stands in that log is answered all the same: a run that was booked must never be booked again."""
    crash = "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); os._exit(0)"
    insert = (
        "INSERT INTO nightclerk_receipts (run_key, attempt, tenant, entity, table_name, receipt) "
        "VALUES ('run-1', 1, 'acme', 'customer', 'customers', '{}')"
    )
    sqlite.run("PRAGMA journal_mode = wal")
    subprocess.run([sys.executable, "-c", crash, sqlite.file, insert], check=True)
    before = {name: content for name, content in tree(tmp_path).items() if not name.endswith("-shm")}
    assert len(before) == 2
    assert sqlite.target.receipt("run-1") == {}
    assert sqlite.target.receipt("run-2") is None
    assert {name: content for name, content in tree(tmp_path).items() if not name.endswith("-shm")} == before


def test_a_receipt_is_seen_as_soon_as_it_is_committed(bench: Bench) -> None:
    """Also beside a preview that is open, and beside another booking."""
    comparing = bench.target.preview(plan())
    assert bench.target.receipt("run-1") is None
    book(bench.target, plan(), {2: ANNA})
    assert bench.target.receipt("run-1") == {"key": "run-1"}
    comparing.abandon()
    booking = bench.target.begin(plan(), "run-2", 1)
    booking.compare()
    assert (bench.target.receipt("run-1"), bench.target.receipt("run-2")) == ({"key": "run-1"}, None)
    booking.book({"second": True})
    assert bench.target.receipt("run-2") == {"second": True}


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    target = SqlTarget(f"sqlite:///{tmp_path}/none.db")
    assert target.receipt("run-1") is None
    with pytest.raises(OperatorError, match="do not exist") as told:
        target.preview(plan())
    assert told.value.command == "nightclerk tables create"
    assert len(create_tables(f"sqlite:///{tmp_path}/none.db", [CUSTOMER], run=False)) == 5
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("where", ["a file/app.db", f"{'x' * 300}.db"])
def test_a_database_that_nobody_could_reach_is_told_and_not_taken_for_a_missing_one(tmp_path: Path, where: str) -> None:
    (tmp_path / "a file").write_text("")
    target = SqlTarget(f"sqlite:///{tmp_path}/{where}")
    for ask in (lambda: target.receipt("run-1"), lambda: target.preview(plan())):
        with pytest.raises(OperatorError, match="cannot be opened"):
            ask()
