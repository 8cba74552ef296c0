"""Lists, custom fields and members created on the way are taken back with the run that brought them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contract.apart_bench import COLUMNS, CUSTOM, LINKS, LISTS, TYPES, Apart, apart, cell, clients, field, rows
from tests.contract.targets import KINDS, block, book

from nightclerk.core.booking import BookingPlan
from nightclerk.core.reading import Cell
from nightclerk.core.undo import RowUndone, UndoPlan

BOTH = clients("name", "groups", "manager", "vip")
Rows = dict[int, tuple[Cell, ...]]


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Apart]:
    made = apart(request.param, tmp_path)
    yield made
    made.target.close()


def undoing(booked: BookingPlan, run: str, void: tuple[str, ...]) -> UndoPlan:
    written = {one.name: one for one in booked.fields}
    columns = {name: "custom" if name in CUSTOM else name for name in TYPES}
    return UndoPlan(
        booking=booked,
        types=TYPES,
        columns=columns,
        made={},
        run=run,
        void=frozenset(void),
        apart=tuple(written.get(name, field(name)) for name in (*LISTS, *CUSTOM)),
    )


def undo(
    bench: Apart, run: str, file: Rows, key: str | None, void: tuple[str, ...] = (), plan: BookingPlan = BOTH
) -> dict[str, str]:
    """Takes the run back; returns what became of each row by its code or name."""
    done: list[RowUndone] = []
    work = bench.target.undo(undoing(plan, run, void), key, 1)
    try:
        if work.needs_file():
            done += work.made(block(file))
        for page in work.others():
            done += page
        if key is not None:
            work.book({"key": key})
    finally:
        work.abandon()
    return {str(row.key.get("code", row.key.get("name"))): told(row) for row in done}


def told(row: RowUndone) -> str:
    found = row.decision
    kept = f" but {', '.join(found.kept)}" if found.kept else ""
    return " ".join(filter(None, [found.outcome, found.act, *sorted(found.fields), found.reason])) + kept


def everything(bench: Apart) -> list[Any]:
    lists = [sorted(bench.lists(name).items()) for name in LISTS]
    return [sorted(bench.custom().items()), *lists, bench.names("groups", "name")]


def test_a_run_is_taken_back_and_again(bench: Apart) -> None:
    first = rows({"A": ("a", cell("x", "y"), "m", True), "B": ("b", cell("y"), None, None)})
    book(bench.target, BOTH, first, "run-1")
    before = everything(bench)
    second = rows(
        {"A": ("a", cell("y", "z"), "n", False), "B": ("b", cell("y"), "k", None), "C": ("c", cell("x", "new"), "m", True)}
    )
    book(bench.target, BOTH, second, "run-2")
    after = everything(bench)
    expected = {
        "A": "reverted updated groups manager vip",
        "B": "reverted updated manager",
        "C": "reverted deleted",
        "new": "reverted deleted",
        "z": "reverted deleted",
    }
    assert undo(bench, "run-2", second, None) == expected
    assert everything(bench) == after, "a preview changes nothing"
    assert undo(bench, "run-2", second, "undo-1") == expected
    assert everything(bench) == before
    logged = {next(iter(one["key"].values())): one for one in bench.changes("undo-1")}
    assert logged["A"]["fields"] == {"groups": [["y", "z"], ["x", "y"]], "manager": ["n", "m"], "vip": [False, True]}
    assert (logged["z"]["entity"], logged["z"]["kind"]) == ("group", "deleted")
    again = {code: "reverted created" if act == "reverted deleted" else act for code, act in expected.items()}
    assert undo(bench, "undo-1", {}, "undo-2", ("run-2", "undo-1")) == again
    assert everything(bench) == after
    assert undo(bench, "undo-2", {}, "undo-3", ("undo-1", "undo-2")) == expected
    assert everything(bench) == before


def test_what_was_changed_since_is_kept(bench: Apart) -> None:
    book(bench.target, BOTH, rows({"A": ("a", cell("x"), "m", True), "B": ("b", cell("x"), "m", True)}), "run-1")
    second = rows({code: ("new", cell("x", f"in {code}"), "n", False) for code in "ABCDEF"})
    book(bench.target, BOTH, second, "run-2")
    bench.relist("A", "groups", ("x",))
    bench.recustom("B", {"manager": "typed in", "vip": False, "own": 1})
    bench.relist("C", "groups", ("x", "in C", "in A"))
    bench.recustom("D", {"manager": "n", "vip": False, "own": 1})
    bench.member("tags", "red")
    bench.relist("E", "tags", ("red",))
    found = undo(bench, "run-2", second, "undo-1")
    assert found == {
        "A": "reverted updated manager name vip but groups",
        "B": "reverted updated groups name vip but manager",
        "C": "kept but groups",
        "D": "kept but custom",
        "E": "kept but tags",
        "F": "reverted deleted",
        "in A": "could_not referred",
        "in B": "reverted deleted",
        "in C": "could_not referred",
        "in D": "could_not referred",
        "in E": "could_not referred",
        "in F": "reverted deleted",
    }
    assert bench.custom()["B"] == {"manager": "typed in", "vip": True, "own": 1}
    assert bench.lists()["C"] == ["in A", "in C", "x"]
    assert bench.names("groups", "name") == ["in A", "in C", "in D", "in E", "x"]


def test_a_member_that_somebody_has_touched_stays(bench: Apart) -> None:
    first = rows({"A": ("a", cell("x", "y", "z"), None, None)})
    book(bench.target, BOTH, first, "run-1")
    if bench.kind == "memory":
        for row in bench.target.stored["groups"]:
            row["kind"] = "mine" if row["name"] == "y" else row["kind"]
    else:
        bench.run("UPDATE `groups` SET kind = 'mine' WHERE name = 'y'")
    assert undo(bench, "run-1", first, "undo-1") == {
        "A": "reverted deleted", "x": "reverted deleted", "y": "kept but kind", "z": "reverted deleted"
    }  # fmt: skip
    assert bench.names("groups", "name") == ["y"]


def test_what_a_later_run_names_stays(bench: Apart) -> None:
    first = rows({"A": ("a", cell("x", "y"), None, None)})
    book(bench.target, BOTH, first, "run-1")
    book(bench.target, BOTH, rows({"B": ("b", cell("y"), None, None)}), "run-2")
    expected = {"A": "reverted deleted", "x": "reverted deleted", "y": "could_not referred"}
    assert undo(bench, "run-1", first, None) == expected
    assert undo(bench, "run-1", first, "undo-1") == expected
    assert (bench.lists(), bench.names("groups", "name")) == ({"B": ["y"]}, ["y"])


def test_local_edits_are_told_from_what_an_undo_put_back(bench: Apart) -> None:
    keeps = clients(field("groups", conflict="keep_local_edits"), field("manager", conflict="keep_local_edits"))
    for night, (group, manager) in enumerate((("one", "m1"), ("two", "m2")), 1):
        book(bench.target, keeps, rows({"A": (cell(group), manager)}), f"run-{night}")
    undo(bench, "run-2", {}, "undo-1", plan=keeps)
    comparison, _ = book(bench.target, keeps, rows({"A": (cell("three"), "m3")}), "run-3")
    assert (comparison.updated, comparison.effects) == (1, {"created_on_the_way": {"groups": 1}})
    assert (bench.lists(), bench.custom()) == ({"A": ["three"]}, {"A": {"manager": "m3"}})


def test_the_bench_speaks_of_all_fields() -> None:
    assert set(TYPES) == {*COLUMNS, *LISTS, *CUSTOM} - {"tenant", "custom", "remark"}
    assert set(LINKS) == set(LISTS)
