"""Lists in tables of links: what every target promises of them (``core.booking.Links``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.apart_bench import LINKS, Apart, adding, apart, cell, clients, field, rows
from tests.contract.targets import KINDS, block, book
from tests.contract.test_policies import CASES, EFFECTS, ROWS

from nightclerk.core.booking import Change, Comparison, Forbidden, Reference
from nightclerk.core.reading import Cell

GROUPS = clients("groups")


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Apart]:
    made = apart(request.param, tmp_path)
    yield made
    made.target.close()


def brief(changes: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(one["line"], one["entity"], one["kind"], one["key"], one["fields"]) for one in changes]


def test_a_first_file_creates_rows_links_and_members(bench: Apart) -> None:
    first = {"A": (cell("vip", "north"),), "B": (cell("north"),), "C": (None,)}
    comparison, forbidden = book(bench.target, GROUPS, rows(first), "run-1")
    assert (comparison, forbidden) == (Comparison(3, 0, 0, {"created_on_the_way": {"groups": 2}}), [])
    assert bench.lists() == {"A": ["north", "vip"], "B": ["north"], "C": []}
    assert bench.names("groups", "name") == ["north", "vip"]
    assert brief(bench.changes("run-1")) == [
        (-2, "group", "created", {"name": "vip"}, None),
        (-1, "group", "created", {"name": "north"}, None),
        (2, "client", "created", {"code": "A", "site": 1}, None),
        (3, "client", "created", {"code": "B", "site": 1}, None),
        (4, "client", "created", {"code": "C", "site": 1}, None),
    ]
    if bench.kind != "memory":
        assert bench.run("SELECT label, kind FROM `groups` WHERE name = 'vip'") == [("vip", "imported")]
    assert book(bench.target, GROUPS, rows(first), "run-2") == (Comparison(0, 0, 3, {}), [])


def test_a_list_is_the_whole_of_it_and_logged_as_members(bench: Apart) -> None:
    book(bench.target, GROUPS, rows({"A": (cell("a", "b"),), "B": (cell("a"),), "C": (cell("c"),)}), "run-1")
    second = rows({"A": (cell("b", "d"),), "B": (cell("a"),), "C": (None,), "D": (cell("a", "e"),)})
    seen = bench.target.preview(GROUPS)
    seen.stage(block(second))
    expected = Comparison(1, 1, 2, {"kept_blank": {"groups": 1}, "created_on_the_way": {"groups": 2}})
    assert seen.compare()[0] == expected
    assert seen.sample(5) == [
        Change(2, {"code": "A", "site": 1}, {"groups": cell("a", "b")}, {"groups": cell("b", "d")}),
        Change(5, {"code": "D", "site": 1}, None, {"code": "D", "site": 1, "groups": cell("a", "e")}),
    ]
    seen.abandon()
    assert bench.names("groups", "name") == ["a", "b", "c"], "a preview creates nothing"
    assert book(bench.target, GROUPS, second, "run-2")[0] == expected
    assert bench.lists() == {"A": ["b", "d"], "B": ["a"], "C": ["c"], "D": ["a", "e"]}
    logged = {one["key"]["code"]: one["fields"] for one in bench.changes("run-2") if one["kind"] == "updated"}
    assert logged == {"A": {"groups": [["a", "b"], ["b", "d"]]}}


def test_a_blank_that_clears_takes_all_members_out(bench: Apart) -> None:
    book(bench.target, GROUPS, rows({"A": (cell("a", "b"),)}), "run-1")
    clears = clients(field("groups", blank="clear"))
    comparison, _ = book(bench.target, clears, rows({"A": (None,)}), "run-2")
    assert comparison == Comparison(0, 1, 0, {"cleared": {"groups": 1}})
    assert bench.lists() == {"A": []}
    assert bench.changes("run-2")[0]["fields"] == {"groups": [["a", "b"], None]}


def test_what_is_only_added_to_keeps_its_members(bench: Apart) -> None:
    adds = clients(adding("groups"))
    book(bench.target, GROUPS, rows({"A": (cell("b"),), "B": (cell("a", "b"),), "C": (cell("c"),)}), "run-1")
    second = rows({"A": (cell("a", "x"),), "B": (cell("b"),), "C": (None,), "D": (cell("d"),)})
    comparison, _ = book(bench.target, adds, second, "run-2")
    effects = {"kept_blank": {"groups": 1}, "created_on_the_way": {"groups": 2}}
    assert comparison == Comparison(1, 1, 2, effects)  # type: ignore[arg-type]
    assert bench.lists() == {"A": ["a", "b", "x"], "B": ["a", "b"], "C": ["c"], "D": ["d"]}
    logged = {one["key"]["code"]: one["fields"] for one in bench.changes("run-2") if one["kind"] == "updated"}
    assert logged == {"A": {"groups": [["b"], ["a", "b", "x"]]}}
    assert book(bench.target, adds, second, "run-3")[0] == Comparison(0, 0, 4, {"kept_blank": {"groups": 1}})


def test_members_that_are_not_there_rule_out_their_rows(bench: Apart) -> None:
    for tag in ("blue", "red"):
        bench.member("tags", tag)
    bench.member("tags", "other", tenant="other")
    tags = clients("tags")
    first = rows({"A": (cell("blue", "red"),), "B": (cell("zig", "other", "red"),), "C": (None,), "D": (cell("Red"),)})
    comparison, forbidden = book(bench.target, tags, first, "run-1")
    assert comparison == Comparison(2, 0, 0, {})
    assert forbidden == [
        Forbidden(3, "unknown_reference", "tags", "other"),
        Forbidden(5, "unknown_reference", "tags", "Red"),
    ]
    assert bench.lists("tags") == {"A": ["blue", "red"], "C": []}
    assert [one["key"]["code"] for one in bench.changes("run-1")] == ["A", "C"]
    second = rows({"A": (cell("blue", "zig"),), "C": (cell("red"),), "E": (cell("zag"),)})
    comparison, forbidden = book(bench.target, tags, second, "run-2")
    assert comparison == Comparison(0, 1, 0, {})
    assert [(one.line, one.value) for one in forbidden] == [(2, "zig"), (4, "zag")]
    assert bench.lists("tags") == {"A": ["blue", "red"], "C": ["red"]}


def test_a_known_row_whose_list_stays_is_not_asked_for_its_members(bench: Apart) -> None:
    bench.put("A", tags=("gone",))
    comparison, forbidden = book(bench.target, clients("tags"), rows({"A": (cell("gone"),)}), "run-1")
    assert (comparison, forbidden) == (Comparison(0, 0, 1, {}), [])


def test_a_row_with_other_faults_has_all_of_them(bench: Apart) -> None:
    needs = clients(field("name", required_for_new=True), "tags")
    bench.member("tags", "red")
    first = rows({"A": (None, cell("zig")), "B": ("b", cell("red")), "C": (None, None), "D": ("d", cell("zag"))})
    comparison, forbidden = book(bench.target, needs, first, "run-1")
    assert comparison == Comparison(1, 0, 0, {})
    assert [(one.line, one.code, one.field) for one in forbidden] == [
        (2, "required_for_new", "name"),
        (2, "unknown_reference", "tags"),
        (4, "required_for_new", "name"),
        (5, "unknown_reference", "tags"),
    ]
    assert bench.lists("tags") == {"B": ["red"]}


def test_a_required_list_and_modes(bench: Apart) -> None:
    needed = clients(field("groups", required_for_new=True))
    comparison, forbidden = book(bench.target, needed, rows({"A": (cell("a"),), "B": (None,)}), "run-1")
    assert (comparison.created, [(one.line, one.code) for one in forbidden]) == (1, [(3, "required_for_new")])
    only_new, only_known = replace(GROUPS, mode="create_only"), replace(GROUPS, mode="update_only")
    both = rows({"A": (cell("x"),), "C": (cell("y"),)})
    comparison, forbidden = book(bench.target, only_new, both, "run-2")
    assert (comparison.created, comparison.effects, [one.code for one in forbidden]) == (
        1,
        {"created_on_the_way": {"groups": 1}},
        ["known_key"],
    )
    both = rows({"A": (cell("x"),), "D": (cell("z"),)})
    comparison, forbidden = book(bench.target, only_known, both, "run-3")
    assert (comparison.updated, comparison.effects, [one.code for one in forbidden]) == (
        1,
        {"created_on_the_way": {"groups": 1}},
        ["unknown_key"],
    )
    assert bench.lists() == {"A": ["x"], "C": ["y"]}
    assert bench.names("groups", "name") == ["a", "x", "y"]


def test_tenants_are_apart_and_members_exact(bench: Apart) -> None:
    bench.put("A", tenant="other")
    bench.member("groups", "vip", tenant="other")
    bench.relist("A", "groups", ("vip",), tenant="other")
    comparison, _ = book(bench.target, GROUPS, rows({"A": (cell("vip", "Vip", "é", "e", "vip "),)}), "run-1")
    assert comparison.effects == {"created_on_the_way": {"groups": 5}}
    assert bench.lists() == {"A": ["Vip", "e", "vip", "vip ", "é"]}
    comparison, _ = book(bench.target, GROUPS, rows({"A": (cell("VIP", "e"),)}), "run-2")
    assert comparison == Comparison(0, 1, 0, {"created_on_the_way": {"groups": 1}})
    assert (bench.lists(), bench.lists(tenant="other")) == ({"A": ["VIP", "e"]}, {"A": ["vip"]})


def test_members_of_any_kind_and_many_of_them(bench: Apart) -> None:
    odd = [
        'quo"te',
        "it's",
        "back\\slash",
        "back\\u001fslash",
        "comma, semi;",
        "tab\there",
        ":colon",
        "%s",
        "日本",
        "{}",
        "[1]",
        "null",
    ]
    many = [f"m{number:04}" for number in range(1200)]
    first = rows({"A": (cell(*odd),), "B": (cell(*many),), "C": (cell(*odd[:3]),)})
    comparison, _ = book(bench.target, GROUPS, first, "run-1")
    assert comparison.effects == {"created_on_the_way": {"groups": 1212}}
    assert bench.lists() == {"A": sorted(odd), "B": many, "C": sorted(odd[:3])}
    assert book(bench.target, GROUPS, first, "run-2")[0] == Comparison(0, 0, 3, {})
    comparison, _ = book(bench.target, clients(adding("groups")), rows({"A": (cell(many[7]),), "B": (cell(odd[3]),)}), "run-3")
    assert comparison.updated == 2
    logged = {one["key"]["code"]: one["fields"]["groups"] for one in bench.changes("run-3")}
    assert logged == {"A": [sorted(odd), sorted([*odd, many[7]])], "B": [many, sorted([*many, odd[3]])]}


def test_links_that_were_left_behind_are_no_part_of_a_new_row(bench: Apart) -> None:
    if bench.kind == "memory":
        pytest.skip("lists stand in their rows there")
    bench.run("INSERT INTO clients_tags VALUES ('acme', 'A', 1, 'left'), ('acme', 'A', 1, 'red')")
    bench.member("tags", "red")
    book(bench.target, clients("tags"), rows({"A": (cell("red"),)}), "run-1")
    assert bench.lists("tags") == {"A": ["red"]}


def test_withdrawn_rows_create_no_members(bench: Apart) -> None:
    booking = bench.target.begin(GROUPS, "run-1", 1)
    try:
        booking.stage(block(rows({"A": (cell("a"),), "B": (cell("b"),)})))
        booking.withdraw([(("B", 1), 1)])
        comparison, _ = booking.compare()
        booking.book({})
    finally:
        booking.abandon()
    assert comparison.effects == {"created_on_the_way": {"groups": 1}}
    assert (bench.lists(), bench.names("groups", "name")) == ({"A": ["a"]}, ["a"])


def test_two_lists_of_the_same_members_create_each_once(bench: Apart) -> None:
    both = clients("groups", field("tags", links=replace(LINKS["tags"], of=LINKS["groups"].of)))
    comparison, _ = book(bench.target, both, rows({"A": (cell("a", "b"), cell("b", "c"))}), "run-1")
    assert comparison.effects == {"created_on_the_way": {"groups": 2, "tags": 1}}
    assert bench.names("groups", "name") == ["a", "b", "c"]
    assert (bench.lists(), bench.lists("tags")) == ({"A": ["a", "b"]}, {"A": ["b", "c"]})


def test_a_list_and_a_reference_to_the_same_members_create_each_once(bench: Apart) -> None:
    named = Reference("name", LINKS["groups"].of, "create")
    both = clients("name", "groups", references=(named,))
    first: dict[str, tuple[Cell, ...]] = {
        "A": ("a", cell("a", "b")),
        "B": ("c", cell("a")),
        "C": ("b", None),
        "D": (None, cell("c", "d")),
    }
    comparison, forbidden = book(bench.target, both, rows(first), "run-1")
    effects = {"created_on_the_way": {"name": 3, "groups": 1}}
    assert (comparison, forbidden) == (Comparison(4, 0, 0, effects), [])  # type: ignore[arg-type]
    assert bench.names("groups", "name") == ["a", "b", "c", "d"]
    assert bench.lists() == {"A": ["a", "b"], "B": ["a"], "C": [], "D": ["c", "d"]}
    made = [(one["line"], one["key"]["name"]) for one in bench.changes("run-1") if one["entity"] == "group"]
    assert sorted(made, reverse=True) == [(-1, "a"), (-2, "b"), (-3, "c"), (-4, "d")]
    second: dict[str, tuple[Cell, ...]] = {"A": ("e", cell("a", "e")), "E": ("f", cell("e", "f"))}
    assert book(bench.target, both, rows(second), "run-2")[0].effects == {"created_on_the_way": {"name": 2}}
    assert bench.names("groups", "name") == ["a", "b", "c", "d", "e", "f"]


def test_every_policy_is_as_for_any_field(bench: Apart) -> None:
    for at, (blank, conflict, outcomes) in enumerate(ROWS):
        check_policy(bench, f"tenant{at}", blank, conflict, outcomes)


def check_policy(bench: Apart, tenant: str, blank: str, conflict: str, outcomes: str) -> None:
    old, mine, new, default = cell("as", "brought"), cell("typed"), cell("as", "news"), cell("usual")
    for member in ("as", "brought", "typed", "news", "usual"):
        bench.member("groups", member, tenant)
    first: dict[str, tuple[Cell, ...]] = {}
    for line, (stands, _) in enumerate(CASES, 2):
        if stands == "typed in":
            bench.put(f"{line}", tenant, groups=("typed",))
        else:
            first[f"{line}"] = (None if stands == "nothing" else old,)
    keeps = "keep_local_edits" if conflict == "keep_local_edits" else "overwrite"
    book(bench.target, clients(field("groups", conflict=keeps), tenant=tenant), rows(first), f"{tenant}-1")
    before: dict[str, Cell] = {}
    for line, (stands, _) in enumerate(CASES, 2):
        if stands == "edited":
            bench.relist(f"{line}", "groups", ("typed",), tenant)
        before[f"{line}"] = {"nothing": None, "brought": old}.get(stands, mine)

    cells = {f"{line}": {"blank": None, "same": before[f"{line}"], "other": new}[said] for line, (_, said) in enumerate(CASES, 2)}
    tried = clients(field("groups", blank=blank, conflict=conflict, default=default), tenant=tenant)
    staged = {int(code): (code, 1, one) for code, one in cells.items()}
    comparison, forbidden = book(bench.target, tried, staged, f"{tenant}-2")

    written = {"W": new, "C": None, "D": default}
    by_code = {f"{line}": outcome for line, outcome in enumerate(outcomes, 2)}
    after = {code: cell(*members) for code, members in bench.lists(tenant=tenant).items()}
    assert (blank, conflict, after) == (blank, conflict, {c: written.get(one, before[c]) for c, one in by_code.items()})
    counted = {EFFECTS[one]: {"groups": outcomes.count(one)} for one in "BCDFEN" if one in outcomes}
    changed = sum(outcome in written for outcome in outcomes)
    assert (comparison, forbidden) == (Comparison(0, changed, len(CASES) - changed, counted), [])  # type: ignore[arg-type]
    assert len(bench.changes(f"{tenant}-2")) == changed


def test_lists_reconcile(bench: Apart) -> None:
    book(bench.target, GROUPS, rows({"A": (cell("a", "b"),), "B": (cell("b"),), "C": (cell("c"),)}), "run-1")
    work = bench.target.reconcile(GROUPS, ())
    try:
        work.stage(block(rows({"A": (cell("a", "z"),), "B": (cell("b"),), "D": (cell("d"),)})))
        work.compare()
        found = work.reckoned()
        assert (found.same, found.different, found.only_in_file, found.only_in_tables) == (1, 1, 1, 1)
        assert found.fields == {"groups": {"": 1}}
        assert [tuple(line) for line in work.different(None)] == [(2, "A", "1", "groups", cell("a", "z"), cell("a", "b"), None)]
        assert [tuple(line) for line in work.only_in_tables(None)] == [("C", "1", "c")]
    finally:
        work.abandon()
