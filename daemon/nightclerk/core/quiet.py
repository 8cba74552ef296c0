"""Quiet hours: from when until when a tenant's files may be taken. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from nightclerk.core.schedule import Process
from nightclerk.core.timetable import first_moment

_DAY = timedelta(days=1)


def opens_at(process: Process | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Given a tenant's quiet hours (None: it has none), its zone and the present moment in UTC; returns when files may be taken
    again, in UTC, or None when they may be taken now.

    Both ends are kept as any written time is: once a day, whatever the clocks do in that night.
    """
    if process is None:
        return None
    today = now.astimezone(zone).date()
    passes_midnight = process.closes < process.opens
    later: list[datetime] = []
    for days in range(-2, 4):
        day = today + timedelta(days=days)
        opens = first_moment(datetime.combine(day, process.opens), zone)
        closes = first_moment(datetime.combine(day + _DAY if passes_midnight else day, process.closes), zone)
        if opens <= now < closes:
            return None
        if now < opens < closes:
            later.append(opens)
    return min(later)
