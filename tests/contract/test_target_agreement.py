"""The target in SQL against the memory twin, its plain model: any tables, blocks, modes and policies, with values that people
type in between, three nights long."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.targets import FIELDS, Bench, MariadbBench, MemoryBench, PostgresqlBench, SqliteBench, block, plan

from nightclerk.core.booking import BookingPlan
from nightclerk.core.reading import Cell

Edit = tuple[tuple[str, int], str, Cell]
Night = tuple[BookingPlan, list[tuple[int, tuple[Cell, ...]]], int, list[Edit]]

CELLS = {
    "name": st.sampled_from([None, "Anna", "anna", "é", "{}", "'\"\\", " "]),
    "balance": st.sampled_from([None, "0.0000", "12.5000", "-99999999999999.9999"]),
    "active": st.sampled_from([None, True, False]),
    "since": st.sampled_from([None, "2026-01-02", "0001-01-01"]),
    "seen": st.sampled_from([None, "2026-01-02 03:04:05"]),
    "kind": st.sampled_from([None, "x", "007", "1e3"]),
}
SPELLED = {
    "balance": st.sampled_from([None, "12.5", "0", "12.5000", "x"]),
    "seen": st.sampled_from([None, "2026-01-02T03:04:05.000Z"]),
}
KEYS = st.tuples(st.sampled_from(["A", "a", "1", "01"]), st.integers(0, 1))


@st.composite
def plans(draw: st.DrawFn) -> BookingPlan:
    values = draw(st.lists(st.sampled_from(FIELDS[2:]), unique=True, max_size=4))
    fields = tuple(draw(st.permutations(["code", "site", *values])))
    default = draw(st.sampled_from([{}, {"name": "new"}, {"active": False, "balance": "1.0000"}]))
    default = {name: value for name, value in default.items() if name in values}
    blanks = {name: draw(st.sampled_from(["keep", "clear", *(["default"] if name in default else [])])) for name in values}
    conflict = st.sampled_from(["overwrite", "overwrite", "fill_empty", "keep_local_edits", "keep_local_edits", "never"])
    return plan(
        draw(st.sampled_from(["upsert", "upsert", "create_only", "update_only"])),
        fields,
        (),
        tuple(name for name in values if draw(st.integers(0, 3)) == 0),
        default,
        blanks,
        {name: draw(conflict) for name in values},
        tenant=draw(st.sampled_from(["acme", "Acme"])),
        missing_for_new=draw(st.sampled_from([(), (), (), ("colour", "size")])),
        absent_defaults=() if "kind" in values else draw(st.sampled_from([(), (("select", "text", "EUR"),)])),
    )


@st.composite
def nights(draw: st.DrawFn) -> Night:
    made = draw(plans())
    cells = st.fixed_dictionaries({name: st.none() | CELLS[name] for name in made_values(made)})
    keyed = draw(st.lists(st.tuples(KEYS, cells), max_size=14))
    rows = [tuple({"code": code, "site": site, **values}[field.name] for field in made.fields) for (code, site), values in keyed]
    edits = draw(
        st.lists(st.sampled_from([*CELLS]).flatmap(lambda name: st.tuples(KEYS, st.just(name), CELLS[name])), max_size=4)
    )
    return made, list(enumerate(rows, 2)), draw(st.integers(1, 5)), edits


def made_values(made: BookingPlan) -> list[str]:
    return [field.name for field in made.fields if not field.key]


def play(bench: Bench, night: Night, key: str) -> object:
    """Somebody types values in; then stages all rows in blocks, withdraws every key that came twice, stages its last row again,
    and books."""
    made, rows, size, edits = night
    for (code, site), name, value in edits:
        bench.edit(made.tenant, code, site, **{"select" if name == "kind" else name: value})
    at = {field.name: place for place, field in enumerate(made.fields)}
    lines: dict[tuple[Cell, ...], list[int]] = {}
    for line, row in rows:
        lines.setdefault((row[at["code"]], row[at["site"]]), []).append(line)
    twice = {found: places for found, places in lines.items() if len(places) > 1}
    booking = bench.target.begin(made, key, 1)
    for start in range(0, len(rows), size):
        booking.stage(block(dict(rows[start : start + size])))
    booking.withdraw((found, len(places)) for found, places in twice.items())
    if twice:
        booking.stage(block({line: row for line, row in rows if line in {places[-1] for places in twice.values()}}))
    comparison, forbidden = booking.compare()
    listed = list(forbidden)
    booking.book({"key": key})
    rejected = len({one.line for one in listed})
    assert comparison.created + comparison.updated + comparison.unchanged + rejected == len(lines)
    return comparison, listed, bench.rows(), bench.changes()


AGREEMENT = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
Before = dict[tuple[str, tuple[Cell, ...]], dict[str, Cell]]


def befores(cells: dict[str, st.SearchStrategy[Cell]]) -> st.SearchStrategy[Before]:
    """What stands in the table before the first night."""
    keys = st.tuples(st.sampled_from(["acme", "Acme", "other"]), KEYS)
    return st.dictionaries(keys, st.fixed_dictionaries(cells), max_size=8)


def agree(benches: list[Bench], before: Before, played: list[Night]) -> None:
    for bench in benches:
        for (tenant, (code, site)), values in before.items():
            named = {"select" if name == "kind" else name: value for name, value in values.items()}
            bench.put(tenant=tenant, code=code, site=site, credit_limit="5.0000", **named)
    for number, night in enumerate(played):
        first, second = (play(bench, night, f"run-{number}") for bench in benches)
        assert first == second
    for bench in benches:
        bench.target.close()


@AGREEMENT
@given(before=befores(CELLS | SPELLED), played=st.lists(nights(), min_size=1, max_size=3))
def test_sqlite_and_its_twin_agree(before: Before, played: list[Night]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        agree([SqliteBench(Path(folder)), MemoryBench()], before, played)


@pytest.fixture(scope="module")
def shelf() -> PostgresqlBench:
    """One database for all examples: each finds it empty."""
    return PostgresqlBench()


@AGREEMENT
@given(before=befores(CELLS), played=st.lists(nights(), min_size=1, max_size=3))
def test_postgresql_and_its_twin_agree(shelf: PostgresqlBench, before: Before, played: list[Night]) -> None:
    shelf.empty()
    agree([shelf, MemoryBench()], before, played)


@pytest.fixture(scope="module")
def rack() -> MariadbBench:
    """One database for all examples, as the shelf is."""
    return MariadbBench()


@pytest.mark.server("mariadb")
@AGREEMENT
@given(before=befores(CELLS), played=st.lists(nights(), min_size=1, max_size=3))
def test_mariadb_and_its_twin_agree(rack: MariadbBench, before: Before, played: list[Night]) -> None:
    rack.empty()
    agree([rack, MemoryBench()], before, played)
