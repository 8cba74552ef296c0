"""A line of cron, its days of the week by name, as a list of times on the wall's clock. Zones are ``timetable``'s."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from cronsim import CronSim, CronSimError

from nightclerk.core.weekdays import WEEKDAYS, span, weekday
from nightclerk.core.wording import quoted

_FIELDS = {
    "Bad minute": "the minute is 0 to 59",
    "Bad hour": "the hour is 0 to 23",
    "Bad day-of-month": "the day of the month is 1 to 31, or L for the last one, and must come in the months that are named",
    "Bad month": "the month is 1 to 12, or jan to dec",
    "Bad day-of-week": "the day of the week is mon to sun, a range of them, or mon#1 for the first Monday of a month",
}
#: Any moment will do to see whether a line has a time at all: the calendar repeats after 28 years, the library looks 50 ahead.
_SOME_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - a time on the wall's clock


def checked_cron(line: str) -> str:
    """Given a line of cron; returns it with single spaces. Raises ValueError with what is wrong."""
    fields = line.split()
    example = 'as in "30 2 * * mon-fri"'
    if len(fields) != 5:
        raise ValueError(f"{quoted(line)} is no cron line: write five fields, minute, hour, day, month and weekday, {example}")
    line = " ".join(fields)
    try:
        next(_from(line, _SOME_DAY))
    except CronSimError as error:
        raise ValueError(f"{quoted(line)} is no cron line: {_FIELDS.get(str(error), str(error))}") from error
    except StopIteration:
        raise ValueError(f"{quoted(line)} names a day that never comes") from None
    return line


def times_after(line: str, local: datetime) -> Iterator[datetime]:
    """Given a checked line and a time on the wall's clock (without a zone); yields the times after it that match, in order."""
    return _from(line, local)


def is_written_as_times(line: str) -> bool:
    """Given a checked line; returns whether it names times of the day (02:30), and not "every so many minutes or hours"."""
    minute, hour, *_ = line.split()
    return not (minute.startswith("*") or hour.startswith("*"))


def _from(line: str, local: datetime) -> CronSim:
    return CronSim(_in_numbers(line), local)


@lru_cache(maxsize=4096)
def _in_numbers(line: str) -> str:
    """The library counts Sunday as 0 and knows no range that passes it; here the week may be written as people think it."""
    *others, days = line.split()
    if days != "*":
        days = ",".join(_in_number(part) for part in days.split(","))
    return " ".join([*others, days])


def _in_number(part: str) -> str:
    day, hash_, nth = part.partition("#")
    if hash_:
        if nth not in {"1", "2", "3", "4", "5"}:
            raise ValueError(f"{quoted(part)} is no day of a month; write mon#1 for the first Monday, up to mon#5")
        return f"{_sunday_is_0(weekday(day))}#{nth}"
    if "*" in part or "/" in part:
        raise ValueError(f"{quoted(part)} is no day of the week; write * alone, or names, as in {WEEKDAYS[0]}-{WEEKDAYS[4]}")
    return ",".join(str(_sunday_is_0(place)) for place in span(part))


def _sunday_is_0(place: int) -> int:
    return (place + 1) % 7
