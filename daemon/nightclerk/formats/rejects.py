"""The reject file: rejected rows in a format that people can correct, to be corrected and dropped back as it is.

Each row has the sender's cells in the sender's columns, then ``_line _code _field _value _message _run``. Several issues of
one row are joined by `` | `` in each of these cells, in one order. Delimited text goes back as such, everything else as XLSX: in
text of fixed width nobody could write a longer value, and no program that people have writes DBF tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.report import RejectFile
from nightclerk.core.run import Run
from nightclerk.core.sentence import Sentence
from nightclerk.formats.reject_text import reject_text
from nightclerk.formats.reject_workbook import reject_workbook


def reject_file(
    run: Run,
    name: str,
    rows: Iterable[tuple[RejectedRow, Sequence[Issue]]],
    say: Callable[[Sentence], str],
    limit: int,
) -> RejectFile:
    """Given a run that found out how its file reads, the reject file's name, the rejected rows each with its issues, how a
    sentence is said to the reader, and the most bytes; returns the reject file. It ends before the first row that would pass
    the limit, or that no program could open any more.

    A file that had no header gets one, so that the columns of ours can be told when it comes back. Raises ValueError when
    nobody found out how the file reads, FaultError when the workbook cannot be written.
    """
    if run.format is None:
        raise ValueError(f"how the file of run {run.id} reads is not known")
    if run.format.kind == "delimited":
        return reject_text(run.format, run.columns, name, rows, run.id, say, limit)
    return reject_workbook(run, name, rows, say, limit)
