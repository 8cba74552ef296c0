"""Taking a run back: every target puts the table back as it was, keeps what was changed since, and can take that back again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.targets import (
    CUSTOMER,
    KINDS,
    Bench,
    MemoryBench,
    PostgresqlBench,
    Row,
    SqliteBench,
    bench_of,
    block,
    book,
    plan,
)
from tests.contract.test_target_agreement import CELLS, SPELLED, Before, Night, befores, nights, play

from nightclerk.core.booking import BookingPlan
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.reading import Cell
from nightclerk.core.undo import RowUndone, UndoPlan, UndoTally
from nightclerk.ports import AlreadyBooked

FIELDS = ("code", "site", "name")
Rows = dict[int, tuple[Cell, ...]]


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = bench_of(request.param, tmp_path)
    yield made
    made.target.close()


def undoing(booked: BookingPlan, run: str, void: tuple[str, ...] = ()) -> UndoPlan:
    return UndoPlan(
        booking=booked,
        types={name: field.type for name, field in CUSTOMER.fields.items()},
        columns={name: CUSTOMER.column(name) for name in CUSTOMER.fields},
        made={
            name: value
            for column, _, value in booked.absent_defaults
            for name in CUSTOMER.fields
            if CUSTOMER.column(name) == column
        },
        run=run,
        void=frozenset(void),
    )


def undo(
    bench: Bench,
    booked: BookingPlan,
    run: str,
    file: Rows | None,
    key: str | None = "undo",
    void: tuple[str, ...] = (),
    size: int = 2,
) -> dict[str, str]:
    """Takes the run back, reading its file again where that is needed; returns code → what became of it."""
    rows: list[RowUndone] = []
    work = bench.target.undo(undoing(booked, run, void), key, 1)
    try:
        if work.needs_file() and file is not None:
            lines = list(file)
            for start in range(0, len(lines), size):
                rows += work.made(block({line: file[line] for line in lines[start : start + size]}))
        for page in work.others():
            rows += page
        tally = UndoTally()
        tally.add(rows)
        assert len(rows) == sum(tally.reverted.values()) + tally.kept + sum(tally.could_not.values())
        if key is not None:
            work.book({"key": key})
    finally:
        work.abandon()
    return {str(row.key["code"]): told(row) for row in rows}


def rows_of(bench: Bench) -> list[Row]:
    """The table as it stands now: the memory twin hands out its own rows."""
    return [dict(row) for row in bench.rows()]


def told(row: RowUndone) -> str:
    found = row.decision
    kept = f" but {', '.join(found.kept)}" if found.kept else ""
    return " ".join(filter(None, [found.outcome, found.act, *found.fields, found.reason])) + kept


def test_a_run_is_taken_back_row_by_row(bench: Bench) -> None:
    upsert = plan(fields=FIELDS)
    first: Rows = {2: ("A", 1, "a"), 3: ("B", 1, "b")}
    book(bench.target, upsert, first, "run-1")
    before = rows_of(bench)
    second: Rows = {2: ("A", 1, "a2"), 3: ("B", 1, "b"), 4: ("C", 1, "c"), 5: ("D", 1, None)}
    book(bench.target, upsert, second, "run-2")
    after = rows_of(bench)
    expected = {"C": "reverted deleted", "D": "reverted deleted", "A": "reverted updated name"}
    assert undo(bench, upsert, "run-2", second, key=None) == expected
    assert rows_of(bench) == after, "a preview changes nothing"
    assert undo(bench, upsert, "run-2", second) == expected
    assert rows_of(bench) == before
    assert bench.target.receipt("undo") == {"key": "undo"}
    logged = {change["key"]["code"]: change for change in bench.changes() if change["run"] == "undo"}
    assert {code: change["kind"] for code, change in logged.items()} == {"A": "updated", "C": "deleted", "D": "deleted"}
    assert logged["A"]["fields"] == {"name": ["a2", "a"]}
    assert logged["C"]["fields"]["name"] == "c", "the log has all of the row that is gone"
    with pytest.raises(AlreadyBooked):
        undo(bench, upsert, "run-2", second)


def test_the_undo_of_an_undo_needs_no_file(bench: Bench) -> None:
    upsert = plan(fields=FIELDS)
    book(bench.target, upsert, {2: ("A", 1, "a")}, "run-1")
    before = rows_of(bench)
    second: Rows = {2: ("A", 1, "a2"), 3: ("C", 1, "c")}
    book(bench.target, upsert, second, "run-2")
    after = rows_of(bench)
    undo(bench, upsert, "run-2", second, "undo-1")
    expected = {"A": "reverted updated name", "C": "reverted created"}
    assert undo(bench, upsert, "undo-1", None, "undo-2", ("run-2", "undo-1")) == expected
    assert rows_of(bench) == after
    assert undo(bench, upsert, "undo-2", None, "undo-3", ("undo-1", "undo-2")) == expected | {"C": "reverted deleted"}
    assert rows_of(bench) == before
    assert undo(bench, upsert, "undo-3", None, "undo-4", ("run-2", "undo-1", "undo-2", "undo-3")) == expected
    assert undo(bench, upsert, "run-2", second, "undo-5", ("undo-1", "undo-2", "undo-3", "undo-4"))
    assert rows_of(bench) == before


def test_what_was_changed_since_is_kept(bench: Bench) -> None:
    upsert = plan(fields=(*FIELDS, "balance"))
    first: Rows = {line: (code, 1, "old", "1.0000") for line, code in enumerate("ABC", 2)}
    book(bench.target, upsert, first, "run-1")
    second: Rows = {line: (code, 1, "new", "2.0000") for line, code in enumerate("ABCDEFGH", 2)}
    book(bench.target, upsert, second, "run-2")
    bench.edit("acme", "A", 1, name="typed in")
    bench.edit("acme", "B", 1, name="typed in", balance="3.0000")
    bench.edit("acme", "D", 1, name="typed in")
    bench.edit("acme", "E", 1, credit_limit="9.0000")
    before = {row["code"]: row for row in rows_of(bench)}
    assert undo(bench, upsert, "run-2", second) == {
        "A": "reverted updated balance but name",
        "B": "kept but name, balance",
        "C": "reverted updated name balance",
        "D": "kept but name",
        "E": "kept but credit_limit",
        **dict.fromkeys("FGH", "reverted deleted"),
    }
    assert {row["code"]: row for row in rows_of(bench)} == {
        "A": before["A"] | {"balance": "1.0000"},
        "B": before["B"],
        "C": before["C"] | {"name": "old", "balance": "1.0000"},
        "D": before["D"],
        "E": before["E"],
    }


def test_what_later_runs_changed_is_kept_even_where_it_looks_the_same(bench: Bench) -> None:
    upsert = plan(fields=FIELDS)
    book(bench.target, upsert, {2: ("A", 1, "a")}, "run-1")
    second: Rows = {2: ("A", 1, "b"), 3: ("C", 1, "c")}
    book(bench.target, upsert, second, "run-2")
    book(bench.target, upsert, {2: ("A", 1, "x"), 3: ("C", 1, "x")}, "run-3")
    book(bench.target, upsert, second, "run-4")
    assert undo(bench, upsert, "run-2", second, key=None) == {"A": "kept but name", "C": "kept"}
    void = ("run-3", "run-4")
    assert undo(bench, upsert, "run-2", second, key=None, void=void) == {"A": "reverted updated name", "C": "reverted deleted"}


def test_what_cannot_be_taken_back_says_why(bench: Bench) -> None:
    upsert = plan(fields=FIELDS)
    file: Rows = {2: ("A", 1, "a"), 3: ("B", 1, "b")}
    book(bench.target, upsert, file, "run-1")
    assert undo(bench, upsert, "run-1", None, None) == dict.fromkeys("AB", "could_not no_file")
    assert undo(bench, upsert, "run-1", {2: ("A", 1, "a")}, None) == {"A": "reverted deleted", "B": "could_not no_file"}
    other: Rows = {2: ("X", 1, "a"), 3: ("B", 1, "b")}
    if not isinstance(bench, MemoryBench):
        assert undo(bench, upsert, "run-1", other, None) == {"A": "could_not no_file", "B": "reverted deleted"}
    undo(bench, upsert, "run-1", file, "undo-1")
    assert undo(bench, upsert, "run-1", file, "undo-2", ("undo-1",)) == dict.fromkeys("AB", "could_not gone")
    with pytest.raises(OperatorError, match="no receipt"):
        undo(bench, upsert, "run-9", file, "undo-3")


def test_defaults_that_the_run_wrote_are_its_own(bench: Bench) -> None:
    made = plan(fields=FIELDS, defaults={"name": "usual"}, absent_defaults=(("balance", "money", "0.0000"),))
    file: Rows = {2: ("A", 1, None)}
    book(bench.target, made, file, "run-1")
    assert undo(bench, made, "run-1", file) == {"A": "reverted deleted"}


def test_other_tenants_rows_are_never_touched(bench: Bench) -> None:
    upsert = plan(fields=FIELDS)
    bench.put(tenant="other", code="A", site=1, name="a")
    file: Rows = {2: ("A", 1, "a")}
    book(bench.target, upsert, file, "run-1")
    undo(bench, upsert, "run-1", file)
    assert [(row["tenant"], row["name"]) for row in rows_of(bench)] == [("other", "a")]


def test_nothing_of_an_undo_is_seen_before_it_is_booked(bench: Bench) -> None:
    upsert = plan(fields=FIELDS)
    file: Rows = {2: ("A", 1, "a")}
    book(bench.target, upsert, file, "run-1")
    before, log = rows_of(bench), bench.changes()
    work = bench.target.undo(undoing(upsert, "run-1"), "undo", 1)
    work.made(block(file))
    assert rows_of(bench) == before
    with pytest.raises(WeatherError):
        bench.target.begin(upsert, "run-2", 1)
    work.abandon()
    work.abandon()
    assert (rows_of(bench), bench.changes(), bench.target.receipt("undo")) == (before, log, None)
    book(bench.target, upsert, file, "run-2")


def test_the_memory_of_what_imports_brought_follows(bench: Bench) -> None:
    keeps = plan(fields=FIELDS, conflict={"name": "keep_local_edits"})
    first: Rows = {2: ("A", 1, "a")}
    book(bench.target, keeps, first, "run-1")
    second: Rows = {2: ("A", 1, "a2"), 3: ("B", 1, "b2")}
    book(bench.target, keeps, second, "run-2")
    undo(bench, keeps, "run-2", second, "undo-1")
    third: Rows = {2: ("A", 1, "a3"), 3: ("B", 1, "b3")}
    comparison, _ = book(bench.target, keeps, third, "run-3")
    assert (comparison.created, comparison.updated, comparison.effects) == (1, 1, {}), "what was put back is no local edit"
    undo(bench, keeps, "run-3", third, "undo-2", ("run-2", "undo-1"))
    undo(bench, keeps, "undo-2", None, "undo-3", ("run-2", "undo-1", "run-3", "undo-2"))
    comparison, _ = book(bench.target, keeps, {2: ("A", 1, "a4"), 3: ("B", 1, "b4")}, "run-4")
    assert (comparison.updated, comparison.effects) == (2, {})


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_row_that_others_refer_to_is_left(kind: str, tmp_path: Path) -> None:
    bench = bench_of(kind, tmp_path)
    assert isinstance(bench, SqliteBench | PostgresqlBench)
    bench.run(
        'CREATE TABLE "no:tes" (tenant text, customer text, at bigint, '
        "FOREIGN KEY (tenant, customer, at) REFERENCES customers (TENANT, Code, site) ON DELETE CASCADE)"
    )
    upsert = plan(fields=FIELDS)
    file: Rows = {2: ("A", 1, "a"), 3: ("B", 1, "b")}
    book(bench.target, upsert, file, "run-1")
    bench.run("INSERT INTO \"no:tes\" VALUES ('acme', 'A', 1)")
    expected = {"A": "could_not referred", "B": "reverted deleted"}
    assert undo(bench, upsert, "run-1", file, None) == expected
    assert undo(bench, upsert, "run-1", file) == expected
    assert [row["code"] for row in rows_of(bench)] == ["A"]
    assert bench.run('SELECT customer FROM "no:tes"') == [("A",)]
    bench.target.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_rule_that_forbids_one_row_stops_no_other(kind: str, tmp_path: Path) -> None:
    bench = bench_of(kind, tmp_path)
    assert isinstance(bench, SqliteBench | PostgresqlBench)
    upsert = plan(fields=FIELDS)
    book(bench.target, upsert, {2: ("A", 1, "a"), 3: ("B", 1, "b"), 4: ("C", 1, "c")}, "run-1")
    bench.run("CREATE UNIQUE INDEX one_name ON customers (name)")
    second: Rows = {2: ("A", 1, "x"), 3: ("B", 1, "y"), 4: ("C", 1, "z")}
    book(bench.target, upsert, second, "run-2")
    bench.put(tenant="other", code="X", site=1, name="b")
    assert undo(bench, upsert, "run-2", second) == {
        "A": "reverted updated name",
        "B": "could_not forbidden",
        "C": "reverted updated name",
    }
    assert [row["name"] for row in rows_of(bench)] == ["a", "y", "c", "b"]
    bench.target.close()


ENTIRE = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def taken_back(bench: Bench, before: Before, played: list[Night]) -> None:
    """Undo after import restores the table to the byte, in every column; undoing that restores what the import had made."""
    for (tenant, (code, site)), values in before.items():
        named = {"select" if name == "kind" else name: value for name, value in values.items()}
        bench.put(tenant=tenant, code=code, site=site, credit_limit="5.0000", **named)
    for number, (made, rows, size, edits) in enumerate(played):
        for (code, site), name, value in edits:
            bench.edit(made.tenant, code, site, **{"select" if name == "kind" else name: value})
        stood = rows_of(bench)
        play(bench, (made, rows, size, []), f"run-{number}")
        booked = rows_of(bench)
        file = dict(rows)
        for turn in range(2):
            void = tuple(f"{number}-{earlier}-{way}" for earlier in range(turn) for way in "ab")
            undo(bench, made, f"run-{number}", file, f"{number}-{turn}-a", void, size)
            assert rows_of(bench) == stood
            undo(bench, made, f"{number}-{turn}-a", None, f"{number}-{turn}-b", (*void, f"run-{number}"))
            assert rows_of(bench) == booked


@ENTIRE
@given(befores(CELLS), st.lists(nights(), min_size=1, max_size=2))
def test_memory_is_as_it_was(before: Before, played: list[Night]) -> None:
    taken_back(MemoryBench(), before, played)


@ENTIRE
@given(befores({**CELLS, **SPELLED}), st.lists(nights(), min_size=1, max_size=2))
def test_sqlite_is_as_it_was(before: Before, played: list[Night]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench = SqliteBench(Path(folder))
        taken_back(bench, before, played)
        bench.target.close()


@pytest.fixture(scope="module")
def standing() -> Iterator[Any]:
    bench = PostgresqlBench()
    yield bench
    bench.target.close()


@pytest.mark.server("postgres")
@ENTIRE
@given(befores(CELLS), st.lists(nights(), min_size=1, max_size=2))
def test_postgresql_is_as_it_was(standing: PostgresqlBench, before: Before, played: list[Night]) -> None:
    standing.empty()
    taken_back(standing, before, played)
