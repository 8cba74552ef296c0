"""Watches the resident memory of reader children from outside, and ends those that pass their limit."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_INTERVAL = 0.02
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(eq=False)
class Watched:
    """A child under watch. statm: the open file in which the kernel tells its memory, so that it can be no other process."""

    statm: int
    exceeded: Callable[[], None]


class MemoryWatch:
    """One thread for all children of a fence; it lives while there are any."""

    def __init__(self, limit: int) -> None:
        """Given the most bytes of resident memory a child may have."""
        self._limit = limit
        self._children: list[Watched] = []
        self._lock = threading.Lock()
        self._thread: tuple[threading.Thread, threading.Event] | None = None

    def add(self, process: int, exceeded: Callable[[], None]) -> Watched:
        """Given a process id, and what to do whenever it is found past the limit; watches it.

        ``exceeded`` is called from the watching thread and must not call back. Raises ProcessLookupError if it is gone.
        """
        try:
            child = Watched(os.open(f"/proc/{process}/statm", os.O_RDONLY | os.O_CLOEXEC), exceeded)
        except FileNotFoundError as error:
            raise ProcessLookupError(process) from error
        with self._lock:
            self._children.append(child)
            if self._thread is None:
                stop = threading.Event()
                thread = threading.Thread(target=self._watch, args=(stop,), name="reader memory", daemon=True)
                self._thread = (thread, stop)
                thread.start()
        return child

    def remove(self, child: Watched) -> None:
        """Ends the watch over a child. With the last one the thread ends too."""
        with self._lock:
            if child not in self._children:
                return
            self._children.remove(child)
            os.close(child.statm)
            if self._children:
                return
            ended, self._thread = self._thread, None
        if ended is not None:
            thread, stop = ended
            stop.set()
            thread.join()

    def _watch(self, stop: threading.Event) -> None:
        while not stop.wait(_INTERVAL):
            for child in self._over_limit():
                child.exceeded()

    def _over_limit(self) -> list[Watched]:
        with self._lock:
            return [child for child in self._children if self._resident(child) > self._limit]

    @staticmethod
    def _resident(child: Watched) -> int:
        with suppress(ProcessLookupError):  # it has just ended
            return int(os.pread(child.statm, 200, 0).split()[1]) * _PAGE
        return 0
