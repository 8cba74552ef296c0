"""A connection to PostgreSQL that does not wait for ever for a server that fell silent, as one that froze does.

The server's own time-outs end what takes too long, and the kernel notices a machine that is gone. A server process that stands
still keeps neither: its kernel goes on confirming what arrives, and no answer ever comes.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

import psycopg
from psycopg.waiting import Ready, Wait


class SilentServerError(psycopg.OperationalError):
    """The server said nothing for so many seconds. The connection is closed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the server does not answer: no word for {seconds:g} seconds")
        self.seconds = seconds


class PatientConnection(psycopg.Connection[Any]):
    """patience: seconds that the server may be silent while an answer is awaited; longer than it may work on a statement."""

    patience: float = 60.0
    _end: float | None = None

    def end_within(self, seconds: float) -> None:
        """From now on nothing is waited for longer than that, nor what another thread is waiting for already. The first
        call holds."""
        if self._end is None:
            self._end = time.monotonic() + seconds

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        return super().wait(self._watched(gen), interval, timeout)

    def _watched(self, gen: Generator[Wait, Ready | int, Any]) -> Generator[Wait, Ready | int, Any]:
        """Goes on as the given steps do, which the driver wakes at each interval even when nothing has come."""
        heard = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                now = time.monotonic()
                if ready:
                    heard = now
                elif now - heard > self.patience or (self._end is not None and now > self._end):
                    self.pgconn.finish()  # nothing more can be asked over it: what was asked may still be under way
                    raise SilentServerError(round(now - heard, 1))
                wanted = gen.send(ready)
        except StopIteration as done:
            return done.value
