"""The child works on while what it said before still goes through the pipe; nothing is lost, and nothing overtakes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from nightclerk.core.reading import Refused
from nightclerk.formats.ahead import Ahead
from nightclerk.formats.pipe import Ask, Pipe, PipeClosed

LARGE = list(range(1_000_000, 1_200_000))  # a megabyte on its way, several times what a socket holds


@pytest.fixture
def ends() -> Iterator[tuple[Pipe, Pipe]]:
    here, there = socket.socketpair()
    pipes = Pipe(here), Pipe(there)
    yield pipes
    for pipe in pipes:
        pipe.close()


def test_who_hands_over_waits_only_once_several_messages_are_on_their_way(ends: tuple[Pipe, Pipe]) -> None:
    child, parent = ends
    with Ahead(child) as ahead:
        began = time.monotonic()
        for _ in range(3):  # nobody listens yet: one is being sent, two wait
            ahead.send(Ask(LARGE))
        assert time.monotonic() - began < 5
        handing = threading.Thread(target=ahead.send, args=(Ask([4]),))
        handing.start()
        handing.join(0.2)
        assert handing.is_alive()
        received = [parent.receive(Ask, seconds=5).lines for _ in range(4)]
        handing.join(5)
    assert received == [LARGE, LARGE, LARGE, [4]]


def test_what_was_handed_over_before_an_error_is_heard_before_it(ends: tuple[Pipe, Pipe]) -> None:
    child, parent = ends
    heard: list[object] = []

    def listen() -> None:
        heard.extend(parent.receive(Ask, Refused, seconds=5) for _ in range(3))

    listening = threading.Thread(target=listen)
    listening.start()
    try:
        with Ahead(child) as ahead:
            ahead.send(Ask(LARGE))
            ahead.send(Ask([2]))
            raise ValueError
    except ValueError:
        child.send(Refused("not_text", "No."))
    listening.join(5)
    assert heard == [Ask(LARGE), Ask([2]), Refused("not_text", "No.")]


def test_when_the_other_end_goes_away_the_next_message_says_so(ends: tuple[Pipe, Pipe]) -> None:
    child, parent = ends
    told: list[int] = []

    def talk() -> None:
        with Ahead(child) as ahead:
            ahead.send(Ask(LARGE))
            parent.close()
            for number in range(1000):
                ahead.send(Ask(LARGE))
                told.append(number)

    with pytest.raises(PipeClosed):
        talk()
    assert len(told) < 10


def test_when_the_other_end_goes_away_nobody_waits_to_leave(ends: tuple[Pipe, Pipe]) -> None:
    child, parent = ends

    def talk() -> None:
        with Ahead(child) as ahead:
            for _ in range(3):
                ahead.send(Ask(LARGE))
            parent.close()

    with pytest.raises(PipeClosed):
        talk()
