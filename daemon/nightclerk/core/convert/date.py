"""Dates, read by the formats the feed declares and by nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.written_dates import example, has_time, pieces, shape
from nightclerk.core.sentence import N_, Sentence

_WIDTHS = {"d": 2, "m": 2, "Y": 4}
_IMPOSSIBLE = {
    "not_a_date": N_('"%(value)s" is written like a date, but there is no such date.'),
    "not_a_datetime": N_('"%(value)s" is written like a time, but there is no such time.'),
}
_FOREIGN = {
    "not_a_date": N_('"%(value)s" is not a date written like %(example)s.'),
    "not_a_datetime": N_('"%(value)s" is not a time written like %(example)s.'),
}


def date(cell: pl.Expr, formats: Sequence[str]) -> Converter:
    """Given a column of trimmed text and checked formats; returns its converter to ``YYYY-MM-DD``.

    Formats that hold a time are for datetimes and left aside. The first format that fits is taken; ``check_dates`` saw to it
    that no other reads another day. A day or month may have one digit between separators, a year has exactly four (``%Y``)
    or two (``%y``, 1970 to 2069). Years 0001 to 9999.
    """
    written = [one for one in formats if not has_time(one)]
    tiers = [tier for one in written if (tier := _by_slices(cell, one)) is not None]
    tiers += [_by_calendar(cell, one) for one in written]
    return Converter(pl.String, tuple(tiers), lambda value: why_not(value, written, "not_a_date"))


def why_not(value: str, formats: Sequence[str], code: str) -> Reason:
    """Given a text that no format reads, and the code of its type; returns the reason: no such day, or not written as agreed."""
    for one in formats:
        if re.fullmatch(shape(one), value):
            return Reason(code, _IMPOSSIBLE[code])
    return _foreign(tuple(formats), code)


@lru_cache(maxsize=64)
def _foreign(formats: tuple[str, ...], code: str) -> Reason:
    first, *others = (Sentence.verbatim(example(one)) for one in formats)
    for other in others:
        first = Sentence("%(first)s or %(second)s", first=first, second=other)
    return Reason(code, _FOREIGN[code], {"example": first})


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
