"""How one field's values are written as one feed reads them: the reverse of its converter, as an expression over a column."""

from __future__ import annotations

import polars as pl

from nightclerk.core.convert.constant import canonical
from nightclerk.core.convert.date_time import AMBIGUOUS
from nightclerk.core.convert.written_dates import SERIALS, has_time
from nightclerk.core.entity import EntityField
from nightclerk.core.feed import Feed
from nightclerk.core.mapping import Mapped
from nightclerk.core.reading import CELL_SEPARATOR

_PLAIN = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M:%S"}


def written(
    name: str, spec: EntityField, rule: Mapped, feed: Feed, timezone: str, yes_and_no: tuple[str, str] = ("yes", "no")
) -> pl.Expr:
    """Given a field, its rule, in which nothing is left to be found, the feed, the tenant's zone, and yes and no; returns the
    texts for the column of its values: "" for a blank, and for what cannot be written.

    Numbers go without a thousands mark, with four decimals or two, which no mark can be mistaken for.
    """
    value = pl.col(name)
    if spec.type == "list":
        return _members(value, spec, rule).fill_null("")
    if rule.values is not None:
        text = _spelled(value.cast(pl.String), spec, rule)
    elif spec.type in ("decimal", "money"):
        text = _marked(value.str.replace("00$", ""), feed.decimal_of(rule))
    elif spec.type in ("date", "datetime"):
        text = _day(value, spec, feed, rule, timezone)
    elif spec.type == "boolean":
        text = pl.when(value.is_null()).then(pl.lit("")).when(value).then(pl.lit(yes_and_no[0])).otherwise(pl.lit(yes_and_no[1]))
    else:
        text = value.cast(pl.String)
    return text.fill_null("")


def _members(value: pl.Expr, spec: EntityField, rule: Mapped) -> pl.Expr:
    """The members with the first sign between them that the feed knows; without one only the first, which tells of the others."""
    members = value.str.split(CELL_SEPARATOR)
    if rule.values is not None:
        members = members.list.eval(_spelled(pl.element(), spec, rule))
    if not rule.split:
        return members.list.first()
    sign = rule.split[0]
    return members.list.join(f"{sign} " if sign in ",;" else sign)


def _marked(number: pl.Expr, mark: str) -> pl.Expr:
    return number if mark == "." else number.str.replace(".", mark, literal=True)


def _spelled(value: pl.Expr, spec: EntityField, rule: Mapped) -> pl.Expr:
    """The first spelling of each value."""
    spellings: dict[str, str] = {}
    for spelling, meant in (rule.values or {}).items():
        cell = canonical(spec, meant) if meant is not None else None
        if cell is not None:
            spellings.setdefault(str(cell).lower() if isinstance(cell, bool) else str(cell), spelling.strip())
    return value.replace_strict(spellings, default=None, return_dtype=pl.String)


def _day(value: pl.Expr, spec: EntityField, feed: Feed, rule: Mapped, timezone: str) -> pl.Expr:
    formats = feed.dates_read(list(rule.dates or feed.dates))
    timed = [one for one in formats if one in SERIALS or has_time(one)]
    wanted = timed if spec.type == "datetime" else [one for one in formats if one not in timed]
    chosen = (wanted or formats)[0]
    moment = value.str.to_datetime(_PLAIN[spec.type] if spec.type == "datetime" else "%Y-%m-%d", strict=False, time_unit="us")
    if spec.type == "date" or "%z" in chosen:
        return _shaped(moment, chosen, whole=spec.type == "date")
    local = _local(moment, timezone)
    text = _shaped(local, chosen)
    with_offset = next((one for one in formats if "%z" in one), None)
    if with_offset is None:
        return text
    # A time that comes twice is only one of the two to the feed, or none; the offset tells the other.
    again = local.dt.replace_time_zone(timezone, ambiguous=AMBIGUOUS[rule.doubled_hour or feed.doubled_hour], non_existent="null")
    same = again.dt.convert_time_zone("UTC").dt.replace_time_zone(None) == moment
    return pl.when(same).then(text).otherwise(_shaped(moment, with_offset))


def _local(moment: pl.Expr, timezone: str) -> pl.Expr:
    return moment.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone).dt.replace_time_zone(None)


def _shaped(moment: pl.Expr, written: str, *, whole: bool = False) -> pl.Expr:
    """The texts of moments, in UTC where they are written with an offset. whole: they are days."""
    if written in SERIALS:
        days = (moment - pl.lit(SERIALS[written])).dt.total_seconds() / 86_400
        return days.cast(pl.Int64).cast(pl.String) if whole else days.cast(pl.String)
    return moment.dt.to_string(written.replace(".%f", "%.6f").replace("%z", "+00:00"))
