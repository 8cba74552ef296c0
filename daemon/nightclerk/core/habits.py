"""What the files of a feed are like, kept with each run that books one: how columns read, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from nightclerk.core.feed import Feed
from nightclerk.core.headers import folded
from nightclerk.core.reading import FoundReading


@dataclass(frozen=True, slots=True)
class Habits:
    """readings: the last that was told of each column left to be found, by this file or one before. contents: of the fields that
    take any text, how many of the file's first rows hold which kind of content. filled: of each field that the file fills, the
    share of its accepted rows that hold a value."""

    readings: tuple[FoundReading, ...] = ()
    contents: dict[str, dict[str, int]] = field(default_factory=dict)
    filled: dict[str, float] = field(default_factory=dict)


def habits_after(
    before: Habits | None,
    feed: Feed,
    found: tuple[FoundReading, ...],
    contents: dict[str, dict[str, int]] | None,
    filled: dict[str, float] | None = None,
) -> Habits:
    """Given the habits so far, the feed, what a file told of its columns, their contents and how they are filled (None for rows
    that came back corrected: a few rows tell no habit); returns the habits with this file.

    What a file does not tell stays as it was; what the settings say by now is what they say.
    """
    before = before or Habits()
    known = {one.field: one for one in before.readings if one.field in feed.mapping} | {one.field: one for one in found}
    kept = []
    for one in known.values():
        rule = feed.mapping[one.field]
        dates = [] if feed.infers_dates(rule) else rule.dates or feed.dates
        decimal = feed.decimal_of(rule)
        if one.dates and len(dates) == 1:
            one = FoundReading(one.field, one.column, dates=tuple(dates))
        elif one.decimal and decimal != "auto":
            thousands = rule.thousands if rule.thousands is not None else feed.thousands
            one = FoundReading(one.field, one.column, decimal=decimal, thousands=thousands or "")
        kept.append(one)
    return Habits(tuple(kept), before.contents if contents is None else contents, before.filled if filled is None else filled)


def same_column(one: FoundReading, other: FoundReading) -> bool:
    """Given two readings; returns whether they are of the same field, read from the same column."""
    return one.field == other.field and folded(one.column) == folded(other.column)
