from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.core.breaker import REFUSED_REST, RESTARTED_REST, Breaker, Refusal, failed, fingerprint, refused
from nightclerk.core.source import FolderSource

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
LUCK = st.floats(0, 1)


@given(luck=st.lists(LUCK, min_size=1, max_size=40), ops_must_act=st.booleans())
def test_waits_double_up_to_their_longest_and_half_of_each_is_luck(luck: list[float], ops_must_act: bool) -> None:
    first, most = (300.0, 3600.0) if ops_must_act else (30.0, 900.0)
    breaker, monotonic = Breaker(), 0.0
    for number, one in enumerate(luck):
        breaker = failed(breaker, ops_must_act, one, monotonic)
        wait = breaker.rests_for("", NOW, monotonic)
        whole = min(first * 2**number, most)
        assert wait == pytest.approx(whole / 2 + whole / 2 * one)
        assert breaker.rests_for("", NOW, monotonic + wait + 0.001) == 0
        monotonic += wait


def test_tenants_of_one_server_part_ways() -> None:
    waits = {failed(Breaker(failures=6), False, number / 100, 0.0).rests_for("", NOW, 0.0) for number in range(100)}
    assert len(waits) == 100
    assert max(waits) - min(waits) > 400


def test_a_refusal_is_left_alone_for_long_unless_the_settings_change() -> None:
    breaker = refused(Refusal(NOW, "these"))
    assert breaker.rests_for("these", NOW, 0.0) == REFUSED_REST.total_seconds()
    assert breaker.rests_for("these", NOW + REFUSED_REST - timedelta(seconds=1), 0.0) == 1
    assert breaker.rests_for("these", NOW + REFUSED_REST, 0.0) == 0
    assert breaker.rests_for("others", NOW, 0.0) == 0


@given(back=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_clock_that_is_set_back_makes_no_rest_longer(back: timedelta) -> None:
    assert refused(Refusal(NOW, "these")).rests_for("these", NOW - back, 0.0) == REFUSED_REST.total_seconds()


def test_after_a_restart_it_is_asked_once_but_not_by_a_daemon_that_restarts_in_circles() -> None:
    remembered = Breaker(refusal=Refusal(NOW, "these"))
    assert remembered.rests_for("these", NOW + timedelta(seconds=5), 0.0) == RESTARTED_REST.total_seconds() - 5
    assert remembered.rests_for("these", NOW + RESTARTED_REST, 0.0) == 0


def test_a_fingerprint_follows_every_setting() -> None:
    one = FolderSource.model_validate({"kind": "folder", "path": "/srv/a"})
    assert fingerprint(one) == fingerprint(one.model_copy())
    assert fingerprint(one) != fingerprint(FolderSource.model_validate({"kind": "folder", "path": "/srv/b"}))
