"""A feed that holds everything: three nights of open items, and what stops it from clearing what the file lacks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.flow.houses import Desk, desk

from nightclerk.cli.terminal import run_line
from nightclerk.core.run import Run, run_from_data, run_to_data
from nightclerk.desk.preview import Ahead, Asked, preview
from nightclerk.sources.handed import Handed
from nightclerk.work.decide import decide
from nightclerk.work.hand_in import hand_in
from nightclerk.work.replay import replay
from nightclerk.work.undo import undo

FEED = """  - feed: items
    files: "items_*.csv"
    entity: invoice
    absent: clear
    {more}
    mapping:
      {{number: Number, customer: Customer, type: {{constant: invoice}}, issue_date: Date, amount: Amount, amount_remaining: Open,
       currency: {{constant: EUR}}}}
"""
#: As it is shipped, but for the customer, which is no reference here.
ENTITY = """
entity: invoice
table: invoices
key: [number]
fields:
  number: {type: text, max_length: 50}
  customer: {type: text}
  type: {type: text}
  issue_date: {type: date}
  amount: {type: money, currency: currency}
  amount_remaining: {type: money, currency: currency}
  currency: {type: currency}
  status: {type: text}
  cleared_on: {type: date}
absent:
  clear:
    gone: {status: cleared, cleared_on: run_date, amount_remaining: 0}
    back: {status: open, cleared_on: null}
"""
HEAD = "Number,Customer,Date,Amount,Open\n"


def feed(more: str = "max_rows: 1000") -> str:
    return FEED.format(more=more)


def items(*numbers: int, left: str = "5.00", bad: str = "") -> bytes:
    rows = "".join(f"R{number},C1,2026-11-0{number % 9 + 1},10.00,{left}\n" for number in numbers)
    return (HEAD + rows + bad).encode()


def drop(at: Desk, number: int, data: bytes) -> Run:
    at.sources["acme"].put(f"items_{number}.csv", data)
    at.take()
    return at.house.runs.history()[0]


def stand(root: Path) -> dict[str, tuple[str | None, str | None, str | None]]:
    with closing(sqlite3.connect(root / "var" / "app.db")) as database:
        rows = database.execute("SELECT number, status, cleared_on, amount_remaining FROM invoices ORDER BY number")
        return {number: (status, day, left) for number, status, day, left in rows}


OPEN, CLEARED = ("open", None, "5.0000"), ("cleared", "2026-11-21", "0.0000")


def test_three_nights_of_open_items(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed()) as at:
        first = drop(at, 1, items(1, 2, 3))
        assert (first.ending, first.counts.created, first.effects) == ("imported", 3, {})
        assert stand(tmp_path) == {"R1": OPEN, "R2": OPEN, "R3": OPEN}

        second = drop(at, 2, items(2, 4))
        assert (second.counts.created, second.counts.unchanged, second.effects) == (1, 1, {"absent": {"cleared": 2}})
        assert run_line(second).endswith("2 rows: 1 created, 1 unchanged; 2 absent cleared")
        assert stand(tmp_path) == {"R1": CLEARED, "R2": OPEN, "R3": CLEARED, "R4": OPEN}
        assert "2 enregistrements qui ne sont plus dans le fichier ont été soldés." in at.letters("report")[-1]

        third = drop(at, 3, items(2, 3, 4))
        assert (third.counts.updated, third.counts.unchanged, third.effects) == (1, 2, {"reopened": 1})
        assert stand(tmp_path) == {"R1": CLEARED, "R2": OPEN, "R3": OPEN, "R4": OPEN}
        assert set(third.totals) == {"amount", "amount_remaining"}


def test_a_partly_rejected_file_clears_nothing_and_says_so(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed()) as at:
        drop(at, 1, items(*range(1, 9)))
        run = drop(at, 2, items(*range(2, 9), bad="R9,C1,never,1.00,1.00\n"))
        assert (run.ending, run.counts.rejected, run.effects) == ("imported_with_rejects", 1, {})
        assert [str(note) for note in run.notes if "left as they were" in note] == [
            "Records that the file does not hold were left as they are, because 1 row of it was rejected."
        ] or any("left as they are" in note for note in run.notes)
        assert stand(tmp_path)["R1"] == OPEN


def test_despite_rejects_the_rejected_rows_count_as_there(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed("absent_despite_rejects: true")) as at:
        drop(at, 1, items(*range(1, 9)))
        run = drop(at, 2, items(*range(3, 9), bad="R2,C1,never,1.00,1.00\n"))
        assert (run.counts.rejected, run.effects) == (1, {"absent": {"cleared": 1}})
        assert (stand(tmp_path)["R1"], stand(tmp_path)["R2"]) == (CLEARED, OPEN)


def test_too_many_absent_rows_hold_the_file_until_it_is_approved(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed("hold: {absent: {rows: 2}}")) as at:
        drop(at, 1, items(1, 2, 3, 4))
        held = drop(at, 2, items(1))
        assert held.held is not None
        assert (held.ending, held.effects, held.held.effects) == ("held", {}, {"absent": {"cleared": 3}}), "nothing is done yet"
        (reason,) = held.held.reasons
        assert (reason.code, reason.figures) == ("absent", {"absent": "3", "known": "4"})
        assert [(change.line, change.key["number"]) for change in held.held.sample] == [(-1, "R2"), (-2, "R3"), (-3, "R4")]
        assert set(stand(tmp_path).values()) == {OPEN}
        booked = decide(at.house, held.id, "approve", "ann")[0]
        assert (booked.ending, booked.effects) == ("imported", {"absent": {"cleared": 3}})
        assert stand(tmp_path) == {"R1": OPEN, "R2": CLEARED, "R3": CLEARED, "R4": CLEARED}


@pytest.mark.parametrize("decided", [False, True])
def test_what_an_older_version_told_of_a_held_file_is_not_told_as_done(tmp_path: Path, decided: bool) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed("hold: {absent: {rows: 2}}")) as at:
        drop(at, 1, items(1, 2, 3, 4))
        held = drop(at, 2, items(1))
        run = decide(at.house, held.id, "refuse", "ann")[0] if decided else held
        told = run_to_data(run)
        told["effects"] = told["held"].pop("effects")  # as it was kept before
        assert told["effects"] == {"absent": {"cleared": 3}}
        assert run_from_data(told) == run
        assert "absent" not in run_line(run)


def test_what_is_approved_after_a_newer_file_clears_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed("hold: {absent: {rows: 2}}")) as at:
        drop(at, 1, items(1, 2, 3, 4))
        held = drop(at, 2, items(1))
        assert held.ending == "held"
        assert "absent" not in run_line(held), "nothing is done yet"
        path = tmp_path / "items_3.csv"
        path.write_bytes(items(1, 2, 3, 4, 5))
        (newer,) = hand_in(at.house, "acme", path, None, None)
        assert newer.ending == "imported"
        booked = decide(at.house, held.id, "approve", "ann")[0]
        assert (booked.ending, booked.effects) == ("imported", {"absent_left": True})
        assert any("newer ones have been imported" in note for note in booked.notes)
        assert set(stand(tmp_path).values()) == {OPEN}


def test_a_trial_of_a_newer_file_is_no_reason_to_leave_absent_rows_alone(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed("hold: {absent: {rows: 2}}")) as at:
        drop(at, 1, items(1, 2, 3, 4))
        held = drop(at, 2, items(1))
        path = tmp_path / "items_3.csv"
        path.write_bytes(items(1, 2, 3))
        assert hand_in(at.house, "acme", path, None, ("R2",))[0].ending == "imported"
        assert decide(at.house, held.id, "approve", "ann")[0].effects == {"absent": {"cleared": 3}}


def test_a_share_of_the_rows_that_were_there_holds_as_well(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed("hold: {absent: {share: 20%}}")) as at:
        drop(at, 1, items(*range(1, 21)))
        assert drop(at, 2, items(*range(1, 17))).ending == "imported", "4 of 20"
        at.held(drop(at, 3, items(*range(1, 12))), "absent")


def test_an_undo_opens_them_again_and_a_replay_clears_them_again(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed()) as at:
        drop(at, 1, items(1, 2, 3))
        before = stand(tmp_path)
        second = drop(at, 2, items(2))
        undone = undo(at.house, second.id, lambda rows: None)
        assert undone.tally.reverted == {"updated": 2}
        assert stand(tmp_path) == before
        (again,) = replay(at.house, second.id, as_it_was=False)
        assert again.effects == {"absent": {"cleared": 2}}
        assert stand(tmp_path) == {"R1": CLEARED, "R2": OPEN, "R3": CLEARED}


def test_a_replay_of_an_older_file_clears_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed()) as at:
        first = drop(at, 1, items(1, 2))
        drop(at, 2, items(1, 2, 3))
        (again,) = replay(at.house, first.id, as_it_was=False)
        assert (again.ending, again.effects) == ("imported", {"absent_left": True})
        assert any("newer ones have been imported" in note for note in again.notes)
        assert stand(tmp_path)["R3"] == OPEN


def test_a_trial_and_corrected_rows_clear_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed()) as at:
        drop(at, 1, items(1, 2, 3))
        path = tmp_path / "items_2.csv"
        path.write_bytes(items(1, 2, 4))
        (trial,) = hand_in(at.house, "acme", path, None, ("R1",))
        assert (trial.ending, trial.effects) == ("imported", {"only": ["R1"]})
        assert any("This was a trial" in note for note in trial.notes)
        first = drop(at, 3, items(1, 2, 3, bad="R4,C1,never,1.00,1.00\n"))
        corrected = (HEAD.strip() + ",_run\n" + f"R4,C1,2026-11-05,1.00,1.00,{first.id}\n").encode()
        run = drop(at, 4, corrected)
        assert (run.ending, run.corrects, run.effects) == ("imported", first.id, {})
        assert {status for status, _, _ in stand(tmp_path).values()} == {"open"}


def test_a_preview_says_what_the_import_then_does(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed()) as at:
        drop(at, 1, items(1, 2, 3))
        drop(at, 2, items(2))
        path = tmp_path / "items_3.csv"
        path.write_bytes(items(1, left="2.00"))
        house = at.house
        ahead = Ahead(house.clock, house.reader, house.target, house.runs, house.opener)
        before = stand(tmp_path)
        seen = preview(ahead, house.configuration, Asked("acme", "items", path, Handed(path), None, 10))
        assert stand(tmp_path) == before
        assert seen.constants == {"type": "invoice", "currency": "EUR", "status": "open", "cleared_on": None}
        assert [(change.line, change.before, change.after) for change in seen.sample] == [
            (
                2,
                {"amount_remaining": "0.0000", "status": "cleared", "cleared_on": "2026-11-21"},
                {"amount_remaining": "2.0000", "status": "open", "cleared_on": None},
            ),
            (
                -1,
                {"amount_remaining": "5.0000", "status": "open", "cleared_on": None},
                {"amount_remaining": "0.0000", "status": "cleared", "cleared_on": "2026-11-21"},
            ),
        ]
        run = drop(at, 3, path.read_bytes())
        assert (run.counts, run.effects, run.totals) == (seen.run.counts, seen.run.effects, seen.run.totals)
        assert run.effects == {"reopened": 1, "absent": {"cleared": 1}}


def test_a_parked_row_is_there_and_stops_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed()) as at:
        at.sources["acme"].put("clients_1.csv", b"Code;Nom\nC1;Un\n")
        at.take()
        drop(at, 1, items(1, 2, 3))
        run = drop(at, 2, items(1) + b"R2,NOBODY,2026-11-03,10.00,5.00\n")
        assert (run.counts.parked, run.effects) == (1, {"absent": {"cleared": 1}})
        assert {number: status for number, (status, _, _) in stand(tmp_path).items()} == {
            "R1": "open",
            "R2": "open",
            "R3": "cleared",
        }


def test_an_empty_file_clears_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, entities={"invoice": ENTITY}, feeds=feed()) as at:
        drop(at, 1, items(1, 2))
        assert drop(at, 2, HEAD.encode()).ending == "empty"
        assert set(stand(tmp_path).values()) == {OPEN}
