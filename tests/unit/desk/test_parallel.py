"""``desk.parallel``: every system has its own deadline, and a dead one delays no other."""

from __future__ import annotations

import threading
import time

import pytest

from nightclerk.desk.parallel import Question, ask_all


def test_the_answers_come_in_the_order_of_the_questions() -> None:
    started = threading.Barrier(3)  # all of them are under way at once

    def ask(number: int) -> int:
        started.wait(5)
        time.sleep((3 - number) / 50)
        return number

    questions = [Question(lambda number=number: ask(number), lambda: -1) for number in range(3)]
    assert ask_all(questions, seconds=10) == [0, 1, 2]
    assert ask_all([], seconds=1) == []


def test_one_that_hangs_is_given_up_after_its_time_and_the_others_go_on() -> None:
    hangs = threading.Event()

    def late() -> str:
        hangs.set()  # as closing a connection wakes up who waits for it
        return "late"

    questions = [
        Question(lambda: str(hangs.wait(30)), late),
        Question(lambda: "two", lambda: ""),
        Question(lambda: "three", lambda: ""),
    ]
    began = time.monotonic()
    assert ask_all(questions, seconds=0.3, at_once=2) == ["late", "two", "three"]
    assert time.monotonic() - began < 5


def test_each_has_its_time_from_its_own_beginning() -> None:
    slow = [Question(lambda: time.sleep(0.15) or "done", lambda: "late") for _ in range(6)]
    assert ask_all(slow, seconds=1.0, at_once=1) == ["done"] * 6
    assert ask_all(slow[:1], seconds=0.05) == ["late"]


def test_what_a_question_raises_is_raised_when_the_others_are_answered() -> None:
    answered: list[int] = []

    def fail() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_all([Question(fail, lambda: 0), Question(lambda: answered.append(1) or 1, lambda: 0)], seconds=5)
    assert answered == [1]
