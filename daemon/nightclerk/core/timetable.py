"""When a schedule is due, as moments in UTC. Pure: the zone's rules come from the zone data, the present moment is given.

A time on the wall's clock is due at the first moment at which that clock shows it or a later one. So a time that the clock skips
(the change to summer time, or a whole day left out) is due right after the skip, and one that it shows twice is due the first
time; every time that is written is due exactly once. Only a cron line that means "every so many minutes or hours" goes on
through the repeated hour: nobody wants an hour of silence in the night of the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from nightclerk.core.cron import is_written_as_times, times_after
from nightclerk.core.schedule import Schedule
from nightclerk.core.weekdays import is_on

#: Where the clock was set back by more, it had been plain wrong, and what it kept meanwhile does not count.
CLOCK_WAS_WRONG = timedelta(hours=12)
_SECOND = timedelta(seconds=1)


def next_due(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime:
    """Given a schedule, the tenant's zone and a moment in UTC; returns the first moment in UTC after it at which it is due."""
    if schedule.every is not None:
        return after + schedule.every
    if schedule.cron is not None and not is_written_as_times(schedule.cron):
        return _next_in_pattern(schedule, zone, after)
    for written in _times(schedule, _wall(after, zone)):
        due = first_moment(written, zone)
        if due > after:
            return due
    raise ValueError("A checked schedule is always due again.")


def next_of(schedules: Sequence[Schedule], zone: ZoneInfo, after: datetime) -> datetime:
    """Given several schedules, as ``next_due``; returns when the first of them is due."""
    return min(next_due(schedule, zone, after) for schedule in schedules)


def counted_from(kept: datetime | None, now: datetime) -> datetime:
    """Given up to when a tenant's times were kept (None: not known) and the present moment, which may be before it where the
    clock was set back; returns the moment after which times are to be kept: those before it are not kept twice."""
    return now if kept is None or kept - now > CLOCK_WAS_WRONG else kept


def first_moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """Given a time on the wall's clock, without a zone; returns the first moment in UTC at which that clock shows it or later."""
    sooner = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _wall(sooner, zone) == wall:
        return sooner
    return _change(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), sooner, zone)


def _times(schedule: Schedule, wall: datetime) -> Iterator[datetime]:
    """Yields the times after a time, on the wall's clock, in order."""
    if schedule.cron is not None:
        yield from times_after(schedule.cron, wall)
    day = wall.date()
    while True:
        for written in (schedule.at or ()) if is_on(day, schedule.days) else ():
            one = datetime.combine(day, time.fromisoformat(written))
            if one > wall:
                yield one
        day += timedelta(days=1)


def _next_in_pattern(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime:
    """As ``next_due``, but a stretch that the clock shows twice has its times twice."""
    local = after.replace(microsecond=0).astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0)
    found = [first_moment(next(_times(schedule, wall)), zone)]
    if _shown_twice(wall, zone):
        # The first time round, the second one begins at the change.
        began = _change(local.astimezone(UTC), local.replace(fold=1).astimezone(UTC), zone)
        second = next(_times(schedule, wall if local.fold else _wall(began, zone) - _SECOND))
        if _shown_twice(second, zone):
            found.append(second.replace(tzinfo=zone, fold=1).astimezone(UTC))
    return min(due for due in found if due > after)


def _shown_twice(wall: datetime, zone: ZoneInfo) -> bool:
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return first > second


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Given two moments in UTC with one change of the zone's offset between them; returns the first moment after the change."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
