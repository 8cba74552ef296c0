"""Every destination of the configuration as a target: made when it is first asked for, and the same one ever after."""

from __future__ import annotations

import threading
from collections.abc import Callable

from nightclerk.core.destination import Destination
from nightclerk.targets.sql import SqlTarget


class Targets:
    """One target for each destination. Nothing connects before rows are asked for, and no connection outlives its transaction.

    May be used by several threads. A target that no tenant has any more stays until ``close``: a drop that was begun there ends
    there.
    """

    def __init__(self, url_of: Callable[[Destination], str]) -> None:
        """Given what returns a destination's whole address, its password looked up, or raises OperatorError."""
        self._url_of = url_of
        self._open: dict[Destination, SqlTarget] = {}
        self._lock = threading.Lock()

    def at(self, destination: Destination) -> SqlTarget:
        """Given a destination; returns its target. Raises OperatorError when its address is of no use, or its password is not
        where the configuration says."""
        with self._lock:
            found = self._open.get(destination)
            if found is None:
                wait = destination.database.lock_wait.total_seconds()
                found = SqlTarget(self._url_of(destination), wait=wait, schema=destination.schema)
                self._open[destination] = found
            return found

    def close(self) -> None:
        """Closes them all."""
        with self._lock:
            for target in self._open.values():
                target.close()
            self._open.clear()
