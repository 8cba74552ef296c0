"""The sockets of a connection, held so that another thread may shut them at any moment."""

from __future__ import annotations

import socket
import threading

from nightclerk.core.errors import WeatherError
from nightclerk.sources.reaching import shut


class Held:
    """Every socket that a conversation uses now. Once shut, all of it is over: a socket that comes later is refused."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._lines: list[socket.socket] = []
        self._over = False

    def take(self, line: socket.socket) -> None:
        """Holds one more. Raises WeatherError when all of it was shut before."""
        with self._guard:
            if self._over:
                raise WeatherError("The connection was given up.")
            self._lines.append(line)

    def drop(self, line: socket.socket) -> None:
        """Holds one less: it is closed, or has become another one."""
        with self._guard:
            self._lines = [each for each in self._lines if each is not line]

    def shut(self) -> None:
        """Ends them all, so that whoever waits on one of them wakes up. They are still to be closed by who uses them."""
        with self._guard:
            self._over = True
            for line in self._lines:
                shut(line)

    @property
    def over(self) -> bool:
        """Whether all was shut."""
        with self._guard:
            return self._over
