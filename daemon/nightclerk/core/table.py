"""A stretch of a file as text: columns, not cells, each record with the line it starts on."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

#: What stands around a cell without belonging to it, beyond Unicode's white space: the byte order mark.
_OUTER = "\ufeff \t\r\n\x0b\x0c\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


@dataclass(frozen=True)
class TextTable:
    """Records as text.

    lines: Int64, where each record starts in the file, from 1, ascending. cells: one String column per column of the file,
    named "0", "1", … by position, never null, blank is "".
    """

    lines: pl.Series
    cells: pl.DataFrame


def trimmed(cell: pl.Expr) -> pl.Expr:
    """Given cells; returns them without outer white space, no-break spaces included; quicker than ``stripped``, which also
    takes off byte order marks."""
    return cell.str.strip_chars()


def stripped(cell: pl.Expr) -> pl.Expr:
    """Given cells; returns them without outer white space and byte order marks."""
    return cell.str.strip_chars(_OUTER)


def replaced(column: pl.Series, where: pl.Series, by: pl.Series) -> pl.Series:
    """Given a column, a Boolean mask and as many values as the mask has trues; returns the column with these in their places."""
    count = len(column)
    places = pl.select(
        pl.when(where).then(where.cum_sum().cast(pl.Int64) + (count - 1)).otherwise(pl.int_range(count, dtype=pl.Int64))
    ).to_series()
    return pl.concat([column, by]).gather(places).alias(column.name)
