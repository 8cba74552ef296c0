"""How the columns of a file are filled, field by field."""

from __future__ import annotations

from collections import Counter

import polars as pl


class Filled:
    """Counts the rows that hold a value, while they stream past."""

    def __init__(self) -> None:
        self._rows = 0
        self._blank: Counter[str] = Counter()

    def add(self, values: pl.DataFrame) -> None:
        """Given accepted rows, one column for each field; counts them."""
        self._rows += len(values)
        for column in values.get_columns():
            self._blank[column.name] += column.null_count()

    def shares(self) -> dict[str, float]:
        """Returns field → the share of the rows that hold a value, from 0 to 1; nothing where there was no row."""
        if not self._rows:
            return {}
        return {name: round(1 - blank / self._rows, 6) for name, blank in self._blank.items()}
