"""Whether a file of a feed reads otherwise than the one before it: its encoding, its dates or its numbers."""

from __future__ import annotations

from typing import Any

from nightclerk.core.convert.marks import Marks
from nightclerk.core.convert.written_dates import example
from nightclerk.core.encoding_names import called
from nightclerk.core.feed import Feed
from nightclerk.core.habits import Habits, same_column
from nightclerk.core.judging import Refusal
from nightclerk.core.naming import shown
from nightclerk.core.reading import FormatFound, FoundReading
from nightclerk.core.rule_line import line_with
from nightclerk.core.sentence import N_, Sentence, Value, joined

#: By these the encoding of a file is told from its bytes beyond ASCII alone. A byte order mark says it, and so do the settings.
_FOUND = frozenset({"utf-8", "guess"})
_OTHERWISE = N_(
    "The file reads as %(encoding)s, the one before it read as %(before)s. Export it as before, or ask those who look after"
    " Nightclerk to accept %(encoding)s.%(setting)s"
)
_BOTH_READINGS = N_(
    "The file reads as %(encoding)s, with words like %(value)s; the one before it read as %(before)s, in which they would be"
    " %(key)s. Export it as before, or ask those who look after Nightclerk to accept %(encoding)s.%(setting)s"
)

_DATES = N_(
    'The dates in column "%(header)s" are written like %(example)s, but like %(before)s in the file before this one.%(setting)s'
)
_NUMBERS = N_(
    'The numbers in column "%(header)s" are written like %(example)s, but like %(before)s in the file before this one.%(setting)s'
)
_AS_BEFORE = N_("Export the file as before, or ask those who look after Nightclerk to accept the new way.")


def changed_encoding(before: FormatFound | None, now: FormatFound) -> Refusal | None:
    """Given how the last file of the feed read that was not all ASCII, and how this one does; returns why this one is refused, if
    its encoding was found by its bytes and is another one, else None.

    Code pages that read the bytes of one of both alike are the same encoding. A file that is all ASCII is in any.
    """
    if before is None or before.evidence is None or now.evidence is None or now.evidence.by not in _FOUND:
        return None
    if _encodings(before) & _encodings(now):
        return None
    setting = f" The feed's format names it: `encoding: {now.encoding}`."
    then, encoding = before.encoding or "", now.encoding or ""
    words = now.evidence.samples
    other = _in(words, encoding, then)
    if not words or other is None:
        return Refusal("reads_differently", Sentence(_OTHERWISE, encoding=called(encoding), before=called(then), setting=setting))
    told = Sentence(_BOTH_READINGS, encoding=called(encoding), value=words, before=called(then), key=other, setting=setting)
    return Refusal("reads_differently", told)


def changed_readings(before: Habits | None, now: FormatFound, feed: Feed, language: str = "en") -> Refusal | None:
    """Given the feed's habits, how this file reads, the feed and the tenant's language; returns why the file is refused, if dates
    or numbers that were left to be found are written otherwise than before, else None."""
    known = before.readings if before is not None else ()
    pairs = [(one, then) for one in now.readings for then in known if same_column(one, then) and _differ(one, then)]
    if not pairs:
        return None
    told = [_changed(one, then, feed, language).sentence for one, then in pairs]
    return Refusal("reads_differently", joined(*told, Sentence(_AS_BEFORE)))


def _differ(one: FoundReading, other: FoundReading) -> bool:
    if one.dates and other.dates:
        return one.dates[0] != other.dates[0]
    return bool(one.decimal and other.decimal) and one.decimal != other.decimal


def _changed(one: FoundReading, then: FoundReading, feed: Feed, language: str) -> Refusal:
    line = line_with(one.field, feed.mapping[one.field], _keys(one))
    values: dict[str, Value] = {
        "header": shown(one.column),
        "example": example_of(one, language),
        "before": example_of(then, language),
        "setting": f" To accept that, the mapping says `{line}`.",
    }
    if one.dates:
        return Refusal("reads_differently", Sentence(_DATES, **values))
    return Refusal("reads_differently", Sentence(_NUMBERS, **values))


def _keys(reading: FoundReading) -> dict[str, Any]:
    if reading.dates:
        return {"dates": list(reading.dates)}
    return {"decimal": reading.decimal} | ({"thousands": reading.thousands} if reading.thousands else {})


def example_of(reading: FoundReading, language: str) -> str:
    """Given a reading that was found, and the tenant's language; returns a date or number as it is written."""
    if reading.dates:
        return example(reading.dates[0], language)
    return Marks(reading.decimal, reading.thousands or None).example()


def _encodings(found: FormatFound) -> set[str | None]:
    return {found.encoding, *(found.evidence.alike if found.evidence is not None else ())}


def _in(words: tuple[str, ...], written: str, other: str) -> tuple[str, ...] | None:
    """Returns how the same bytes read in another encoding, or None where they are none of it."""
    try:
        return tuple(word.encode(written).decode(other) for word in words)
    except UnicodeError:
        return None
