"""A run is taken back and replayed in the house: claimed, fenced, settled after a crash, and left out of the feed's history."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.flow.houses import Desk, desk

from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.run import Run, run_to_data
from nightclerk.core.undo import RowUndone, UndoTally, plan_undo
from nightclerk.ledger.runs import FencedOffError
from nightclerk.ledger.undos import Undos
from nightclerk.work.as_it_was import stored_by
from nightclerk.work.hand_in import hand_in
from nightclerk.work.recover import recover
from nightclerk.work.replay import replay
from nightclerk.work.round import look_and_take
from nightclerk.work.undo import Undone, archived, undo, undo_run

HEAD = "Code;Nom\n"
FIRST = HEAD + "A;Anna\nB;Bert\n"
SECOND = HEAD + "A;Anne\nB;Bert\nC;Carl\n"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


def handed_in(at: Desk, tmp_path: Path, text: str, name: str = "clients_1.csv") -> Run:
    (tmp_path / name).write_text(text)
    (run,) = hand_in(at.house, "acme", tmp_path / name, None, None)
    return run


def names(tmp_path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(tmp_path / "var/app.db")) as app:
        return dict(app.execute("SELECT code, name FROM customers ORDER BY code"))


def taken_back(at: Desk, run: int) -> Undone:
    return undo(at.house, run, lambda rows: None)


def begun(at: Desk, run: Run, holder: str) -> tuple[Undos, Any]:
    """Begins an undo as another process does; it is dead for everybody else as soon as it is asked for."""
    other = Undos(at.house.undos._ledger, holder, lambda name: False)
    return other, other.claim(run.id)


def book_undo(at: Desk, run: Run, claim: Any) -> None:
    """Books an undo of created and changed rows as a process does that dies before it records it."""
    stored = stored_by(at.house.undos, run.config_hash)
    work = at.house.target.undo(plan_undo("acme", stored.feed, stored.entity, run.key), claim.slot.key, claim.attempt)
    rows: list[RowUndone] = [row for page in work.others() for row in page]
    tally = UndoTally()
    tally.add(rows)
    work.book(run_to_data(undo_run(claim, tally)))


def test_a_run_that_was_undone_is_out_of_the_feeds_history(at: Desk, tmp_path: Path) -> None:
    first, second = handed_in(at, tmp_path, FIRST), handed_in(at, tmp_path, SECOND)
    undone = taken_back(at, second.id)
    assert (undone.tally.reverted, undone.file_gone) == ({"deleted": 1, "updated": 1}, False)
    assert names(tmp_path) == {"A": "Anna", "B": "Bert"}
    runs = at.house.runs
    last, booked = runs.last_import("acme", "clients"), runs.last_booked("acme", "clients")
    assert undone.by is not None
    assert (last and last.id, booked and booked.id) == (first.id, undone.by.id)
    assert [run.id for run in runs.last_imports("acme", "clients", 10)] == [first.id]
    assert runs.last_reading("acme", "clients") == (first.format if first.format and first.format.evidence else None)
    by = undone.by
    assert (by.ending, by.undoes, by.feed, by.drop) == ("undo", second.id, "clients", second.drop)
    assert [run.id for run in runs.of_drop(second.drop)] == [second.id], "its letter and its rejected rows are the first run's"
    assert handed_in(at, tmp_path, FIRST).ending == "imported", "the last import was undone, so that nothing is a duplicate of it"
    assert at.house.outbox.due(at.clock.now(), most=99)[-1].kind == "report"


def test_who_undoes_what_was_undone_brings_it_back(at: Desk, tmp_path: Path) -> None:
    handed_in(at, tmp_path, FIRST)
    second = handed_in(at, tmp_path, SECOND)

    def undone_by(run: int) -> int | None:
        found = at.house.runs.get(run)
        assert found is not None
        return found.undone_by

    numbers = [second.id]
    for stands in (True, False, True):
        by = taken_back(at, numbers[-1]).by
        assert by is not None
        numbers.append(by.id)
        assert (names(tmp_path)["A"] == "Anna") is stands
        assert (undone_by(second.id) is not None) is stands
    assert [undone_by(number) for number in numbers] == [numbers[1], None, numbers[3], None]
    with pytest.raises(OperatorError, match=f"was undone by run {numbers[1]}"):
        taken_back(at, second.id)


def test_an_undo_that_was_booked_and_not_recorded_is_recorded_by_who_comes_next(at: Desk, tmp_path: Path) -> None:
    handed_in(at, tmp_path, FIRST)
    second = handed_in(at, tmp_path, HEAD + "A;Anne\n")
    dead, claim = begun(at, second, "dead")
    book_undo(at, second, claim)
    assert at.house.runs.get(claim.slot.id) is None
    with pytest.raises(OperatorError, match="is being undone already"):
        dead.claim(second.id)
    assert recover(at.house) == ()
    found, again = at.house.runs.get(claim.slot.id), at.house.runs.get(second.id)
    assert (found and found.undoes, again and again.undone_by) == (second.id, claim.slot.id)
    assert names(tmp_path)["A"] == "Anna"
    with pytest.raises(FencedOffError):
        dead.give_up(claim)


def test_an_undo_that_was_not_booked_is_forgotten_and_may_be_made_again(at: Desk, tmp_path: Path) -> None:
    handed_in(at, tmp_path, FIRST)
    second = handed_in(at, tmp_path, SECOND)
    dead, claim = begun(at, second, "dead")
    undone = taken_back(at, second.id)
    assert undone.by is not None
    assert undone.by.id > claim.slot.id
    assert names(tmp_path) == {"A": "Anna", "B": "Bert"}
    with pytest.raises(FencedOffError):
        dead.record(claim, undone.by)


class LostReply:
    """A target whose COMMIT is answered by nobody."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def undo(self, *arguments: Any) -> Any:
        undoing = self._target.undo(*arguments)
        booked = undoing.book

        def book(receipt: dict[str, Any]) -> None:
            booked(receipt)
            raise WeatherError("The connection was lost.")

        undoing.book = book
        return undoing


def test_a_lost_reply_to_the_commit_is_settled_by_the_receipt(at: Desk, tmp_path: Path) -> None:
    handed_in(at, tmp_path, FIRST)
    second = handed_in(at, tmp_path, SECOND)
    at.house.target = LostReply(at.house.target)
    undone = taken_back(at, second.id)
    found = at.house.runs.get(second.id)
    assert undone.by is not None
    assert (found and found.undone_by, names(tmp_path)) == (undone.by.id, {"A": "Anna", "B": "Bert"})


def test_an_undo_that_is_stopped_leaves_all_as_it_was(at: Desk, tmp_path: Path) -> None:
    handed_in(at, tmp_path, FIRST)
    second = handed_in(at, tmp_path, SECOND)

    def stopped(rows: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo(at.house, second.id, stopped)
    assert names(tmp_path) == {"A": "Anne", "B": "Bert", "C": "Carl"}
    assert taken_back(at, second.id).tally.reverted == {"deleted": 1, "updated": 1}


def test_a_replay_is_a_drop_of_its_own_with_the_senders_name(at: Desk, tmp_path: Path) -> None:
    first = handed_in(at, tmp_path, FIRST)
    (again,) = replay(at.house, first.id, as_it_was=False)
    assert (again.ending, again.counts.unchanged, again.replays, again.file) == ("imported", 2, first.id, "clients_1.csv")
    assert again.drop != first.drop
    path = archived(at.house.archive, first, at.house.runs.drop(first.drop))
    assert path is not None
    assert archived(at.house.archive, again, at.house.runs.drop(again.drop)) not in (None, path)
    (twice,) = replay(at.house, again.id, as_it_was=True)
    assert (twice.replays, twice.config_hash) == (again.id, first.config_hash)
    path.write_bytes(b"others")
    with pytest.raises(OperatorError, match="not with the same bytes"):
        replay(at.house, first.id, as_it_was=False)
    by = taken_back(at, twice.id)
    assert (by.by, by.tally) == (None, UndoTally()), "it changed nothing, so there is nothing to take back"
    shutil.rmtree(path.parent)
    with pytest.raises(OperatorError, match="does not have the file"):
        replay(at.house, again.id, as_it_was=False)


def test_a_run_whose_log_was_deleted_is_not_told_to_have_changed_nothing(at: Desk, tmp_path: Path) -> None:
    run = handed_in(at, tmp_path, FIRST)
    with closing(sqlite3.connect(tmp_path / "var/app.db")) as app, app:
        app.execute("DELETE FROM nightclerk_changes")
    with pytest.raises(
        OperatorError, match=rf"The log of what run {run.id} changed .* was deleted, so that it cannot be taken back"
    ):
        taken_back(at, run.id)
    assert names(tmp_path) == {"A": "Anna", "B": "Bert"}


def test_a_trial_that_is_replayed_is_a_trial_again(at: Desk, tmp_path: Path) -> None:
    (tmp_path / "clients_1.csv").write_text(SECOND)
    (trial,) = hand_in(at.house, "acme", tmp_path / "clients_1.csv", None, ("A",))
    (again,) = replay(at.house, trial.id, as_it_was=False)
    assert (again.effects["only"], again.counts.unchanged, again.counts.skipped) == (["A"], 1, 2)
    assert (again.totals, again.unreadable) == (trial.totals, trial.unreadable)
    assert names(tmp_path) == {"A": "Anne"}


def test_an_undo_that_was_booked_and_not_recorded_is_settled_by_the_next_round(at: Desk, tmp_path: Path) -> None:
    run = handed_in(at, tmp_path, FIRST)
    _, claim = begun(at, run, "dead")
    book_undo(at, run, claim)
    look_and_take(at.house, "acme")
    found = at.house.runs.get(run.id)
    assert found is not None
    assert found.undone_by == claim.slot.id
