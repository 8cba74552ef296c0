"""Dates, read by the formats the feed declares and by nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.digits import in_ascii, text_in_ascii
from nightclerk.core.convert.folding import plainly
from nightclerk.core.convert.month_names import month_of, months_of
from nightclerk.core.convert.serials import day_of_serial
from nightclerk.core.convert.written_dates import (
    DAY_PARTS,
    NAMES,
    NO_DATE,
    SERIALS,
    day_shape,
    example,
    has_time,
    of_another_calendar,
    parsed,
    pieces,
    shape,
)
from nightclerk.core.sentence import N_, Sentence

_WIDTHS = {"d": 2, "m": 2, "Y": 4}
_IMPOSSIBLE = {
    "not_a_date": N_('"%(value)s" is written like a date, but there is no such date.'),
    "not_a_datetime": N_('"%(value)s" is written like a time, but there is no such time.'),
}
_OTHER_CALENDAR = N_(
    '"%(value)s" has a year of another calendar; write it with the year of the Gregorian calendar, such as 2026.'
)
_FOREIGN = {
    "not_a_date": N_('"%(value)s" is not a date written like %(example)s.'),
    "not_a_datetime": N_('"%(value)s" is not a time written like %(example)s.'),
}


def date(cell: pl.Expr, formats: Sequence[str], language: str = "en", year: int | None = None) -> Converter:
    """Given a column of trimmed text, checked formats, the language of months' names beside English, and the year for formats
    without one; returns its converter to ``YYYY-MM-DD``.

    The first format that fits is taken; ``check_dates`` saw to it that no other reads another day. A format with a time reads
    midnight only. A day or month may have one digit between separators, a year has exactly four (``%Y``) or two (``%y``, 1970
    to 2069). Years 0001 to 9999. Dates of zeros (``00/00/0000``) are none.
    """
    tiers = [tier for one in formats if (tier := _by_slices(cell, one)) is not None]
    for one in formats:
        tiers += [day_of_serial(cell, one)] if one in SERIALS else _by_parts(cell, one, language, year)
    tiers += [tier for one in formats if one not in SERIALS for tier in _by_parts(in_ascii(cell), one, language, year)]
    return Converter(pl.String, tuple(tiers), lambda value: _why(value, formats, language, year), none=no_date(cell, formats))


def no_date(cell: pl.Expr, formats: Sequence[str]) -> pl.Expr:
    """Given a column of text and its formats; returns where it means that there is no date."""
    zeros = cell.str.contains(NO_DATE)
    return zeros | (cell == "0") if "excel" in formats else zeros


def why_not(value: str, formats: Sequence[str], code: str, language: str) -> Reason:
    """Given a text that no format reads, the code of its type and the language; returns the reason: no such day, or not written
    as agreed."""
    value = text_in_ascii(value)
    if any(one not in SERIALS and of_another_calendar(value, one) for one in formats):
        return Reason(code, _OTHER_CALENDAR)
    for one in formats:
        found = re.fullmatch(shape(one), value)
        if found and (one in SERIALS or _names_a_month(value, one, language)):
            return Reason(code, _IMPOSSIBLE[code])
    return _foreign(tuple(formats), code, language)


def _names_a_month(value: str, written: str, language: str) -> bool:
    letters = [text for text, directive in pieces(written) if directive]
    if not NAMES & set(letters):
        return True
    names = re.findall(r"[^\W\d_]{3,}", value)
    return any(month_of(name, language) is not None for name in names)


def _why(value: str, formats: Sequence[str], language: str, year: int | None) -> Reason:
    for one in formats:
        if (has_time(one) or one in SERIALS) and parsed(value, one, language, year) is not None:
            return Reason("not_a_date", '"%(value)s" holds a time of day; a date alone is wanted.')
    return why_not(value, formats, "not_a_date", language)


@lru_cache(maxsize=64)
def _foreign(formats: tuple[str, ...], code: str, language: str) -> Reason:
    first, *others = (Sentence.verbatim(example(one, language)) for one in formats)
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
    if len(places) != len(_WIDTHS):
        return None
    canonical = pl.concat_str([places["Y"], places["m"], places["d"]], separator="-")
    fits = cell.str.contains(shape(written, strict=True)) & _day(cell, written).is_not_null()
    return keep(fits, cell if written == "%Y-%m-%d" else canonical)


def _by_parts(cell: pl.Expr, written: str, language: str, year: int | None) -> list[pl.Expr]:
    letters = [text for text, directive in pieces(written) if directive and text in DAY_PARTS]
    found = cell.str.extract_groups(day_shape(written))
    part = {letter: found.struct.field(str(group)) for group, letter in enumerate(letters, 1)}
    tiers = []
    for month in _months(part, language):
        canonical = pl.concat_str([_year(part, year), month, part["d"].str.pad_start(2, "0")], separator="-")
        tiers.append(keep(_day(canonical, "%Y-%m-%d").dt.year() >= 1, canonical))
    return tiers


def _year(part: dict[str, pl.Expr], year: int | None) -> pl.Expr:
    if "y" in part:
        century = pl.when(part["y"] < "70").then(pl.lit("20")).otherwise(pl.lit("19"))
        return pl.concat_str(century, part["y"])
    return part["Y"] if "Y" in part else pl.lit(f"{year or 0:04}")


def _months(part: dict[str, pl.Expr], language: str) -> list[pl.Expr]:
    if "m" in part:
        return [part["m"].str.pad_start(2, "0")]
    return month_numbers(part["b"] if "b" in part else part["B"], language)


def month_numbers(name: pl.Expr, language: str) -> list[pl.Expr]:
    """Given names of months as they are written, and the language; returns the ways to their two digits, null where it is none:
    as they are usually written, and with accents taken apart or left out."""
    known = {word: f"{month:02}" for word, month in months_of(language).items()}
    return [
        words.str.strip_suffix(".").replace_strict(known, default=None, return_dtype=pl.String)
        for words in (name.str.to_lowercase(), plainly(name))
    ]


def _day(cell: pl.Expr, written: str) -> pl.Expr:
    return cell.str.to_date(written, strict=False, cache=False)
