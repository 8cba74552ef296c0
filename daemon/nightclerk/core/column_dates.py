"""A column as dates, with or without a time of day: which formats fit its cells."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

import polars as pl

from nightclerk.core.column_fit import Fit, Place, place_of
from nightclerk.core.convert.written_dates import shape

#: Day-first formats and the month-first ones that may read the same text as another day.
_RIVALS = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y", "%d-%m-%y": "%m-%d-%y"}
#: The formats that are tried, in the order of trust. Nobody writes the month first between points.
_FORMATS = (
    "%Y-%m-%d", *_RIVALS, *_RIVALS.values(), "%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
    "%d.%m.%Y.", "%d. %m. %Y", "%d. %m. %Y.", "%Y.%m.%d.", "%Y. %m. %d", "%Y. %m. %d.",
    "%Y年%m月%d日", "%Y년 %m월 %d일", "%Y년%m월%d일",
)  # fmt: skip
#: Other numbers of eight digits would too often pass as days of some century.
_COMPACT = {"%Y%m%d": "^(?:19|20)[0-9]{6}$"}
_NONE = "^(?:00000000|0000-00-00|00[./]00[./]0000)$"
_TIME = (
    r"[ T](?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
    r"(?: ?[AaPp][Mm])?(?: ?(?:Z|[+-][0-9]{2}:?[0-9]{2}))?$"
)


class UndecidedDate(NamedTuple):
    """A cell that two formats read as different days, both formats fitting the whole column."""

    at: Place
    formats: tuple[str, str]
    readings: tuple[date, date]


class DateColumn:
    """The cells of a column as dates. ``00000000`` is none, as accounting systems write it, and fits every format."""

    def __init__(self) -> None:
        self._fits = {written: Fit() for written in _FORMATS}
        self._undecided: dict[str, UndecidedDate] = {}
        self._timed = False
        self._dated = False

    @property
    def fit(self) -> Fit:
        """Returns how well the best format fits."""
        return max(self._fits.values(), key=lambda fit: fit.fits, default=Fit()) if self._dated else Fit()

    @property
    def hopeless(self) -> bool:
        """Whether no format need be tried any longer."""
        return not self._fits

    @property
    def kind(self) -> Literal["date", "datetime"]:
        return "datetime" if self._timed else "date"

    @property
    def formats(self) -> tuple[str, ...]:
        """Returns the formats of the day that fit all cells."""
        return tuple(written for written, fit in self._fits.items() if fit.whole) if self._dated else ()

    @property
    def undecided(self) -> UndecidedDate | None:
        """Returns a cell that shows that the column can be read in two ways, or None."""
        fitting = self.formats
        return next((found for written, found in self._undecided.items() if {written, _RIVALS[written]} <= set(fitting)), None)

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        """Given filled, trimmed cells and their lines; takes them in."""
        days = cells
        if cells.str.contains(":", literal=True).any():
            days = cells.str.replace(_TIME, "")
            self._timed = self._timed or bool((days != cells).any())
        nothing = days.str.contains(_NONE)
        read = {written: _days(days, written) for written in self._fits}
        for written, found in read.items():
            fitting = found.is_not_null() | nothing
            self._dated = self._dated or found.null_count() < len(found)
            self._fits[written].add(fitting, cells, lines)
        for first, second in _RIVALS.items():
            self._compare(first, second, read, cells, lines)
        self._fits = {written: fit for written, fit in self._fits.items() if not fit.hopeless}

    def _compare(self, first: str, second: str, read: dict[str, pl.Series], cells: pl.Series, lines: pl.Series) -> None:
        """Keeps the first cell that two formats read as different days, as long as both fit all cells."""
        if first in self._undecided or first not in read or second not in read:
            return
        if not (self._fits[first].whole and self._fits[second].whole):
            return
        differ = (read[first] != read[second]).fill_null(value=False)
        place, at = place_of(differ, cells, lines), differ.arg_max()
        if place is not None and at is not None:
            self._undecided[first] = UndecidedDate(place, (first, second), (read[first][at], read[second][at]))


def _days(texts: pl.Series, written: str) -> pl.Series:
    """Given texts and a format; returns the days, null where it does not fit."""
    fitting = texts.str.contains(_COMPACT.get(written) or shape(written))
    if not fitting.any():
        return pl.Series(texts.name, [None], dtype=pl.Date).new_from_index(0, len(texts))
    days = texts.str.to_date(written, strict=False, cache=False)
    return days if fitting.all() else days.zip_with(fitting, pl.Series([None], dtype=pl.Date).new_from_index(0, len(texts)))
