"""The workers' places: so many drops at once, a number that may change while they work."""

from __future__ import annotations

import threading


class Places:
    """So many places, each taken and left again. May be used from any thread."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._taken = 0
        self._changed = threading.Condition()

    @property
    def taken(self) -> int:
        """How many are taken now; more than there are, for a while, after their number was lowered."""
        return self._taken

    def take(self, seconds: float) -> bool:
        """Takes one if there is one free within so many seconds; returns whether it did."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._taken < self._number, timeout=seconds):
                return False
            self._taken += 1
            return True

    def leave(self) -> None:
        """Leaves one that was taken."""
        with self._changed:
            self._taken -= 1
            self._changed.notify()

    def resize(self, number: int) -> None:
        """Given how many there are from now on; nobody is sent away who has one."""
        with self._changed:
            self._number = number
            self._changed.notify_all()
