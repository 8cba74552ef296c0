"""Rejected rows as a workbook: one sheet, named as the one that was read, with the faulty cells coloured and commented.

All cells are text, in the words in which they were read: a code keeps its zeros, and a date of the sheet is ``2026-11-21``,
which every feed that reads workbooks takes beside its own dates. So what nobody touches comes back as the same value.
The workbook itself is written by a short-lived process (``formats.reject_sheet``), so that none of the libraries for it stays
in the memory of the daemon, and no cell can harm it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from typing import IO

from nightclerk.core.errors import FaultError
from nightclerk.core.headers import folded
from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.naming import shown
from nightclerk.core.report import RejectFile
from nightclerk.core.run import Run
from nightclerk.core.sentence import N_, Sentence
from nightclerk.core.sentences import about_cell
from nightclerk.formats.corrections import NO_VALUE, WITHOUT_VALUE, as_sent
from nightclerk.formats.fork_server import scrubbed_environment
from nightclerk.formats.reject_columns import COLUMNS, told
from nightclerk.formats.sheet_title import LONGEST_CELL, longest_start, sheet_title
from nightclerk.formats.wire import ROWS_WRITTEN

#: The most cells of a workbook of rejected rows, and the most text of them: nobody corrects more by hand, and so many take
#: seconds to write.
MOST_CELLS, MOST_TEXT = 500_000, 32 << 20

_SECONDS = 120.0
_TOO_LONG = N_('"%(value)s" has %(length)s characters; at most %(most)s are allowed.')
_SURROGATE = re.compile("[\ud800-\udfff]")


def reject_workbook(
    run: Run,
    name: str,
    rows: Iterable[tuple[RejectedRow, Sequence[Issue]]],
    say: Callable[[Sentence], str],
    limit: int,
) -> RejectFile:
    """Given a run of a workbook, and the rest as ``formats.rejects`` takes it; returns the reject file.

    The same run has the same bytes again. Raises FaultError when the workbook cannot be written.
    """
    with tempfile.TemporaryFile() as asked:
        complete = ask(run, rows, say, limit, asked)
        asked.seek(0)
        asked_for, count, content = _made(asked)
    return RejectFile(name, content, count, complete and count == asked_for)


def ask(
    run: Run,
    rows: Iterable[tuple[RejectedRow, Sequence[Issue]]],
    say: Callable[[Sentence], str],
    limit: int,
    into: IO[bytes],
) -> bool:
    """Given the same; writes into a file what ``formats.reject_sheet`` is to write, and returns whether that is all of it."""
    sheet = _Sheet(run.columns, run.id, say)
    text, cells = 0, 0
    into.write(_line(_head(run, limit)))
    for row, issues in rows:
        line = _line(sheet.row(row, issues))
        text += len(line)
        cells += len(run.columns) + len(COLUMNS)
        if text > MOST_TEXT or cells > MOST_CELLS:
            return False
        into.write(line)
    return True


def _head(run: Run, limit: int) -> dict[str, object]:
    """Returns what holds for the whole workbook. The moment in it is the run's, so that it is written alike again."""
    return {
        "sheet": sheet_title(run.format.sheet if run.format is not None and run.format.sheet is not None else ""),
        "title": f"{shown(run.file)} · {run.id}",
        "created": run.ended_at.replace(tzinfo=None, microsecond=0).isoformat(),
        "columns": [*map(_header, run.columns), *COLUMNS],
        "limit": limit,
    }


class _Sheet:
    """Makes the rows of the sheet: their cells, and what is said of each faulty one by its column."""

    def __init__(self, columns: tuple[str, ...], run: int, say: Callable[[Sentence], str]) -> None:
        self._columns = columns
        self._run = run
        self._say = say
        self._places = {folded(header): place for place, header in reversed(list(enumerate(columns)))}
        self._code = len(columns) + COLUMNS.index("_code")

    def row(self, row: RejectedRow, issues: Sequence[Issue]) -> list[object]:
        """Returns its cells, and by column the sentences of its faulty ones."""
        cells = [*row.cells[: len(self._columns)], *[""] * (len(self._columns) - len(row.cells))]
        found = [*issues, *self._too_long(row.line, cells)]
        notes: dict[int, list[str]] = {}
        for issue in found:
            place = self._place(issue)
            notes.setdefault(place, []).append(self._say(issue.message))
            if issue.code in WITHOUT_VALUE and place < len(cells):
                cells[place] = NO_VALUE
        held = [_held(cell) for cell in (*cells, *told(row.line, found, self._run, self._say))]
        return [held, {place: _held("\n".join(sentences)) for place, sentences in notes.items()}]

    def _place(self, issue: Issue) -> int:
        """Returns the column that an issue is about; where it is about none, that of its code."""
        return self._code if issue.column is None else self._places.get(folded(issue.column), self._code)

    def _too_long(self, line: int, cells: Sequence[str]) -> list[Issue]:
        """Returns an issue for each cell that an XLSX workbook cannot hold whole; other kinds may hold more."""
        found = []
        for column, cell in zip(self._columns, cells, strict=True):
            if len(cell) > LONGEST_CELL // 2 and len(longest_start(cell, LONGEST_CELL)) < len(cell):
                values = {"length": len(cell), "most": LONGEST_CELL}
                message = about_cell(line, column.strip() or None, cell, _TOO_LONG, values)
                found.append(Issue(line, "too_long", message, column, None, cell[:200]))
        return found


def _header(name: str) -> str:
    """Returns a header from which reading the workbook takes the ``'`` off again, where it would take one off."""
    return _held(name if as_sent(name) == name else f"'{name}")


def _held(text: str) -> str:
    """Returns as much of a text as a cell holds, without half characters."""
    return _SURROGATE.sub("\ufffd", text if len(text) <= LONGEST_CELL // 2 else longest_start(text, LONGEST_CELL))


def _line(data: object) -> bytes:
    return json.dumps(data).encode("ascii") + b"\n"


def _made(asked: IO[bytes]) -> tuple[int, int, bytes]:
    """Given what is to be written; returns how many rows were asked for, how many were written, and the workbook."""
    with tempfile.TemporaryFile() as made, tempfile.TemporaryFile() as words:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "nightclerk.formats.reject_sheet"],
                stdin=asked,
                stdout=made,
                stderr=words,
                env=scrubbed_environment(),
                cwd="/",
                start_new_session=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise FaultError(f"The workbook of rejected rows was not written within {_SECONDS:.0f} seconds.") from None
        if done.returncode != 0:
            words.seek(0)
            said = words.read().decode("utf-8", "backslashreplace").strip().splitlines()[-1:] or [f"status {done.returncode}"]
            raise FaultError(f"The workbook of rejected rows could not be written: {said[0][:200]}.")
        made.seek(0)
        asked_for, count = ROWS_WRITTEN.unpack(made.read(ROWS_WRITTEN.size))
        return asked_for, count, made.read()
