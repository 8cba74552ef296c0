"""The child's side of a block's journey: columns of polars → the packed block that goes through the pipe."""

from __future__ import annotations

import polars as pl

from nightclerk.core.reading import Cell
from nightclerk.formats.pipe import CELL_SEPARATOR, Joined, PackedBlock
from nightclerk.formats.portion import Portion


def packed(made: Portion) -> PackedBlock:
    """Given a portion; returns it ready for the pipe."""
    return PackedBlock(
        rows=made.rows,
        lines=made.lines.to_list(),
        columns=_columns(made.values),
        issues=made.issues,
        rejected=made.rejected,
        left_out=made.left_out,
        skipped=made.skipped,
    )


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
