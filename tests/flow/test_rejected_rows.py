"""A file with more rejected rows than anybody looks at is refused before it is read to its end, and fills no disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.flow.houses import desk
from tests.flow.test_corrections import attached

from nightclerk.core.run import Counts, Run
from nightclerk.filing.issues_file import read_issues

HEAD = "Code;Nom;Pays\r\n"
BOOKED = "A0;Anna;FR\r\n"
MOST = "rejected_rows: 3"
#: Rejected one by one as they are read; as duplicates, once all is read; and by the tables, which know none of them.
WRONG = "".join(f"A{number};;FR\r\n" for number in range(1, 9))
TWICE = "".join(f"A{number % 4};Bob;FR\r\n" for number in range(8))
UNKNOWN = "".join(f"A{number};Bob;FR\r\n" for number in range(8))
UPDATES = """\
  - {feed: known, files: "known_*.csv", entity: customer, mode: update_only, mapping: {code: Code, name: Nom, print_as: Nom}}
"""


@pytest.mark.parametrize(
    ("name", "rows", "code"),
    [("clients_1.csv", WRONG, "required"), ("clients_1.csv", TWICE, "duplicate_key"), ("known_1.csv", UNKNOWN, "unknown_key")],
    ids=["wrong", "twice", "unknown"],
)
def test_too_many_rejected_rows_refuse_the_file_and_the_first_ones_are_kept(
    tmp_path: Path, name: str, rows: str, code: str
) -> None:
    with desk(tmp_path, limits=MOST, feeds=UPDATES) as at:
        at.sources["acme"].put(name, (HEAD + rows).encode())
        (run,) = at.take().runs

        assert isinstance(run, Run)
        assert (run.ending, run.code) == ("refused", "too_many_rejected")
        assert run.sentence is not None
        assert run.sentence.startswith("More than 3 of the first 8 rows of this file had something wrong")
        assert run.counts == Counts(rows=8, skipped=8)
        assert (run.issues, [group.code for group in run.groups]) == (3, [code])
        (kept,) = (tmp_path / "var" / "archive").rglob("*.issues.jsonl")
        assert [one.issues[0].code for one in read_issues(kept)] == [code] * 3
        ((_, _, content),) = attached(at)
        assert len(content.splitlines()) == 1 + 3
        assert not list((tmp_path / "var" / "spool").rglob("*.*"))


def test_as_many_rejected_rows_as_may_be_are_none_too_many(tmp_path: Path) -> None:
    with desk(tmp_path, limits=MOST) as at:
        at.sources["acme"].put("clients_1.csv", (HEAD + BOOKED + "".join(WRONG.splitlines(keepends=True)[:3])).encode())
        (run,) = at.take().runs
        assert (run.ending, run.counts.created, run.counts.rejected) == ("imported_with_rejects", 1, 3)
