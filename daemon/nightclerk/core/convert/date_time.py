"""Moments: dates with a time of day. Written without an offset they are the tenant's local time; kept in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.date import why_not
from nightclerk.core.convert.written_dates import has_time, parsed, shape


def date_time(cell: pl.Expr, formats: Sequence[str], timezone: str) -> Converter:
    """Given a column of trimmed text, checked formats and the tenant's zone; returns its converter to ``YYYY-MM-DD HH:MM:SS``.

    A date without a time is its midnight. A local time that the clocks skip is unreadable; one that comes twice is the first
    of the two. Fractions of a second are cut off. A moment outside the years 0001 to 9999 in UTC is unreadable.
    """
    tiers = tuple(_moment(cell, written, timezone) for written in formats)
    return Converter(pl.String, tiers, lambda value: _why(value, formats, timezone))


def _moment(cell: pl.Expr, written: str, timezone: str) -> pl.Expr:
    for_polars = written.replace(".%f", "%.f")
    source = cell.str.replace("[Zz]$", "+0000") if written.endswith("%z") else cell
    if not has_time(written):
        read = source.str.to_date(for_polars, strict=False, cache=False).cast(pl.Datetime("us"))
    else:
        read = source.str.to_datetime(for_polars, strict=False, cache=False, exact=True, time_unit="us")
    if "%z" not in written:
        local = read.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
        read = local.dt.convert_time_zone("UTC")
    fits = cell.str.contains(shape(written)) & read.dt.year().is_between(1, 9999)
    return keep(fits, read.dt.to_string("%Y-%m-%d %H:%M:%S"))


def _why(value: str, formats: Sequence[str], timezone: str) -> Reason:
    for written in formats:
        moment = parsed(value, written)
        if moment is not None and moment.tzinfo is None and _skipped(moment, ZoneInfo(timezone)):
            return Reason(
                "not_a_datetime",
                '"%(value)s" does not exist in %(timezone)s: the clocks were put forward over it.',
                {"timezone": timezone},
            )
    return why_not(value, formats, "not_a_datetime")


def _skipped(moment: datetime, zone: ZoneInfo) -> bool:
    try:
        return moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment
    except OverflowError:
        return False
