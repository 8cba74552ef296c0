from __future__ import annotations

import threading
import time

import pytest

from nightclerk.clockwork.turns import Turns


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def turns(stop: threading.Event) -> Turns:
    return Turns(time.monotonic, stop)


def test_a_wish_during_a_turn_leads_to_exactly_one_more(turns: Turns) -> None:
    done: list[int] = []

    def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            assert [turns.take("acme", work) for _ in range(5)] == [False] * 5

    assert turns.take("acme", work)
    assert len(done) == 2
    assert turns.under_way() == ()


def test_turns_of_one_name_never_overlap_and_every_late_wish_is_served(turns: Turns) -> None:
    inside, most, served, asked = 0, 0, 0, 0
    lock = threading.Lock()
    last_begun = 0

    def work() -> None:
        nonlocal inside, most, served, last_begun
        with lock:
            inside += 1
            most = max(most, inside)
            last_begun = asked
        time.sleep(0.001)
        with lock:
            inside -= 1
            served += 1

    def ask() -> None:
        nonlocal asked
        for _ in range(50):
            with lock:
                asked += 1
            turns.take("acme", work)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert last_begun == asked == 400
    assert served <= 400


def test_names_do_not_wait_for_each_other(turns: Turns) -> None:
    other = threading.Event()
    thread = threading.Thread(target=turns.take, args=("slow", lambda: other.wait(5)))
    thread.start()
    assert turns.take("quick", lambda: None)
    assert [turn.name for turn in turns.under_way()] == ["slow"]
    other.set()
    thread.join()


def test_what_the_work_raises_is_passed_on_and_the_turn_is_given_back(turns: Turns) -> None:
    def work() -> None:
        turns.take("acme", work)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        turns.take("acme", work)
    assert turns.take("acme", lambda: None)


def test_nothing_begins_once_the_daemon_stops_and_a_wish_dies(turns: Turns, stop: threading.Event) -> None:
    done: list[int] = []

    def work() -> None:
        done.append(1)
        turns.take("acme", work)
        stop.set()

    assert turns.take("acme", work)
    assert not turns.take("acme", work)
    assert done == [1]


def test_waiting_until_idle_is_bounded(turns: Turns) -> None:
    gate = threading.Event()
    thread = threading.Thread(target=turns.take, args=("slow", lambda: gate.wait(5)))
    thread.start()
    while not turns.under_way():
        time.sleep(0.001)
    assert not turns.wait_until_idle(0.02)
    gate.set()
    assert turns.wait_until_idle(5)
    thread.join()
