"""An undo that cannot be made, or was broken off, leaves nothing that stays in the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.flow.houses import Desk, desk
from tests.flow.test_doctor import unwatched
from tests.flow.test_undo import FIRST, HEAD, SECOND, begun, book_undo, handed_in, names, taken_back

from nightclerk.core.errors import OperatorError
from nightclerk.desk.doctor import Visit, visit
from nightclerk.desk.standing import standing
from nightclerk.work.undo import settle_undos


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


def in_ledger(tmp_path: Path, statement: str) -> None:
    with closing(sqlite3.connect(tmp_path / "var/ledger.db")) as ledger, ledger:
        ledger.execute(statement)


def states(at: Desk) -> dict[str, int]:
    found: dict[str, int] = {}
    for drop in at.house.runs.unfinished():
        found[drop["state"]] = found.get(drop["state"], 0) + 1
    return found


def test_an_import_whose_undo_was_booked_and_not_recorded_makes_no_duplicate(at: Desk, tmp_path: Path) -> None:
    """The rows are out of the tables, and only the database knows."""
    first = handed_in(at, tmp_path, FIRST)
    _, claim = begun(at, first, "dead")
    book_undo(at, first, claim)
    again = handed_in(at, tmp_path, FIRST)
    assert (again.ending, again.counts.unchanged) == ("imported", 2)


def test_an_undo_that_cannot_be_planned_is_not_begun(at: Desk, tmp_path: Path) -> None:
    run = handed_in(at, tmp_path, FIRST)
    in_ledger(tmp_path, "DELETE FROM configurations")
    with pytest.raises(OperatorError, match="is not kept in the ledger"):
        taken_back(at, run.id)
    assert states(at) == {}


def test_an_undo_that_can_be_planned_no_more_is_given_up(at: Desk, tmp_path: Path) -> None:
    run = handed_in(at, tmp_path, FIRST)
    begun(at, run, "dead")
    in_ledger(tmp_path, "DELETE FROM configurations")
    settle_undos(at.house)
    assert states(at) == {}


def test_an_undo_that_can_be_planned_no_more_and_was_booked_is_recorded(at: Desk, tmp_path: Path) -> None:
    run = handed_in(at, tmp_path, HEAD + "A;Anna\n")
    other = handed_in(at, tmp_path, HEAD + "A;Anne\n")
    _, claim = begun(at, other, "dead")
    book_undo(at, other, claim)
    in_ledger(tmp_path, "DELETE FROM configurations")
    settle_undos(at.house)
    found = at.house.runs.get(other.id)
    assert (states(at), found and found.undone_by, names(tmp_path)) == ({}, claim.slot.id, {"A": "Anna"})
    assert at.house.runs.get(run.id) == run


def test_an_undo_of_a_run_whose_receipt_is_gone_is_given_up(at: Desk, tmp_path: Path) -> None:
    handed_in(at, tmp_path, FIRST)
    second = handed_in(at, tmp_path, SECOND)
    with closing(sqlite3.connect(tmp_path / "var/app.db")) as app, app:
        app.execute("DELETE FROM nightclerk_receipts")
    with pytest.raises(OperatorError, match="no receipt of this run"):
        taken_back(at, second.id)
    assert states(at) == {}


def test_an_undo_that_was_left_is_told_by_doctor_and_status(at: Desk, tmp_path: Path) -> None:
    run = handed_in(at, tmp_path, FIRST)
    begun(at, run, "dead")
    about = Visit(at.house.configuration, None, at.clock.now(), unwatched)
    (told,) = [one for one in visit(about) if one.system == "drops" and one.level == "wrong"]
    assert told.sentence == (
        f"The undo of a run of drop {run.drop} of acme, clients_1.csv, was left by a process that ended. "
        "The next round settles it."
    )
    (tenant,) = standing(at.house.configuration, at.house.runs._ledger, at.clock.now())
    assert [(one["drop"], one["state"]) for one in tenant["under_way"]] == [(run.drop, "undoing")]
    at.round()
    assert states(at) == {}
    assert not [one for one in visit(about) if one.system == "drops" and one.level == "wrong"]
