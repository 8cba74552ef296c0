"""The exact sums of a file's columns while its rows pass by, to hold the totals that stand among them against."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Literal, NamedTuple

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
    the sum, and not zero; rows: of how many rows with a figure other than zero they are the sum, at least. column, stated,
    summed: the first one that differs."""

    adds_up: bool | None
    matched: int = 0
    rows: int = 0
    column: int = -1
    stated: str = ""
    summed: str = ""


class _Figure(NamedTuple):
    """A figure of a total as one writing reads it: the column's place and the writing's, and the value; counts: where the column
    holds no numbers, so that only the number of its rows can be told there."""

    place: int
    text: str
    writing: int
    value: Decimal
    counts: bool


class _Told(NamedTuple):
    """A figure held against the rows since a mark. is_sum: None where that cannot be told. terms: how many of the rows have a
    figure there, other than zero."""

    place: int
    text: str
    summed: str
    is_sum: bool | None
    counted: bool
    terms: int = 0


@dataclass(frozen=True)
class _Mark:
    """The sums at the beginning of the file, or at a total: by column and writing, the rows, and how many of them have a figure
    other than zero, by column."""

    rows: int
    sums: tuple[tuple[Decimal, ...], ...]
    terms: tuple[int, ...]


class RunningSums:
    """Add rows and hold totals against them, in the order of the file. Memory grows neither with the rows nor with the totals."""

    def __init__(self, decimals: Sequence[Literal[".", ","] | None], exact: bool) -> None:
        """Given the decimal mark of each column (None: either), and whether sums are written exactly: those that a spreadsheet
        made are compared with four decimals."""
        self._columns = tuple(tuple(Writing(mark) for mark in ((known,) if known else (".", ","))) for known in decimals)
        self._exact = exact
        self._rows = 0
        self._terms = [0] * len(self._columns)
        self._marks = [self._here()]

    @property
    def rows(self) -> int:
        """How many rows were added."""
        return self._rows

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
            self._terms[place] += int(texts.str.contains("[1-9]").sum())
            whole = texts.cast(pl.Int64, strict=False)
            for writing in writings:
                writing.add(whole, texts, lines.head(len(texts)))

    def compare(self, stated: Mapping[int, str], needed: Collection[int] | None) -> Compared:
        """Given a total's figures by column, and the columns that must be the sum (None: any one of them may be another figure);
        holds it against the rows since each earlier total, and against all. One that adds up is a mark for those below it."""
        read = [self._read(place, text) for place, text in stated.items() if needed is None or place in needed]
        best: list[_Told] = []
        for at in range(len(self._marks) - 1, -1, -1):
            compared = [told for figures in read if (told := self._against(figures, self._marks[at])).is_sum is not None]
            matched = sum(1 for one in compared if one.is_sum and one.counted)
            if compared and (all(one.is_sum for one in compared) if needed is not None else matched):
                terms = min((one.terms for one in compared if one.is_sum and one.counted), default=0)
                del self._marks[at + 1 :]
                self._mark()
                return Compared(True, matched, terms)
            if sum(1 for one in compared if one.is_sum) >= sum(1 for one in best if one.is_sum):
                best = compared
        wrong = next((one for one in best if not one.is_sum), None)
        if wrong is None:
            return Compared(None)
        return Compared(False, sum(1 for one in best if one.is_sum and one.counted), 0, wrong.place, wrong.text, wrong.summed)

    def pass_by(self) -> None:
        """A total that could not be compared stands here: later ones may reach back to it."""
        self._mark()

    def _read(self, place: int, text: str) -> list[_Figure]:
        """Returns a figure of a total in every writing that reads it: once for all marks, since reading is what takes long."""
        cell = pl.Series("cell", [text], dtype=pl.String)
        fitting = [(number, writing) for number, writing in enumerate(self._columns[place]) if writing.fits(cell)[0]]
        return [_Figure(place, text, number, writing.read(text), not writing.fit.whole) for number, writing in fitting]

    def _against(self, figures: Sequence[_Figure], since: _Mark) -> _Told:
        """Given a figure as its writings read it; holds it against the rows since a mark."""
        told = _Told(-1, "", "", None, counted=False)
        for place, text, number, value, counts in figures:
            if counts:
                rows = self._rows - since.rows
                told = _Told(place, text, "", value == rows or None, value != 0, rows)
            else:
                total = _EXACT.subtract(self._columns[place][number].total, since.sums[place][number])
                terms = self._terms[place] - since.terms[place]
                told = _Told(place, text, f"{total:f}", self._same(value, total), value != 0, terms)
            if told.is_sum:
                return told
        return told

    def _same(self, value: Decimal, total: Decimal) -> bool:
        if self._exact:
            return value == total
        return value.quantize(_ROUND, ROUND_HALF_EVEN, _EXACT) == total.quantize(_ROUND, ROUND_HALF_EVEN, _EXACT)

    def _here(self) -> _Mark:
        sums = tuple(tuple(writing.total for writing in writings) for writings in self._columns)
        return _Mark(self._rows, sums, tuple(self._terms))

    def _mark(self) -> None:
        self._marks.append(self._here())
        if len(self._marks) > _MOST_MARKS:
            del self._marks[1]
