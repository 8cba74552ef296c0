"""References on every kind of target: rows that name rows of other entities, and what becomes of those that name none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.references import ACCOUNT, CUSTOMER, ENTITIES, NAMES, Bench, bench_of, park, plan
from tests.contract.targets import KINDS, block, book

from nightclerk.core.booking import BookingPlan, Forbidden, plan_booking
from nightclerk.core.entity import Entity
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Cell
from nightclerk.core.resolving import resolved
from nightclerk.core.undo import UndoPlan, plan_undo


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    yield from bench_of(request.param, tmp_path)


def order(number: str, customer: Cell = None, **more: Cell) -> tuple[Cell, ...]:
    values = {"number": number, "customer": customer} | more
    return tuple(values.get(name) for name in NAMES)


def unknown(line: int, field: str, value: Cell, *, parks: bool = True) -> Forbidden:
    return Forbidden(line, "unknown_reference", field, value, parks)


def test_rows_that_name_rows_which_are_there_are_booked(bench: Bench) -> None:
    bench.customers("C1")
    bench.put("accounts", number=700)
    comparison, forbidden = bench.book(plan(), {2: order("O1", "C1", account=700), 3: order("O2")})
    assert (comparison.created, forbidden, comparison.effects) == (2, [], {})
    assert bench.known("orders") == ["O1", "O2"]


def test_a_new_row_that_names_none_is_parked(bench: Bench) -> None:
    bench.customers("C1")
    comparison, forbidden = bench.book(
        plan(), {2: order("O1", "C1"), 3: order("O2", "C9", amount="5.0000"), 4: order("O3", "C8")}
    )
    assert (comparison.created, comparison.updated, comparison.unchanged) == (1, 0, 0)
    assert forbidden == [unknown(3, "customer", "C9"), unknown(4, "customer", "C8")]
    assert bench.known("orders") == ["O1"]
    assert [(line, key["number"]) for line, _, _, key in bench.changes()] == [(2, "O1")]
    waits = bench.parked()
    assert [(row["line"], row["key"], row["missing"]) for row in waits] == [
        (3, {"number": "O2"}, {"customer": "C9"}),
        (4, {"number": "O3"}, {"customer": "C8"}),
    ]
    assert (waits[0]["tenant"], waits[0]["entity"], waits[0]["feed"], waits[0]["run_key"]) == ("acme", "order", "orders", "run-1")
    assert waits[0]["fields"] == dict(zip(NAMES, order("O2", "C9", amount="5.0000"), strict=True))
    assert waits[0]["source"][:2] == ["O2", "C9"]


def test_a_row_that_is_to_be_rejected_is(bench: Bench) -> None:
    _, forbidden = bench.book(plan({"customer": "reject"}), {2: order("O1", "C9"), 3: order("O2")})
    assert forbidden == [unknown(2, "customer", "C9", parks=False)]
    assert (bench.known("orders"), bench.parked()) == (["O2"], [])


def test_all_references_of_a_row_are_told_of(bench: Bench) -> None:
    rows = {2: order("O1", "C9", account=700, follows="O7"), 3: order("O2", "C9")}
    _, forbidden = bench.book(plan({"account": "reject"}), rows)
    of_first = [one for one in forbidden if one.line == 2]
    assert of_first == [
        unknown(2, "customer", "C9"),
        unknown(2, "account", 700, parks=False),
        unknown(2, "follows", "O7"),
    ]
    assert [row["line"] for row in bench.parked()] == [3]  # the other one has a fault that waiting does not cure


def test_a_row_that_the_mode_forbids_too_has_both_faults(bench: Bench) -> None:
    _, forbidden = bench.book(plan(mode="update_only"), {2: order("O1", "C9")})
    assert sorted(one.code for one in forbidden) == ["unknown_key", "unknown_reference"]
    assert bench.parked() == []


def test_a_new_row_that_lacks_a_value_too_has_both_faults(bench: Bench) -> None:
    _, forbidden = bench.book(plan(needed=["amount"]), {2: order("O1", "C9"), 3: order("O2", "C9", amount="1.0000")})
    assert sorted((one.line, one.code) for one in forbidden) == [
        (2, "required_for_new"),
        (2, "unknown_reference"),
        (3, "unknown_reference"),
    ]


def test_unchanged_rows_are_not_asked(bench: Bench) -> None:
    bench.put("orders", number="O1", customer="GONE", amount="1.0000")
    bench.put("orders", number="O2", customer="GONE", amount="1.0000")
    comparison, forbidden = bench.book(
        plan(), {2: order("O1", "GONE", amount="1.0000"), 3: order("O2", "GONE", amount="2.0000"), 4: order("O3", "GONE")}
    )
    assert (comparison.unchanged, comparison.updated, comparison.created) == (1, 1, 0)
    assert [one.line for one in forbidden] == [4]


def test_a_known_row_that_would_name_none_waits_whole(bench: Bench) -> None:
    bench.customers("C1", "C2")
    bench.book(plan(), {2: order("O1", "C1", amount="1.0000"), 3: order("O2", "C1")})
    comparison, forbidden = bench.book(plan(), {2: order("O1", "C9", amount="2.0000"), 3: order("O2", "C2")}, "run-2")
    assert (comparison.updated, forbidden) == (1, [unknown(2, "customer", "C9")])
    stands = {row["number"]: (row["customer"], str(row["amount"])) for row in bench.rows("orders")}
    assert stands["O1"] == ("C1", "1.0000")
    assert [row["line"] for row in bench.parked()] == [2]


def test_what_a_policy_keeps_is_not_asked(bench: Bench) -> None:
    bench.customers("C1")
    bench.book(plan(), {2: order("O1", "C1")})
    kept = plan(mapping={"customer": {"conflict": "never"}})
    comparison, forbidden = bench.book(kept, {2: order("O1", "C9"), 3: order("O2", "C9")}, "run-2")
    assert [one.line for one in forbidden] == [3]
    assert comparison.effects["kept_never"] == {"customer": 1}


def test_other_tenants_rows_are_not_there(bench: Bench) -> None:
    bench.customers("C1", tenant="other")
    _, forbidden = bench.book(plan(), {2: order("O1", "C1")})
    assert [one.value for one in forbidden] == ["C1"]


@pytest.mark.parametrize("near", ["c1", "C1 ", "Ć1", "C1\u200b", "C01"])
def test_keys_are_compared_exactly(bench: Bench, near: str) -> None:
    bench.customers("C1")
    _, forbidden = bench.book(plan(), {2: order("O1", near), 3: order("O2", "C1")})
    assert [(one.line, one.value) for one in forbidden] == [(2, near)]


def test_a_cell_that_is_to_be_blank_is(bench: Bench) -> None:
    bench.customers("C1")
    blank = plan({"customer": "blank"})
    bench.book(blank, {2: order("O1", "C1"), 3: order("O2", "C1", amount="1.0000")})
    rows = {2: order("O1", "C9"), 3: order("O2", "C9", amount="2.0000"), 4: order("O3", "C9")}
    comparison, forbidden = bench.book(blank, rows, "run-2")
    assert forbidden == []
    assert (comparison.created, comparison.updated, comparison.unchanged) == (1, 1, 1)
    assert comparison.effects["reference_blanked"] == {"customer": 3}
    assert comparison.effects["kept_blank"] == {"customer": 2}
    assert {row["number"]: row["customer"] for row in bench.rows("orders")} == {"O1": "C1", "O2": "C1", "O3": None}


def test_a_cell_that_counts_as_empty_clears_where_blanks_clear(bench: Bench) -> None:
    bench.customers("C1")
    clears = plan({"customer": "blank"}, mapping={"customer": {"blank": "clear"}})
    bench.book(clears, {2: order("O1", "C1")})
    comparison, _ = bench.book(clears, {2: order("O1", "C9")}, "run-2")
    assert (comparison.updated, comparison.effects["cleared"]) == (1, {"customer": 1})
    assert [row["customer"] for row in bench.rows("orders")] == [None]


def test_a_cell_that_counts_as_empty_is_what_was_brought(bench: Bench) -> None:
    """The value was brought before, then typed over, and what it names deleted: the import that empties the field says so."""
    bench.customers("C1", "C2", "C3")

    def clears(conflict: str) -> BookingPlan:
        return plan({"customer": "blank"}, mapping={"customer": {"blank": "clear", "conflict": conflict}})

    bench.book(clears("keep_local_edits"), {2: order("O1", "C1")})
    bench.edit("orders", customer="C2")
    bench.edit("customers")
    assert bench.book(clears("overwrite"), {2: order("O1", "C1")}, "run-2")[0].effects["cleared"] == {"customer": 1}
    bench.customers("C3")
    assert bench.book(clears("keep_local_edits"), {2: order("O1", "C3")}, "run-3")[0].updated == 1
    assert [row["customer"] for row in bench.rows("orders")] == ["C3"]


def test_a_cell_that_counts_as_empty_gets_the_default_where_blanks_do(bench: Bench) -> None:
    bench.customers("C1", "C0")
    given = plan({"customer": "blank"}, mapping={"customer": {"blank": "default"}}, defaults={"customer": "C0"})
    bench.book(given, {2: order("O1", "C1"), 3: order("O2", "C0")})
    rows = {2: order("O1", "C9"), 3: order("O2", "C9"), 4: order("O3", "C9")}
    comparison, forbidden = bench.book(given, rows, "run-2")
    assert (comparison.created, comparison.updated, comparison.unchanged, forbidden) == (1, 1, 1, [])
    assert {row["number"]: row["customer"] for row in bench.rows("orders")} == {"O1": "C0", "O2": "C0", "O3": "C0"}


def test_a_new_row_that_needs_the_value_is_rejected_instead_of_emptied(bench: Bench) -> None:
    bench.put("orders", number="O1", amount="1.0000")
    needs = plan({"customer": "blank"}, needed=["customer"])
    comparison, forbidden = bench.book(needs, {2: order("O1", "C9", amount="2.0000"), 3: order("O2", "C9")})
    assert forbidden == [unknown(3, "customer", "C9", parks=False)]
    assert (comparison.updated, comparison.effects["reference_blanked"]) == (1, {"customer": 1})


def test_what_is_missing_is_created_on_the_way_once(bench: Bench) -> None:
    bench.customers("C1")
    makes = plan({"customer": "create", "payer": "create"})
    rows = {2: order("O1", "C9", payer="C8"), 3: order("O2", "C9", payer="C9"), 4: order("O3", "C1", payer="C7")}
    comparison, forbidden = bench.book(makes, rows)
    assert (comparison.created, forbidden) == (3, [])
    assert comparison.effects["created_on_the_way"] == {"customer": 1, "payer": 2}
    made = {row["code"]: (row["name"], row["status"], row["note"]) for row in bench.rows("customers") if row["code"] != "C1"}
    assert made == {"C7": ("C7", "new", None), "C8": ("C8", "new", None), "C9": ("C9", "new", None)}
    logged = [one for one in bench.changes() if one[0] < 0]
    assert [(line, entity, kind) for line, entity, kind, _ in logged] == [(line, "customer", "created") for line in (-3, -2, -1)]
    assert sorted(key["code"] for *_, key in logged) == ["C7", "C8", "C9"]


def test_nothing_is_created_for_rows_that_are_not_booked(bench: Bench) -> None:
    makes = plan({"customer": "create", "account": "reject"}, needed=["amount"])
    rows = {
        2: order("O1", "C9", amount="1.0000", account=1),
        3: order("O2", "C8"),
        4: order("O3", "C7", follows="O9", amount="1.0000"),
    }
    comparison, _ = bench.book(makes, rows)
    assert (comparison.created, comparison.effects) == (0, {})
    assert bench.known() == []


def test_a_number_names_a_number(bench: Bench) -> None:
    comparison, _ = bench.book(plan({"account": "create"}), {2: order("O1", account=411), 3: order("O2", account=411)})
    assert comparison.effects["created_on_the_way"] == {"account": 1}
    assert bench.known("accounts") == [411]


def test_a_row_may_name_a_row_of_its_own_file_and_itself(bench: Bench) -> None:
    rows = {2: order("O1"), 3: order("O2", follows="O1"), 4: order("O3", follows="O3")}
    comparison, forbidden = bench.book(plan(), rows)
    assert (comparison.created, forbidden) == (3, [])


def test_a_row_waits_for_one_of_its_file_that_waits_itself(bench: Bench) -> None:
    rows = {2: order("O1", "C9"), 3: order("O2", follows="O1"), 4: order("O3", follows="O2"), 5: order("O4")}
    comparison, forbidden = bench.book(plan(), rows)
    assert comparison.created == 1
    assert forbidden == [unknown(2, "customer", "C9"), unknown(3, "follows", "O1"), unknown(4, "follows", "O2")]
    assert [row["line"] for row in bench.parked()] == [2, 3, 4]


def test_a_newer_row_takes_the_place_of_one_that_waits(bench: Bench) -> None:
    bench.put("orders", number="O3", amount="1.0000")
    first = {2: order("O1", "C9"), 3: order("O2", "C9"), 4: order("O3", "C9", amount="1.0000"), 5: order("O4", "C9")}
    bench.book(plan(), first)
    assert [row["line"] for row in bench.parked()] == [2, 3, 4, 5]
    bench.customers("C1")
    # One is booked, one waits again, one is as it stands in the table; the last one is not in the newer file.
    second = {2: order("O1", "C1"), 3: order("O2", "C8"), 4: order("O3", amount="1.0000")}
    comparison, _ = bench.book(plan(), second, "run-2")
    assert (comparison.created, comparison.unchanged) == (1, 1)
    waits = sorted((row["run_key"], row["line"], row["missing"]["customer"]) for row in bench.parked())
    assert waits == [("run-1", 5, "C9"), ("run-2", 3, "C8")]


def test_a_rejected_row_leaves_alone_what_waits(bench: Bench) -> None:
    bench.book(plan(), {2: order("O1", "C9", amount="1.0000")})
    bench.book(plan(needed=["amount"]), {2: order("O1", "C9")}, "run-2")
    assert [row["run_key"] for row in bench.parked()] == ["run-1"]


def test_what_waits_for_others_is_left_alone(bench: Bench) -> None:
    bench.book(plan(), {2: order("O1", "C9")})
    bench.book(plan(feed="more"), {2: order("O1")}, "run-2")
    bench.book(plan(tenant="other"), {2: order("O1")}, "run-3")
    assert [row["run_key"] for row in bench.parked()] == ["run-1"]


def test_nothing_of_it_remains_when_the_booking_is_let_go(bench: Bench) -> None:
    makes = plan({"payer": "create"})
    bench.book(plan(), {2: order("O0", "C9")})
    before = bench.parked()
    booking = bench.target.begin(makes, "run-2", 1)
    rows = {2: order("O0"), 3: order("O1", "C9"), 4: order("O2", payer="P1")}
    booking.stage(block(rows))
    comparison, forbidden = booking.compare()
    assert comparison.effects["created_on_the_way"] == {"payer": 1}
    park(booking, makes, rows, list(forbidden))
    booking.abandon()
    assert (bench.known(), bench.known("orders"), bench.parked()) == ([], [], before)


def test_a_preview_tells_the_same(bench: Bench) -> None:
    bench.customers("C1")
    wanted = plan({"payer": "create", "account": "blank"})
    rows = {2: order("O1", "C9"), 3: order("O2", "C1", payer="P1", account=5)}
    comparing = bench.target.preview(wanted)
    comparing.stage(block(rows))
    seen, forbidden = comparing.compare()
    told = list(forbidden)
    (change,) = comparing.sample(5)
    comparing.abandon()
    assert told == [unknown(2, "customer", "C9")]
    assert (change.line, change.after) == (3, {"number": "O2", "customer": "C1", "payer": "P1"})
    booked, _ = bench.book(wanted, rows)
    assert seen == booked


def test_a_list_of_many_rows_asks_each_value_once(bench: Bench) -> None:
    bench.customers(*(f"C{n}" for n in range(5)))
    rows = {line: order(f"O{line}", f"C{line % 10}") for line in range(2, 402)}
    comparison, forbidden = bench.book(plan(), rows, size=100)
    assert (comparison.created, len(forbidden)) == (200, 200)
    assert {one.value for one in forbidden} == {f"C{n}" for n in range(5, 10)}
    assert len(bench.parked()) == 200
    assert len(bench.changes()) == 200


def test_withdrawn_rows_are_not_asked(bench: Bench) -> None:
    booking = bench.target.begin(plan(), "run-1", 1)
    booking.stage(block({2: order("O1", "C9"), 3: order("O1", "C9"), 4: order("O2")}))
    booking.withdraw([(("O1",), 2)])
    comparison, forbidden = booking.compare()
    assert (comparison.created, list(forbidden)) == (1, [])
    booking.book({})
    assert bench.known("orders") == ["O2"]


def test_a_table_that_is_named_and_missing_is_told_of(bench: Bench) -> None:
    wanted = plan(fields=["number", "customer"])
    one = wanted.references[0]
    gone = replace(wanted, references=(replace(one, to=replace(one.to, table="clients")),))
    with pytest.raises(OperatorError, match="clients"):
        book(bench.target, gone, {2: ("O1", "C1")})


def test_two_bookings_that_would_make_the_same_row_do_not_fail_for_good(tmp_path: Path) -> None:
    """On servers other bookings of the parents' table go on beside ours, which then begins anew."""
    for kind in ("postgresql", "mariadb"):
        for bench in bench_of(kind, tmp_path):
            makes = plan({"customer": "create"})
            booking = bench.target.begin(makes, "run-1", 1)
            booking.stage(block({2: order("O1", "C9")}))
            comparison, _ = booking.compare()
            assert comparison.effects["created_on_the_way"] == {"customer": 1}
            bench.customers("C9")
            with pytest.raises(WeatherError, match="customers"):
                booking.book({})
            booking.abandon()
            again, _ = bench.book(makes, {2: order("O1", "C9")})
            assert (again.created, again.effects) == (1, {})
            assert bench.known() == ["C9"]


def undone(
    bench: Bench, booked: BookingPlan, rows: dict[int, tuple[Cell, ...]], run: str, parker: str = "", parks: bool = False
) -> list[tuple[int, str]]:
    """Takes a run back; returns line and outcome of each of its changes."""
    undoing = UndoPlan(
        booking=booked,
        types={field.name: field.type for field in booked.fields},
        columns={field.name: field.column for field in booked.fields},
        made={},
        run=run,
        parker=parker,
        parks=parks,
    )
    work = bench.target.undo(undoing, f"undo-{run}", 1)
    found = work.made(block(rows)) if work.needs_file() else []
    found += [one for page in work.others() for one in page]
    work.book({})
    return sorted((one.line, one.decision.outcome) for one in found)


def test_an_undo_takes_back_what_was_made_on_the_way_and_what_waits(bench: Bench) -> None:
    makes = plan({"customer": "create"})
    rows = {2: order("O1", "C9"), 3: order("O2", "C8"), 4: order("O3", payer="C7")}
    bench.book(makes, rows)
    assert (bench.known(), len(bench.parked())) == (["C8", "C9"], 1)
    bench.put("orders", number="O9", customer="C8")
    told = undone(bench, makes, rows, "run-1")
    assert [line for line, _ in told] == [-2, -1, 2, 3]
    assert (bench.known(), bench.known("orders"), bench.target.waiting("acme")) == (["C8"], ["O9"], ())


def test_what_waited_waits_again_once_the_undo_is_undone(bench: Bench) -> None:
    bench.book(plan(), {2: order("O1", "C9"), 3: order("O2", "C8", amount="2.0000"), 4: order("O3", "C9")})
    bench.book(plan(), {2: order("O4", "C9")}, "run-2")
    (first, others), rows = bench.target.waiting("acme")[:2], bench.target.waiting_rows("acme", "run-1")
    undone(bench, plan(), {}, "run-1")
    assert [group.run_key for group in bench.target.waiting("acme")] == ["run-2"]
    assert bench.target.waiting_rows("acme", "run-1") == ()
    bench.book(plan(), {2: order("O2", "C8"), 3: order("O5")}, "run-3")  # a newer file has the key of one that waits no longer
    undone(bench, plan(), {}, "undo-run-1", "run-1", parks=True)
    again = bench.target.waiting_rows("acme", "run-1")
    assert [(one.key, one.row) for one in again] == [(one.key, one.row) for one in rows if one.key != {"number": "O2"}]
    since = {group.run_key: group.since for group in bench.target.waiting("acme")}
    assert (since["run-1"], len(since), others.run_key) == (first.since, 3, "run-1"), "it has waited all the time"


def test_what_waits_no_longer_is_nothing_that_a_file_lacks(bench: Bench) -> None:
    bench.book(plan(), {2: order("O1", "C9")})
    undone(bench, plan(), {}, "run-1")
    booking = bench.target.begin(plan(), "run-2", 1)
    booking.stage(block({2: order("O2")}))
    booking.compare()
    assert list(booking.absent_parked()) == []
    booking.abandon()


@pytest.mark.parametrize(
    ("raw", "keys", "names"),
    [(CUSTOMER, ("C1", "C2", "C3"), {"customer": "C1", "payer": "C2"}), (ACCOUNT, (700, 701, 702), {"account": 700})],
    ids=["text", "integer"],
)
@pytest.mark.parametrize("preview", [False, True])
def test_an_undo_deletes_no_row_that_rows_of_another_entity_name(
    bench: Bench, raw: dict[str, Any], keys: tuple[Cell, ...], names: dict[str, Cell], preview: bool
) -> None:
    """The tables that we make have no foreign keys, so that only the configuration tells."""
    entity, key = Entity.model_validate(raw), raw["key"][0]
    fields = [key, "name"] if "name" in raw["fields"] else [key]
    feed = Feed.model_validate({"feed": "f", "files": "f.csv", "entity": raw["entity"], "mapping": {one: one for one in fields}})
    rows: dict[int, tuple[Cell, ...]] = {line: (one, "x")[: len(fields)] for line, one in enumerate(keys, 2)}
    bench.book(plan_booking("acme", feed, entity), rows, "run-1")
    columns = {"payer": "paid_by"}
    bench.put("orders", number="O1", **{columns.get(name, name): value for name, value in names.items()})
    bench.put("orders", tenant="beta", number="O1", **{columns.get(name, name): keys[2] for name in names})  # means its own
    others = [resolved(one, ENTITIES) for one in ENTITIES.values()]
    work = bench.target.undo(plan_undo("acme", feed, entity, "run-1", others=others), None if preview else "undo-1", 1)
    told = {one.key[key]: one.decision.reason for one in work.made(block(rows))}
    assert told == {one: "referred" if one in names.values() else None for one in keys}
    if preview:
        work.abandon()
    else:
        work.book({})
    assert bench.known(raw["table"]) == [one for one in keys if preview or one in names.values()]
