"""``hold_part: true``: what is safe in a held file is booked, and only the rows that it is held for wait."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from tests.flow.houses import desk
from tests.flow.test_approvals import FullDisk, edit
from tests.flow.test_doctor import unwatched
from tests.flow.test_holds import content, drop, feed, names

from nightclerk.core.errors import OperatorError
from nightclerk.core.printed_run import Run as PrintedRun
from nightclerk.core.run import Counts, Run
from nightclerk.desk.doctor import Visit, visit
from nightclerk.desk.output import run_data
from nightclerk.ledger.undos import refuse_undo
from nightclerk.work.decide import decide
from nightclerk.work.recover import recover
from nightclerk.work.undo import undo

PART = feed("hold_part: true, emptied: 50%")
HEAD = len("Code,Name,Balance\n")


def changed_and_new() -> bytes:
    """Ten known rows change, ten stay, two are new."""
    return content(range(10), name="Two") + content(range(10, 22))[HEAD:]


def test_what_would_change_waits_and_the_rest_is_booked(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=PART) as at:
        drop(at, 1, content(range(20)))
        run = drop(at, 2, changed_and_new())
        assert run.ending == "held"
        assert run.counts == Counts(rows=22, created=2, unchanged=10, held=10)
        assert run.held is not None
        assert run.held.counts == Counts(rows=22, updated=10, unchanged=12)
        assert [change.after["name"] for change in run.held.sample] == [f"Two {row}" for row in range(10)]
        total = run.totals["balance"]["EUR"]
        assert (total.file, total.booked, total.held) == ("33.0000", "18.0000", "15.0000")
        assert names(tmp_path)["21"] == "One 21"
        assert names(tmp_path)["1"] == "One 1"
        PrintedRun.model_validate(run_data(run))
        assert "bills_2.csv" in at.sources["acme"].files
        with pytest.raises(OperatorError, match=r"Of run 2 a part is booked and 10 rows still wait\. Decide about these first"):
            refuse_undo(run, run.id)
        about = Visit(at.house.configuration, None, at.clock.now(), unwatched)
        assert not [one for one in visit(about) if one.level == "wrong" and one.system == "receipts"]

        rest = decide(at.house, run.id, "approve", "ann")[0]
        assert rest.id > run.id
        assert (rest.ending, rest.counts) == ("imported", Counts(rows=22, updated=10, unchanged=12))
        assert names(tmp_path)["1"] == "Two 1"
        first = at.house.runs.get(run.id)
        assert first is not None
        assert (first.ending, first.counts) == ("imported", run.counts)
        assert at.house.claims.begun() == frozenset()
        assert any(name.startswith("processed/bills_2") for name in at.sources["acme"].files)
        held, told = at.letters("report")[1:]
        assert "Lignes importées : 12 sur 22" in held
        assert "10" in told
        assert drop(at, 3, changed_and_new()).ending == "duplicate"


def test_what_waited_is_left_when_it_is_refused_and_the_part_can_be_undone(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=PART) as at:
        drop(at, 1, content(range(20)))
        run = drop(at, 2, changed_and_new())
        ended = decide(at.house, run.id, "refuse", "ann", "Look again.")[0]
        assert (ended.id, ended.ending, ended.counts) == (run.id, "imported", run.counts)
        assert "10 rows were held back and are not imported." in ended.notes[-1]
        assert "Look again." in ended.notes[-1]
        assert names(tmp_path)["1"] == "One 1"
        assert undo(at.house, run.id, lambda rows: None).tally.reverted == {"deleted": 2}
        assert len(names(tmp_path)) == 20
        again = drop(at, 3, changed_and_new())
        assert (again.ending, again.counts.created) == ("held", 2), "it is no duplicate of what was booked in part"


def test_it_expires_and_gives_way_as_any_other(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed("hold_part: true, expires: 2d, newest_wins: true")) as at:
        drop(at, 1, content(range(20)))
        run = drop(at, 2, changed_and_new())
        newer = drop(at, 3, content(range(22)))
        assert newer.ending == "imported"
        replaced = at.house.runs.get(run.id)
        assert replaced is not None
        assert (replaced.ending, replaced.decision and replaced.decision.action) == ("imported", "replace")
        last = drop(at, 4, content(range(12), name="Three") + content(range(12, 23))[HEAD:])
        (ended,) = at.round(days=2, minutes=1).runs
        assert (ended.id, ended.ending, ended.counts.held) == (last.id, "imported", 12)


def test_only_the_rows_in_which_values_would_be_cleared_wait(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=PART) as at:
        drop(at, 1, content(range(20)))
        data = content(range(6), balance="") + content(range(6, 9), name="New")[HEAD:] + content(range(9, 20))[HEAD:]
        run = drop(at, 2, data.replace(b"changed", b""))
        assert [reason.code for reason in run.held.reasons] == ["changed", "cleared", "cleared"]  # type: ignore[union-attr]
        decide(at.house, run.id, "refuse", "ann")
    with desk(tmp_path / "other", feeds=PART.replace("changed: 30%, ", "")) as at:
        drop(at, 1, content(range(20)))
        run = drop(at, 2, data)
        assert [reason.code for reason in run.held.reasons] == ["cleared", "cleared"]  # type: ignore[union-attr]
        assert run.counts == Counts(rows=20, updated=3, unchanged=11, held=6)
        assert "cleared" not in run.effects
        assert names(tmp_path / "other")["7"] == "New 7"


def whole(run: Run) -> bool:
    return (run.ending, run.counts.held) == ("held", run.counts.rows)


def test_a_file_that_is_held_for_more_than_its_rows_waits_as_a_whole(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=PART) as at:
        drop(at, 1, content(range(20)))
        few = drop(at, 2, content(range(6), name="Two") + content(range(20, 22))[HEAD:])
        assert [reason.code for reason in few.held.reasons] == ["fewer_rows"]  # type: ignore[union-attr]
        assert whole(few)
        decide(at.house, few.id, "refuse", "ann")
        changes = drop(at, 3, content(range(20), name="Two"))
        assert [reason.code for reason in changes.held.reasons] == ["changed"]  # type: ignore[union-attr]
        assert whole(changes), "nothing of it would be left to be booked"


def test_what_waited_is_judged_anew_when_it_is_approved(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=PART) as at:
        drop(at, 1, content(range(20)))
        run = drop(at, 2, changed_and_new())
        edit(tmp_path, "UPDATE customers SET name = 'Mine' WHERE CAST(code AS INTEGER) >= 10")
        rest = decide(at.house, run.id, "approve", "ann")[0]
        assert (rest.ending, rest.code) == ("refused", "not_as_approved")
        first = at.house.runs.get(run.id)
        assert first is not None
        assert (first.ending, first.counts.created) == ("imported", 2)
        assert names(tmp_path)["11"] == "Mine"


def test_a_part_that_was_booked_and_not_recorded_is_rebuilt_from_its_receipt(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=PART) as at:
        drop(at, 1, content(range(20)))
        runs = at.house.runs
        at.house.runs = FullDisk(runs)  # type: ignore[assignment]
        drop(at, 2, changed_and_new())
        at.house.runs = runs
        assert len(names(tmp_path)) == 22
        at.round(minutes=5)
        (run,) = at.house.holds.waiting()
        assert (run.counts, run.held is not None) == (Counts(rows=22, created=2, unchanged=10, held=10), True)
        at.house.runs = FullDisk(runs)  # type: ignore[assignment]
        try:
            decide(at.house, run.id, "approve", "ann")
        except Exception:  # noqa: BLE001, S110 - the disk is full: the decision stands
            pass
        at.house.runs = runs
        assert names(tmp_path)["1"] == "Two 1"
        recover(at.house)
        assert [(one.ending, one.counts.updated) for one in runs.history(limit=2)] == [("imported", 10), ("imported", 0)]
        assert sum(Decimal(one.totals["balance"]["EUR"].booked) for one in runs.history(limit=1)) == Decimal(33)


LISTS = PART.replace("balance: Balance}", 'balance: Balance, groups: {from: Groups, split: "|"}}')


def with_groups(first: str, second: str, known: int = 20) -> bytes:
    """Ten rows with the first groups, the others with the second ones."""
    rows = [f"{row},One {row},1.50,{first if row < 10 else second}\n" for row in range(known)]
    return ("Code,Name,Balance,Groups\n" + "".join(rows)).encode()


def test_lists_wait_with_their_rows(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=LISTS) as at:
        assert drop(at, 1, with_groups("a", "b")).ending == "imported"
        run = drop(at, 2, with_groups("a|new", "b", 21))
        assert (run.ending, run.counts) == ("held", Counts(rows=21, created=1, unchanged=10, held=10))
        assert rows_of(tmp_path, "SELECT count(*) FROM customers_groups") == [(21,)]
        rest = decide(at.house, run.id, "approve", "ann")[0]
        assert (rest.ending, rest.counts) == ("imported", Counts(rows=21, updated=10, unchanged=11))
        assert rows_of(tmp_path, "SELECT count(*) FROM customers_groups") == [(31,)]


def rows_of(root: Path, statement: str) -> list[tuple[int]]:
    with closing(sqlite3.connect(root / "var" / "app.db")) as database:
        return database.execute(statement).fetchall()
