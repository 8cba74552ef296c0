"""A tenant's schedule and its quiet hours, as ops write them."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from nightclerk.core.cron import checked_cron
from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.units import Interval, several
from nightclerk.core.weekdays import WEEKDAYS, Weekdays
from nightclerk.core.wording import listed, quoted


def _time_of_day(written: str) -> str:
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", written)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f'{quoted(written)} is no time of the day; write hours and minutes, from "00:00" to "23:59"')
    return f"{int(found[1]):02}:{found[2]}"


TimeOfDay = Annotated[str, AfterValidator(_time_of_day), WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}$"})]
"""``02:00``: hours and minutes on the wall's clock."""


def _in_order(times: list[str]) -> list[str]:
    return sorted(set(times))


TimesOfDay = Annotated[
    list[TimeOfDay],
    BeforeValidator(several),
    AfterValidator(_in_order),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class Schedule(Noun):
    """When the drop folder is looked at: at intervals, or at times of the tenant's own clock.

    Exactly one of `every`, `cron` and `at` stands here. A time that the change to summer time leaves out is kept right after the
    change, one that the change back brings twice is kept the first time. A time that passed while Nightclerk was not running is
    made up for at its start. A watched folder is looked at as soon as something comes only with `every`.
    """

    every: Interval | None = Field(None, description="How often.", examples=["5m"])
    cron: Annotated[str, AfterValidator(checked_cron)] | None = Field(
        None,
        description="Five fields as in cron: minute, hour, day of the month, month, day of the week; days of the week by name.",
        examples=["30 2 * * mon-fri"],
    )
    at: TimesOfDay | None = Field(None, min_length=1, description="Times of the day.", examples=[["02:00", "13:30"]])
    days: Weekdays = Field(
        list(WEEKDAYS),
        min_length=1,
        description="With `at`: on which days of the week; a range, or a list.",
        examples=["mon-fri"],
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        written = [key for key in ("every", "cron", "at") if getattr(self, key) is not None]
        if not written:
            raise ValueError('write when to look: every, cron or at, as in {every: 5m} or {at: ["02:00"], days: mon-fri}')
        if len(written) > 1:
            message = f"{listed(written, 'and')} stand together here; keep one, or write a list of schedules"
            raise ContradictionsError([((key,), message) for key in written[1:]])
        if self.at is None and "days" in self.model_fields_set:
            other = "cron names its days itself, in the last field" if self.cron is not None else "every knows no days"
            raise ContradictionsError([(("days",), f"days belong to at; {other}")])
        return self


def _one_or_several(value: Any) -> str:
    return "several" if isinstance(value, list | tuple) else "one"


def _one_interval(schedules: list[Schedule]) -> list[Schedule]:
    intervals = [index for index, one in enumerate(schedules) if one.every is not None]
    if len(intervals) > 1:
        message = "only one schedule of a tenant may have every; the shorter one would do for both"
        raise ContradictionsError([((index, "every"), message) for index in intervals[1:]])
    return schedules


Schedules = Annotated[
    Annotated[Schedule, Tag("one")]
    | Annotated[list[Schedule], Field(min_length=1), AfterValidator(_one_interval), Tag("several")],
    Discriminator(_one_or_several),
]
"""One schedule, or a list of them: the folder is looked at whenever one of them says so."""
DEFAULT_SCHEDULE = Schedule(every=timedelta(minutes=5))


def _window(times: list[str]) -> list[str]:
    if len(times) != 2:
        raise ValueError('write two times, the first and the last, as in ["20:00", "06:00"]')
    if times[0] == times[1]:
        raise ValueError(f"from {times[0]} to {times[1]} is no time at all; leave process out where files need not wait")
    return times


class Process(Noun):
    """The quiet hours of the receiving application: outside of them files are looked at and wait, and none is taken.

    The times are the tenant's own clock's and may pass midnight. A drop that was begun is finished, also after the last minute.
    """

    between: Annotated[list[TimeOfDay], AfterValidator(_window)] = Field(
        description="From when until when files are taken.", examples=[["20:00", "06:00"]]
    )

    @property
    def opens(self) -> time:
        """When the quiet hours begin, on the tenant's clock."""
        return time.fromisoformat(self.between[0])

    @property
    def closes(self) -> time:
        """When they end."""
        return time.fromisoformat(self.between[1])
