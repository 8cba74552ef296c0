"""The key of a file: blank ones, the same one twice, and some that differ only in how they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from nightclerk.core.convert.folding import plainly
from nightclerk.core.lint.finding import LintFinding, Tally, finding
from nightclerk.core.lint.kept import Kept
from nightclerk.core.wording import quoted

#: A column is taken for the key if so many of its rows are filled, and so many of these are different.
FILLED, DIFFERENT, DIFFERENT_OF_FEW, FEW = 0.95, 0.95, 0.75, 40
_PAIRS_NAMED = 3


class Keys:
    """The values of one column, or of several as one text, that may be the key."""

    def __init__(self, kept: Kept | None = None) -> None:
        self._kept = kept or Kept()
        self._rows = self._filled = 0
        self._blank = Tally()

    @property
    def more(self) -> bool:
        """Whether there were more rows than could be kept."""
        return self._kept.more

    def add(self, values: pl.Series, lines: pl.Series) -> None:
        """Given trimmed values of all rows, blank ones too, and their lines; takes them in."""
        blank = values == ""
        self._rows += len(values)
        self._filled += len(values) - int(blank.sum())
        self._blank.add(blank, values, lines)
        self._kept.add(values.filter(~blank), lines.filter(~blank))

    def different(self) -> int | None:
        """Returns how many different values there are, None where not all could be kept."""
        return None if self.more else len(self._kept.values())

    def tells_rows_apart(self) -> bool:
        """Returns whether the values differ nearly everywhere, as those of a key do."""
        values = self._kept.values()
        count, different = int(values["count"].sum() or 0), len(values)
        share = DIFFERENT if count >= FEW else DIFFERENT_OF_FEW
        return count > 1 and self._filled >= FILLED * self._rows and different >= share * count

    def findings(self, column: str, sure: bool) -> Iterator[LintFinding]:
        """Given the key's columns, and whether a feed says that they are the key; yields what was found."""
        values = self._kept.values()
        found = [*self._blanks(column), *_duplicates(column, values.filter(pl.col("count") > 1))]
        yield from (one if sure else replace(one, level="doubtful") for one in found)
        pairs = _near(values)
        if pairs:
            yield of_pairs("near_duplicate_key", column, pairs)

    def _blanks(self, column: str) -> Iterator[LintFinding]:
        if self._blank.count:
            rows = "1 row has" if self._blank.count == 1 else f"{self._blank.count} rows have"
            yield self._blank.finding("blank_key", column, rows=rows, line=self._blank.lines[0])


def _duplicates(column: str, twice: pl.DataFrame) -> Iterator[LintFinding]:
    if twice.is_empty():
        return
    seconds = twice.sort("second")
    count, lines, first = int(twice["count"].sum()) - len(twice), seconds["second"].to_list(), seconds.row(0, named=True)
    rows = "1 row has" if count == 1 else f"{count} rows have"
    yield finding("duplicate_key", column, count, lines, first["value"], rows=rows, line=first["line"])


Pair = tuple[str, int, str, int]
"""Two values, each with its first line."""


def _near(values: pl.DataFrame) -> list[Pair]:
    """Given different values with their lines; returns those that are the same without case, accents, spaces, signs, leading
    zeros, and with a zero for each O beside a digit: each with the first of its kind."""
    cell = plainly(pl.col("value")).str.replace_all(r"[^\p{L}\p{N}]", "")
    for _ in range(2):  # what stands between two digits is met by one of the two
        cell = cell.str.replace_all("([0-9])o", "${1}0").str.replace_all("o([0-9])", "0${1}")
    cell = cell.str.replace_all(r"(^|\p{L})0+([0-9])", "${1}${2}")
    folded = values.with_columns(fold=cell).filter((pl.col("fold") != "") & (pl.len().over("fold") > 1))
    first = folded.group_by("fold", maintain_order=True).agg(pl.col("value", "line").first())
    pairs = folded.join(first, on="fold", suffix="_first", maintain_order="left").filter(pl.col("value") != pl.col("value_first"))
    return list(pairs.select("value_first", "line_first", "value", "line").iter_rows())


def of_pairs(code: str, column: str, pairs: list[Pair]) -> LintFinding:
    """Given a code of ``MESSAGES``, a column and pairs of its values; returns the finding, which names the first of them."""
    told = [
        f"{quoted(one)} in line {line} and {quoted(other)} in line {second}" for one, line, other, second in pairs[:_PAIRS_NAMED]
    ]
    listed = "; ".join(told) + ("; …" if len(pairs) > _PAIRS_NAMED else "")
    count = "1 pair" if len(pairs) == 1 else f"{len(pairs)} pairs"
    return finding(code, column, len(pairs), [pair[3] for pair in pairs], pairs[0][2], pairs=count, listed=listed)
