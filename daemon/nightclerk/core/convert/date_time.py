"""Moments: dates with a time of day. Written without an offset they are the tenant's local time; kept in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.date import month_numbers, no_date, why_not
from nightclerk.core.convert.serials import moment_of_serial
from nightclerk.core.convert.written_dates import (
    NAMES,
    SERIALS,
    DoubledHour,
    as_number,
    has_hour,
    has_time,
    named_shape,
    parsed,
    pieces,
    shape,
)

#: What ``doubled_hour`` says → how polars is told.
AMBIGUOUS: dict[DoubledHour, Literal["null", "earliest", "latest"]] = {"reject": "null", "first": "earliest", "second": "latest"}


def date_time(
    cell: pl.Expr,
    formats: Sequence[str],
    timezone: str,
    language: str = "en",
    year: int | None = None,
    doubled_hour: DoubledHour = "reject",
) -> Converter:
    """Given a column of trimmed text, checked formats, the tenant's zone, the language of months' names beside English, the year
    for formats without one, and what a local time means that comes twice; returns its converter to ``YYYY-MM-DD HH:MM:SS``.

    A date without a time is its midnight, the first where a day has two. A local time that the clocks skip is unreadable, and so
    is by ``reject`` one that comes twice. Fractions of a second are cut off. A moment outside the years 0001 to 9999 in UTC is
    unreadable.
    """
    tiers = [tier for written in formats for tier in _moments(cell, written, timezone, language, year, doubled_hour)]
    return Converter(
        pl.String,
        tuple(tiers),
        lambda value: _why(value, formats, ZoneInfo(timezone), language, year),
        none=no_date(cell, formats),
    )


def _moments(
    cell: pl.Expr, written: str, timezone: str, language: str, year: int | None, doubled_hour: DoubledHour
) -> list[pl.Expr]:
    ways = [moment_of_serial(cell, written)] if written in SERIALS else _ways(cell, written, language, year)
    if "%z" not in written:
        ambiguous = AMBIGUOUS[doubled_hour if has_hour(written) else "first"]
        local = [read.dt.replace_time_zone(timezone, ambiguous=ambiguous, non_existent="null") for read in ways]
        ways = [read.dt.convert_time_zone("UTC") for read in local]
    return [keep(read.dt.year().is_between(1, 9999), read.dt.to_string("%Y-%m-%d %H:%M:%S")) for read in ways]


def _ways(cell: pl.Expr, written: str, language: str, year: int | None) -> list[pl.Expr]:
    letters = {text for text, directive in pieces(written) if directive}
    fits = cell.str.contains(shape(written))
    if not NAMES & letters:
        return [keep(fits, _read(cell, written, letters, year))]
    before, name, after = (cell.str.extract(named_shape(written), group) for group in (1, 2, 3))
    sources = [pl.concat_str(before, number, after) for number in month_numbers(name, language)]
    return [keep(fits, _read(source, as_number(written), letters, year)) for source in sources]


def _read(source: pl.Expr, written: str, letters: set[str], year: int | None) -> pl.Expr:
    for_polars = written.replace(".%f", "%.f")
    if written.endswith("%z"):
        source = source.str.replace("[Zz]$", "+0000")
    if not {"Y", "y"} & letters:
        source, for_polars = pl.concat_str(source, pl.lit(f" {year or 0:04}")), f"{for_polars} %Y"
    if has_time(written):
        return source.str.to_datetime(for_polars, strict=False, cache=False, exact=True, time_unit="us")
    return source.str.to_date(for_polars, strict=False, cache=False).cast(pl.Datetime("us"))


def _why(value: str, formats: Sequence[str], zone: ZoneInfo, language: str, year: int | None) -> Reason:
    for written in formats:
        moment = parsed(value, written, language, year)
        if moment is None or moment.tzinfo is not None:
            continue
        first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        if _skipped(moment, zone):
            return Reason(
                "not_a_datetime",
                '"%(value)s" does not exist in %(timezone)s: the clocks were put forward over it.',
                {"timezone": zone.key},
            )
        if first.utcoffset() != second.utcoffset() and has_hour(written):
            return Reason(
                "ambiguous_datetime",
                '"%(value)s" comes twice in %(timezone)s, where the clocks were put back: it is %(reading)s or'
                " %(other_reading)s.%(setting)s",
                {
                    "timezone": zone.key,
                    "reading": first.isoformat(" "),
                    "other_reading": second.isoformat(" "),
                    "setting": " The mapping says which: `doubled_hour: first` or `doubled_hour: second`.",
                },
            )
    return why_not(value, formats, "not_a_datetime", language)


def _skipped(moment: datetime, zone: ZoneInfo) -> bool:
    try:
        return moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment
    except OverflowError:
        return False
