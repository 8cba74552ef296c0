"""What every target promises of reading rows (``Target.rows``), and that conditions mean the same everywhere."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.targets import CUSTOMER, KINDS, TYPES, Bench, PostgresqlBench, SqliteBench, bench_of
from tests.contract.test_target import bench

from nightclerk.core.condition import All, Clause, Condition, Not, Relation, Some
from nightclerk.core.errors import OperatorError
from nightclerk.core.reading import Cell
from nightclerk.core.rows_wanted import PORTION, Order, RowsWanted

__all__ = ["bench"]  # the fixture

READ = ("code", "site", "name", "balance", "active", "since", "seen", "kind", "credit_limit")
ROWS: list[tuple[Cell, ...]] = [
    ("A", 1, "Élan", "9.5000", True, "2026-01-02", "2026-01-02 03:04:05", "x", "100.0000"),
    ("A", 2, "élan", "10.0000", False, "2025-12-31", "2026-01-02 03:04:04", None, None),
    ("B", -3, "Zola % _", "-99999999999999.9999", None, None, None, "a.b", None),
    ("b", 10, "zola", "99999999999999.9999", True, "0999-01-01", "0999-01-01 00:00:00", "A(B", None),
    ("ß", 0, "STRASSE ß", None, None, "2026-01-02", None, "[a]\\d", None),
    ("é", 9, None, "99999999999999.9998", False, "9999-12-31", "9999-12-31 23:59:59", "x'y", "0.0000"),
]


def fill(bench: Bench, rows: list[tuple[Cell, ...]] = ROWS, tenant: str = "acme") -> None:
    for row in rows:
        bench.put(tenant=tenant, **{CUSTOMER.column(name): cell for name, cell in zip(READ, row, strict=True)})


def read(bench: Bench, where: Condition | None = None, *order: Order, fields: tuple[str, ...] = READ) -> list[tuple[Cell, ...]]:
    portions = bench.target.rows(RowsWanted("acme", CUSTOMER, fields, where, order))
    return [row for portion in portions for row in zip(*portion, strict=True)]


def clause(field: str, relation: Relation, value: Cell = None) -> Clause:
    return Clause(field, TYPES[field], relation, value)


def codes(bench: Bench, where: Condition | None, *order: Order) -> list[tuple[Cell, ...]]:
    return read(bench, where, *order, fields=("code", "site"))


def test_all_rows_of_the_tenant_come_in_canonical_form_by_their_key(bench: Bench) -> None:
    fill(bench)
    fill(bench, ROWS[:2], "other")
    assert read(bench) == ROWS


def test_fields_come_as_asked_and_none_is_no_rows(bench: Bench) -> None:
    assert read(bench) == []
    fill(bench, ROWS[:2])
    assert read(bench, fields=("name", "code")) == [("Élan", "A"), ("élan", "A")]


CASES: list[tuple[Condition, str]] = [
    (clause("balance", "<", "10.0000"), "A1 B-3"),
    (clause("balance", ">", "99999999999999.9998"), "b10"),
    (clause("balance", "=", "99999999999999.9998"), "é9"),
    (clause("balance", ">=", "9.5000"), "A1 A2 b10 é9"),
    (clause("name", "=", "élan"), "A2"),
    (clause("name", "<=", "Z"), "ß0"),
    (clause("name", ">", "zol"), "A1 A2 b10"),
    (clause("name", "contains", "LA"), "A1 A2 B-3 b10"),
    (clause("name", "contains", "ÉL"), "A1 A2"),
    (clause("name", "starts with", "zOLA % _"), "B-3"),
    (clause("name", "contains", "ß"), "ß0"),
    (clause("kind", "contains", "a.b"), "B-3"),
    (clause("kind", "contains", "a(b"), "b10"),
    (clause("kind", "contains", "'"), "é9"),
    (clause("kind", "contains", "]\\"), "ß0"),
    (clause("kind", "starts with", "b"), ""),
    (clause("active", "=", True), "A1 b10"),
    (Not(clause("active", "=", True)), "A2 B-3 ß0 é9"),
    (clause("active", "is empty"), "B-3 ß0"),
    (clause("since", ">", "2025-12-31"), "A1 ß0 é9"),
    (clause("since", "<", "1000-01-01"), "b10"),
    (clause("seen", ">", "2026-01-02 03:04:04"), "A1 é9"),
    (clause("seen", "=", "9999-12-31 23:59:59"), "é9"),
    (clause("site", "<", 9), "A1 A2 B-3 ß0"),
    (clause("credit_limit", "=", "0.0000"), "é9"),
    (All((clause("active", "=", True), Not(clause("site", "=", 1)))), "b10"),
    (Some((clause("name", "is empty"), clause("site", "=", 1))), "A1 é9"),
    (Not(Some((clause("name", "<", "é"), clause("site", ">", 9)))), "A2 é9"),
]


def test_a_condition_means_the_same_everywhere(bench: Bench) -> None:
    fill(bench)
    for where, found in CASES:
        assert (where, " ".join(f"{code}{site}" for code, site in codes(bench, where))) == (where, found)


ORDERS: list[tuple[tuple[Order, ...], str]] = [
    ((Order("balance"),), "B-3 A1 A2 é9 b10 ß0"),
    ((Order("balance", True),), "b10 é9 A2 A1 B-3 ß0"),
    ((Order("name"),), "ß0 B-3 b10 A1 A2 é9"),
    ((Order("active"), Order("site", True)), "é9 A2 b10 A1 ß0 B-3"),
    ((Order("since", True),), "é9 A1 ß0 A2 b10 B-3"),
    ((Order("seen"),), "b10 A2 A1 é9 B-3 ß0"),
    ((Order("site"),), "B-3 ß0 A1 A2 é9 b10"),
    ((Order("code", True),), "é9 ß0 b10 B-3 A1 A2"),
]


def test_rows_come_in_the_order_that_is_wanted_blanks_last(bench: Bench) -> None:
    fill(bench)
    for order, found in ORDERS:
        assert (order, " ".join(f"{code}{site}" for code, site in codes(bench, None, *order))) == (order, found)


def test_more_rows_than_a_portion_come_in_several(bench: Bench) -> None:
    fill(bench, [("A", 1, None, None, None, None, None, None, None)])
    if isinstance(bench, SqliteBench | PostgresqlBench):
        numbers = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 12001)"
        bench.run(f"INSERT INTO customers (tenant, code, site) {numbers} SELECT 'acme', 'A', i FROM n")
    else:
        for site in range(2, 12_002):
            bench.put(tenant="acme", code="A", site=site)
    portions = list(bench.target.rows(RowsWanted("acme", CUSTOMER, ("site",))))
    assert [len(portion[0]) for portion in portions] == [PORTION, PORTION, 2_001]
    assert [site for portion in portions for site in portion[0]] == list(range(1, 12_002))


def test_nothing_is_written_and_a_reader_that_stops_early_leaves_nothing_open(bench: Bench) -> None:
    fill(bench)
    before = bench.rows()
    reading = bench.target.rows(RowsWanted("acme", CUSTOMER, READ))
    next(reading)
    bench.edit("acme", "A", 1, name="changed while somebody reads")
    reading.close()
    assert [row["name"] for row in bench.rows() if row["site"] == 1] == ["changed while somebody reads"]
    bench.edit("acme", "A", 1, name="Élan")
    assert bench.rows() == before


def test_a_missing_table_is_told_with_the_first_portion(bench: Bench) -> None:
    elsewhere = CUSTOMER.model_copy(update={"table": "nowhere"})
    with pytest.raises(OperatorError, match="nowhere"):
        next(bench.target.rows(RowsWanted("acme", elsewhere, ("code",))))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "memory"])
def test_random_conditions_find_what_the_twin_finds(kind: str, tmp_path: Path) -> None:
    made, twin = bench_of(kind, tmp_path), bench_of("memory", tmp_path)
    fill(made)
    fill(twin)
    values = {name: sorted({row[place] for row in ROWS} - {None}, key=str) for place, name in enumerate(READ)}  # type: ignore[arg-type]
    ordered: list[Relation] = ["=", "<", "<=", ">", ">="]
    parts: list[Relation] = ["contains", "starts with"]
    clauses = [
        clause(name, relation, value)
        for name in READ
        for relation, value in product(ordered + parts * (TYPES[name] == "text"), values[name])
    ]
    clauses += [clause(name, "is empty") for name in READ]
    conditions = st.recursive(
        st.sampled_from(clauses),
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: Some(tuple(parts))),
        ),
        max_leaves=6,
    )
    orders = st.lists(st.builds(Order, st.sampled_from(READ), st.booleans()), max_size=2, unique_by=lambda one: one.field)

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(conditions, orders)
    def agrees(where: Condition, order: list[Order]) -> None:
        assert read(made, where, *order) == read(twin, where, *order)

    try:
        agrees()
    finally:
        made.target.close()
