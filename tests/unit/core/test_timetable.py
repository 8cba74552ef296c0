"""Written times in every zone of the world, through every change of its clocks."""

from __future__ import annotations

import itertools
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.core.schedule import Schedule
from nightclerk.core.timetable import CLOCK_WAS_WRONG, counted_from, first_moment, next_due, next_of

FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
ZONES = sorted(name for name in zoneinfo.available_timezones() if name != "localtime" and not name.startswith(("posix", "right")))
#: Half an hour of summer time, a Ramadan without it, a day that never was, and two hours at once.
ODD = ("Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "Antarctica/Troll", "America/Sao_Paulo", "Africa/Cairo")
NIGHTLY = [{"at": ["02:30"]}, {"cron": "30 2 * * *"}, {"at": ["00:00", "01:59", "03:00"]}, {"cron": "0 0,3 * * *"}]


@cache
def changes(zone: zoneinfo.ZoneInfo) -> tuple[datetime, ...]:
    """The days in which the zone's clocks change, by looking at noon of each."""
    days = [FIRST + timedelta(days=n, hours=12) for n in range((LAST - FIRST).days)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return tuple(day for day, before, after in zip(days, offsets, offsets[1:], strict=False) if before != after)


def dues(schedule: Schedule, zone: zoneinfo.ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    while (start := next_due(schedule, zone, start)) <= end:
        yield start


def kept(schedule: Schedule, zone: zoneinfo.ZoneInfo, start: datetime, days: int) -> None:
    """Asserts that each local day's written times are kept exactly once between two noons: those that the wall's clock showed at
    that time, and those that it left out at the first moment after."""
    end = start + timedelta(days=days)
    found = list(dues(schedule, zone, start, end))
    assert found == sorted(set(found))
    local, last = (one.astimezone(zone).replace(tzinfo=None, fold=0) for one in (start, end))
    times = [time.fromisoformat(one) for one in schedule.at or _of_cron(str(schedule.cron))]
    dates = [local.date() + timedelta(days=n) for n in range((last.date() - local.date()).days + 1)]
    written = [wall for day in dates for one in times if local < (wall := datetime.combine(day, one)) <= last]
    shown = {wall: [m for m in found if m.astimezone(zone).replace(tzinfo=None, fold=0) == wall] for wall in written}
    for wall, moments in shown.items():
        left_out = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != wall
        assert len(moments) == (0 if left_out else 1), (zone, wall, moments)
        if left_out:
            (after,) = [m for m in found if m == first_moment(wall, zone)]
            assert after.astimezone(zone).replace(tzinfo=None, fold=0) > wall
            assert (after - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None, fold=0) < wall
    assert set(found) == {first_moment(wall, zone) for wall in written}, "and nothing else is due"


def _of_cron(line: str) -> list[str]:
    minute, hours, *_ = line.split()
    return [f"{int(hour):02}:{int(minute):02}" for hour in hours.split(",")]


@given(zone=st.sampled_from(ZONES), number=st.integers(0, 500), schedule=st.sampled_from(NIGHTLY))
def test_each_written_time_is_kept_exactly_once_through_any_change_of_any_zone(
    zone: str, number: int, schedule: dict[str, object]
) -> None:
    rules = zoneinfo.ZoneInfo(zone)
    days = changes(rules) or (FIRST + timedelta(days=number, hours=12),)
    kept(Schedule.model_validate(schedule), rules, days[number % len(days)] - timedelta(days=1), 3)


@pytest.mark.parametrize("zone", ODD)
def test_the_oddest_zones_through_all_their_changes(zone: str) -> None:
    rules = zoneinfo.ZoneInfo(zone)
    assert changes(rules)
    for day in changes(rules):
        kept(Schedule(at=["00:00", "01:45", "02:15", "23:45"]), rules, day - timedelta(days=1), 3)


@given(
    zone=st.sampled_from(ZONES),
    at=st.times(),
    after=st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made UTC below
)
def test_a_due_moment_is_the_first_one_and_later(zone: str, at: time, after: datetime) -> None:
    rules, moment = zoneinfo.ZoneInfo(zone), after.replace(tzinfo=UTC)
    schedule = Schedule(at=[f"{at:%H:%M}"])
    due = next_due(schedule, rules, moment)
    assert moment < due <= moment + timedelta(days=2, hours=3)
    between = moment + (due - moment) / 2
    assert next_due(schedule, rules, between) == due
    assert next_due(schedule, rules, due) > due


PARIS = zoneinfo.ZoneInfo("Europe/Paris")


def spoken(schedule: Schedule, start: str, number: int) -> list[str]:
    moment, found = datetime.fromisoformat(start), []
    for _ in range(number):
        moment = next_due(schedule, PARIS, moment)
        found.append(moment.astimezone(PARIS).strftime("%a %d %H:%M %z"))
    return found


def test_a_nightly_time_in_the_gap_is_kept_right_after_it_and_in_the_fold_the_first_time() -> None:
    assert spoken(Schedule(cron="30 2 * * *"), "2026-03-28T12:00+00:00", 2) == ["Sun 29 03:00 +0200", "Mon 30 02:30 +0200"]
    assert spoken(Schedule(cron="30 2 * * *"), "2026-10-24T12:00+00:00", 2) == ["Sun 25 02:30 +0200", "Mon 26 02:30 +0100"]


def test_a_pattern_goes_on_through_the_repeated_hour() -> None:
    found = spoken(Schedule(cron="*/30 * * * *"), "2026-10-24T23:45+00:00", 5)
    assert found == ["Sun 25 02:00 +0200", "Sun 25 02:30 +0200", "Sun 25 02:00 +0100", "Sun 25 02:30 +0100", "Sun 25 03:00 +0100"]
    assert spoken(Schedule(cron="*/30 * * * *"), "2026-03-29T00:30+00:00", 2) == ["Sun 29 03:00 +0200", "Sun 29 03:30 +0200"]


def test_a_pattern_is_due_at_every_step_of_a_year_in_every_odd_zone() -> None:
    for name in ODD[:4]:
        zone = zoneinfo.ZoneInfo(name)
        for day in changes(zone)[-6:]:
            found = list(dues(Schedule(cron="*/15 * * * *"), zone, day - timedelta(days=1), day + timedelta(days=2)))
            steps = {second - first for first, second in itertools.pairwise(found)}
            assert steps == {timedelta(minutes=15)}, name


def test_days_and_weekdays() -> None:
    weekly = Schedule(at=["22:00", "06:00"], days=["fri-sun"])
    assert spoken(weekly, "2026-11-18T00:00+00:00", 3) == ["Fri 20 06:00 +0100", "Fri 20 22:00 +0100", "Sat 21 06:00 +0100"]
    assert spoken(Schedule(cron="0 5 * * sat-mon"), "2026-11-18T00:00+00:00", 3) == [
        "Sat 21 05:00 +0100", "Sun 22 05:00 +0100", "Mon 23 05:00 +0100",
    ]  # fmt: skip
    assert spoken(Schedule(cron="0 5 * * mon#1"), "2026-11-18T00:00+00:00", 1) == ["Mon 07 05:00 +0100"]
    assert spoken(Schedule(cron="0 5 L feb *"), "2027-11-18T00:00+00:00", 1) == ["Tue 29 05:00 +0100"]


def test_of_several_schedules_the_first_one_due_counts() -> None:
    daily, weekly = Schedule(at=["06:00"]), Schedule(cron="30 5 * * sun")
    saturday = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert next_of([daily, weekly], PARIS, saturday) == datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
    assert next_of([daily, weekly], PARIS, saturday + timedelta(days=1)) == datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert next_of([Schedule(every=timedelta(hours=1)), weekly], PARIS, saturday) == saturday + timedelta(hours=1)


def test_what_was_kept_is_not_kept_twice_unless_the_clock_had_been_plain_wrong() -> None:
    now = datetime(2026, 11, 21, 1, tzinfo=UTC)
    assert counted_from(None, now) == now
    assert counted_from(now - timedelta(days=9), now) == now - timedelta(days=9)
    assert counted_from(now + timedelta(hours=1), now) == now + timedelta(hours=1)
    assert counted_from(now + CLOCK_WAS_WRONG + timedelta(hours=1), now) == now
