"""A source around a source, with a deadline on every call that holds even where a library hangs."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeVar, cast

from nightclerk.core.drop import Fate, Listing, Released, Sighting
from nightclerk.core.errors import WeatherError
from nightclerk.ports import Source
from nightclerk.sources.deadlines import Deadlines

Answer = TypeVar("Answer")

#: How many calls may hang for good before no new one is begun.
_MOST_LOST = 3


class Patient:
    """``ports.Source`` that waits for another one, but not for ever.

    Calls run one after the other in a thread of this source's own. One that is not back in time is broken by closing the source
    beneath; if it hangs even then, source and thread are given up together and the next call gets new ones, so that no two
    threads ever use one source.
    """

    def __init__(self, make: Callable[[], Source], deadlines: Deadlines = Deadlines()) -> None:  # noqa: B008 - frozen
        """``make`` returns a new source each time it is called; it is called at the first use, and after each one given up."""
        self._make = make
        self._deadlines = deadlines
        self._guard = threading.Lock()
        self._worker: _Worker | None = None
        self._lost: list[_Worker] = []

    def look(self) -> Listing:
        return self._wait("look", lambda source: source.look())

    def again(self, sighting: Sighting) -> Sighting | None:
        return self._wait("again", lambda source: source.again(sighting))

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        gate = _Gate(into)
        try:
            return self._wait("fetch", lambda source: source.fetch(sighting, cast(BinaryIO, gate), limit))
        finally:
            gate.shut()

    def release(self, sighting: Sighting, fate: Fate) -> Released:
        return self._wait("release", lambda source: source.release(sighting, fate))

    def close(self) -> None:
        with self._guard:
            worker, self._worker = self._worker, None
        if worker is not None and not worker.end(self._deadlines.grace):
            self._lost.append(worker)

    def _wait(self, call: str, act: Callable[[Source], Answer]) -> Answer:
        worker = self._at_work()
        seconds = self._deadlines.of(call)
        task = _Task(act)
        worker.tasks.put(task)
        if task.done.wait(seconds):
            return cast(Answer, task.result())
        with self._guard:
            if self._worker is worker:
                self._worker = None
        if not worker.end(self._deadlines.grace):
            self._lost.append(worker)
        raise WeatherError(f"The source gave no answer within {seconds:g} s and was given up. The next look tries anew.")

    def _at_work(self) -> _Worker:
        """Returns the thread that takes the next call; raises WeatherError while too many earlier ones hang."""
        self._lost = [worker for worker in self._lost if worker.thread.is_alive()]
        if len(self._lost) >= _MOST_LOST:
            raise WeatherError(f"{len(self._lost)} earlier calls to this source still hang; no new one is begun before one ends.")
        with self._guard:
            if self._worker is None:
                self._worker = _Worker(self._make())
            return self._worker


@dataclass(slots=True)
class _Task:
    """One call, and what came of it."""

    act: Callable[[Source], Any]
    done: threading.Event = field(default_factory=threading.Event)
    answer: Any = None
    error: BaseException | None = None

    def run(self, source: Source) -> None:
        try:
            self.answer = self.act(source)
        except BaseException as error:  # noqa: BLE001 - handed over whole to the thread that waits, and raised there
            self.error = error
        self.done.set()

    def result(self) -> Any:
        if self.error is not None:
            try:
                raise self.error
            finally:
                self.error = None  # its traceback holds this frame: no cycle may keep files open
        return self.answer


class _Worker:
    """A source and the one thread that uses it. The thread is a daemon: one that hangs does not keep the process from ending."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name="source", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while (task := self.tasks.get()) is not None:
            task.run(self.source)

    def end(self, seconds: float) -> bool:
        """Closes the source, which breaks a call under way; returns whether the thread ended within so many seconds."""
        self.tasks.put(None)
        closing = threading.Thread(target=self._close, name="source closing", daemon=True)
        closing.start()
        closing.join(seconds)
        self.thread.join(seconds)
        return not self.thread.is_alive()

    def _close(self) -> None:
        # ``close`` promises not to raise; a fault of its own must not end the daemon's thread with a traceback.
        with suppress(Exception):
            self.source.close()


class _Gate:
    """The way into a file that shuts when its call is over, so that a call given up cannot write into what is used anew."""

    def __init__(self, into: BinaryIO) -> None:
        self._into = into
        self._guard = threading.Lock()
        self._open = True

    def write(self, data: bytes) -> int:
        with self._guard:
            if not self._open:
                raise WeatherError("The download was given up.")
            return self._into.write(data)

    def shut(self) -> None:
        with self._guard:
            self._open = False
