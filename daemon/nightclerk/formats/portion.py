"""Judged rows of one stretch, still as columns: what a block is before it becomes lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from nightclerk.core.issue import Issue, LeftOut, RejectedRow
from nightclerk.core.verdict import Judged
from nightclerk.formats.frame import Damaged


@dataclass(frozen=True)
class Portion:
    """The same as ``core.reading.Block``, with ``lines`` and ``values`` as polars columns."""

    rows: int
    lines: pl.Series
    values: pl.DataFrame
    issues: tuple[Issue, ...]
    rejected: tuple[RejectedRow, ...]
    left_out: tuple[LeftOut, ...] = ()
    skipped: int = 0


def as_judged(lines: pl.Series, cells: pl.DataFrame) -> Judged:
    """Given rows that are read without any configuration; returns them as they stand, all accepted."""
    keys = pl.DataFrame(schema={"line": pl.Int64, "key": pl.String, "accepted": pl.Boolean})
    return Judged(lines=lines, values=cells, issues=[], rejected=lines.clear(), keys=keys, money={})


def only(judged: Judged, wanted: Sequence[str]) -> tuple[Judged, dict[str, pl.DataFrame]]:
    """Given judged rows and the keys that are wanted; returns the rows with these keys alone, and the money of the others."""
    keys = judged.keys.filter(pl.col("key").is_in(wanted))
    lines = keys.get_column("line").implode()
    kept = set(keys.get_column("line"))
    accepted = judged.lines.is_in(lines)
    theirs = {name: rows.get_column("line").is_in(lines) for name, rows in judged.money.items()}
    chosen = replace(
        judged,
        lines=judged.lines.filter(accepted),
        values=judged.values.filter(accepted),
        issues=[issue for issue in judged.issues if issue.line in kept],
        rejected=judged.rejected.filter(judged.rejected.is_in(lines)),
        keys=keys,
        money={name: rows.filter(theirs[name]) for name, rows in judged.money.items()},
    )
    return chosen, {name: rows.filter(~theirs[name]) for name, rows in judged.money.items()}


def rejected_rows(lines: pl.Series, cells: pl.DataFrame, judged: Judged) -> list[RejectedRow]:
    """Given rows as the sender wrote them, and what became of them; returns those that were not accepted."""
    if judged.rejected.is_empty():
        return []
    chosen = lines.is_in(judged.rejected.implode())
    texts = cells.filter(chosen).rows()
    return [RejectedRow(line, texts[number]) for number, line in enumerate(lines.filter(chosen))]


def portion(lines: pl.Series, cells: pl.DataFrame, judged: Judged, damaged: Sequence[Damaged], skipped: int) -> Portion:
    """Given the sound rows, what became of them, the damaged records, and how many rows were left aside; returns them as one."""
    rejected = rejected_rows(lines, cells, judged)
    issues = judged.issues
    if damaged:
        rejected = sorted([*rejected, *(each.row for each in damaged)], key=lambda row: row.line)
        issues = sorted([*issues, *(issue for each in damaged for issue in each.issues)], key=lambda issue: issue.line)
    rows = len(judged.lines) + len(rejected) + skipped
    return Portion(rows, judged.lines, judged.values, tuple(issues), tuple(rejected), skipped=skipped)
