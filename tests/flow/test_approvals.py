"""An approval answers for what the file was held for, and for nothing that came to it since."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.flow.houses import Desk, desk
from tests.flow.test_holds import content, drop, feed, names

from nightclerk.core.run import Counts
from nightclerk.work.decide import decide


def edit(root: Path, statement: str) -> None:
    with closing(sqlite3.connect(root / "var" / "app.db")) as database, database:
        database.execute(statement)


def test_a_file_held_for_one_reason_is_not_booked_for_another(tmp_path: Path) -> None:
    """Held for its few rows, it would clear what came into the tables while it waited."""
    with desk(tmp_path, feeds=feed()) as at:
        drop(at, 1, content(range(20), balance=""))
        held = drop(at, 2, content(range(9), balance=""))
        assert [reason.code for reason in held.held.reasons] == ["fewer_rows"]  # type: ignore[union-attr]
        edit(tmp_path, "UPDATE customers SET balance = '9.0000'")
        ended = decide(at.house, held.id, "approve", "ann")[0]
        assert (ended.ending, ended.code, ended.counts) == ("refused", "not_as_approved", Counts(rows=9, skipped=9))
        assert ended.sentence == (
            "The file was approved, and by now there is more to it than what was approved: "
            "Empty cells would clear 9 values that are known."
        )
        with closing(sqlite3.connect(tmp_path / "var" / "app.db")) as database:
            assert database.execute("SELECT count(*) FROM customers WHERE balance IS NULL").fetchone() == (0,)
        assert at.house.claims.begun() == frozenset()


@pytest.mark.parametrize(("more", "ending"), [(1, "imported"), (2, "refused")])
def test_what_was_approved_may_have_grown_by_a_tenth(tmp_path: Path, more: int, ending: str) -> None:
    with desk(tmp_path, feeds=feed()) as at:
        drop(at, 1, content(range(20)))
        held = drop(at, 2, content(range(10), name="Two") + content(range(10, 20))[len("Code,Name,Balance\n") :])
        assert [reason.figures for reason in held.held.reasons] == [{"updated": "10", "known": "20"}]  # type: ignore[union-attr]
        edit(tmp_path, f"UPDATE customers SET name = 'Mine' WHERE CAST(code AS INTEGER) BETWEEN 10 AND {9 + more}")
        ended = decide(at.house, held.id, "approve", "ann")[0]
        assert (ended.ending, ended.counts.updated) == (ending, 11 if ending == "imported" else 0)
        assert names(tmp_path)["10"] == ("One 10" if ending == "imported" else "Mine")


class FullDisk:
    """Runs that cannot be recorded."""

    def __init__(self, runs: Any) -> None:
        self._runs = runs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runs, name)

    def record(self, *arguments: object) -> None:
        raise OSError(28, "No space left on device")


def newer(at: Desk, number: int, data: bytes) -> list[tuple[str, str, str | None]]:
    drop(at, number, data)
    return sorted((run.file, run.ending, run.code) for run in at.house.runs.history())


def test_a_newer_file_replaces_a_held_one_once_it_is_known_to_be_good(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed("newest_wins: true")) as at:
        drop(at, 1, content(range(20)))
        drop(at, 2, content(range(2)))
        imported, held = ("bills_1.csv", "imported", None), ("bills_2.csv", "held", None)
        ended = newer(at, 3, b'Code,Name\n"never closed\n')
        assert [one[:2] for one in ended] == [imported[:2], held[:2], ("bills_3.csv", "refused")]
        assert newer(at, 4, b"")[1::2] == [held, ("bills_4.csv", "empty", None)]
        at.sources["acme"].put("bills_5.csv", content(range(21)))
        at.sources["acme"].put("notes.txt", b"not for us")
        at.take()
        replaced = at.house.runs.history()[-2]
        assert (replaced.file, replaced.ending, replaced.code) == ("bills_2.csv", "refused", "replaced")
        assert at.house.holds.waiting() == ()
        assert at.house.claims.begun() == frozenset()
        assert any(name.startswith("failed/bills_2") for name in at.sources["acme"].files)


def test_a_newer_file_that_is_held_itself_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed("newest_wins: true")) as at:
        drop(at, 1, content(range(20)))
        drop(at, 2, content(range(2)))
        last = newer(at, 3, content(range(3)))
        assert last == [("bills_1.csv", "imported", None), ("bills_2.csv", "refused", "replaced"), ("bills_3.csv", "held", None)]


def test_neither_what_a_person_handed_in_nor_a_correction_changes_places(tmp_path: Path) -> None:
    from nightclerk.work.hand_in import hand_in

    with desk(tmp_path, feeds=feed("newest_wins: true")) as at:
        first = drop(at, 1, content(range(20)))
        (tmp_path / "bills_2.csv").write_bytes(content(range(2)))
        (by_hand,) = hand_in(at.house, "acme", tmp_path / "bills_2.csv", "bills", None)
        assert by_hand.ending == "held"
        assert drop(at, 3, content(range(20))).ending == "duplicate"
        assert at.house.holds.waiting() == (by_hand,)
        of_folder = drop(at, 4, content(range(4)))
        (tmp_path / "bills_5.csv").write_bytes(content(range(22)))
        (other,) = hand_in(at.house, "acme", tmp_path / "bills_5.csv", "bills", None)
        assert (other.ending, at.house.holds.waiting()) == ("imported", (by_hand, of_folder))
        corrected = f"Code,Name,Balance,_run\n1,Corrected,1.50,{first.id}\n".encode()
        assert drop(at, 6, corrected).corrects == first.id
        assert at.house.holds.waiting() == (by_hand, of_folder)


def test_a_newer_file_that_died_before_it_was_recorded_replaces_once_it_is(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed("newest_wins: true")) as at:
        drop(at, 1, content(range(20)))
        held = drop(at, 2, content(range(2)))

        runs = at.house.runs
        at.house.runs = FullDisk(runs)  # type: ignore[assignment]
        at.sources["acme"].put("bills_3.csv", content(range(21)))
        at.take()
        at.house.runs = runs
        assert len(names(tmp_path)) == 21
        at.round(minutes=5)
        at.round(minutes=5)
        assert [run.ending for run in at.house.runs.history()] == ["imported", "refused", "imported"]
        assert at.house.runs.get(held.id).code == "replaced"  # type: ignore[union-attr]
        assert at.house.claims.begun() == frozenset()
