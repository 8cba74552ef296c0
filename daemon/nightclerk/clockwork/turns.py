"""Turns: whatever bears one name happens one at a time, and nothing that was asked for meanwhile is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn under way. since: when it began, on the monotonic clock. thread: the kernel's number of its thread."""

    name: str
    since: float
    thread: int


class Turns:
    """Lets one thread at a time work under a name; a second one that comes meanwhile leaves a wish and goes away at once."""

    def __init__(self, monotonic: Callable[[], float], stop: threading.Event) -> None:
        """Given the clock and the daemon's stop event, after which no turn begins."""
        self._monotonic = monotonic
        self._stop = stop
        self._changed = threading.Condition()
        self._under_way: dict[str, Turn] = {}
        self._wished: set[str] = set()

    def take(self, name: str, do: Callable[[], None]) -> bool:
        """Given a name and what to do under it; does it in the calling thread and returns True.

        While another thread has the turn, returns False at once: that thread then does its own ``do`` once more
        afterwards, however many came meanwhile. Begins nothing once the daemon stops. What ``do`` raises is passed on,
        with the turn given back.
        """
        if not self._begin(name):
            return False
        again = True
        while again:
            again = False
            try:
                do()
                again = True
            finally:
                again = self._end(name, again)
        return True

    def under_way(self) -> tuple[Turn, ...]:
        """Returns the turns under way now, the oldest first."""
        with self._changed:
            return tuple(sorted(self._under_way.values(), key=lambda turn: turn.since))

    def wait_until_idle(self, seconds: float) -> bool:
        """Waits at most so long until no turn is under way; returns whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._under_way, timeout=seconds)

    def _begin(self, name: str) -> bool:
        with self._changed:
            if name in self._under_way:
                self._wished.add(name)
                return False
            if self._stop.is_set():
                return False
            self._under_way[name] = Turn(name, self._monotonic(), threading.get_native_id())
            return True

    def _end(self, name: str, well: bool) -> bool:
        """Ends a turn, or turns it into the next one when there was a wish; returns whether it goes on."""
        with self._changed:
            wished = name in self._wished
            self._wished.discard(name)
            if well and wished and not self._stop.is_set():
                self._under_way[name] = Turn(name, self._monotonic(), threading.get_native_id())
                return True
            del self._under_way[name]
            self._changed.notify_all()
            return False
