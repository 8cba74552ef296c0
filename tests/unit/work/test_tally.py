"""``work.tally``: what is counted of a feed's rows, and how many rejected ones are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightclerk.core.errors import SenderError
from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.reading import Block, FormatFound, Opened
from nightclerk.core.sentence import Sentence
from nightclerk.filing.issues_file import IssuesFile, read_issues
from nightclerk.work.tally import Tally

OPENED = Opened(FormatFound("delimited", "utf-8", ";", '"', 1, "\n"), ("Code",), ("code",))


def block(first: int, rows: int, cell: str = "x") -> Block:
    """A block of rejected rows alone."""
    lines = range(first, first + rows)
    issues = tuple(Issue(line, "required", Sentence("Line %(line)s.", line=str(line))) for line in lines)
    return Block(rows, [], [[]], issues, tuple(RejectedRow(line, (cell,)) for line in lines))


def test_rejected_rows_are_kept_up_to_their_number(tmp_path: Path) -> None:
    file = IssuesFile(tmp_path / "run1.issues.jsonl")
    tally = Tally(OPENED, file, most=5)
    tally.add(block(2, 3))
    with pytest.raises(SenderError, match=r"^More than 5 of the first 6 rows") as refused:
        tally.add(block(5, 3))
    file.finish()
    assert refused.value.code == "too_many_rejected"
    assert (tally.issues, len(tally.first_issues)) == (5, 5)
    assert [one.row.line for one in read_issues(tmp_path / "run1.issues.jsonl")] == [2, 3, 4, 5, 6]


def test_rejected_rows_are_kept_up_to_their_bytes(tmp_path: Path) -> None:
    file = IssuesFile(tmp_path / "run1.issues.jsonl")
    tally = Tally(OPENED, file, most=100, most_bytes=3000)
    with pytest.raises(SenderError, match="longer than the 3 kB") as refused:
        tally.add(block(2, 9, "y" * 1000))
    file.finish()
    assert refused.value.code == "too_many_rejected"
    assert [one.row.line for one in read_issues(tmp_path / "run1.issues.jsonl")] == [2, 3, 4]
