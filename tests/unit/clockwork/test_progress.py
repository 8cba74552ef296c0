"""When the watchdog is fed."""

from __future__ import annotations

import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from nightclerk.clockwork.progress import BEAT_LIMIT, Progress, Stand, times_awake, why_no_progress
from nightclerk.clockwork.turns import Turn

ACME = Turn("acme", 0.0, threading.get_native_id())
moments = st.floats(0, 10_000)


@given(beat=moments, later=st.floats(0, 10_000))
def test_timers_that_do_not_beat_are_no_progress_whatever_else(beat: float, later: float) -> None:
    now = beat + later
    assert (why_no_progress(now, beat, now, (), 900) is None) == (now - beat <= BEAT_LIMIT)


@given(since=moments, ended=moments)
def test_a_turn_that_stands_still_is_forgiven_only_while_runs_end(since: float, ended: float) -> None:
    now = 10_000.0
    reason = why_no_progress(now, now, ended, [Stand(ACME, 1, since)], 900)
    assert (reason is not None) == (now - since > 900 and now - ended > 900)
    assert reason is None or "acme" in reason


def test_a_house_at_rest_makes_progress() -> None:
    progress = Progress(0.0, limit=900)
    for now in range(0, 10_000, 10):
        progress.beat(float(now))
        assert progress.why_none(float(now), (), 0) is None


def test_a_thread_that_sleeps_for_good_is_noticed_and_one_that_works_is_not() -> None:
    gate = threading.Event()
    numbers: dict[str, int] = {}

    def hang() -> None:
        numbers["hangs"] = threading.get_native_id()
        gate.wait()

    def work() -> None:
        numbers["works"] = threading.get_native_id()
        while not gate.wait(0.001):
            pass

    threads = [threading.Thread(target=do) for do in (hang, work)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(0.1)
        hangs, works = Turn("hangs", 0.0, numbers["hangs"]), Turn("works", 0.0, numbers["works"])
        progress = Progress(0.0, limit=0.5)
        assert progress.why_none(0.0, (hangs, works), 0) is None
        time.sleep(0.05)
        reason = progress.why_none(1.0, (hangs, works), 0)
        assert reason is not None
        assert "hangs" in reason
        assert "works" not in reason
        assert progress.why_none(1.1, (hangs, works), 1) is None, "a run has ended meanwhile"
        assert progress.why_none(1.2, (works,), 1) is None, "the turn has ended"
    finally:
        gate.set()
        for thread in threads:
            thread.join()


def test_where_the_kernel_does_not_tell_nothing_counts_as_standing_still() -> None:
    assert times_awake(2**22 + 1) is None
    ghost = Turn("ghost", 0.0, 2**22 + 1)
    progress = Progress(0.0, limit=10)
    for now in range(0, 60, 5):
        assert progress.why_none(float(now), (ghost,), 0) is None
