"""Which converter reads which kind of value."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from nightclerk.core.convert.amount import decimal, money
from nightclerk.core.convert.boolean import boolean
from nightclerk.core.convert.converter import Converter
from nightclerk.core.convert.country import country
from nightclerk.core.convert.currency import currency
from nightclerk.core.convert.date import date
from nightclerk.core.convert.date_time import date_time
from nightclerk.core.convert.email_address import email_address
from nightclerk.core.convert.integer import integer
from nightclerk.core.convert.lookup import lookup
from nightclerk.core.convert.marks import Marks, check_marks
from nightclerk.core.convert.member_list import member_list
from nightclerk.core.convert.text import text
from nightclerk.core.convert.url import url
from nightclerk.core.convert.written_dates import check_dates
from nightclerk.core.entity import EntityField, FieldType
from nightclerk.core.feed import Feed
from nightclerk.core.mapping import Mapped

DTYPES: dict[str, type[pl.DataType]] = {"integer": pl.Int64, "boolean": pl.Boolean}


def dtype_of(kind: FieldType) -> type[pl.DataType]:
    """Given a field's type; returns what its canonical values are in polars."""
    return DTYPES.get(kind, pl.String)


class Locality(NamedTuple):
    """What a tenant's place says about values: the zone of written times, and the language of months' names."""

    timezone: str
    language: str


def converter_for(cell: pl.Expr, field: EntityField, rule: Mapped, feed: Feed, place: Locality) -> Converter:
    """Given a column of trimmed text, its field, the mapping's rule, the feed and the tenant's place; returns the converter.

    Raises ValueError where marks, date formats or values contradict the field or each other.
    """
    if field.type == "list":
        return member_list(cell, field, rule.split or [], rule.values)
    if rule.values is not None:
        return lookup(cell, dtype_of(field.type), field, rule.values)
    if field.type in {"integer", "decimal", "money"}:
        return _number(cell, field.type, rule, feed)
    if field.type in {"date", "datetime"}:
        return _day(cell, field.type, rule, feed, place)
    if field.type == "text":
        return text(cell, part=rule.extract is not None)
    simple = {"boolean": boolean, "email": email_address, "url": url, "currency": currency, "country": country}
    return simple[field.type](cell)


def _day(cell: pl.Expr, kind: FieldType, rule: Mapped, feed: Feed, place: Locality) -> Converter:
    formats = feed.dates_read(rule.dates or feed.dates)
    fault = check_dates(formats, feed.known_year)
    if fault is not None:
        raise ValueError(fault)
    if kind == "date":
        return date(cell, formats, place.language, feed.known_year)
    return date_time(cell, formats, place.timezone, place.language, feed.known_year, rule.doubled_hour or feed.doubled_hour)


def _number(cell: pl.Expr, kind: FieldType, rule: Mapped, feed: Feed) -> Converter:
    thousands = rule.thousands if rule.thousands is not None else feed.thousands
    if feed.decimal_of(rule) == "auto":
        raise ValueError("the decimal mark is not found yet")
    marks = Marks(feed.decimal_of(rule), thousands, rule.grouping or feed.grouping, rule.credit)
    fault = check_marks(marks.decimal, marks.thousands)
    if fault is not None:
        raise ValueError(fault)
    if kind == "integer":
        return integer(cell, marks)
    rounded = feed.round if rule.round is None else rule.round
    return (money if kind == "money" else decimal)(cell, marks, rounded)
