"""What the columns of a file hold, without any configuration: kinds, sums, and what speaks against them.

Taken in block by block. Memory grows with the columns, never with the rows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

import polars as pl

from nightclerk.core.column_dates import DateColumn, UndecidedDate
from nightclerk.core.column_fit import Place, place_of
from nightclerk.core.column_numbers import NumberColumn, Undecided
from nightclerk.core.column_words import BooleanColumn, ShapeColumn, email_column, url_column
from nightclerk.core.reading import Cell
from nightclerk.core.table import trimmed

Kind = Literal["text", "integer", "decimal", "date", "datetime", "boolean", "email", "url", "empty"]
Reading = BooleanColumn | DateColumn | NumberColumn | ShapeColumn

#: A column of which more than this share, but not all, is of one kind is worth a doubt.
MOSTLY = 0.9
#: The sums of a block stay exact up to so many rows.
_AT_ONCE = 1 << 16
#: Of the cells that stand alone in their records only the last are kept: totals stand at the end. Where every record has only
#: a few columns, that one of them is filled says nothing.
_ALONE = 20
_TABLE = 3
_ZERO_LED = "^0[0-9]+$"


class Mixed(NamedTuple):
    """Most, but not all cells are of one kind. fits: how many; missed: the first that is not."""

    kind: str
    fits: int
    missed: Place


class Zeros(NamedTuple):
    """Codes of digits that begin with a zero. codes: how many; first: the first of them."""

    codes: int
    first: Place


@dataclass(frozen=True)
class ColumnProfile:
    """What one column holds.

    filled: cells that are not blank; longest: characters of the longest, without outer spaces; example: the first of them.
    total: the exact sum of a column of numbers, as its own writing reads. dates: the formats of the day that fit all cells;
    marks: the only decimal mark that does, and the thousands mark if there is one.
    undecided, undecided_date: a cell that shows that the column could be read in two ways. stray_total: a number that stands
    alone in its record and is the sum of all others.
    """

    kind: Kind
    filled: int = 0
    longest: int = 0
    example: Place | None = None
    total: Decimal | None = None
    dates: tuple[str, ...] = ()
    marks: tuple[str, str | None] | None = None
    mixed: Mixed | None = None
    undecided: Undecided | None = None
    undecided_date: UndecidedDate | None = None
    zeros: Zeros | None = None
    stray_total: Place | None = None


class Profile:
    """The columns of one file. ``add`` all blocks, in order; then ask for ``columns``."""

    def __init__(self, width: int, decimal: Literal[".", ","] | None = None) -> None:
        """Given how many columns there are, and the decimal mark where it is known: it decides what could be read in two ways."""
        self._columns = [_Column(decimal) for _ in range(width)]
        self._alone: deque[tuple[int, Place]] = deque(maxlen=_ALONE)

    def add(self, lines: Sequence[int], columns: Sequence[Sequence[Cell]]) -> None:
        """Given the lines of some rows and, column by column, their cells as text; takes them in."""
        starts = pl.Series("line", lines, dtype=pl.Int64)
        texts = pl.DataFrame([pl.Series(str(at), cells, dtype=pl.String) for at, cells in enumerate(columns)])
        cells = texts.select(trimmed(pl.all()))
        for first in range(0, len(cells), _AT_ONCE):
            self._add(cells[first : first + _AT_ONCE], starts[first : first + _AT_ONCE])

    def columns(self) -> tuple[ColumnProfile, ...]:
        """Returns what was found so far, in the order of the columns."""
        return tuple(
            column.profile([alone for at, alone in self._alone if at == place]) for place, column in enumerate(self._columns)
        )

    def _add(self, cells: pl.DataFrame, lines: pl.Series) -> None:
        for column, texts in zip(self._columns, cells, strict=True):
            column.add(texts, lines)
        if cells.width < _TABLE:
            return
        alone = cells.select(pl.sum_horizontal(pl.all() != "") == 1).to_series()
        if alone.any():
            for line, row in zip(lines.filter(alone).tail(_ALONE), cells.filter(alone).tail(_ALONE).rows(), strict=True):
                at = next(at for at, text in enumerate(row) if text)
                self._alone.append((at, Place(line, row[at])))


class _Column:
    """One column, and the ways of reading it that are still worth trying, in the order of trust."""

    def __init__(self, decimal: Literal[".", ","] | None) -> None:
        self._readings: list[Reading] = [BooleanColumn(), DateColumn(), NumberColumn(decimal), email_column(), url_column()]
        self._filled = 0
        self._longest = 0
        self._example: Place | None = None
        self._zeros: Zeros | None = None

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        blank = cells == ""
        if blank.any():
            cells, lines = cells.filter(~blank), lines.filter(~blank)
        if cells.is_empty():
            return
        self._filled += len(cells)
        self._longest = max(self._longest, int(cells.str.len_chars().max()))  # type: ignore[arg-type]  # there are cells
        self._example = self._example or Place(lines[0], cells[0])
        self._count_zeros(cells, lines)
        for reading in self._readings:
            reading.add(cells, lines)
        self._readings = [reading for reading in self._readings if not reading.hopeless]

    def profile(self, alone: Sequence[Place]) -> ColumnProfile:
        found = next((reading for reading in self._readings if reading.fit.whole), None)
        if isinstance(found, NumberColumn) and found.kind == "integer" and self._zeros is not None:
            found = None  # a code: as a number it would lose its zeros
        number = found if isinstance(found, NumberColumn) else None
        dates = found if isinstance(found, DateColumn) else None
        return ColumnProfile(
            kind=self._kind(found),
            filled=self._filled,
            longest=self._longest,
            example=self._example,
            total=number.total if number else None,
            dates=dates.formats if dates else (),
            marks=number.marks if number else None,
            mixed=self._mixed() if found is None else None,
            undecided=number.undecided if number else None,
            undecided_date=dates.undecided if dates else None,
            zeros=self._zeros if found is None else None,
            stray_total=next((place for place in alone if number and number.is_sum_of_others(place.value)), None),
        )

    def _kind(self, found: Reading | None) -> Kind:
        if found is not None:
            return found.kind
        return "text" if self._filled else "empty"

    def _mixed(self) -> Mixed | None:
        best = max(self._readings, key=lambda reading: reading.fit.fits, default=None)
        if best is None or best.fit.missed is None or best.fit.fits <= MOSTLY * self._filled:
            return None
        if isinstance(best, NumberColumn) and best.kind == "integer" and self._zeros is not None:
            return None  # codes are not all digits
        return Mixed(best.kind, best.fit.fits, best.fit.missed)

    def _count_zeros(self, cells: pl.Series, lines: pl.Series) -> None:
        if not cells.str.starts_with("0").any():
            return
        led = cells.str.contains(_ZERO_LED)
        place = place_of(led, cells, lines)
        if place is not None:
            before, first = self._zeros or (0, place)
            self._zeros = Zeros(before + int(led.sum()), first)
