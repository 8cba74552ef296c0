"""Records without a key that go on with the row above them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl

from nightclerk.core.margin_rows import Habit, repeated
from nightclerk.core.table import trimmed


class Continued:
    """Finds them, stretch after stretch."""

    def __init__(self, mode: Literal["auto", "leave_out", "none"], habit: Habit) -> None:
        """Given what is declared, and what rows look like."""
        self._mode, self._habit = mode, habit
        self._last: pl.DataFrame | None = None

    def pass_by(self, cells: pl.DataFrame) -> None:
        """Given a stretch that holds nothing but rows; remembers the last one."""
        if len(cells):
            self._last = cells.tail(1)

    def mask(self, cells: pl.DataFrame, doubtful: pl.Series, some: pl.DataFrame) -> pl.Series:
        """Given a stretch, which of its records are doubtful, and these; returns which of them go on with the row above."""
        none = pl.Series("continues", [False], dtype=pl.Boolean).new_from_index(0, len(some))
        above = self._above(cells, doubtful)
        rows = cells.filter(~doubtful).tail(1)
        if len(rows):
            self._last = rows
        if self._mode == "none" or not self._habit.key or above is None:
            return none
        names = [str(place) for place in self._habit.key]
        blank = some.select(pl.all_horizontal(trimmed(pl.col(names)) == "")).to_series()
        if self._mode == "leave_out" or not blank.any():
            return blank
        filled = some.select(pl.sum_horizontal(trimmed(pl.all()) != "").cast(pl.Int64)).to_series()
        before = above.select(pl.sum_horizontal(trimmed(pl.all()) != "").cast(pl.Int64)).to_series()
        same = repeated(some, above)
        return blank & (same >= 2) & (same * 2 >= filled) & (filled * 2 <= before)

    def _above(self, cells: pl.DataFrame, doubtful: pl.Series) -> pl.DataFrame | None:
        """Returns for each doubtful record the last row before it; None where there is no row at all yet."""
        sure = ~doubtful.to_numpy()
        places = np.maximum.accumulate(np.where(sure, np.arange(len(sure)), -1)) if len(sure) else np.zeros(0, np.int64)
        wanted = pl.Series(places[~sure])
        if self._last is not None:
            return pl.concat([self._last, cells]).select(pl.all().gather(wanted + 1))
        nothing = cells.head(1).select(pl.all().str.head(0))  # where there is nothing above, nothing is repeated
        return pl.concat([nothing, cells]).select(pl.all().gather(wanted + 1)) if len(cells) else None
