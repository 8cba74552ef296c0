"""Rows of a workbook, a table or XML in which a cell has no single value: they are rejected, beside what else is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import polars as pl

from nightclerk.core.issue import Issue
from nightclerk.core.sentence import N_
from nightclerk.core.sentences import about_cell
from nightclerk.core.verdict import Judged, ReadingPlan
from nightclerk.formats.frame import CellFault

_TOLD = {
    "number_overflow": N_('"%(value)s" stands for a number that has more digits than its column.'),
    "cell_error": N_('"%(value)s" is an error of the sheet and no value.'),
    "several_values": N_('"%(value)s" are several values, but only one is wanted.'),
    "field_too_long": N_("the text is far too long."),
    "formula_uncomputed": N_(
        "the cell holds a formula that was never calculated; open the workbook in a spreadsheet program and save it."
    ),
}


def with_faults(judged: Judged, faults: Sequence[CellFault], columns: Sequence[str], plan: ReadingPlan | None) -> Judged:
    """Given judged rows, cells of theirs without a value, the headers, and the plan (None without a configuration); returns the
    rows with those rejected of which such a cell is read. What was said about these cells otherwise is taken back.
    """
    issues = list(_issues(faults, columns, plan))
    if not issues:
        return judged
    faulty = {issue.line for issue in issues}
    places = {(issue.line, issue.column) for issue in issues}
    others = (issue for issue in judged.issues if (issue.line, issue.column) not in places)
    bad = pl.Series(sorted(faulty), dtype=pl.Int64).implode()
    gone = judged.lines.is_in(bad)
    rejected = pl.concat([judged.rejected, judged.lines.filter(gone)]).sort()
    return replace(
        judged,
        lines=judged.lines.filter(~gone),
        values=judged.values.filter(~gone),
        issues=sorted([*issues, *others], key=lambda issue: issue.line),
        rejected=rejected,
        keys=_rejecting(judged.keys, bad),
        money={name: _rejecting(rows, bad) for name, rows in judged.money.items()},
    )


def _issues(faults: Iterable[CellFault], columns: Sequence[str], plan: ReadingPlan | None) -> Iterator[Issue]:
    fields = {} if plan is None else {place: field.name for field in reversed(plan.read) for place in field.positions}
    for fault in faults:
        if fault.column >= len(columns) or (plan is not None and fault.column not in fields):
            continue  # nobody reads it
        header = columns[fault.column].strip() or None
        message = about_cell(fault.line, header, fault.text, _TOLD[fault.code], {})
        yield Issue(fault.line, fault.code, message, header, fields.get(fault.column), fault.text or None)


def _rejecting(rows: pl.DataFrame, bad: pl.Series) -> pl.DataFrame:
    return rows.with_columns(pl.col("accepted") & ~pl.col("line").is_in(bad))
