"""Whether the machine's clock was set: it is compared with the clock that nobody can set."""

from __future__ import annotations

from datetime import datetime, timedelta

#: Less than this is the gentle correction of a clock that is kept by the network.
_LEAST = timedelta(seconds=5)


class Drift:
    """Remembers how the two clocks stood to each other. Used by one thread."""

    def __init__(self, now: datetime, monotonic: float) -> None:
        """Given both clocks at the same moment."""
        self._origin = now - timedelta(seconds=monotonic)

    def jumped(self, now: datetime, monotonic: float) -> timedelta | None:
        """Given both clocks again; returns how far the machine's clock jumped since (back: less than zero), or None."""
        origin = now - timedelta(seconds=monotonic)
        by = origin - self._origin
        if abs(by) < _LEAST:
            return None
        self._origin = origin
        return by
