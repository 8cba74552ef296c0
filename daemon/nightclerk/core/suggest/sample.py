"""Some rows of a file, and the few different values of its columns, taken in block by block in memory that does not grow."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from nightclerk.core.reading import Cell
from nightclerk.core.table import trimmed

#: Of every block so many rows are kept, until there are enough.
_OF_A_BLOCK, _ENOUGH = 3_000, 12_000
#: A column with more different values than this holds no kinds of things.
MOST_VALUES = 40
_LONGEST = 60


class Sample:
    """``add`` all blocks, in order; then ask for ``rows`` and ``values``."""

    def __init__(self) -> None:
        self._kept: list[pl.DataFrame] = []
        self._count = 0
        self._values: list[set[str] | None] = []

    def add(self, columns: Sequence[Sequence[Cell]]) -> None:
        """Given some rows, column by column, their cells as text; takes them in."""
        texts = pl.DataFrame([pl.Series(str(at), cells, dtype=pl.String) for at, cells in enumerate(columns)])
        cells = texts.select(trimmed(pl.all()))
        self._values = self._values or [set() for _ in columns]
        for at, column in enumerate(cells):
            known = self._values[at]
            if known is None:
                continue
            known |= set(column.unique())
            known.discard("")
            if len(known) > MOST_VALUES or any(len(value) > _LONGEST for value in known):
                self._values[at] = None
        if self._count < _ENOUGH and len(cells):
            self._kept.append(cells.head(_OF_A_BLOCK))
            self._count += len(self._kept[-1])

    @property
    def rows(self) -> pl.DataFrame:
        """The rows that were kept, as trimmed text; the columns are named after their places."""
        return pl.concat(self._kept) if self._kept else pl.DataFrame()

    def values(self, place: int) -> tuple[str, ...] | None:
        """Given a column's place; returns its different values, sorted, or None where they are too many or too long."""
        found = self._values[place] if place < len(self._values) else set()
        return None if found is None else tuple(sorted(found))
