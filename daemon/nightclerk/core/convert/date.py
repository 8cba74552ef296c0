"""Dates, read by the formats the feed declares and by nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.written_dates import example, has_time, pieces, shape

_WIDTHS = {"d": 2, "m": 2, "Y": 4}


def date(cell: pl.Expr, formats: Sequence[str]) -> Converter:
    """Given a column of trimmed text and checked formats; returns its converter to ``YYYY-MM-DD``.

    Formats that hold a time are for datetimes and left aside. The first format that fits is taken; ``check_dates`` saw to it
    that no other reads another day. A day or month may have one digit between separators, a year has exactly four (``%Y``)
    or two (``%y``, 1970 to 2069). Years 0001 to 9999.
    """
    written = [one for one in formats if not has_time(one)]
    tiers = [tier for one in written if (tier := _by_slices(cell, one)) is not None]
    tiers += [_by_calendar(cell, one) for one in written]
    return Converter(pl.String, tuple(tiers), lambda value: why_not(value, written, "not_a_date", "date"))


def why_not(value: str, formats: Sequence[str], code: str, noun: str) -> Reason:
    """Given a text that no format reads; returns the reason: no such day, or not written as agreed."""
    for one in formats:
        if re.fullmatch(shape(one), value):
            return Reason(code, f"is written like a {noun}, but there is no such {noun}.")
    return _foreign(tuple(formats), code, noun)


@lru_cache(maxsize=64)
def _foreign(formats: tuple[str, ...], code: str, noun: str) -> Reason:
    return Reason(code, f"is not a {noun} written like {' or '.join(example(one) for one in formats)}.")


def _by_slices(cell: pl.Expr, written: str) -> pl.Expr | None:
    # Making text of a date costs polars ten times as much as reading it; where all parts have a fixed place the canonical text
    # is cut out of what is there already, and the calendar only has to agree.
    places: dict[str, pl.Expr] = {}
    at = 0
    for text, directive in pieces(written):
        if directive:
            if text not in _WIDTHS:
                return None
            places[text] = cell.str.slice(at, _WIDTHS[text])
        at += _WIDTHS[text] if directive else len(text)
    canonical = pl.concat_str([places["Y"], places["m"], places["d"]], separator="-")
    fits = cell.str.contains(shape(written, strict=True)) & _day(cell, written).is_not_null()
    return keep(fits, cell if written == "%Y-%m-%d" else canonical)


def _by_calendar(cell: pl.Expr, written: str) -> pl.Expr:
    day = _day(cell, written)
    return keep(cell.str.contains(shape(written)) & (day.dt.year() >= 1), day.dt.to_string("%Y-%m-%d"))


def _day(cell: pl.Expr, written: str) -> pl.Expr:
    return cell.str.to_date(written, strict=False, cache=False)
