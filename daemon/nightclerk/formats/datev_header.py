"""The line of another kind that DATEV's format has above its headers: it tells the year of the days below it."""

from __future__ import annotations

import codecs
import csv
import os
from dataclasses import replace

from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.reading import FormatFound
from nightclerk.core.sentence import Sentence

#: Written by DATEV's programs themselves, and by all others.
_MARKS = ("DTVF", "EXTF")
_LONGEST = 4096
#: The places of the first and last day of the bookings.
_FROM, _UNTIL = 14, 15


def with_year(feed: Feed, file: int) -> Feed:
    """Given a feed and the descriptor of its file; returns the feed with the year that the file tells, where it is to tell it.

    Raises SenderError ``no_year`` where the file does not tell one, or tells two.
    """
    if feed.year != "header":
        return feed
    period = [day[:4] for day in _period(os.pread(file, _LONGEST, 0))]
    if not period:
        told = Sentence(
            "The days in this file are written without a year, and its first line, which should tell the year, is not that of "
            "DATEV's format. Export the file anew instead of sending a part of it."
        )
        raise SenderError("no_year", told, 1)
    if len({*period}) > 1:
        first, last = period
        told = Sentence(
            "The days in this file are written without a year, and it reaches from %(first)s to %(last)s. Export each year for "
            "itself.",
            first=first,
            last=last,
        )
        raise SenderError("no_year", told, 1)
    return feed.model_copy(update={"year": int(period[0])})


def with_first_line(feed: Feed, file: int, found: FormatFound) -> FormatFound:
    """Given a feed, the descriptor of its file, and how that reads; returns the latter with the line that tells the year, where
    the feed takes the year from there: rejected rows would have none without it."""
    if feed.year != "header" or found.kind != "delimited" or found.encoding is None:
        return found
    line = _first_line(os.pread(file, _LONGEST, 0))
    return replace(found, first_line=line.decode(found.encoding, "replace"))


def _first_line(content: bytes) -> bytes:
    """Returns the first line, without what marks an encoding and what ends the line."""
    return next(iter(content.removeprefix(codecs.BOM_UTF8).splitlines()), b"")


def _period(content: bytes) -> list[str]:
    """Returns the first and last day as DATEV writes them, ``20260131``; nothing where the file does not begin so."""
    cells = next(csv.reader([_first_line(content).decode("latin-1")], delimiter=";"), [])
    days = cells[_FROM : _UNTIL + 1] if cells[:1] and cells[0] in _MARKS else []
    return days if len(days) == 2 and all(len(day) == 8 and day.isdecimal() and day >= "1000" for day in days) else []
