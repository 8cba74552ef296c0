"""The child's side of a block's journey: columns of polars → the packed block that goes through the pipe."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import polars as pl

from nightclerk.core.reading import CELL_SEPARATOR, Cell
from nightclerk.formats.pipe import Joined, PackedBlock
from nightclerk.formats.portion import Portion

#: The most rows of a block. A stretch holds more, since polars takes as long for a few rows as for a thousand. At the other end
#: blocks become lists of Python objects: many small ones use the same memory again, large ones are given new memory each time.
MOST_ROWS = 1 << 11


def packed(made: Portion, csv: bool = False) -> Iterator[PackedBlock]:
    """Given a portion, and whether its rows go as CSV; yields it ready for the pipe: where very many of its rows are rejected,
    these first, in blocks of their own; then the others, in blocks of which the first carries all that is no accepted row."""
    if len(made.rejected) > MOST_ROWS:
        yield from _rejected(made)
        made = replace(made, rows=made.rows - len(made.rejected), issues=(), rejected=())
    accepted = len(made.lines)
    if csv and accepted:
        yield _as_csv(made)
        return
    first = min(accepted, MOST_ROWS)
    yield PackedBlock(
        rows=made.rows - (accepted - first),
        lines=made.lines.head(first).to_list(),
        columns=_columns(made.values.head(first)),
        issues=made.issues,
        rejected=made.rejected,
        left_out=made.left_out,
        skipped=made.skipped,
    )
    for at in range(first, accepted, MOST_ROWS):
        lines = made.lines.slice(at, MOST_ROWS)
        yield PackedBlock(len(lines), lines.to_list(), _columns(made.values.slice(at, MOST_ROWS)), (), (), (), 0)


def _rejected(made: Portion) -> Iterator[PackedBlock]:
    issues = sorted(made.issues, key=lambda issue: issue.line)
    lines, nothing = [issue.line for issue in issues], _columns(made.values.clear())
    for at in range(0, len(made.rejected), MOST_ROWS):
        some = made.rejected[at : at + MOST_ROWS]
        of_these = issues[bisect_left(lines, some[0].line) : bisect_right(lines, some[-1].line)]
        yield PackedBlock(len(some), [], nothing, tuple(of_these), some, (), 0)


def _as_csv(made: Portion) -> PackedBlock:
    """The whole portion in one block: bytes need no memory for their cells at the other end."""
    named = [made.lines.alias("line"), *(column.alias(str(at)) for at, column in enumerate(made.values))]
    csv = BytesIO()
    pl.DataFrame(named).write_csv(csv, include_header=False, separator=CELL_SEPARATOR, line_terminator="\n")
    others = (made.issues, made.rejected, made.left_out, made.skipped)
    return PackedBlock(made.rows, made.lines.to_list(), [], *others, csv=csv.getvalue())


def _columns(values: pl.DataFrame) -> list[Joined | list[Cell]]:
    if not len(values):
        return [[] for _ in values.columns]
    texts = [name for name, kind in values.schema.items() if kind == pl.String]
    joined = dict(zip(texts, _joined(values.select(texts)), strict=True)) if texts else {}
    columns: list[Joined | list[Cell]] = []
    for name in values.columns:
        column = joined.get(name)
        columns.append(column if column is not None else values.get_column(name).to_list())
    return columns


def _joined(texts: pl.DataFrame) -> list[Joined | None]:
    """Returns each column as one text; None for one whose cells could not be told apart again."""
    blanks = texts.null_count().row(0)
    empties = [
        count > 0 and bool((texts.get_column(name) == "").any()) for name, count in zip(texts.columns, blanks, strict=True)
    ]
    whole = texts.select(pl.all().fill_null("").str.join(CELL_SEPARATOR)).row(0)
    separators = len(texts) - 1
    return [
        Joined(text, blank=count > 0) if not both and text.count(CELL_SEPARATOR) == separators else None
        for text, count, both in zip(whole, blanks, empties, strict=True)
    ]
