"""A column as numbers: what is none, marks that contradict each other, numbers that a spreadsheet has shortened, outliers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl

from nightclerk.core.column_numbers import Writing
from nightclerk.core.lint.finding import LintFinding, Tally
from nightclerk.core.lint.magnitudes import Magnitudes

_ENOUGH = 200
#: A sign always stands before the power: 1E464 is a code.
_SHORTENED = r"^[-+]?[0-9](?:[.,][0-9]+)?[eE][-+][0-9]{1,3}$"
#: Nobody writes so many decimals; programs that count with binary fractions do.
_DUST = r"[.,][0-9]{9,}$"
_MOST_OTHERS = 0.1


class Amounts:
    """The cells of one column, as far as they are numbers. mark: the decimal mark, where it is known."""

    def __init__(self, mark: Literal[".", ","] | None = None) -> None:
        self._writings: dict[str, Writing] = {one: Writing(one) for one in (".", ",") if mark in {None, one}}
        self._only = {one: Tally() for one in self._writings}
        self._sizes = {one: Magnitudes(one) for one in self._writings}
        self._filled = self._numbers = 0
        self._others, self._shortened, self._dust = Tally(), Tally(), Tally()

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        """Given filled, trimmed cells and their lines; takes them in."""
        self._shortened.add(cells.str.contains(_SHORTENED), cells, lines)
        if self._filled >= _ENOUGH and self._numbers * 2 < self._filled:
            return  # no numbers
        self._filled += len(cells)
        fits = {mark: writing.fits(cells) for mark, writing in self._writings.items()}
        numbers = next(iter(fits.values())) if len(fits) == 1 else fits["."] | fits[","]
        self._numbers += int(numbers.sum())
        self._others.add(~numbers & ~cells.str.contains(_SHORTENED), cells, lines)
        self._dust.add(numbers & cells.str.contains(_DUST), cells, lines)
        for mark, fitting in fits.items():
            rival = fits.get("," if mark == "." else ".")
            if rival is not None:
                self._only[mark].add(fitting & ~rival, cells, lines)
            self._sizes[mark].add(cells.filter(fitting), lines.filter(fitting))

    @property
    def are_numbers(self) -> bool:
        """Whether at least half of the cells are numbers."""
        return self._numbers > 0 and self._numbers * 2 >= self._filled

    @property
    def sizes(self) -> Magnitudes:
        """How large the numbers are, as the better way of writing reads them."""
        return self._sizes[max(self._only, key=lambda mark: self._only[mark].count)]

    def findings(self, column: str, said: bool, code: bool) -> Iterator[LintFinding]:
        """Given the column's name, whether something says that these are amounts, and whether it says that they are codes; yields
        what was found."""
        if self._shortened.count and (code or self._numbers * 2 >= self._filled):
            yield self._shortened.finding("shortened_number", column)
        if code or not self.are_numbers:
            return
        point, comma = (self._only.get(mark, Tally()) for mark in ".,")
        if point.count and comma.count:
            few, most = sorted((point, comma), key=lambda tally: tally.count)
            mark, other = ("comma", "point") if few is comma else ("point", "comma")
            yield few.finding("mixed_decimals", column, mark=mark, other=other, usual=most.count)
        fractions = point.count or comma.count or self.sizes.fractions
        if self._others.count and self._others.count <= self._filled * _MOST_OTHERS and (said or fractions):
            yield self._others.finding("not_a_number", column)
        if self._dust.count:
            yield self._dust.finding("float_dust", column)
        outliers = self.sizes.outliers() if said or fractions else Tally()
        if outliers.count:
            yield outliers.finding("outlier", column)
