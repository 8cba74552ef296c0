"""Asks several systems at once, each with a deadline, so that a dead one delays no other."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

#: So many are asked at the same time.
AT_ONCE = 32


@dataclass(frozen=True)
class Question(Generic[Answer]):
    """What is asked of one system. ask: asks and returns the answer. late: the answer where none came in time; also lets go of
    what was asked, so that whoever still waits for it wakes up."""

    ask: Callable[[], Answer]
    late: Callable[[], Answer]


def ask_all(questions: Sequence[Question[Answer]], seconds: float, at_once: int = AT_ONCE) -> list[Answer]:
    """Given questions and the seconds that each may take from its own beginning; returns the answers in the same order.

    What a question raises is raised here once all others are answered. A thread that hangs is left behind as a daemon.
    """
    answers: dict[int, Answer | BaseException] = {}
    waiting = deque(range(len(questions)))
    running: dict[int, float] = {}
    done: queue.SimpleQueue[tuple[int, Answer | BaseException]] = queue.SimpleQueue()
    while waiting or running:
        while waiting and len(running) < at_once:
            number = waiting.popleft()
            running[number] = time.monotonic() + seconds
            threading.Thread(target=_ask, args=(questions[number], number, done), daemon=True, name=f"question {number}").start()
        try:
            number, answer = done.get(timeout=max(0.0, min(running.values()) - time.monotonic()))
        except queue.Empty:
            number = min(running, key=lambda one: running[one])
            answer = questions[number].late()
        if running.pop(number, None) is not None:  # one that comes after its deadline was answered for already
            answers[number] = answer
    found = []
    for number in range(len(questions)):
        answer = answers[number]
        if isinstance(answer, BaseException):
            raise answer
        found.append(answer)
    return found


def _ask(question: Question[Answer], number: int, done: queue.SimpleQueue[tuple[int, Answer | BaseException]]) -> None:
    try:
        done.put((number, question.ask()))
    except BaseException as error:  # noqa: BLE001 - handed over whole to the thread that waits, and raised there
        done.put((number, error))
