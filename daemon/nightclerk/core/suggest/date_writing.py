"""How the dates of a column are written, as the settings would say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nightclerk.core.convert.written_dates import NO_DATE, check_dates, parsed
from nightclerk.core.profile import ColumnProfile

#: In the order of trust. Where day and month could change places the first is taken, and the doubt is told.
_FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%m/%d/%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%d/%m/%y", "%d-%m-%y", "%d.%m.%y", "%m/%d/%y", "%m-%d-%y", "%d %b %Y", "%d %B %Y", "%d. %B %Y", "%d-%b-%Y", "%d-%b-%y",
    "%d %b %y", "%b %d, %Y", "%B %d, %Y", "%d de %B de %Y",
)  # fmt: skip
_MONTH_FIRST = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y", "%d-%m-%y": "%m-%d-%y"}
_TIME = r"[ T][0-9]{1,2}:[0-9]{2}.*$"
#: What takes the day out of a day with a time.
DAY_ALONE = "^[^ T]+"
#: Numbers of days that are dates of our time: 1982 to 2064.
_SERIALS = range(30_000, 60_000)
_MOSTLY = 0.8
_COMPACT = re.compile("(?:19|20)[0-9]{6}")


@dataclass(frozen=True, slots=True)
class DateWriting:
    """share: how much of the column is dates. formats: how they are written, none where it holds no dates. timed: with a time of
    day. month_first: the same with day and month in the other order, where the whole column could be read so."""

    share: float = 0.0
    formats: tuple[str, ...] = ()
    timed: bool = False
    month_first: str | None = None


def date_writing(profile: ColumnProfile, different: Sequence[str], language: str, own_values: bool) -> DateWriting:
    """Given what a column holds, some different cells of it, the language of months' names, and whether the file holds days of
    its own; returns how its dates are written."""
    if profile.dates:
        first = profile.dates[0]
        rival = _MONTH_FIRST.get(first) if profile.undecided_date is not None else None
        return DateWriting(1.0, (first,), profile.kind == "datetime", rival)
    if profile.kind not in ("text", "integer") or not different:
        return DateWriting()
    cells = [cell for cell in different if not re.match(NO_DATE, cell)]
    days = [re.sub(_TIME, "", cell) for cell in cells]
    formats, left = _covering(days, language)
    serials = [day for day in left if day.isdecimal() and int(day) in _SERIALS]
    if serials and formats:  # numbers alone are numbers
        formats, left = [*formats, "excel"], [day for day in left if day not in serials]
    share = 1 - len(left) / len(days) if days else 0.0
    if share < _MOSTLY or not formats:
        return DateWriting(share)
    if own_values and len(formats) > 1:  # a file's own days are read in any case
        formats = [one for one in formats if one not in ("%Y-%m-%d", "excel")] or formats[:1]
    while len(formats) > 1 and check_dates(formats) is not None:
        formats.pop()
    return DateWriting(share, tuple(formats), any(day != cell for day, cell in zip(days, cells, strict=True)))


def _covering(days: Sequence[str], language: str) -> tuple[list[str], list[str]]:
    """Returns as few formats as read most of the days, and the days that none of them reads."""
    left, found = [day for day in days if 5 <= len(day) <= 30], list[str]()
    strange = [day for day in days if not 5 <= len(day) <= 30]
    while left and len(found) < 3:
        read = {one: [day for day in left if _reads(one, day, language)] for one in _FORMATS}
        best = max(_FORMATS, key=lambda one: len(read[one]))
        if len(read[best]) * 50 < len(days):
            break
        found.append(best)
        left = [day for day in left if day not in set(read[best])]
    return found, [*left, *strange]


def _reads(written: str, day: str, language: str) -> bool:
    if written == "%Y%m%d" and _COMPACT.fullmatch(day) is None:
        return False
    return parsed(day, written, language) is not None
