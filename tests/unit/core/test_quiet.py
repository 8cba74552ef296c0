from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nightclerk.core.quiet import opens_at
from nightclerk.core.schedule import Process

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
NIGHT = Process(between=["20:00", "06:00"])


def paris(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (paris(21, 19, 59), paris(21, 20)),
        (paris(21, 20), None),
        (paris(21, 23, 59), None),
        (paris(22, 0), None),
        (paris(22, 5, 59), None),
        (paris(22, 6), paris(22, 20)),
        (paris(22, 12), paris(22, 20)),
    ],
)
def test_a_night_that_passes_midnight(now: datetime, opens: datetime | None) -> None:
    assert opens_at(NIGHT, PARIS, now) == opens


def test_without_quiet_hours_files_never_wait() -> None:
    assert opens_at(None, PARIS, paris(21, 12)) is None


def test_hours_within_a_day() -> None:
    lunch = Process(between=["12:00", "13:30"])
    assert opens_at(lunch, PARIS, paris(21, 11)) == paris(21, 12)
    assert opens_at(lunch, PARIS, paris(21, 13, 29)) is None
    assert opens_at(lunch, PARIS, paris(21, 13, 30)) == paris(22, 12)


def test_an_end_in_the_repeated_hour_comes_once() -> None:
    until = Process(between=["22:00", "02:30"])
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert opens_at(until, PARIS, first - timedelta(minutes=1)) is None
    for minutes in (0, 31, 60, 90):
        assert opens_at(until, PARIS, first + timedelta(minutes=minutes)) == paris(25, 22, month=10)


def test_a_beginning_in_the_hour_that_is_left_out_comes_right_after_it() -> None:
    late = Process(between=["02:15", "04:00"])
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert opens_at(late, PARIS, change - timedelta(minutes=1)) == change
    assert opens_at(late, PARIS, change) is None


@given(
    zone=st.sampled_from(["Europe/Paris", "Pacific/Apia", "Australia/Lord_Howe", "Antarctica/Troll", "America/Chicago", "UTC"]),
    first=st.times(),
    last=st.times(),
    minutes=st.integers(0, 40 * 365 * 24 * 60),
)
def test_files_always_wait_for_a_moment_that_is_open_and_never_long(zone: str, first: time, last: time, minutes: int) -> None:
    assume(f"{first:%H:%M}" != f"{last:%H:%M}")
    process = Process(between=[f"{first:%H:%M}", f"{last:%H:%M}"])
    now = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opens = opens_at(process, zoneinfo.ZoneInfo(zone), now)
    if opens is not None:
        assert now < opens <= now + timedelta(days=2, hours=2)
        assert opens_at(process, zoneinfo.ZoneInfo(zone), opens) is None
        assert opens_at(process, zoneinfo.ZoneInfo(zone), now + (opens - now) / 2) == opens
