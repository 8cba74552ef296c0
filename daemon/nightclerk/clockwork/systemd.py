"""The word to systemd (sd_notify), in our own few lines. Without ``NOTIFY_SOCKET`` every call does nothing."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from typing import Self


class Systemd:
    """Tells the service manager how we are. Never raises: a service manager that does not listen is no reason to stop."""

    def __init__(self, address: str | None, watchdog: float | None) -> None:
        """Given the socket (a path, or an abstract name after ``@``) and the watchdog's patience in seconds, or None."""
        self._address = address
        self._status: str | None = None
        self.watchdog = watchdog

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], process: int) -> Self:
        """Given the environment and our process id; reads ``NOTIFY_SOCKET``, ``WATCHDOG_USEC`` and ``WATCHDOG_PID``."""
        patience = environment.get("WATCHDOG_USEC", "")
        meant = environment.get("WATCHDOG_PID") in {None, "", str(process)}
        watchdog = int(patience) / 1_000_000 if meant and patience.isdigit() and int(patience) else None
        return cls(environment.get("NOTIFY_SOCKET") or None, watchdog)

    def ready(self) -> None:
        """The daemon serves now."""
        self._send(f"READY=1\nMAINPID={os.getpid()}")

    def reloading(self, monotonic: float) -> None:
        """The daemon looks at its configuration anew; given the seconds of the monotonic clock. ``reloaded`` must follow."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={int(monotonic * 1_000_000)}")

    def reloaded(self, sentence: str) -> None:
        """The daemon has done so, with this result."""
        self._send("READY=1\nSTATUS=" + sentence.replace("\n", " "))

    def status(self, sentence: str) -> None:
        """What ``systemctl status`` shows; sent only when it changed."""
        if sentence != self._status:
            self._status = sentence
            self._send("STATUS=" + sentence.replace("\n", " "))

    def alive(self) -> None:
        """Feeds the watchdog."""
        if self.watchdog is not None:
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """The daemon has begun to stop."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if self._address is None:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
                connection.settimeout(2)  # a full queue of the manager must not hold us up
                connection.sendto(message.encode(), address)
        except OSError:
            # Nobody listens, or not now: the manager's own watchdog and time limits say what happens then.
            return
