"""Days of the week as ops write them: by their English names, alone, in a range or in a list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema

from nightclerk.core.units import several
from nightclerk.core.wording import did_you_mean, quoted

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekday(written: str) -> int:
    """Given a day's name; returns its place in the week, Monday being 0. Raises ValueError for numbers and what is no name."""
    name = written.strip().casefold()
    if name in WEEKDAYS:
        return WEEKDAYS.index(name)
    if name.isdigit():
        raise ValueError(f"write days by name, as in mon-fri: what day {quoted(written)} is, programs do not agree on")
    near = did_you_mean(name, WEEKDAYS) if name[:3] not in WEEKDAYS else f"; did you mean {quoted(name[:3])}?"
    raise ValueError(f"no day {quoted(written)}{near if near != '.' else '; the days are mon, tue, wed, thu, fri, sat and sun'}")


def span(written: str) -> list[int]:
    """Given one day, or two with ``-`` between them; returns the places in the week, in order. It may pass the week's end."""
    first, dash, last = written.partition("-")
    start = weekday(first)
    end = weekday(last) if dash else start
    return [(start + step) % 7 for step in range((end - start) % 7 + 1)]


def weekdays(written: Iterable[str]) -> list[str]:
    """Given days, ranges of days and texts of both with commas; returns the names they mean, each once, from Monday on."""
    places = {place for text in written for part in text.split(",") for place in span(part)}
    return [WEEKDAYS[place] for place in sorted(places)]


def is_on(day: date, names: Iterable[str]) -> bool:
    """Given a date and days' names; returns whether it is one of those days."""
    return WEEKDAYS[day.weekday()] in names


Weekdays = Annotated[
    list[Annotated[str, StringConstraints(min_length=1)]],
    BeforeValidator(several),
    AfterValidator(weekdays),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""Days of the week; afterwards each by its name, in the week's order."""
