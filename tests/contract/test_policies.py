"""What becomes of a value in a known row: every ``blank`` with every ``conflict``, for all that may stand there and come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.targets import KINDS, Bench, bench_of, block, book, plan

from nightclerk.core.booking import Comparison
from nightclerk.core.reading import Cell

FIELDS = ("code", "site", "name")
OLD, MINE, NEW, DEFAULT = "as brought", "typed in", "news", "usual"
#: What stands in the row, and what the file's cell says. "nothing" cannot be said again.
CASES = [
    (stands, cell)
    for stands in ("nothing", "brought", "edited", "typed in")
    for cell in ("blank", "same", "other")
    if (stands, cell) != ("nothing", "same")
]
#: blank, conflict → what happens, case by case: . nothing, W written, C cleared, D the default written; kept because B the cell
#: is blank, F there is a value, E it is not what an import brought, N known rows never get it.
TABLE = """
                          nothing  brought  edited  typed in
keep    overwrite           . W     B . W   B . W   B . W
keep    fill_empty          . W     B . F   B . F   B . F
keep    keep_local_edits    . W     B . W   B . E   B . E
keep    never               . N     B . N   B . N   B . N
clear   overwrite           . W     C . W   C . W   C . W
clear   fill_empty          . W     F . F   F . F   F . F
clear   keep_local_edits    . W     C . W   E . E   E . E
clear   never               . N     N . N   N . N   N . N
default overwrite           D W     D . W   D . W   D . W
default fill_empty          D W     F . F   F . F   F . F
default keep_local_edits    D W     D . W   E . E   E . E
default never               N N     N . N   N . N   N . N
"""
ROWS = [(blank, conflict, "".join(rest)) for blank, conflict, *rest in map(str.split, TABLE.strip().splitlines()[1:])]
EFFECTS = {"B": "kept_blank", "C": "cleared", "D": "defaulted", "F": "kept_filled", "E": "kept_edited", "N": "kept_never"}


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = bench_of(request.param, tmp_path)
    yield made
    made.target.close()


def names(bench: Bench) -> dict[str, Cell]:
    return {row["code"]: row["name"] for row in bench.rows()}


def test_the_table_names_every_case() -> None:
    assert len(ROWS) == 12
    assert {len(outcomes) for _, _, outcomes in ROWS} == {len(CASES)}


@pytest.mark.parametrize(("blank", "conflict", "outcomes"), ROWS, ids=[f"{blank}-{conflict}" for blank, conflict, _ in ROWS])
def test_every_case_ends_as_the_table_says(bench: Bench, blank: str, conflict: str, outcomes: str) -> None:
    set_up = plan(fields=FIELDS, conflict={"name": "keep_local_edits"} if conflict == "keep_local_edits" else {})
    brought: dict[int, tuple[Cell, ...]] = {}
    for line, (stands, _) in enumerate(CASES, 2):
        if stands == "typed in":
            bench.put(tenant="acme", code=f"{line}", site=1, name=MINE)
        else:
            brought[line] = (f"{line}", 1, None if stands == "nothing" else OLD)
    book(bench.target, set_up, brought, "run-1")
    before = names(bench)
    for line, (stands, _) in enumerate(CASES, 2):
        if stands == "edited":
            bench.edit("acme", f"{line}", 1, name=MINE)
            before[f"{line}"] = MINE

    cells = {f"{line}": {"blank": None, "same": before[f"{line}"], "other": NEW}[cell] for line, (_, cell) in enumerate(CASES, 2)}
    tried = plan(fields=FIELDS, blank={"name": blank}, conflict={"name": conflict}, defaults={"name": DEFAULT})
    comparison, forbidden = book(bench.target, tried, {int(code): (code, 1, cell) for code, cell in cells.items()}, "run-2")

    written = {"W": NEW, "C": None, "D": DEFAULT}
    by_code = {f"{line}": outcome for line, outcome in enumerate(outcomes, 2)}
    assert names(bench) == {code: written.get(outcome, before[code]) for code, outcome in by_code.items()}
    counted = {EFFECTS[one]: {"name": outcomes.count(one)} for one in "BCDFEN" if one in outcomes}
    changed = sum(outcome in written for outcome in outcomes)
    assert (comparison, forbidden) == (Comparison(0, changed, len(CASES) - changed, counted), [])  # type: ignore[arg-type]
    assert len([change for change in bench.changes() if change["run"] == "run-2"]) == changed


def test_a_local_edit_is_what_no_import_brought_last(bench: Bench) -> None:
    keeps = plan(fields=FIELDS, conflict={"name": "keep_local_edits"})

    def night(number: int, name: Cell) -> dict[str, int]:
        comparison, _ = book(bench.target, keeps, {2: ("A", 1, name)}, f"run-{number}")
        return {effect: sum(fields.values()) for effect, fields in comparison.effects.items()}

    assert night(1, "one") == {}
    assert (night(2, "two"), names(bench)) == ({}, {"A": "two"})
    bench.edit("acme", "A", 1, name="mine")
    assert (night(3, "three"), names(bench)) == ({"kept_edited": 1}, {"A": "mine"})
    assert (night(4, "three"), names(bench)) == ({"kept_edited": 1}, {"A": "mine"})
    assert night(5, "mine") == {}, "the file has caught up: what stands there is now what an import last brought"
    assert (night(6, "six"), names(bench)) == ({}, {"A": "six"})
    bench.edit("acme", "A", 1, name=None)
    assert (night(7, "seven"), names(bench)) == ({"kept_edited": 1}, {"A": None}), "emptied by hand is an edit as well"
    assert (night(8, None), names(bench)) == ({}, {"A": None})


def test_what_is_kept_of_rows_that_are_gone_goes_with_the_next_rows_of_their_keys(bench: Bench) -> None:
    keeps = plan(fields=FIELDS, conflict={"name": "keep_local_edits"})
    book(bench.target, keeps, {2: ("A", 1, "one"), 3: ("B", 1, None)}, "run-1")
    for code in ("A", "B"):  # the table is without rows of this tenant once more
        bench.edit("acme", code, 1, tenant="another")
    comparison, _ = book(bench.target, keeps, {2: ("B", 1, "two"), 3: ("A", 1, None), 4: ("C", 1, "two")}, "run-2")
    assert comparison.created == 3
    bench.edit("acme", "B", 1, name="mine")
    bench.edit("acme", "A", 1, name="mine")
    comparison, _ = book(bench.target, keeps, {2: ("B", 1, "three"), 3: ("A", 1, "three"), 4: ("C", 1, "three")}, "run-3")
    assert (comparison.updated, comparison.effects) == (1, {"kept_edited": {"name": 2}})
    bench.edit("acme", "A", 1, name=None)
    comparison, _ = book(bench.target, keeps, {3: ("A", 1, "four")}, "run-4")
    assert (comparison.updated, comparison.effects) == (1, {}), "that it was blank was known to be brought"


def test_before_the_first_import_under_this_policy_what_imports_made_counts_as_brought(bench: Bench) -> None:
    book(bench.target, plan(fields=FIELDS), {2: ("A", 1, "a"), 3: ("B", 1, "b")}, "run-1")
    bench.put(tenant="acme", code="C", site=1, name="typed in")
    keeps = plan(fields=FIELDS, conflict={"name": "keep_local_edits"})
    comparison, _ = book(bench.target, keeps, {2: ("A", 1, "a2"), 3: ("B", 1, "b"), 4: ("C", 1, "c")}, "run-2")
    assert comparison == Comparison(0, 1, 2, {"kept_edited": {"name": 1}})
    assert names(bench) == {"A": "a2", "B": "b", "C": "typed in"}
    for code in "AB":
        bench.edit("acme", code, 1, name="mine")
    comparison, _ = book(bench.target, keeps, {2: ("A", 1, "a3"), 3: ("B", 1, "b3"), 4: ("C", 1, "c")}, "run-3")
    assert comparison == Comparison(0, 0, 3, {"kept_edited": {"name": 3}})


def test_what_imports_made_is_known_of_rows_that_the_first_file_lacks(bench: Bench) -> None:
    book(bench.target, plan(fields=FIELDS), {2: ("A", 1, "a"), 3: ("B", 1, "b"), 4: ("C", 1, None)}, "run-1")
    book(bench.target, plan(fields=FIELDS, tenant="other"), {2: ("A", 1, "a")}, "run-2")
    bench.put(tenant="acme", code="D", site=1, name="typed in")
    keeps = plan(fields=FIELDS, conflict={"name": "keep_local_edits"})
    book(bench.target, keeps, {2: ("Z", 1, "z")}, "run-3")
    bench.edit("acme", "B", 1, name="mine")
    comparison, _ = book(
        bench.target, keeps, {2: ("A", 1, "a2"), 3: ("B", 1, "b2"), 4: ("C", 1, "c2"), 5: ("D", 1, "d2")}, "run-4"
    )
    assert comparison == Comparison(0, 2, 2, {"kept_edited": {"name": 2}})
    assert [row["name"] for row in bench.rows() if row["code"] == "A"] == ["a2", "a"]


def test_what_an_import_of_any_policy_brings_is_no_local_edit(bench: Bench) -> None:
    plain, keeps = plan(fields=FIELDS), plan(fields=FIELDS, conflict={"name": "keep_local_edits"})
    book(bench.target, keeps, {2: ("A", 1, "a"), 3: ("B", 1, "b"), 4: ("C", 1, "c")}, "run-1")
    bench.edit("acme", "C", 1, name="mine")
    book(bench.target, plain, {2: ("A", 1, "a2"), 3: ("B", 1, None), 4: ("C", 1, "mine"), 5: ("D", 1, "d")}, "run-2")
    bench.edit("acme", "B", 1, name="mine")
    comparison, _ = book(
        bench.target, keeps, {2: ("A", 1, "a3"), 3: ("B", 1, "b3"), 4: ("C", 1, "c3"), 5: ("D", 1, "d3")}, "run-3"
    )
    assert comparison == Comparison(0, 3, 1, {"kept_edited": {"name": 1}})
    assert names(bench) == {"A": "a3", "B": "mine", "C": "c3", "D": "d3"}


def test_a_preview_counts_the_same_and_keeps_nothing(bench: Bench) -> None:
    keeps = plan(fields=FIELDS, conflict={"name": "keep_local_edits"})
    book(bench.target, keeps, {2: ("A", 1, "a"), 3: ("B", 1, "b")}, "run-1")
    bench.edit("acme", "A", 1, name="mine")
    rows = {2: ("A", 1, "a2"), 3: ("B", 1, "b2")}
    for _ in range(2):
        seen = bench.target.preview(keeps)
        seen.stage(block(rows))
        assert seen.compare()[0] == Comparison(0, 1, 1, {"kept_edited": {"name": 1}})
        assert [(change.line, change.before, change.after) for change in seen.sample(5)] == [(3, {"name": "b"}, {"name": "b2"})]
        seen.abandon()
    assert book(bench.target, keeps, rows, "run-2")[0] == Comparison(0, 1, 1, {"kept_edited": {"name": 1}})
