"""What every target promises of a reconciliation (``Target.reconcile``, ``Reconciling``): all that differs is told."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from tests.contract.targets import Bench, MariadbBench, MemoryBench, PostgresqlBench, SqliteBench, block, book, plan
from tests.contract.test_target import ANNA, BERT, CARL, bench
from tests.contract.test_target_agreement import CELLS, SPELLED, Before, Night, befores, nights, play
from tests.examples import examples

from nightclerk.core.booking import BookingPlan, Comparison
from nightclerk.core.reading import Cell
from nightclerk.core.reconciliation import Line, Reckoning, Summed

__all__ = ["bench"]  # the fixture

BALANCE = (Summed("balance", "balance", None, "EUR"),)
BY_KIND = (Summed("balance", "balance", "select", "?", "USUAL"),)
FEW = ("code", "site", "name", "balance")
Rows = dict[int, tuple[Cell, ...]]


@dataclass
class Found:
    comparison: Comparison
    forbidden: list[int]
    reckoning: Reckoning
    different: list[Line]
    only_in_file: list[Line]
    only_in_tables: list[Line]


def whole(
    bench: Bench,
    made: BookingPlan,
    rows: Rows,
    summed: tuple[Summed, ...] = BALANCE,
    beside: tuple[tuple[Cell, ...], ...] = (),
    most: int | None = None,
) -> Found:
    """Stages all rows, withdraws every key that came twice, stages its last row again, and asks for everything."""
    at = [[field.name for field in made.fields].index(name) for name in made.key]
    lines: dict[tuple[Cell, ...], list[int]] = {}
    for line, row in rows.items():
        lines.setdefault(tuple(row[place] for place in at), []).append(line)
    twice = {key: places for key, places in lines.items() if len(places) > 1}
    reconciling = bench.target.reconcile(made, summed)
    try:
        for line, row in rows.items():
            reconciling.stage(block({line: row}))
        reconciling.withdraw((key, len(places)) for key, places in twice.items())
        if twice:
            reconciling.stage(block({places[-1]: rows[places[-1]] for places in twice.values()}))
        reconciling.beside(beside)
        comparison, forbidden = reconciling.compare()
        ruled_out = sorted({one.line for one in forbidden})
        reckoning = reconciling.reckoned()
        assert reckoning.same + reckoning.different + reckoning.only_in_file == len(lines)
        lists = (reconciling.different(most), reconciling.only_in_file(most), reconciling.only_in_tables(most))
        return Found(comparison, ruled_out, reckoning, *map(list, lists))
    finally:
        reconciling.abandon()
        reconciling.abandon()


def test_all_that_differs_is_told(bench: Bench) -> None:
    book(bench.target, plan(), {2: ANNA, 3: BERT, 4: CARL})
    bench.put(tenant="other", code="O", site=1, name="another tenant's", balance="7.0000")
    dora = ("D", 1, "Dora", "3.0000", True, None, None, None)
    bert = ("B", 1, "Bertha", "-0.5000", None, "2026-02-02", None, None)
    found = whole(bench, plan(), {2: ANNA, 7: dora, 5: bert})
    assert found.reckoning == Reckoning(
        1, 1, 1, 1, {"name": {"": 1}, "active": {"kept_blank": 1}, "since": {"": 1}}, {"balance": {"EUR": "9.5000"}}
    )
    assert found.different == [
        (5, "B", "1", "name", "Bertha", "Bert", None),
        (5, "B", "1", "active", None, "false", "kept_blank"),
        (5, "B", "1", "since", "2026-02-02", None, None),
    ]
    assert found.only_in_file == [(7, "D", "1", "Dora", "3.0000", "true", None, None, None, None)]
    assert [line[:3] for line in found.only_in_tables] == [(CARL[0], str(CARL[1]), CARL[2])]
    assert found.comparison == Comparison(1, 1, 1, {"kept_blank": {"active": 1}})


def test_no_more_is_listed_than_was_asked_for(bench: Bench) -> None:
    book(bench.target, plan(fields=FEW), {line: (f"{line}", 1, "a", "1.0000") for line in range(2, 8)})
    rows: Rows = {line: (f"{line}", 1, "b", "2.0000") for line in (2, 3, 4)}
    rows |= {line: (f"{line}", 2, "new", None) for line in (8, 9, 10)}
    found = whole(bench, plan(fields=FEW), rows, most=2)
    assert found.reckoning == Reckoning(0, 3, 3, 3, {"name": {"": 3}, "balance": {"": 3}}, {"balance": {"EUR": "6.0000"}})
    assert [line[0] for line in found.different] == [2, 2]
    assert [line[0] for line in found.only_in_file] == [8, 9]
    assert [line[0] for line in found.only_in_tables] == ["5", "6"]
    assert whole(bench, plan(fields=FEW), rows, most=0).only_in_tables == []


def test_a_key_that_stands_in_a_row_which_is_not_compared_is_not_only_in_the_tables(bench: Bench) -> None:
    book(bench.target, plan(fields=FEW), {2: ("A", 1, "a", None), 3: ("B", 1, "b", None), 4: ("C", 1, "c", None)})
    reconciling = bench.target.reconcile(plan(fields=FEW), ())
    reconciling.stage(block({2: ("A", 1, "a", None), 3: ("A", 1, "b", None)}))
    reconciling.withdraw([(("A", 1), 2)])
    reconciling.beside([("B", 1)])
    reconciling.compare()
    assert reconciling.reckoned() == Reckoning(0, 0, 0, 1, {}, {})
    assert list(reconciling.only_in_tables(None)) == [("C", "1", "c", None)]
    reconciling.abandon()


def test_keys_are_the_same_to_the_character(bench: Bench) -> None:
    book(bench.target, plan(fields=FEW), {2: ("a", 1, "x", None), 3: ("é", 1, "x", None)})
    found = whole(bench, plan(fields=FEW), {2: ("A", 1, "x", None), 3: ("e\u0301", 1, "x", None), 4: ("a ", 1, "x", None)})
    assert (found.reckoning.only_in_file, found.reckoning.only_in_tables) == (3, 2)
    assert [line[0] for line in found.only_in_tables] == ["a", "é"]


@pytest.mark.parametrize("mode", ["create_only", "update_only", "upsert"])
def test_what_an_import_would_reject_is_compared_and_says_why(bench: Bench, mode: str) -> None:
    book(bench.target, plan(fields=FEW), {2: ("A", 1, "a", "1.0000"), 3: ("B", 1, "b", None)})
    rows: Rows = {2: ("A", 1, "z", "1.0000"), 3: ("B", 1, "b", None), 4: ("C", 1, "c", None), 5: ("D", 1, "d", "2.0000")}
    found = whole(bench, plan(mode, FEW, needed=("balance",)), rows)
    assert (found.reckoning.same, found.reckoning.different, found.reckoning.only_in_file) == (1, 1, 2)
    known, few, new = {
        "create_only": ("known_key", "required_for_new", None),
        "update_only": (None, "unknown_key", "unknown_key"),
        "upsert": (None, "required_for_new", None),
    }[mode]
    assert found.different == [(2, "A", "1", "name", "z", "a", known)]
    assert [(line[0], line[-1]) for line in found.only_in_file] == [(4, few), (5, new)]
    assert found.forbidden == {"create_only": [2, 3, 4], "update_only": [4, 5], "upsert": [4]}[mode]


def test_sums_are_exact_and_by_currency_however_amounts_are_written(bench: Bench) -> None:
    values = {
        "1": ("99999999999999.9999", "EUR"),
        "2": ("0.0001", "EUR"),
        "3": ("-12.5", "USD"),
        "4": ("1", None),
        "5": (None, "CHF"),
    }
    for code, (balance, currency) in values.items():
        bench.put(tenant="acme", code=code, site=1, balance=balance, select=currency)
    found = whole(bench, plan(fields=FEW), {}, BY_KIND)
    assert found.reckoning.sums == {"balance": {"EUR": "100000000000000.0000", "USD": "-12.5000", "?": "1.0000"}}
    assert [line[3] for line in found.only_in_tables] == ["99999999999999.9999", "0.0001", "-12.5000", "1.0000", None]


def test_the_default_of_a_blank_is_not_what_the_file_says(bench: Bench) -> None:
    book(bench.target, plan(fields=FEW), {2: ("A", 1, "a", None), 3: ("B", 1, "usual", None)})
    defaults = plan(fields=FEW, defaults={"name": "usual"}, blank={"name": "default"})
    found = whole(bench, defaults, {2: ("A", 1, None, None), 3: ("B", 1, None, None), 4: ("C", 1, None, None)})
    assert found.different == [(2, "A", "1", "name", None, "a", "defaulted")]
    assert found.only_in_file == [(4, "C", "1", None, None, None)]


def test_nobody_waits_for_it_and_it_sees_one_moment(bench: Bench) -> None:
    book(bench.target, plan(fields=FEW), {2: ("A", 1, "a", "1.0000")})
    reconciling = bench.target.reconcile(plan(fields=FEW), BALANCE)
    reconciling.stage(block({2: ("A", 1, "a", "1.0000")}))
    reconciling.compare()
    if not isinstance(bench, MemoryBench):
        bench.put(tenant="acme", code="Z", site=1, name="the application writes meanwhile", balance="5.0000")
        assert book(bench.target, plan(fields=FEW), {3: ("Y", 1, "y", None)}, "run-2")[0].created == 1  # and so does a run
    assert reconciling.reckoned() == Reckoning(1, 0, 0, 0, {}, {"balance": {"EUR": "1.0000"}})
    assert list(reconciling.only_in_tables(None)) == []
    reconciling.abandon()


AGREEMENT = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def agree(benches: list[Bench], before: Before, booked: Night, seen: Night) -> None:
    """Both say the same of any file, and what a preview says of it."""
    for one in benches:
        for (tenant, (code, site)), values in before.items():
            named = {"select" if name == "kind" else name: value for name, value in values.items()}
            one.put(tenant=tenant, code=code, site=site, credit_limit="5.0000", **named)
        play(one, booked, "run-1")
    made, rows, _, _ = seen
    beside = tuple((row[at_code(made)], row[at_site(made)]) for _, row in booked[1][:1]) if booked[0] == made else (("A", 0),)
    first, second = (whole(one, made, dict(rows), BY_KIND, beside) for one in benches)
    assert first == second
    assert len(first.different) == sum(count for of in first.reckoning.fields.values() for count in of.values())
    assert len({line[0] for line in first.different}) == first.reckoning.different
    assert len(first.only_in_file) == first.reckoning.only_in_file
    assert len(first.only_in_tables) == first.reckoning.only_in_tables
    for one in benches:
        one.target.close()


def at_code(made: BookingPlan) -> int:
    return [field.name for field in made.fields].index("code")


def at_site(made: BookingPlan) -> int:
    return [field.name for field in made.fields].index("site")


@AGREEMENT
@given(before=befores(CELLS | SPELLED), booked=nights(), seen=nights())
def test_sqlite_and_its_twin_agree(before: Before, booked: Night, seen: Night) -> None:
    with tempfile.TemporaryDirectory() as folder:
        agree([SqliteBench(Path(folder)), MemoryBench()], before, booked, seen)


@pytest.fixture(scope="module")
def shelf() -> PostgresqlBench:
    """One database for all examples: each finds it empty."""
    return PostgresqlBench()


@AGREEMENT
@given(before=befores(CELLS), booked=nights(), seen=nights())
def test_postgresql_and_its_twin_agree(shelf: PostgresqlBench, before: Before, booked: Night, seen: Night) -> None:
    shelf.empty()
    agree([shelf, MemoryBench()], before, booked, seen)


@pytest.fixture(scope="module")
def rack() -> MariadbBench:
    """As ``shelf``."""
    return MariadbBench()


@pytest.mark.server("mariadb")
@AGREEMENT
@given(before=befores(CELLS), booked=nights(), seen=nights())
def test_mariadb_and_its_twin_agree(rack: MariadbBench, before: Before, booked: Night, seen: Night) -> None:
    rack.empty()
    agree([rack, MemoryBench()], before, booked, seen)


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_on_sqlite_no_writer_waits_and_the_file_stays_as_it_is(tmp_path: Path, journal: str) -> None:
    sqlite = SqliteBench(tmp_path)
    book(sqlite.target, plan(fields=FEW), {line: (f"{line}", 1, "a", "1.0000") for line in range(2, 3000)})
    sqlite.run(f"PRAGMA journal_mode = {journal}")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert whole(sqlite, plan(fields=FEW), {2: ("2", 1, "b", "2.0000")}).reckoning.only_in_tables == 2997
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    reconciling = sqlite.target.reconcile(plan(fields=FEW), BALANCE)
    reconciling.stage(block({2: ("2", 1, "b", "2.0000")}))
    reconciling.compare()
    reconciling.reckoned()
    listed = reconciling.only_in_tables(None)
    next(listed)
    with closing(sqlite3.connect(sqlite.file, timeout=0)) as other, other:
        other.execute("DELETE FROM customers")
    assert len(list(listed)) == 2996
    reconciling.abandon()
