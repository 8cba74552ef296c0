"""A column as numbers: which ways of writing them fit its cells, and the exact sum in each."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from typing import Literal, NamedTuple

import polars as pl

from nightclerk.core.column_fit import Fit, Place, place_of
from nightclerk.core.convert.amount import magnitude, with_currency
from nightclerk.core.convert.marks import APOSTROPHES, SPACES, Marks

#: A longer text is no number. So many digits, added up over one block, still fit the 38 of an exact column.
_LONGEST = 33
_EXACT = Context(prec=300)


class Undecided(NamedTuple):
    """A cell that two ways of writing read as different numbers, both ways fitting the whole column. sums: of all cells."""

    at: Place
    readings: tuple[str, str]
    sums: tuple[Decimal, Decimal]


class Writing:
    """One decimal mark, with any of the other marks between groups of three digits."""

    def __init__(self, mark: str) -> None:
        self.marks = Marks(mark)
        self.fit = Fit()
        self.total = Decimal(0)
        self.fractions = False
        self.thousands: str | None = None
        self._other = "," if mark == "." else "."
        grouped = "|".join(f"[1-9][0-9]{{0,2}}(?:[{between}][0-9]{{3}})+" for between in (self._other, SPACES, APOSTROPHES))
        number = f"(?:(?:{grouped}|[0-9]+)(?:[{mark}][0-9]*)?|[{mark}][0-9]+)"
        self._usual = f"^-?(?:{grouped}|[0-9]+)[{mark}][0-9]+$"
        self._shape = f"^{with_currency(number)}$"

    def add(self, whole: pl.Series, cells: pl.Series, lines: pl.Series) -> None:
        """Given cells, the same as plain whole numbers where they are that, and their lines; counts them and adds them up."""
        fitting = whole.is_not_null()
        self.total = _EXACT.add(self.total, _sum(whole.cast(pl.Decimal(38, 0))))
        if whole.null_count():
            rest = cells.filter(~fitting)
            fits = self.fits(rest)
            self._add_up(rest if fits.all() else rest.filter(fits))
            fitting = fitting.scatter((~fitting).arg_true(), fits)
        self.fit.add(fitting, cells, lines)

    def read(self, cell: str) -> Decimal:
        """Given a cell that fits; returns its number."""
        return Decimal(pl.select(magnitude(pl.lit(cell), self.marks)).item())

    def fits(self, cells: pl.Series) -> pl.Series:
        """Given filled, trimmed cells; returns which of them are written so."""
        usual = cells.str.contains(self._usual) & (cells.str.len_bytes() <= _LONGEST)
        if usual.all():
            return usual
        return usual | (cells.str.contains(self._shape) & (cells.str.len_chars() <= _LONGEST))

    def _look_for_thousands(self, cells: pl.Series) -> None:
        for mark, between in ((self._other, re.escape(self._other)), (" ", f"[{SPACES}]"), ("'", f"[{APOSTROPHES}]")):
            if cells.str.contains(f"[0-9]{between}[0-9]{{3}}").any():
                self.thousands = mark
                return

    def _add_up(self, cells: pl.Series) -> None:
        if cells.is_empty():
            return
        if self.thousands is None:
            self._look_for_thousands(cells)
        # Nearly all amounts are read by taking out one kind of mark; what is dressed otherwise takes ten times as long.
        plain = cells.str.replace_all(self._other, "", literal=True).str.replace_all(" ", "", literal=True)
        numbers = _numbers(plain.str.replace(self.marks.decimal, ".", literal=True))
        if numbers.null_count():
            numbers = _numbers(cells.to_frame("cell").select(magnitude(pl.col("cell"), self.marks)).to_series())
        self.fractions = self.fractions or numbers.dtype.scale > 0  # type: ignore[attr-defined]  # it is a decimal's type
        self.total = _EXACT.add(self.total, _sum(numbers))


class NumberColumn:
    """The cells of a column as numbers: ``1234.56`` and ``1 234,56``, signs, parentheses, currency signs and codes.

    fit: how many cells the better way of writing fits.
    """

    def __init__(self, decimal: Literal[".", ","] | None = None) -> None:
        """Given the decimal mark that is meant where both would do, if it is known."""
        self._writings = (Writing("."), Writing(","))
        self._decimal = decimal
        self._marked: Place | None = None

    @property
    def fit(self) -> Fit:
        return self._better.fit

    @property
    def hopeless(self) -> bool:
        return all(writing.fit.hopeless for writing in self._writings)

    @property
    def kind(self) -> Literal["integer", "decimal"]:
        undecided = [writing for writing in self._writings if writing.fit.whole] if self._decimal is None else []
        writings = undecided or [self._better]
        return "decimal" if any(writing.fractions for writing in writings) else "integer"

    @property
    def total(self) -> Decimal | None:
        """Returns the exact sum; None where the way of writing is undecided, or not all cells are numbers."""
        if self.undecided is not None or not self.fit.whole:
            return None
        return self._better.total

    @property
    def marks(self) -> tuple[str, str | None] | None:
        """Returns the decimal mark that the cells themselves tell, and their thousands mark if they have one; None where both
        decimal marks would do, or one was given."""
        point, comma = self._writings
        if self._decimal is not None or point.fit.whole == comma.fit.whole:
            return None
        return (".", point.thousands) if point.fit.whole else (",", comma.thousands)

    @property
    def undecided(self) -> Undecided | None:
        """Returns a cell that shows that the column can be read in two ways, or None."""
        point, comma = self._writings
        if self._marked is None or self._decimal is not None or not (point.fit.whole and comma.fit.whole):
            return None
        readings = f"{point.read(self._marked.value):f}", f"{comma.read(self._marked.value):f}"
        return Undecided(self._marked, readings, (point.total, comma.total))

    def is_sum_of_others(self, cell: str) -> bool:
        """Given one of the column's cells; returns whether all the others add up to it."""
        total, number = self.total, self._better.read(cell)
        return total is not None and number != 0 and total == _EXACT.add(number, number)

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        """Given filled, trimmed cells and their lines; takes them in."""
        whole = cells.cast(pl.Int64, strict=False)
        for writing in self._writings:
            if not writing.fit.hopeless:
                writing.add(whole, cells, lines)
        if self._marked is None and whole.null_count() and all(writing.fit.whole for writing in self._writings):
            self._marked = place_of(cells.str.contains("[.,]"), cells, lines)

    @property
    def _better(self) -> Writing:
        return max(self._writings, key=lambda writing: (writing.fit.fits, writing.marks.decimal == self._decimal))


def _numbers(texts: pl.Series) -> pl.Series:
    """Given numbers with a decimal point; returns them with as many decimals as the longest has, null where one is none."""
    point = texts.str.find(".", literal=True)
    decimals = int((texts.str.len_bytes() - 1 - point).max() or 0)  # type: ignore[arg-type]  # whole numbers
    return texts.cast(pl.Decimal(38, min(decimals, _LONGEST)), strict=False)


def _sum(numbers: pl.Series) -> Decimal:
    return Decimal(numbers.sum())  # of no numbers: 0
