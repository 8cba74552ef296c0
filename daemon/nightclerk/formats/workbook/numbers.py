"""Numbers of cells → text: as people would write them, without an exponent and without the dust of binary fractions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

import polars as pl

from nightclerk.core.table import replaced

#: What is text already: at most 15 digits, as many as spreadsheets keep, no needless zeros, no exponent.
_TIDY = r"^(?:0|-?[1-9][0-9]{0,14}|-?(?:0|[1-9][0-9]{0,14})\.[0-9]{0,13}[1-9])$"
_LONGEST_TIDY = 16
_WRITTEN = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?\s*", re.ASCII)
_EXACT_WHOLE = 2.0**53
#: What sums of amounts leave instead of nothing; no amount and no rate is so small.
_DUST = 1e-9
_MILLISECONDS = 86_400_000
_CALENDAR = 4096
#: The days of the two systems of dates. In the first one 1900 has a 29 February, which is no day and is left a number.
_FIRST_DAY, _LAST_DAY, _NO_DAY = 1, 2_958_465, 60
_DAYS_TO_1900, _DAYS_TO_1904 = -25_569, -24_107


def tidy(numbers: pl.Series) -> pl.Series:
    """Given numbers as a workbook writes them; returns them as text with a decimal point, ``12`` and ``0.3``, never ``12.0``.

    A spreadsheet shows 15 digits, and so do we, not ``0.30000000000000004``; a fraction of less than a billionth is nothing.
    Whole numbers keep all their digits.
    """
    good = numbers.str.contains(_TIDY) & (numbers.str.len_bytes() <= _LONGEST_TIDY)
    return numbers if good.all() else _mapped(numbers, ~good, number_text)


def number_text(written: str) -> str:
    """Given one number; returns its text. What is no number comes back as it is."""
    if not _WRITTEN.fullmatch(written):  # Python would also read 1_000 and other scripts' digits, which no workbook writes
        return written
    value = float(written)
    if value.is_integer() and abs(value) < _EXACT_WHOLE:
        return str(int(value))
    digits = written.removeprefix("-")
    if digits.isascii() and digits.isdigit():
        return written
    if not math.isfinite(value):
        return written
    if abs(value) < _DUST:
        return "0"
    text = f"{Decimal(f'{value:.15g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def codes(numbers: pl.Series, write: Callable[[str], str]) -> pl.Series:
    """Given tidy numbers and how a code writes digits; returns the codes. What is no whole number above 0 stays as it is."""
    return _mapped(numbers, numbers.str.contains("^[0-9]{1,15}$"), write)


def days(numbers: pl.Series, since_1904: bool) -> pl.Series:
    """Given numbers; returns the days they count to, ``2026-11-21``; those that no day has stay numbers."""
    found = _milliseconds(numbers) // _MILLISECONDS
    day = found + _shift(found, since_1904)
    return _where_day(numbers, found, since_1904, _written(day))


def moments(numbers: pl.Series, since_1904: bool) -> pl.Series:
    """Given numbers; returns the moments they count to, ``2026-11-21 14:30:00``; midnight is the day alone."""
    seconds = (_milliseconds(numbers) / 1000).round().cast(pl.Int64)
    found = seconds // 86_400
    moment = ((found + _shift(found, since_1904)) * 86_400 + seconds % 86_400).cast(pl.Int64) * 1_000_000
    text = moment.cast(pl.Datetime("us")).dt.to_string("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    return _where_day(numbers, found, since_1904, text)


def times(numbers: pl.Series) -> pl.Series:
    """Given numbers; returns the time of day of each, ``14:30:00``."""
    return _mapped(tidy(numbers), _number(numbers).is_between(0, _LAST_DAY + 1), lambda text: duration(str(Decimal(text) % 1)))


def durations(numbers: pl.Series) -> pl.Series:
    """Given numbers of days; returns hours, minutes and seconds, ``37:30:00``."""
    return _mapped(tidy(numbers), _number(numbers).is_between(-_LAST_DAY, _LAST_DAY), duration)


def duration(days_written: str) -> str:
    """Given a number of days as text; returns it as hours, minutes and seconds."""
    seconds = round(Decimal(days_written) * 86_400)
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"


def _written(days_since_1970: pl.Series) -> pl.Series:
    """Returns days as text. Writing a day takes long, and a sheet has the same ones over and over."""
    first, last = int(days_since_1970.min() or 0), int(days_since_1970.max() or 0)  # type: ignore[arg-type]  # whole numbers
    if last - first > _CALENDAR * 8:
        return days_since_1970.cast(pl.Int32).cast(pl.Date).dt.to_string("%Y-%m-%d")
    begin = first // _CALENDAR * _CALENDAR
    return _calendar(begin, last // _CALENDAR * _CALENDAR + _CALENDAR).gather(days_since_1970 - begin)


@lru_cache(maxsize=4)
def _calendar(begin: int, end: int) -> pl.Series:
    """Returns all days from one up to another as text."""
    return pl.select(pl.int_range(begin, end, dtype=pl.Int32)).to_series().cast(pl.Date).dt.to_string("%Y-%m-%d")


def _number(numbers: pl.Series) -> pl.Series:
    return numbers.cast(pl.Float64, strict=False)


def _milliseconds(numbers: pl.Series) -> pl.Series:
    within = _number(numbers).clip(-1, _LAST_DAY + 2)  # so that no product can overflow
    return (within.fill_nan(-1) * _MILLISECONDS).round().cast(pl.Int64)


def _shift(found: pl.Series, since_1904: bool) -> pl.Series:
    """Returns what is added to a day's number to get its place in the calendar that begins in 1970."""
    if since_1904:
        return pl.Series([_DAYS_TO_1904], dtype=pl.Int64).new_from_index(0, len(found))
    return (found < _NO_DAY).cast(pl.Int64) + _DAYS_TO_1900


def _where_day(numbers: pl.Series, found: pl.Series, since_1904: bool, text: pl.Series) -> pl.Series:
    least = 0 if since_1904 else _FIRST_DAY
    last = _LAST_DAY - (_DAYS_TO_1904 - _DAYS_TO_1900 if since_1904 else 0)
    real = found.is_between(least, last) & (since_1904 | (found != _NO_DAY))
    real = real.fill_null(value=False)
    return text if real.all() else text.zip_with(real, tidy(numbers))


def _mapped(numbers: pl.Series, where: pl.Series, write: Callable[[str], str]) -> pl.Series:
    """Returns the column with some values written anew, each different one once."""
    where = where.fill_null(value=False)
    if not where.any():
        return numbers
    chosen = numbers.filter(where)
    different = chosen.unique()
    written = pl.Series([write(text) for text in different], dtype=pl.String)
    return replaced(numbers, where, chosen.replace_strict(different, written, return_dtype=pl.String))
