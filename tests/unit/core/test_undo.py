"""What taking a run back does to one row: decided from the log, the row as it stands, and how it was made."""

from __future__ import annotations

import pytest

from nightclerk.core.undo import (
    Decision,
    Later,
    Logged,
    RowUndone,
    UndoTally,
    decide_again,
    decide_created,
    decide_updated,
)

KEY = {"code": "A"}
UPDATED = Logged(2, "updated", KEY, {"name": ["old", "new"], "city": [None, "Lyon"]})
CREATED = Logged(2, "created", KEY, None)
AFTER = {"name": "new", "city": "Lyon"}


def later(change: Logged, what: Later) -> Logged:
    return Logged(change.line, change.kind, change.key, change.fields, what)


@pytest.mark.parametrize(
    ("stands", "since", "decision"),
    [
        (AFTER, frozenset(), Decision("reverted", "updated", ("name", "city"))),
        ({"name": "mine", "city": "Lyon"}, frozenset(), Decision("reverted", "updated", ("city",), ("name",))),
        ({"name": "mine", "city": None}, frozenset(), Decision("kept", kept=("name", "city"))),
        (AFTER, frozenset({"name"}), Decision("reverted", "updated", ("city",), ("name",))),
        (AFTER, None, Decision("kept", kept=("name", "city"))),
        (None, frozenset(), Decision("could_not", reason="gone")),
    ],
)
def test_an_updated_row(stands: dict[str, str | None] | None, since: Later, decision: Decision) -> None:
    assert decide_updated(later(UPDATED, since), AFTER, stands) == decision


@pytest.mark.parametrize(
    ("made", "stands", "since", "decision"),
    [
        (AFTER, AFTER | {"limit": None}, frozenset(), Decision("reverted", "deleted")),
        (AFTER, AFTER | {"limit": "0.0000"}, frozenset(), Decision("reverted", "deleted")),
        (AFTER, AFTER | {"limit": "9.0000"}, frozenset(), Decision("kept", kept=("limit",))),
        (AFTER, AFTER | {"name": "mine", "limit": None}, frozenset(), Decision("kept", kept=("name",))),
        (AFTER, AFTER, frozenset({"name"}), Decision("kept")),
        (AFTER, AFTER, None, Decision("kept")),
        (AFTER, None, frozenset(), Decision("could_not", reason="gone")),
        (None, AFTER, frozenset(), Decision("could_not", reason="no_file")),
    ],
)
def test_a_created_row(
    made: dict[str, str | None] | None, stands: dict[str, str | None] | None, since: Later, decision: Decision
) -> None:
    assert decide_created(later(CREATED, since), made, stands, {"limit": "0.0000"}) == decision


def test_a_row_that_an_undo_deleted_or_created() -> None:
    image = {"code": "A", "name": "x"}
    deleted, created = Logged(2, "deleted", KEY, image), Logged(2, "created", KEY, image)
    assert decide_again(deleted, None, {"called": "name"}) == Decision("reverted", "created")
    assert decide_again(deleted, image, {"called": "name"}) == Decision("kept")
    assert decide_again(created, image, {"called": "name"}) == Decision("reverted", "deleted")
    assert decide_again(created, image | {"name": "y"}, {"called": "name"}) == Decision("kept", kept=("name",))
    renamed = Logged(2, "created", KEY, {"code": "A", "called": "x"})
    assert decide_again(renamed, {"code": "A", "called": "y"}, {"called": "name"}) == Decision("kept", kept=("name",))
    assert decide_again(later(created, None), image, {"called": "name"}) == Decision("kept")
    assert decide_again(created, None, {"called": "name"}) == Decision("could_not", reason="gone")


def test_every_row_is_counted_once() -> None:
    tally = UndoTally()
    decisions = [
        Decision("reverted", "updated", ("name",), ("city",)),
        Decision("reverted", "deleted"),
        Decision("kept", kept=("name",)),
        Decision("could_not", reason="gone"),
    ]
    tally.add(RowUndone(line, "customer", KEY, decision) for line, decision in enumerate(decisions))
    assert tally == UndoTally({"updated": 1, "deleted": 1}, partly=1, kept=1, could_not={"gone": 1})
