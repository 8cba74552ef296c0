"""A table of the application's own that leaves rows out without a word: the file is refused once, and the next one goes on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.flow.houses import desk

from nightclerk.core.issue import REFUSALS

INSERTED = "BEFORE INSERT ON customers WHEN NEW.code = 'B2'"
UPDATED = "BEFORE UPDATE ON customers WHEN NEW.name = 'Durand & Fils'"
FIRST = "Code;Nom\r\nA1;Dupont\r\n"
#: Its last row is rejected, so that the run has issues of its own.
SWALLOWED = FIRST + "B2;Durand & Fils\r\nC3;\r\n"


def in_database(root: Path, statement: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(root / "var" / "app.db")) as database, database:
        return database.execute(statement).fetchall()


@pytest.mark.parametrize(("when", "standing"), [(INSERTED, []), (UPDATED, [("B2", "Durand")])])
def test_a_trigger_that_swallows_rows_refuses_the_file_once(tmp_path: Path, when: str, standing: list[tuple[str, ...]]) -> None:
    with desk(tmp_path) as at:
        if standing:
            at.sources["acme"].put("clients_0.csv", b"Code;Nom\r\nB2;Durand\r\n")
            assert [run.ending for run in at.take().runs] == ["imported"]
        in_database(tmp_path, f"CREATE TRIGGER swallows {when} BEGIN SELECT RAISE(IGNORE); END")
        letters = len(at.letters("report"))

        at.sources["acme"].put("clients_1.csv", SWALLOWED.encode())
        done = at.take()

        assert [(run.ending, run.code) for run in done.runs] == [("refused", "does_not_add_up")]
        (run,) = done.runs
        assert run.code in REFUSALS
        assert "do not add up" in str(run.sentence)
        assert "Nothing was imported" in str(run.sentence)
        assert (run.issues, run.counts.created, run.counts.updated) == (1, 0, 0)
        assert (done.trouble, done.rests_for) == (None, None)
        assert in_database(tmp_path, "SELECT code, name FROM customers ORDER BY code") == standing
        assert len(at.letters("report")) == letters + 1
        assert at.letters() == []

        at.sources["acme"].put("clients_2.csv", FIRST.encode())
        assert [run.ending for run in at.take().runs] == ["imported"]
        assert [run.ending for run in at.house.runs.history()].count("refused") == 1
        assert in_database(tmp_path, "SELECT code, name FROM customers ORDER BY code") == [("A1", "Dupont"), *standing]
        assert sorted(path.split("/")[0] for path in at.sources["acme"].files).count("failed") == 1
