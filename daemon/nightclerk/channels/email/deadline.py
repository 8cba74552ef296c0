"""A limit on a whole conversation: a server that drips a byte now and then never meets the time-out of a single step."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Protocol, Self


class Talking(Protocol):
    """A connection that keeps the socket it talks through; the socket changes when TLS begins."""

    sock: socket.socket | None


class Deadline:
    """Breaks the watched connection when the seconds are over: whoever waits on it gets an end of file at once.

    A context manager; leaving it ends the watch, and with it the thread that kept it.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._seconds = seconds
        self._over = threading.Event()
        self._talking: Talking | None = None
        self._thread = threading.Thread(target=self._keep, name="mail-deadline", daemon=True)

    def watch(self, talking: Talking) -> None:
        """Names the connection to break. Its socket may not exist yet."""
        self._talking = talking

    def _keep(self) -> None:
        if self._over.wait(self._seconds):
            return
        self.passed = True
        # Again and again, for the socket may be opened, or exchanged for its TLS twin, after the first break.
        while True:
            sock = None if self._talking is None else self._talking.sock
            if sock is not None:
                with contextlib.suppress(OSError):
                    # Not the method of the TLS socket: that one would forget its keys while another thread reads.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
            if self._over.wait(0.1):
                return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
