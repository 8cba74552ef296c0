"""The same delivery again ends as ``duplicate``, and only where it would change nothing: what was booked last is that very file.

Runs are numbered when their files come, and booked later where these are held: the number does not tell which was booked last.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.houses import Desk, desk
from tests.flow.test_absence import CLEARED, ENTITY, OPEN, drop, feed, items, stand

from nightclerk.core.run import Run
from nightclerk.work.decide import decide
from nightclerk.work.hand_in import hand_in
from nightclerk.work.replay import replay
from nightclerk.work.undo import undo


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed("hold: {absent: {rows: 2}}")) as made:
        yield made


def handed_in(at: Desk, tmp_path: Path, data: bytes) -> Run:
    path = tmp_path / "items_9.csv"
    path.write_bytes(data)
    return hand_in(at.house, "acme", path, None, None)[0]


def test_a_b_a_means_a(at: Desk, tmp_path: Path) -> None:
    endings = [drop(at, n, data).ending for n, data in enumerate([items(1, 2), items(1), items(1, 2), items(1, 2)])]
    assert endings == ["imported", "imported", "imported", "duplicate"]
    assert stand(tmp_path) == {"R1": OPEN, "R2": OPEN}


def test_after_an_older_held_file_was_approved_the_newer_one_is_booked_again(at: Desk, tmp_path: Path) -> None:
    drop(at, 1, items(1, 2, 3, 4))
    held = drop(at, 2, items(1, left="7.00"))
    newer = items(1, 2, 3, 4, 5)
    assert handed_in(at, tmp_path, newer).ending == "imported"
    assert decide(at.house, held.id, "approve", "ann")[0].ending == "imported"
    assert stand(tmp_path)["R1"] == ("open", None, "7.0000")
    again = handed_in(at, tmp_path, newer)
    assert (again.ending, again.counts.updated, again.counts.unchanged) == ("imported", 1, 4)
    assert stand(tmp_path)["R1"] == OPEN
    assert handed_in(at, tmp_path, newer).ending == "duplicate"


def test_an_older_file_that_settled_no_absent_rows_settles_them_when_it_is_sent_again(at: Desk, tmp_path: Path) -> None:
    older = drop(at, 1, items(1, 2))
    drop(at, 2, items(1, 2, 3))
    (read_again,) = replay(at.house, older.id, as_it_was=False)
    assert (read_again.ending, read_again.effects) == ("imported", {"absent_left": True})
    assert stand(tmp_path)["R3"] == OPEN
    sent_again = drop(at, 3, items(1, 2))
    assert (sent_again.ending, sent_again.effects) == ("imported", {"absent": {"cleared": 1}})
    assert stand(tmp_path) == {"R1": OPEN, "R2": OPEN, "R3": CLEARED}


def test_the_newest_file_is_no_older_one_after_others_were_replayed(at: Desk, tmp_path: Path) -> None:
    older = drop(at, 1, items(1, 2, 3))
    newest = drop(at, 2, items(1, 2))
    (first,) = replay(at.house, older.id, as_it_was=False)
    assert (first.effects, stand(tmp_path)["R3"]) == ({"absent_left": True, "reopened": 1}, OPEN)
    (again,) = replay(at.house, first.id, as_it_was=False)
    assert again.effects == {"absent_left": True}, "the file of a replay is as old as it was"
    (second,) = replay(at.house, newest.id, as_it_was=False)
    assert (second.effects, stand(tmp_path)["R3"]) == ({"absent": {"cleared": 1}}, CLEARED)


def test_of_several_held_files_none_is_approved_as_if_it_were_the_newest(at: Desk, tmp_path: Path) -> None:
    drop(at, 1, items(1, 2, 3, 4))
    held = [handed_in(at, tmp_path, items(1)), handed_in(at, tmp_path, items(2))]
    assert [run.ending for run in held] == ["held", "held"]
    handed_in(at, tmp_path, items(1, 2, 3, 4, 5))
    for run in held:
        assert decide(at.house, run.id, "approve", "ann")[0].effects == {"absent_left": True}
    assert set(stand(tmp_path).values()) == {OPEN}


def test_a_file_whose_rows_an_undo_took_out_is_booked_again(at: Desk, tmp_path: Path) -> None:
    first = drop(at, 1, items(1, 2))
    assert drop(at, 2, items(2, 1)).counts.unchanged == 2
    undone = undo(at.house, first.id, lambda rows: None)
    assert (undone.tally.reverted, stand(tmp_path)) == ({"deleted": 2}, {})
    again = drop(at, 3, items(2, 1))
    assert (again.ending, again.counts.created) == ("imported", 2)
    assert drop(at, 4, items(2, 1)).ending == "duplicate"
