"""What every target promises (ports.Target, ports.Booking), the memory twin included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contract.targets import KINDS, Bench, MariadbBench, MemoryBench, PostgresqlBench, bench_of, block, book, plan

from nightclerk.core.booking import Comparison, Forbidden
from nightclerk.core.reading import Block, Cell

ANNA: tuple[Cell, ...] = ("A", 1, "Anna", "10.0000", True, "2026-01-02", "2026-01-02 03:04:05", "x")
BERT: tuple[Cell, ...] = ("B", 1, "Bert", "-0.5000", False, None, None, None)
CARL: tuple[Cell, ...] = ("C", 2, "Çarl 'O\" \\", None, None, "1999-12-31", None, "y")


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = bench_of(request.param, tmp_path)
    yield made
    made.target.close()


def names(bench: Bench) -> list[tuple[Any, ...]]:
    return [(row["tenant"], row["code"], row["site"], row["name"]) for row in bench.rows()]


def test_first_load_creates_every_row_and_logs_it_by_key(bench: Bench) -> None:
    outcome = book(bench.target, plan(), {2: ANNA, 3: BERT, 5: CARL})
    assert outcome == (Comparison(3, 0, 0, {}), [])
    anna = bench.rows()[0]
    assert anna == {
        "tenant": "acme",
        "code": "A",
        "site": 1,
        "name": "Anna",
        "balance": "10.0000",
        "active": True,
        "since": "2026-01-02",
        "seen": "2026-01-02 03:04:05",
        "select": "x",
        "credit_limit": None,
    }
    assert names(bench) == [("acme", "A", 1, "Anna"), ("acme", "B", 1, "Bert"), ("acme", "C", 2, "Çarl 'O\" \\")]
    assert [(c["line"], c["kind"], c["key"], c["fields"]) for c in bench.changes()] == [
        (2, "created", {"code": "A", "site": 1}, None),
        (3, "created", {"code": "B", "site": 1}, None),
        (5, "created", {"code": "C", "site": 2}, None),
    ]
    assert {(c["run"], c["tenant"], c["entity"]) for c in bench.changes()} == {("run-1", "acme", "customer")}


def test_second_load_writes_only_what_differs(bench: Bench) -> None:
    book(bench.target, plan(), {2: ANNA, 3: BERT, 4: CARL})
    bert = ("B", 1, "Bertha", "-0.5000", True, "2026-02-02", None, None)
    dora = ("D", 1, "Dora", None, None, None, None, None)
    outcome = book(bench.target, plan(), {2: ANNA, 3: bert, 4: CARL, 5: dora}, "run-2")
    assert outcome == (Comparison(1, 1, 2, {}), [])
    assert [(c["line"], c["kind"], c["fields"]) for c in bench.changes()[3:]] == [
        (3, "updated", {"name": ["Bert", "Bertha"], "active": [False, True], "since": [None, "2026-02-02"]}),
        (5, "created", None),
    ]
    assert names(bench)[1] == ("acme", "B", 1, "Bertha")


def test_the_same_again_changes_nothing(bench: Bench) -> None:
    rows = {2: ANNA, 3: BERT, 4: CARL}
    book(bench.target, plan(), rows)
    before = bench.rows()
    assert book(bench.target, plan(), rows, "run-2") == (Comparison(0, 0, 3, {}), [])
    assert bench.rows() == before
    assert len(bench.changes()) == 3


def test_a_blank_keeps_or_clears(bench: Bench) -> None:
    book(bench.target, plan(), {2: ANNA, 3: BERT})
    blank = ("A", 1, None, None, None, None, None, None)
    changed = ("B", 1, None, "7.0000", None, None, None, None)
    outcome = book(bench.target, plan(clear=("balance", "since")), {2: blank, 3: changed}, "run-2")
    cleared = {"balance": 1, "since": 1}
    effects = {"kept_blank": {"name": 2, "active": 2, "seen": 1, "kind": 1}, "cleared": cleared}
    assert outcome == (Comparison(0, 2, 0, effects), [])
    anna, bert = bench.rows()
    assert (anna["name"], anna["balance"], anna["active"], anna["since"]) == ("Anna", None, True, None)
    assert (bert["name"], bert["balance"], bert["active"]) == ("Bert", "7.0000", False)
    assert bench.changes()[2]["fields"] == {"balance": ["10.0000", None], "since": ["2026-01-02", None]}


def test_a_row_that_only_keeps_values_is_unchanged(bench: Bench) -> None:
    book(bench.target, plan(), {2: ANNA})
    outcome = book(bench.target, plan(), {2: ("A", 1, "Anna", None, True, None, None, "x")}, "run-2")
    assert outcome == (Comparison(0, 0, 1, {"kept_blank": {"balance": 1, "since": 1, "seen": 1}}), [])
    assert len(bench.changes()) == 1


def test_columns_of_others_and_rows_of_other_tenants_are_never_touched(bench: Bench) -> None:
    bench.put(tenant="acme", code="A", site=1, name="old", balance="3.0000", credit_limit="99.0000")
    bench.put(tenant="Acme", code="A", site=1, name="another tenant")
    bench.put(tenant="acme ", code="Z", site=1, name="and another")
    outcome = book(bench.target, plan(fields=("code", "site", "name")), {2: ("A", 1, "new"), 3: ("a", 1, "small")})
    assert outcome == (Comparison(1, 1, 0, {}), [])
    rows = {(row["tenant"], row["code"]): row for row in bench.rows()}
    assert rows["acme", "A"] | {"tenant": "", "code": ""} == {
        "tenant": "",
        "code": "",
        "site": 1,
        "name": "new",
        "balance": "3.0000",
        "credit_limit": "99.0000",
        "active": None,
        "since": None,
        "seen": None,
        "select": None,
    }
    assert rows["Acme", "A"]["name"] == "another tenant"
    assert rows["acme ", "Z"]["name"] == "and another"
    assert rows["acme", "a"]["name"] == "small"


@pytest.mark.parametrize("known", [False, True])
def test_create_only_forbids_every_known_key(bench: Bench, known: bool) -> None:
    if known:
        book(bench.target, plan(), {2: ANNA, 3: BERT})
    outcome = book(bench.target, plan("create_only"), {2: CARL, 3: BERT, 4: ("A", 1, *CARL[2:])}, "run-2")
    if known:
        assert outcome == (Comparison(1, 0, 0, {}), [Forbidden(3, "known_key"), Forbidden(4, "known_key")])
        assert names(bench)[0] == ("acme", "A", 1, "Anna")
    else:
        assert outcome == (Comparison(3, 0, 0, {}), [])
    assert len(bench.rows()) == 3


def test_update_only_forbids_every_unknown_key(bench: Bench) -> None:
    book(bench.target, plan(), {2: ANNA})
    rows = {2: CARL, 3: ("A", 1, "Anne", *ANNA[3:]), 4: BERT}
    outcome = book(bench.target, plan("update_only", needed=("since",)), rows, "run-2")
    assert outcome == (Comparison(0, 1, 0, {}), [Forbidden(2, "unknown_key"), Forbidden(4, "unknown_key")])
    assert names(bench) == [("acme", "A", 1, "Anne")]
    assert book(bench.target, plan("update_only"), {7: ("A", 1, "Anne", *ANNA[3:])}, "run-3")[0].unchanged == 1


def test_update_only_into_an_empty_table_forbids_all(bench: Bench) -> None:
    outcome = book(bench.target, plan("update_only"), {2: ANNA, 3: BERT})
    assert outcome == (Comparison(0, 0, 0, {}), [Forbidden(2, "unknown_key"), Forbidden(3, "unknown_key")])
    assert bench.rows() == []


@pytest.mark.parametrize("known", [False, True])
def test_new_rows_need_what_is_required_for_new(bench: Bench, known: bool) -> None:
    if known:
        book(bench.target, plan(), {2: BERT})
    rows = {2: ANNA, 3: BERT, 4: CARL, 5: ("D", 9, None, None, None, None, None, None)}
    needed = plan(needed=("name", "since", "kind"), defaults={"kind": "z"})
    comparison, forbidden = book(bench.target, needed, rows, "run-2")
    assert comparison == Comparison(2, 0, int(known), {})
    last = [Forbidden(5, "required_for_new", "name"), Forbidden(5, "required_for_new", "since")]
    assert forbidden == ([] if known else [Forbidden(3, "required_for_new", "since")]) + last
    assert [row["code"] for row in bench.rows()] == (["A", "B", "C"] if known else ["A", "C"])


def test_fields_that_new_rows_need_and_the_file_lacks_forbid_all_new_rows(bench: Bench) -> None:
    book(bench.target, plan(), {2: ANNA})
    lacking = plan(fields=("code", "site", "name"), missing_for_new=("since", "kind"))
    comparison, forbidden = book(bench.target, lacking, {2: ("A", 1, "Anne"), 3: ("B", 1, "Bert")}, "run-2")
    assert comparison == Comparison(0, 1, 0, {})
    assert forbidden == [Forbidden(3, "required_for_new", "since"), Forbidden(3, "required_for_new", "kind")]


def test_defaults_fill_new_rows_alone(bench: Bench) -> None:
    defaults: dict[str, Cell] = {"balance": "0.0000", "active": True}
    some = plan(fields=("code", "site", "balance", "active"), defaults=defaults, absent_defaults=(("select", "text", "EUR"),))
    bench.put(tenant="acme", code="A", site=1)
    book(bench.target, some, {2: ("A", 1, None, None), 3: ("B", 1, None, False)})
    assert [(row["balance"], row["active"], row["select"]) for row in bench.rows()] == [
        (None, None, None),
        ("0.0000", False, "EUR"),
    ]


def test_a_tenant_may_have_the_table_to_itself(bench: Bench) -> None:
    bench.put(tenant="", code="A", site=1, name="Anna")
    alone = plan(tenant_column=None, absent_defaults=(("tenant", "text", ""),), fields=("code", "site", "name"))
    if not isinstance(bench, MemoryBench):
        bench.run("CREATE UNIQUE INDEX alone ON customers (code, site)")
    assert book(bench.target, alone, {2: ("A", 1, "Anne"), 3: ("B", 1, "Bert")}) == (Comparison(1, 1, 0, {}), [])
    assert [row["name"] for row in bench.rows()] == ["Anne", "Bert"]


@pytest.mark.parametrize("known", [False, True])
def test_withdrawn_keys_leave_no_trace_and_may_be_staged_again(bench: Bench, known: bool) -> None:
    if known:
        book(bench.target, plan(), {2: ANNA, 3: BERT})
    booking = bench.target.begin(plan(), "run-2", 1)
    booking.stage(block({2: ANNA, 3: ("A", 1, None, *ANNA[3:]), 4: BERT}))
    booking.stage(block({5: ("A", 1, "Anne", *ANNA[3:]), 6: CARL, 7: CARL}))
    booking.withdraw((key, count) for key, count in [(("A", 1), 3), (("C", 2), 2), (("never", 1), 0)])
    booking.stage(block({5: ("A", 1, "Anne", *ANNA[3:])}))
    comparison, forbidden = booking.compare()
    assert list(forbidden) == []
    assert comparison == (Comparison(0, 1, 1, {}) if known else Comparison(2, 0, 0, {}))
    booking.book({})
    assert names(bench) == [("acme", "A", 1, "Anne"), ("acme", "B", 1, "Bert")]
    assert [change["line"] for change in bench.changes() if change["run"] == "run-2"] == ([5] if known else [4, 5])


def test_withdrawing_nothing_and_staging_nothing_are_allowed(bench: Bench) -> None:
    booking = bench.target.begin(plan(), "run-1", 1)
    booking.stage(Block(0, [], [[] for _ in plan().fields]))
    booking.withdraw([])
    comparison, forbidden = booking.compare()
    assert (comparison, list(forbidden)) == (Comparison(0, 0, 0, {}), [])
    booking.book({"rows": 0})
    assert bench.target.receipt("run-1") == {"rows": 0}


def test_key_fields_alone_can_be_booked(bench: Bench) -> None:
    keys = plan(fields=("code", "site"))
    assert book(bench.target, keys, {2: ("A", 1)}) == (Comparison(1, 0, 0, {}), [])
    assert book(bench.target, keys, {2: ("A", 1), 3: ("A", 2)}, "run-2") == (Comparison(1, 0, 1, {}), [])


def test_amounts_and_moments_are_compared_by_value(bench: Bench) -> None:
    if isinstance(bench, PostgresqlBench):  # only a column without limits holds amounts in several spellings there
        bench.run("ALTER TABLE customers ALTER balance TYPE numeric")
    if isinstance(bench, MariadbBench):  # it has no such column, and moments in one spelling alone
        pytest.skip("see test_mariadb_target.py")
    amounts = ["12.5", "12.50000", "1234567890123456789012.3456", "0.00", "0.00001", "-12"]
    for at, amount in enumerate(amounts):
        bench.put(tenant="acme", code="A", site=at, balance=amount, seen="2026-01-02T03:04:05.000Z")
    cells = ["12.5000", "12.5000", "1234567890123456789012.3456", "0.0000", "0.0000", "12.0000"]
    rows: dict[int, tuple[Cell, ...]] = {at: ("A", at, cell, "2026-01-02 03:04:05") for at, cell in enumerate(cells)}
    outcome = book(bench.target, plan(fields=("code", "site", "balance", "seen")), rows)
    assert outcome == (Comparison(0, 2, 4, {}), [])
    assert [row["balance"] for row in bench.rows()] == [*amounts[:4], "0.0000", "12.0000"]
    assert bench.changes()[0]["fields"] == {"balance": ["0.00001", "0.0000"]}
