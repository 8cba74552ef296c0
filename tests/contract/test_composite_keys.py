"""Keys of several fields, with numbers, days and truths among them: the whole way on every database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.contract.targets import KINDS, Bench, bench_of, block, book

from nightclerk.core.booking import Comparison, plan_booking
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Cell
from nightclerk.core.rows_wanted import RowsWanted
from nightclerk.core.undo import plan_undo
from nightclerk.targets.memory import MemoryTarget
from nightclerk.targets.tables import create_tables, table_faults

KEY = {
    "code": {"type": "text", "max_length": 20},
    "site": {"type": "integer"},
    "day": {"type": "date"},
    "rate": {"type": "decimal"},
    "net": {"type": "boolean"},
    "at": {"type": "datetime"},
    "currency": {"type": "currency"},
}
ENTITY = Entity.model_validate(
    {
        "entity": "price",
        "table": "prices",
        "key": [*KEY],
        "fields": {**KEY, "amount": {"type": "money"}, "note": {"type": "text"}},
    }
)
FEED = Feed.model_validate(
    {"feed": "prices", "files": "*.csv", "entity": "price", "mapping": {name: name for name in ENTITY.fields}}
)
PLAN = plan_booking("acme", FEED, ENTITY)
FIRST = ("A", 0, "2026-01-01", "0.0000", False, "2026-01-01 00:00:00", "EUR")
#: Keys that differ in one part each, by as little as the part can differ.
KEYS: tuple[tuple[Cell, ...], ...] = (
    FIRST,
    ("a", *FIRST[1:]),
    ("A ", *FIRST[1:]),
    (FIRST[0], -1, *FIRST[2:]),
    (FIRST[0], 2**53 + 1, *FIRST[2:]),
    (FIRST[0], 2**53, *FIRST[2:]),
    (*FIRST[:2], "2026-01-02", *FIRST[3:]),
    (*FIRST[:3], "-0.0001", *FIRST[4:]),
    (*FIRST[:3], "99999999999999.9999", *FIRST[4:]),
    (*FIRST[:4], True, *FIRST[5:]),
    (*FIRST[:5], "2026-01-01 00:00:01", FIRST[6]),
    (*FIRST[:6], "USD"),
)


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = bench_of(request.param, tmp_path, 5.0)
    if isinstance(made.target, MemoryTarget):
        made.target.columns["prices"] = ("tenant", *ENTITY.fields)
        made.target.stored["prices"] = []
    else:
        create_tables(made.url, [ENTITY])  # type: ignore[attr-defined]
        assert table_faults(made.url, [ENTITY]) == []  # type: ignore[attr-defined]
    yield made
    made.target.close()


def rows(*changed: int, keys: tuple[tuple[Cell, ...], ...] = KEYS) -> dict[int, tuple[Cell, ...]]:
    return {line: (*key, "2.0000" if line in changed else "1.0000", None) for line, key in enumerate(keys, 2)}


def standing(bench: Bench) -> list[tuple[Cell, ...]]:
    with closing(bench.target.rows(RowsWanted("acme", ENTITY, tuple(ENTITY.fields)))) as portions:
        return [row for portion in portions for row in zip(*portion, strict=True)]


def test_rows_are_told_apart_by_every_part_of_their_key(bench: Bench) -> None:
    assert book(bench.target, PLAN, rows(), "run-1")[0] == Comparison(len(KEYS), 0, 0, {})
    assert book(bench.target, PLAN, rows(), "run-2")[0].unchanged == len(KEYS)
    outcome = book(bench.target, PLAN, rows(3, 10), "run-3")[0]
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 2, len(KEYS) - 2)
    assert sorted(standing(bench), key=repr) == sorted(rows(3, 10).values(), key=repr)
    assert [tuple(one["key"].values()) for one in bench.changes() if one["fields"]] == [KEYS[1], KEYS[8]]


def test_a_reconciliation_finds_them_by_every_part_of_their_key(bench: Bench) -> None:
    book(bench.target, PLAN, rows(), "run-1")
    comparing = bench.target.reconcile(PLAN, ())
    comparing.stage(block(rows(2, keys=KEYS[:-1])))
    comparing.compare()
    found = comparing.reckoned()
    assert (found.only_in_file, found.different, found.only_in_tables) == (0, 1, 1)
    [line] = comparing.only_in_tables(None)
    assert (line[0], line[1], line[2], line[6]) == ("A", "0", "2026-01-01", "USD")
    comparing.abandon()


def test_they_are_undone_by_every_part_of_their_key(bench: Bench) -> None:
    book(bench.target, PLAN, rows(), "run-1")
    book(bench.target, PLAN, rows(3, 10), "run-2")
    for run in ("run-2", "run-1"):
        undoing = bench.target.undo(
            plan_undo("acme", FEED, ENTITY, run, frozenset({"run-2", "undo-run-2"} - {run})), f"undo-{run}", 1
        )
        outcomes = [row.decision.outcome for row in (undoing.made(block(rows())) if undoing.needs_file() else ())]
        outcomes += [row.decision.outcome for portion in undoing.others() for row in portion]
        undoing.book({"key": f"undo-{run}"})
        assert outcomes == ["reverted"] * (2 if run == "run-2" else len(KEYS))
        assert sorted(standing(bench), key=repr) == (sorted(rows().values(), key=repr) if run == "run-2" else [])
