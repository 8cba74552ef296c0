"""Custom fields in one JSON column: what every target promises of them (``WrittenField.stored``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.apart_bench import CUSTOM, Apart, apart, cell, clients, field, rows
from tests.contract.targets import KINDS, block, book
from tests.contract.test_policies import CASES, EFFECTS, ROWS

from nightclerk.core.booking import Change, Comparison, Forbidden
from nightclerk.core.reading import Cell

ALL = clients("name", *CUSTOM)
FULL: tuple[Cell, ...] = ("Ann", 'say "hi"\\n', -7, True, "12.5000", "2026-01-02", "2026-01-02 03:04:05")
IN_JSON = {
    "manager": 'say "hi"\\n',
    "score": -7,
    "vip": True,
    "rent": "12.5000",
    "met": "2026-01-02",
    "seen": "2026-01-02 03:04:05",
}
NOTHING: tuple[Cell, ...] = (None,) * 7


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Apart]:
    made = apart(request.param, tmp_path)
    yield made
    made.target.close()


def test_new_rows_get_a_document_of_what_is_not_blank(bench: Apart) -> None:
    first = rows({"A": FULL, "B": NOTHING, "C": ("c", None, 0, False, None, None, None)})
    assert book(bench.target, ALL, first, "run-1") == (Comparison(3, 0, 0, {}), [])
    assert bench.custom() == {"A": IN_JSON, "B": {}, "C": {"score": 0, "vip": False}}
    assert book(bench.target, ALL, first, "run-2") == (Comparison(0, 0, 3, {}), [])


def test_known_rows_get_what_changed_and_keep_all_else(bench: Apart) -> None:
    bench.put("A", custom={"own": {"deep": [1, None]}, "manager": "old", "score": 1, "empty": None, "~": 1})
    bench.put("B", custom=None)
    bench.put("C", custom=dict(IN_JSON) | {"own": 1})
    bench.put("D", custom={"manager": "gone", "vip": True})
    clears = clients("name", field("manager", blank="clear"), field("score"), field("vip", blank="clear"), "rent", "met", "seen")
    second = rows({"A": (None, "new", 1, False, *NOTHING[:3]), "B": ("b", "new", 5, None, *NOTHING[:3]), "C": FULL, "D": NOTHING})
    seen = bench.target.preview(clears)
    seen.stage(block(second))
    expected = Comparison(0, 4, 0, {"cleared": {"manager": 1, "vip": 1}})
    assert seen.compare()[0] == expected
    assert seen.sample(2)[0] == Change(
        2, {"code": "A", "site": 1}, {"manager": "old", "vip": None}, {"manager": "new", "vip": False}
    )
    seen.abandon()
    assert book(bench.target, clears, second, "run-1")[0] == expected
    assert bench.custom() == {
        "A": {"own": {"deep": [1, None]}, "manager": "new", "score": 1, "empty": None, "~": 1, "vip": False},
        "B": {"manager": "new", "score": 5},
        "C": IN_JSON | {"own": 1},
        "D": {},
    }
    assert {one["key"]["code"]: one["fields"] for one in bench.changes("run-1")} == {
        "A": {"manager": ["old", "new"], "vip": [None, False]},
        "B": {"name": [None, "b"], "manager": [None, "new"], "score": [None, 5]},
        "C": {"name": [None, "Ann"]},
        "D": {"manager": ["gone", None], "vip": [True, None]},
    }


def test_a_document_in_which_nothing_changes_stays_as_the_application_spelt_it(bench: Apart) -> None:
    """Databases spell the JSON that they write in their own way."""
    if bench.kind == "memory":
        pytest.skip("has documents, and no texts of them")
    bench.put("A", custom={"manager": "m", "own": 1})
    bench.run('UPDATE clients SET custom = \'{"own" :1,"manager":  "m"}\'')
    before = bench.run("SELECT custom FROM clients")
    assert book(bench.target, ALL, rows({"A": ("new", "m", *NOTHING[:5])}), "run-1")[0] == Comparison(0, 1, 0, {})
    assert bench.run("SELECT custom FROM clients") == before


SPELLED: list[dict[str, Any]] = [
    {"rent": 12.5},
    {"rent": "12.5"},
    {"rent": "12.50000"},
    {"seen": "2026-01-02T03:04:05.000Z"},
    {"vip": 1},
    {"vip": "true"},
    {"score": "-7"},
]


def test_what_is_spelled_in_another_way_is_the_same(bench: Apart) -> None:
    for at, one in enumerate(SPELLED):
        bench.put(f"{at}", custom=dict(IN_JSON) | one)
    plan = clients(*CUSTOM)
    assert book(bench.target, plan, rows({f"{at}": FULL[1:] for at in range(len(SPELLED))}), "run-1") == (
        Comparison(0, 0, len(SPELLED), {}),
        [],
    )


WRONG: list[dict[str, Any]] = [{"rent": "much"}, {"rent": 12.50001}, {"vip": "perhaps"}, {"score": "many"}, {"met": [1]}]


def test_what_is_no_such_value_is_another_one(bench: Apart) -> None:
    for at, one in enumerate(WRONG):
        bench.put(f"{at}", custom=dict(IN_JSON) | one)
    comparison, _ = book(bench.target, clients(*CUSTOM), rows({f"{at}": FULL[1:] for at in range(len(WRONG))}), "run-1")
    assert comparison == Comparison(0, len(WRONG), 0, {})
    assert set(map(str, bench.custom().values())) == {str(bench.custom()["0"])}
    assert bench.custom()["0"] == IN_JSON
    logged = {one["key"]["code"]: one["fields"] for one in bench.changes("run-1")}
    assert logged["2"] == {"vip": ["perhaps", True]}
    assert logged["3"] == {"score": ["many", -7]}


def test_defaults_and_what_new_rows_need(bench: Apart) -> None:
    plan = clients(
        field("score", default=3, blank="default"), field("vip", default=True), field("manager", required_for_new=True)
    )
    first = rows({"A": (None, None, "m"), "B": (1, False, None)})
    comparison, forbidden = book(bench.target, plan, first, "run-1")
    assert (comparison, forbidden) == (Comparison(1, 0, 0, {}), [Forbidden(3, "required_for_new", "manager")])
    assert bench.custom() == {"A": {"score": 3, "vip": True, "manager": "m"}}
    bench.recustom("A", None)
    comparison, _ = book(bench.target, plan, rows({"A": (None, None, None)}), "run-2")
    assert comparison == Comparison(0, 1, 0, {"defaulted": {"score": 1}})
    assert bench.custom() == {"A": {"score": 3}}


def test_lists_and_custom_fields_together(bench: Apart) -> None:
    both = clients("name", "groups", "manager")
    book(bench.target, both, rows({"A": ("a", cell("x"), "m"), "B": (None, None, None)}), "run-1")
    comparison, _ = book(bench.target, both, rows({"A": ("a", cell("x", "y"), "n"), "B": ("b", None, None)}), "run-2")
    assert comparison == Comparison(0, 2, 0, {"created_on_the_way": {"groups": 1}})
    assert (bench.lists(), bench.custom()) == ({"A": ["x", "y"], "B": []}, {"A": {"manager": "n"}, "B": {}})
    assert {one["key"].get("code"): one["fields"] for one in bench.changes("run-2") if one["kind"] == "updated"} == {
        "A": {"groups": [["x"], ["x", "y"]], "manager": ["m", "n"]},
        "B": {"name": [None, "b"]},
    }


def test_every_policy_is_as_for_any_field(bench: Apart) -> None:
    for at, (blank, conflict, outcomes) in enumerate(ROWS):
        check_policy(bench, f"tenant{at}", blank, conflict, outcomes)


def check_policy(bench: Apart, tenant: str, blank: str, conflict: str, outcomes: str) -> None:
    """A text, whose cases are told apart by their values, beside a boolean, which databases spell most differently."""
    old, mine, new, default = "as brought", "typed in", "news", "usual"
    first: dict[str, tuple[Cell, ...]] = {}
    for line, (stands, _) in enumerate(CASES, 2):
        if stands == "typed in":
            bench.put(f"{line}", tenant, custom={"manager": mine, "own": 1})
        else:
            first[f"{line}"] = (None if stands == "nothing" else old, True)
    keeps = "keep_local_edits" if conflict == "keep_local_edits" else "overwrite"
    set_up = clients(field("manager", conflict=keeps), field("vip", conflict=keeps), tenant=tenant)
    book(bench.target, set_up, rows(first), f"{tenant}-1")
    before: dict[str, Cell] = {}
    for line, (stands, _) in enumerate(CASES, 2):
        if stands == "edited":
            bench.recustom(f"{line}", {"manager": mine, "own": 1, "vip": True}, tenant)
        before[f"{line}"] = {"nothing": None, "brought": old}.get(stands, mine)

    cells = {f"{line}": {"blank": None, "same": before[f"{line}"], "other": new}[said] for line, (_, said) in enumerate(CASES, 2)}
    manager = field("manager", blank=blank, conflict=conflict, default=default)
    tried = clients(manager, field("vip", conflict=keeps), tenant=tenant)
    staged = {int(code): (code, 1, one, None if CASES[int(code) - 2][0] == "typed in" else True) for code, one in cells.items()}
    comparison, forbidden = book(bench.target, tried, staged, f"{tenant}-2")

    written = {"W": new, "C": None, "D": default}
    by_code = {f"{line}": outcome for line, outcome in enumerate(outcomes, 2)}
    documents = bench.custom(tenant)
    after = {code: (document or {}).get("manager") for code, document in documents.items()}
    assert (blank, conflict, after) == (blank, conflict, {c: written.get(one, before[c]) for c, one in by_code.items()})
    counted = {EFFECTS[one]: {"manager": outcomes.count(one)} for one in "BCDFEN" if one in outcomes}
    changed = sum(outcome in written for outcome in outcomes)
    assert (comparison, forbidden) == (Comparison(0, changed, len(CASES) - changed, counted), [])  # type: ignore[arg-type]
    own = {code for code, document in documents.items() if (document or {}).get("own") == 1}
    assert own == {f"{line}" for line, (stands, _) in enumerate(CASES, 2) if stands in ("edited", "typed in")}


def test_custom_fields_reconcile(bench: Apart) -> None:
    plan = clients("vip", "rent")
    book(bench.target, plan, rows({"A": (True, "1.0000"), "B": (False, None), "C": (True, None)}), "run-1")
    work = bench.target.reconcile(replace(plan), ())
    try:
        work.stage(block(rows({"A": (False, "2.0000"), "B": (False, None), "D": (True, "3.0000")})))
        work.compare()
        found = work.reckoned()
        assert (found.same, found.different, found.only_in_file, found.only_in_tables) == (1, 1, 1, 1)
        assert [tuple(line) for line in work.different(None)] == [
            (2, "A", "1", "vip", "false", "true", None),
            (2, "A", "1", "rent", "2.0000", "1.0000", None),
        ]
        assert [tuple(line) for line in work.only_in_file(None)] == [(4, "D", "1", "true", "3.0000", None)]
        assert [tuple(line) for line in work.only_in_tables(None)] == [("C", "1", "true", None)]
    finally:
        work.abandon()


def test_a_json_column_of_text_kind(bench: Apart) -> None:
    if bench.kind != "postgresql":
        pytest.skip("PostgreSQL alone has two kinds")
    bench.run("ALTER TABLE clients ALTER custom TYPE json USING custom::json")
    book(bench.target, ALL, rows({"A": FULL}), "run-1")
    bench.recustom("A", IN_JSON | {"own": [1]})
    comparison, _ = book(bench.target, ALL, rows({"A": ("Ann", "new", *FULL[2:])}), "run-2")
    assert (comparison.updated, bench.custom()) == (1, {"A": IN_JSON | {"own": [1], "manager": "new"}})
