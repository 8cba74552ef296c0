"""Looking ahead into a file until it is certain how its columns read that are left to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import polars as pl

from nightclerk.core.errors import SenderError
from nightclerk.core.inference import Inference
from nightclerk.core.table import TextTable
from nightclerk.formats.frame import Rows
from nightclerk.formats.records import Records

#: So many rows at the beginning of a stretch are looked at first; they are often enough.
_AT_FIRST = 500
#: So many rows are kept while looking ahead, to be given once more. Where more are needed the file is read twice.
_MOST_KEPT = 1 << 16


def look_ahead(
    records: Records, afresh: Callable[[], Records], inference: Inference, cells: Callable[[Rows], pl.DataFrame]
) -> tuple[Records, Iterator[Rows]]:
    """Given a file's records, what opens them anew, what is to be found out, and what takes the sender's columns out of rows;
    returns the records and all their rows, once enough of them were seen.

    In most files the first rows are enough. A file that breaks off with a refusal on the way does so again where its rows are
    taken.
    """
    rows, kept, count = records.rows(), [], 0
    again = False
    try:
        for some in rows:
            _take_in(inference, TextTable(some.lines, cells(some)))
            count += len(some.lines)
            if not again:
                kept.append(some)
            if inference.decided:
                break
            if count > _MOST_KEPT:
                again = True
                kept.clear()
    except SenderError:
        again = True
    if not again:
        return records, chain(kept, rows)
    records = afresh()
    return records, records.rows()


def _take_in(inference: Inference, table: TextTable) -> None:
    inference.add(TextTable(table.lines.head(_AT_FIRST), table.cells.head(_AT_FIRST)))
    if not inference.decided:
        inference.add(TextTable(table.lines.slice(_AT_FIRST), table.cells.slice(_AT_FIRST)))
