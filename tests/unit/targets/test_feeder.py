"""The thread that takes pieces in while a file is read on."""

from __future__ import annotations

import threading

import pytest

from nightclerk.targets.feeder import Feeder


def test_pieces_are_done_in_their_order_and_waited_for() -> None:
    done: list[int] = []
    feeder = Feeder(done.append)
    for _ in range(2):
        for piece in range(50):
            feeder.put(piece)
        feeder.finish()
    assert done == [*range(50), *range(50)]
    feeder.finish()


def test_a_failure_is_raised_once_and_the_rest_is_left_undone() -> None:
    done: list[int] = []

    def work(piece: int) -> None:
        if piece == 3:
            raise ValueError("no")
        done.append(piece)

    feeder = Feeder(work)
    with pytest.raises(ValueError, match="no"):
        list(map(feeder.put, range(100)))
    assert done == [0, 1, 2]
    feeder.finish()
    feeder.put(4)
    feeder.finish()
    assert done == [0, 1, 2, 4]


def test_what_is_under_way_is_broken_off() -> None:
    working, broken = threading.Event(), threading.Event()
    done: list[int] = []

    def work(piece: int) -> None:
        working.set()
        assert broken.wait(10)
        done.append(piece)

    feeder = Feeder(work)
    feeder.put(1)
    assert working.wait(10)
    feeder.put(2)
    feeder.stop(broken.set)
    assert done == [1]
    feeder.stop(broken.clear)
    assert broken.is_set()
