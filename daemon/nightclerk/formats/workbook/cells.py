"""The cells of some rows as they stand in a workbook, whatever its kind: where, of which kind, and their raw text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.formats.marks import Places
from nightclerk.formats.workbook.number_formats import NumberFormat

#: Kinds of cells. A shared one holds the number of a text in the workbook's table; an uncomputed one is a formula without value.
NUMBER, TEXT, SHARED, BOOLEAN, ERROR, UNCOMPUTED = range(6)

#: Of a sheet no row and no column beyond these exists in any program. (Both counted from 1.)
MOST_ROWS, LAST_COLUMN = 1 << 20, 1 << 14


@dataclass(frozen=True)
class Cells:
    """lines: the rows that are there, by their numbers in the sheet, ascending. Then for each cell that holds anything:

    row: its place in ``lines``; column, from 0; kind; style: the place of its number format in the book's list; text: as it
    stands in the file (a boolean is ``1`` or ``0``).
    """

    lines: Places
    row: Places
    column: Places
    kind: NDArray[np.uint8]
    style: NDArray[np.int32]
    text: pl.Series

    def __len__(self) -> int:
        return len(self.text)

    def rows(self, first: int, last: int) -> Cells:
        """Given two places in ``lines``; returns the rows from the first up to the one before the last."""
        if (first, last) == (0, len(self.lines)):
            return self
        chosen = (self.row >= first) & (self.row < last)
        return Cells(
            self.lines[first:last],
            self.row[chosen] - first,
            self.column[chosen],
            self.kind[chosen],
            self.style[chosen],
            self.text.filter(pl.Series(chosen)),
        )


class Cell(NamedTuple):
    """One cell. line: its row's number in the sheet; the rest as in ``Cells``."""

    line: int
    column: int
    kind: int
    style: int
    text: str


def cells_of(lines: Sequence[int], found: Sequence[Cell]) -> Cells:
    """Given the rows that are there and their cells, row by row; returns them as one."""
    ascending = np.array(lines, np.int64)
    numbers = np.array([cell[:4] for cell in found], np.int64).reshape(-1, 4)
    return Cells(
        lines=ascending,
        row=np.searchsorted(ascending, numbers[:, 0]),
        column=numbers[:, 1],
        kind=numbers[:, 2].astype(np.uint8),
        style=numbers[:, 3].astype(np.int32),
        text=pl.Series("text", [cell.text for cell in found], dtype=pl.String),
    )


@dataclass(frozen=True)
class Dress:
    """What the cells of a book need to become text. formats: by the cells' style. strings: the shared texts.

    since_1904: whether its dates are counted from 1904 on, as old Macintosh programs do.
    """

    formats: tuple[NumberFormat, ...]
    strings: pl.Series
    since_1904: bool = False
