"""The workers' places, and how many there are while that changes."""

from __future__ import annotations

import threading

from nightclerk.work.places import Places


def test_no_more_than_there_are_are_taken() -> None:
    places = Places(2)
    assert places.take(0)
    assert places.take(0)
    assert not places.take(0.01)
    places.leave()
    assert places.take(0)
    assert places.taken == 2


def test_one_who_waits_gets_the_place_that_is_added() -> None:
    places, got = Places(1), threading.Event()
    assert places.take(0)
    waiting = threading.Thread(target=lambda: places.take(10) and got.set())
    waiting.start()
    assert not got.wait(0.05)
    places.resize(2)
    assert got.wait(5)
    waiting.join()


def test_nobody_is_sent_away_when_there_are_fewer() -> None:
    places = Places(2)
    assert places.take(0)
    assert places.take(0)
    places.resize(1)
    assert places.taken == 2
    places.leave()
    assert not places.take(0), "one is still taken, and there is one"
    places.leave()
    assert places.take(0)
