"""Signals, taken one after the other by the thread that waits for them: a handler only puts its number into a queue."""

from __future__ import annotations

import queue
import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

_TAKEN = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """While entered, TERM, INT and HUP do nothing by themselves; ``wait`` returns them. Children do not inherit this.

    In any thread but the main one Python allows no handlers: then no signal is taken, and ``stop`` ends the waiting.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        # A SimpleQueue may be put to from a handler that interrupts ``get``; an Event would deadlock there.
        self._queue: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._put) for number in _TAKEN}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def wait(self, seconds: float) -> signal.Signals | None:
        """Waits at most so long; returns the next signal, or None."""
        if not self._before:
            self._stop.wait(seconds)
            return None
        try:
            return signal.Signals(self._queue.get(timeout=seconds))
        except queue.Empty:
            return None

    def _put(self, number: int, _frame: FrameType | None) -> None:
        self._queue.put(number)
