"""The ways to read a column among which ``auto`` chooses: dates by their order, numbers by their marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from nightclerk.core.convert.converter import Converter
from nightclerk.core.convert.date import date
from nightclerk.core.convert.kinds import Locality, converter_for
from nightclerk.core.convert.marks import Marks
from nightclerk.core.entity import EntityField
from nightclerk.core.feed import Feed
from nightclerk.core.mapping import Mapped

_NUMBERS, _DATES = {"integer", "decimal", "money"}, {"date", "datetime"}
#: Ways to write a day, in the order of trust. Nobody writes the month first between points. Two digits for the year can stand
#: first or last, whatever the sign between them.
_DAYS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d",
    "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d.%m.%y", "%y.%m.%d", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d",
    "%Y%m%d", "%d%m%Y", "%m%d%Y", "%d%m%y", "%m%d%y", "%y%m%d",
    "%d %b %Y", "%d-%b-%Y", "%d/%b/%Y", "%d.%b.%Y", "%d. %b %Y", "%d de %b de %Y", "%b %d, %Y", "%b %d %Y",
    "%d %b %y", "%d-%b-%y",
    "%d.%m.%Y.", "%d. %m. %Y", "%d. %m. %Y.", "%Y.%m.%d.", "%Y. %m. %d", "%Y. %m. %d.",
    "%Y年%m月%d日", "%Y년 %m월 %d일", "%Y년%m월%d일",
)  # fmt: skip
#: Digits alone are days of our time, or no days.
_COMPACT = frozenset({"%Y%m%d", "%d%m%Y", "%m%d%Y"})
_FIRST_DAY, _LAST_DAY = "1900-01-01", "2099-12-31"
#: Decimal mark and thousands mark, the usual ones first; "" is none.
_MARKS = ((".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"))


@dataclass(frozen=True)
class Candidate:
    """One way to read a column.

    changes: what it says of the rule's keys. family: two candidates of one family read no text differently. value: the
    expression of what it reads in the column ``day`` or ``cell``, null where it reads nothing.
    """

    changes: dict[str, Any]
    family: str
    value: pl.Expr


def infers(feed: Feed, spec: EntityField, rule: Mapped) -> str | None:
    """Given a feed, a field and its rule; returns the key that is to be inferred, ``dates`` or ``decimal``, or None."""
    if rule.constant is not None or rule.values is not None:
        return None
    if spec.type in _DATES and feed.infers_dates(rule):
        return "dates"
    return "decimal" if spec.type in _NUMBERS and feed.decimal_of(rule) == "auto" else None


def date_candidates(feed: Feed, place: Locality) -> list[Candidate]:
    """Given a feed and the tenant's place; returns the ways to read the days in the column ``day``."""
    found = []
    for written in _DAYS:
        value = _value(date(pl.col("day"), [written], place.language, feed.known_year))
        if written in _COMPACT:
            value = pl.when(value.is_between(pl.lit(_FIRST_DAY), pl.lit(_LAST_DAY))).then(value)
        found.append(Candidate({"dates": [written]}, written, value))
    return found


def number_candidates(spec: EntityField, rule: Mapped, feed: Feed, place: Locality) -> list[Candidate]:
    """Given a field, its rule, the feed and the tenant's place; returns the ways to read the numbers in the column ``cell``."""
    found = []
    for mark, thousands in _MARKS:
        changes = {"decimal": mark, "thousands": thousands}
        value = _value(converter_for(pl.col("cell"), spec, rule.model_copy(update=changes), feed, place))
        if thousands:
            # The first group of a grouped number begins with no zero: 0.500 is a half.
            grouped_zero = f"^[^0-9]*0[0-9]*{Marks(mark, thousands).thousands_class()}[0-9]"
            value = pl.when(~pl.col("cell").str.contains(grouped_zero)).then(value)
        # A whole number is the same whatever the marks are, if it can be read at all.
        found.append(Candidate(changes, "" if spec.type == "integer" else mark, value))
    return found


def _value(converter: Converter) -> pl.Expr:
    return pl.coalesce(converter.tiers)
