"""Dates as spreadsheets keep them: a number of days, with a fraction for the time of day."""

from __future__ import annotations

import polars as pl

from nightclerk.core.convert.converter import keep
from nightclerk.core.convert.written_dates import LAST_SERIAL, NO_SERIAL, SERIALS, shape

_DAY_SECONDS = 86400


def day_of_serial(cell: pl.Expr, system: str) -> pl.Expr:
    """Given cells and ``excel`` or ``excel1904``; returns the day as ``YYYY-MM-DD``, null where a cell is no whole number of a
    day that the system has."""
    whole = cell.str.contains(shape(system)) & ~cell.str.contains("[.,].*[1-9]")
    return keep(whole, moment_of_serial(cell, system).dt.to_string("%Y-%m-%d"))


def moment_of_serial(cell: pl.Expr, system: str) -> pl.Expr:
    """Given cells and ``excel`` or ``excel1904``; returns the moment to the second, null where a cell is none."""
    days = cell.str.extract("^([0-9]{1,7})(?:[.,]|$)", 1).cast(pl.Int64, strict=False)
    part = pl.concat_str(pl.lit("0."), cell.str.extract("[.,]([0-9]+)$", 1).fill_null("0")).cast(pl.Float64, strict=False)
    if system == "excel":
        fits = days.is_between(1, LAST_SERIAL[system]) & (days != NO_SERIAL)
        days = pl.when(days < NO_SERIAL).then(days + 1).otherwise(days)
    else:
        fits = days.is_between(0, LAST_SERIAL[system])
    seconds = days * _DAY_SECONDS + (part * _DAY_SECONDS).round(0).cast(pl.Int64)
    moment = pl.lit(SERIALS[system], dtype=pl.Datetime("us")) + pl.duration(seconds=pl.when(fits).then(seconds))
    return keep(fits & cell.str.contains(shape(system)), moment)
