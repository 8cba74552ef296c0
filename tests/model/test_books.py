"""The model against what else says what booking does: the table of all policies, case by case."""

from __future__ import annotations

import pytest
from tests.contract.test_policies import CASES, DEFAULT, EFFECTS, MINE, NEW, OLD, ROWS
from tests.model.books import Books
from tests.model.undoing import take_back

ENTITY = {"entity": "thing", "key": ["code"], "fields": {"code": {"type": "text"}, "name": {"type": "text", "default": DEFAULT}}}
BRINGS = {
    "entity": "thing",
    "mapping": {"code": "code", "name": {"from": "name", "conflict": "keep_local_edits", "blank": "clear"}},
}
PLAIN = {"entity": "thing", "mapping": {"code": "code", "name": "name"}}


@pytest.mark.parametrize(("blank", "conflict", "outcomes"), ROWS)
def test_the_model_does_what_the_table_of_policies_says(blank: str, conflict: str, outcomes: str) -> None:
    for (stands, cell), outcome in zip(CASES, outcomes, strict=True):
        books = Books({"thing": ENTITY})
        place = ("thing", "acme", ("A",))
        if stands == "typed in":
            books.put("thing", "acme", {"code": "A", "name": MINE})
        else:
            books.book("run-1", "acme", BRINGS, [(2, {"code": "A", "name": OLD})])
        if stands == "nothing":
            books.book("run-2", "acme", BRINGS, [(2, {"code": "A", "name": None})])
        if stands == "edited":
            books.edit(place, {"name": MINE})
        before = books.rows[place]["name"]
        said = {"blank": None, "same": before, "other": NEW}[cell]
        feed = {"entity": "thing", "mapping": {"code": "code", "name": {"from": "name", "blank": blank, "conflict": conflict}}}
        found = books.book("run-3", "acme", feed, [(2, {"code": "A", "name": said})])
        assert books.rows[place]["name"] == {"W": NEW, "C": None, "D": DEFAULT}.get(outcome, before), (stands, cell)
        assert dict(found.effects) == ({(EFFECTS[outcome], "name"): 1} if outcome in EFFECTS else {})
        assert (found.updated, found.unchanged) == ((1, 0) if outcome in "WCD" else (0, 1))


def test_a_then_b_then_a_ends_as_a_and_the_same_once_more_is_unchanged() -> None:
    books = Books({"thing": ENTITY})
    first, second = [(2, {"code": "A", "name": "a"})], [(2, {"code": "A", "name": "b"})]
    for number, rows in enumerate((first, second, first)):
        books.book(f"run-{number}", "acme", PLAIN, rows)
    assert books.rows == {("thing", "acme", ("A",)): {"code": "A", "name": "a"}}
    assert books.book("run-3", "acme", PLAIN, first).unchanged == 1


def test_an_undo_puts_back_what_stood_and_leaves_what_was_touched() -> None:
    books = Books({"thing": ENTITY})
    books.book("run-0", "acme", PLAIN, [(2, {"code": "A", "name": "a"}), (3, {"code": "B", "name": "b"})])
    books.book(
        "run-1",
        "acme",
        PLAIN,
        [(2, {"code": "A", "name": "x"}), (3, {"code": "C", "name": "c"}), (4, {"code": "D", "name": "d"})],
    )
    books.edit(("thing", "acme", ("D",)), {"name": "mine"})
    done = take_back(books, "run-1", "undo", ())
    assert [(one.outcome, one.act) for one in done] == [("reverted", "updated"), ("reverted", "deleted"), ("kept", None)]
    assert {place[2]: row["name"] for place, row in books.rows.items()} == {("A",): "a", ("B",): "b", ("D",): "mine"}
    again = take_back(books, "undo", "undo-2", {"run-1", "undo"})
    assert [(one.outcome, one.act) for one in again] == [("reverted", "updated"), ("reverted", "created")]
    assert books.rows["thing", "acme", ("C",)]["name"] == "c"
