"""How well one way of reading fits a column: counted block by block, in memory that does not grow with the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

#: A way of reading is given up once so many cells were seen and fewer than half of them fit.
ENOUGH = 200


class Place(NamedTuple):
    """One cell: the line its record starts on, and what stands in it."""

    line: int
    value: str


@dataclass
class Fit:
    """How many of the cells seen one way of reading fits. missed: the first that it does not."""

    seen: int = 0
    fits: int = 0
    missed: Place | None = None

    @property
    def whole(self) -> bool:
        """Whether all cells fit, and there was one."""
        return 0 < self.fits == self.seen

    @property
    def hopeless(self) -> bool:
        """Whether it need not be tried any longer."""
        return self.seen >= ENOUGH and self.fits * 2 < self.seen

    def add(self, fitting: pl.Series, cells: pl.Series, lines: pl.Series) -> None:
        """Given which of some filled cells fit, these cells, and their lines; counts them."""
        count = int(fitting.sum())
        self.seen += len(cells)
        self.fits += count
        if count < len(cells) and self.missed is None:
            self.missed = place_of(~fitting, cells, lines)


def place_of(where: pl.Series, cells: pl.Series, lines: pl.Series) -> Place | None:
    """Given a mask over cells; returns the first cell that it holds for, or None."""
    at = where.arg_max()
    return Place(lines[at], cells[at]) if at is not None and where[at] else None
