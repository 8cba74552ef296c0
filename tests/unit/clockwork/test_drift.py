"""A clock that is set back puts nobody to sleep."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from tests.unit.clockwork.people import eventually

from nightclerk.clockwork.drift import Drift
from nightclerk.clockwork.schedule import Schedule

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def test_a_jump_is_told_once_and_slow_drift_never() -> None:
    drift = Drift(NOW, 100.0)
    assert drift.jumped(NOW + timedelta(seconds=11), 110.0) is None
    assert drift.jumped(NOW - timedelta(days=1) + timedelta(seconds=20), 120.0) == -timedelta(days=1)
    assert drift.jumped(NOW - timedelta(days=1) + timedelta(seconds=30), 130.0) is None
    assert drift.jumped(NOW + timedelta(seconds=40), 140.0) == timedelta(days=1)


def test_timers_set_by_a_clock_that_was_a_day_ahead_are_moved_back() -> None:
    schedule, done = Schedule(), threading.Event()
    schedule.once("look acme", 86_400.3, done.set)
    schedule.every("beat", timedelta(hours=1), lambda: None)
    schedule.start()
    try:
        schedule.shift(-timedelta(days=1))
        assert eventually(done.is_set)
    finally:
        schedule.close(wait=True)
