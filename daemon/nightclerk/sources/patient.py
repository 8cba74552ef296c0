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
#: Seconds without a call after which a source's thread ends: hundreds of tenants would keep hundreds of threads for nothing.
_IDLE = 30.0


class Patient:
    """``ports.Source`` that waits for another one, but not for ever.

    Calls run one after the other in a thread of this source's own. One that is not back in time is broken by closing the source
    beneath; if it hangs even then, source and thread are given up together and the next call gets new ones, so that no two
    threads ever use one source. A thread that is idle for so many seconds ends; the source and its connection stay, and the next
    call gets a new thread for them.
    """

    def __init__(
        self,
        make: Callable[[], Source],
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - frozen
        idle: float = _IDLE,
    ) -> None:
        """``make`` returns a new source each time it is called; it is called at the first use, and after each one given up."""
        self._make = make
        self._deadlines = deadlines
        self._idle = idle
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
        worker.take(task)
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
        self._lost = [worker for worker in self._lost if worker.is_busy()]
        if len(self._lost) >= _MOST_LOST:
            raise WeatherError(f"{len(self._lost)} earlier calls to this source still hang; no new one is begun before one ends.")
        with self._guard:
            if self._worker is None:
                self._worker = _Worker(self._make(), self._idle)
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
    """A source and the one thread that uses it, which ends when idle and is made anew for the next call.

    The thread is a daemon: one that hangs does not keep the process from ending.
    """

    def __init__(self, source: Source, idle: float) -> None:
        self.source = source
        self._idle = idle
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def take(self, task: _Task) -> None:
        """Hands a call to the thread, a new one where there is none. Raises RuntimeError when the system gives no thread."""
        with self._guard:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="source", daemon=True)
                thread.start()  # where this fails nothing is left in the queue
                self._thread = thread
            self._tasks.put(task)

    def is_busy(self) -> bool:
        """Whether a thread is there, at work or waiting for it."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    def end(self, seconds: float) -> bool:
        """Closes the source, which breaks a call under way; returns whether the thread ended within so many seconds."""
        with self._guard:
            self._tasks.put(None)
            thread = self._thread
        closing = threading.Thread(target=self._close, name="source closing", daemon=True)
        closing.start()
        closing.join(seconds)
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            task.run(self.source)

    def _next(self) -> _Task | None:
        """Waits for the next call; returns None when the thread is to end: the source is closed, or none came for long."""
        while True:
            try:
                return self._tasks.get(timeout=self._idle)
            except queue.Empty:
                with self._guard:  # a call is handed in under the same guard: it is seen here, or it sees that no thread is there
                    if self._tasks.empty():
                        self._thread = None
                        return None

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
