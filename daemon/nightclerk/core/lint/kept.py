"""Values that must be compared with each other, kept with their lines up to a cap."""

from __future__ import annotations

import polars as pl

#: So many rows of one column are kept; later ones are not compared.
MOST_ROWS = 1_000_000


class Kept:
    """The values of one column, in the order of their lines."""

    def __init__(self, most: int = MOST_ROWS) -> None:
        self._chunks: list[pl.DataFrame] = []
        self._rows = 0
        self._most = most
        self.more = False

    def add(self, values: pl.Series, lines: pl.Series) -> None:
        """Given values and their lines; keeps them as long as there is room."""
        room = self._most - self._rows
        self.more = self.more or len(values) > room
        if room > 0:
            self._chunks.append(pl.DataFrame({"value": values.head(room), "line": lines.head(room)}))
            self._rows += min(len(values), room)

    def values(self) -> pl.DataFrame:
        """Returns each different value with its ``count``, its first ``line`` and its ``second`` one, null where there is none;
        by ascending first line."""
        if not self._chunks:
            return pl.DataFrame(schema={"value": pl.String, "count": pl.UInt32, "line": pl.Int64, "second": pl.Int64})
        rows = pl.concat(self._chunks)
        line = pl.col("line")
        found = rows.group_by("value").agg(count=pl.len(), line_=line.first(), second=line.get(1, null_on_oob=True))
        return found.rename({"line_": "line"}).sort("line")
