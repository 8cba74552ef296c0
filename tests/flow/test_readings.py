"""What is found in the columns of a feed's files, one night after the other: told, remembered, and held where it changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.flow.houses import Desk, desk

from nightclerk.config.load import load
from nightclerk.core.run import Run
from nightclerk.work.decide import decide

FEED = """  - feed: bills
    files: "bills_*.csv"
    entity: customer
    dates: auto
    decimal: auto
    mapping: {code: Code, name: Name, print_as: Name, since: Since, balance: Balance}
"""
DAY_FIRST = "Code,Name,Since,Balance\n1,One,03/04/2026,12.50\n2,Two,13/04/2026,1234.5\n"
UNTOLD = "Code,Name,Since,Balance\n3,Three,05/05/2026,12\n"
MONTH_FIRST = "Code,Name,Since,Balance\n4,Four,03/04/2026,12.50\n5,Five,04/13/2026,99.99\n"
COMMA = 'Code,Name,Since,Balance\n6,Six,13/04/2026,"1.234,50"\n'
AMBIGUOUS = "Code,Name,Since,Balance\n7,Seven,03/04/2026,1.234\n"


def drop(at: Desk, number: int, content: str) -> Run:
    at.sources["acme"].put(f"bills_{number}.csv", content.encode())
    at.take()
    return at.house.runs.history()[0]


def since(root: Path) -> dict[str, str]:
    with closing(sqlite3.connect(root / "var" / "app.db")) as database:
        return dict(database.execute("SELECT code, since FROM customers ORDER BY code"))


def reload_with(at: Desk, root: Path, before: str, after: str) -> None:
    file = root / "config" / "tenants" / "acme.yaml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))
    declared, problems = load(root / "config")
    assert declared is not None, problems
    sources = at.house.source_of
    at.house.take(declared)
    at.house.source_of = sources


def test_what_is_found_is_told_and_kept(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=FEED) as at:
        run = drop(at, 1, DAY_FIRST)
        assert (run.ending, run.sentence) == ("imported", None)
        assert run.format is not None
        assert [(one.field, one.dates, one.decimal) for one in run.format.readings] == [
            ("since", ("%d/%m/%Y",), ""),
            ("balance", (), "."),
        ]
        assert run.habits is not None
        assert run.habits.readings == run.format.readings
        (letter,) = at.letters("report")
        assert "dates comme 21/11/2026 dans Since" in letter
        untold = drop(at, 2, UNTOLD)
        assert untold.format is not None
        assert untold.format.readings == ()
        assert untold.habits is not None
        assert untold.habits.readings == run.format.readings
    assert since(tmp_path) == {"1": "2026-04-03", "2": "2026-04-13", "3": "2026-05-05"}


def test_another_reading_is_held_until_ops_write_it(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=FEED) as at:
        assert drop(at, 1, DAY_FIRST).ending == "imported"
        assert drop(at, 2, UNTOLD).ending == "imported"
        why = at.held(drop(at, 3, MONTH_FIRST), "reads_differently")
        assert 'The dates in column "Since" are written like 11/21/2026, but like 21/11/2026 in the file before' in why
        line = 'since: {from: "Since", dates: "%m/%d/%Y"}'
        assert f"`{line}`" in why
        at.held(drop(at, 4, COMMA), "reads_differently")  # a file that was refused changes nothing
        reload_with(at, tmp_path, "since: Since", line)
        assert drop(at, 5, MONTH_FIRST.replace("Four", "4")).ending == "imported"
        reload_with(at, tmp_path, line, "since: Since")
        assert drop(at, 6, MONTH_FIRST.replace("Four", "four")).ending == "imported"  # what was written is remembered
    assert since(tmp_path)["4"] == "2026-03-04"


def test_another_reading_that_is_approved_is_the_usual_one(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=FEED) as at:
        assert drop(at, 1, DAY_FIRST).ending == "imported"
        held = drop(at, 2, MONTH_FIRST)
        assert (held.ending, since(tmp_path).get("4")) == ("held", None)
        assert decide(at.house, held.id, "approve", "ann")[0].ending == "imported"
        assert drop(at, 3, MONTH_FIRST.replace("Four", "four")).ending == "imported"
        at.held(drop(at, 4, DAY_FIRST), "reads_differently")
    assert since(tmp_path)["4"] == "2026-03-04"


def test_an_ambiguous_file_is_refused_with_both_readings_of_each_column(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=FEED) as at:
        assert drop(at, 1, DAY_FIRST).ending == "imported"
        run = drop(at, 2, AMBIGUOUS)  # what was found in another file decides nothing
        assert (run.ending, run.code, run.line) == ("refused", "ambiguous_dates", 2)
        assert '"03/04/2026" in line 2, column "Since", is 3 April 2026 or 4 March 2026' in str(run.sentence)
        assert '"1.234" in line 2, column "Balance", is 1.234 or 1234' in str(run.sentence)
        assert run.columns == ("Code", "Name", "Since", "Balance")


def test_corrected_rows_are_read_as_the_file_they_are_from(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=FEED) as at:
        run = drop(at, 1, DAY_FIRST + "9,,13/04/2026,1\n")
        assert run.ending == "imported_with_rejects"
        corrected = drop(at, 2, f"Code,Name,Since,Balance,_line,_run\n9,Nine,03/04/2026,1.234,4,{run.id}\n")
        assert (corrected.ending, corrected.sentence) == ("imported", None)
        assert corrected.corrects == run.id
    assert since(tmp_path)["9"] == "2026-04-03"


def night(names: list[str], dates: list[str]) -> str:
    rows = "".join(f"{at},{name},{day},1.50\n" for at, (name, day) in enumerate(zip(names, dates, strict=True), 1))
    return "Code,Name,Since,Balance\n" + rows


NAMES, DAYS = [f"{word} Ltd" for word in "ABCDEFGHIJKL"], [f"{day}/04/2026" for day in range(13, 25)]


@pytest.mark.parametrize("accepted", [False, True])
def test_values_under_the_wrong_header_hold_the_file(tmp_path: Path, accepted: bool) -> None:
    with desk(tmp_path, feeds=FEED) as at:
        assert drop(at, 1, night(NAMES, DAYS)).ending == "imported"
        if accepted:
            reload_with(at, tmp_path, "name: Name", "name: {from: Name, content: any}")
        run = drop(at, 2, night(DAYS, DAYS))
        if accepted:
            assert run.ending == "imported"
        else:
            why = at.held(run, "column_changed")
            assert 'Column "Name" holds dates; in the file before this one it held words without digits.' in why


def test_a_date_column_full_of_numbers_is_a_doubt(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=FEED) as at:
        assert drop(at, 1, night(NAMES, DAYS)).ending == "imported"
        run = drop(at, 2, night(NAMES, [*DAYS[:2], *["46000"] * 10]))
        assert run.ending == "imported_with_rejects"
        assert any('10 of 12 values in column "Since" cannot be read, the first in line 4' in note for note in run.notes)


def test_a_column_that_is_gone_and_was_not_read_is_told(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=FEED) as at:
        wide = "Code,Name,Since,Balance,Agent\n1,One,13/04/2026,1.5,X\n"
        assert drop(at, 1, wide).ending == "imported"
        run = drop(at, 2, "Since,Balance,Code,Name\n13/04/2026,1.5,1,One!\n")
        assert run.ending == "imported"
        assert [note for note in run.notes if "Agent" in note] == [
            'Column "Agent" of the file before this one is not there any more; it was not read.'
        ]
