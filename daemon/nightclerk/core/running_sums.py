"""The exact sums of a file's columns while its rows pass by, to hold the totals that stand among them against."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Literal

import polars as pl

from nightclerk.core.column_numbers import Writing
from nightclerk.core.convert.marks import DECIMALS
from nightclerk.core.table import trimmed

_EXACT = Context(prec=300)
_ROUND = Decimal(1).scaleb(-DECIMALS)
#: How many earlier totals a total may reach back to, beside the beginning of the file.
_MOST_MARKS = 1000


@dataclass(frozen=True)
class Compared:
    """A total held against the rows above it. adds_up: None where nothing of it could be compared. matched: columns that are
    the sum, and not zero. column, stated, summed: the first one that differs."""

    adds_up: bool | None
    matched: int = 0
    column: int = -1
    stated: str = ""
    summed: str = ""


@dataclass(frozen=True)
class _Mark:
    """The sums at the beginning of the file, or at a total: by column and writing, and the rows."""

    rows: int
    sums: tuple[tuple[Decimal, ...], ...]


class RunningSums:
    """Add rows and hold totals against them, in the order of the file. Memory grows neither with the rows nor with the totals."""

    def __init__(self, decimals: Sequence[Literal[".", ","] | None], exact: bool) -> None:
        """Given the decimal mark of each column (None: either), and whether sums are written exactly: those that a spreadsheet
        made are compared with four decimals."""
        self._columns = tuple(tuple(Writing(mark) for mark in ((known,) if known else (".", ","))) for known in decimals)
        self._exact = exact
        self._rows = 0
        self._marks = [self._here()]

    def add(self, cells: pl.DataFrame) -> None:
        """Given rows; adds them up."""
        if cells.is_empty():
            return
        self._rows += len(cells)
        lines = pl.Series("line", [0], dtype=pl.Int64).new_from_index(0, len(cells))
        for place, writings in enumerate(self._columns):
            if all(writing.fit.hopeless for writing in writings):
                continue
            texts = cells.select(trimmed(pl.col(str(place)))).to_series()
            texts = texts.filter(texts != "")
            if texts.is_empty():
                continue
            whole = texts.cast(pl.Int64, strict=False)
            for writing in writings:
                writing.add(whole, texts, lines.head(len(texts)))

    def compare(self, stated: Mapping[int, str], needed: Collection[int] | None) -> Compared:
        """Given a total's figures by column, and the columns that must be the sum (None: any one of them may be another figure);
        holds it against the rows since each earlier total, and against all. One that adds up is a mark for those below it."""
        known = {place: text for place, text in stated.items() if needed is None or place in needed}
        best: list[tuple[int, str, str, bool | None, bool]] = []
        for at in range(len(self._marks) - 1, -1, -1):
            found = [(place, text, *self._against(place, text, self._marks[at])) for place, text in known.items()]
            compared = [one for one in found if one[3] is not None]
            if compared and (
                all(one[3] for one in compared) if needed is not None else any(one[3] and one[4] for one in compared)
            ):
                del self._marks[at + 1 :]
                self._mark()
                return Compared(True, sum(1 for one in compared if one[3] and one[4]))
            if sum(1 for one in compared if one[3]) >= sum(1 for one in best if one[3]):
                best = compared
        wrong = next((one for one in best if not one[3]), None)
        if wrong is None:
            return Compared(None)
        return Compared(False, 0, wrong[0], wrong[1], wrong[2])

    def pass_by(self) -> None:
        """A total that could not be compared stands here: later ones may reach back to it."""
        self._mark()

    def _against(self, place: int, text: str, since: _Mark) -> tuple[str, bool | None, bool]:
        """Returns the sum as text, whether a figure is it (None: cannot be told), and whether it is other than zero."""
        cell = pl.Series("cell", [text], dtype=pl.String)
        told: tuple[str, bool | None, bool] = ("", None, False)
        for number, writing in enumerate(self._columns[place]):
            if not writing.fits(cell)[0]:
                continue
            value = writing.read(text)
            if writing.fit.whole:
                total = _EXACT.subtract(writing.total, since.sums[place][number])
                told = (f"{total:f}", self._same(value, total), value != 0)
            else:  # nothing to add up: the number of rows is told in such places
                told = ("", value == self._rows - since.rows or None, value != 0)
            if told[1]:
                return told
        return told

    def _same(self, value: Decimal, total: Decimal) -> bool:
        if self._exact:
            return value == total
        return value.quantize(_ROUND, ROUND_HALF_EVEN, _EXACT) == total.quantize(_ROUND, ROUND_HALF_EVEN, _EXACT)

    def _here(self) -> _Mark:
        return _Mark(self._rows, tuple(tuple(writing.total for writing in writings) for writings in self._columns))

    def _mark(self) -> None:
        self._marks.append(self._here())
        if len(self._marks) > _MOST_MARKS:
            del self._marks[1]
