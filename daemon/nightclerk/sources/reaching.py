"""Reaching a server over TCP within a deadline, the look-up of its name included."""

from __future__ import annotations

import ftplib
import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from nightclerk.core.errors import WeatherError

#: More than a sentence of what a server says is no help.
_LONGEST = 200

Hold = Callable[[socket.socket], None]
Addresses = Sequence[tuple[int, int, int, str, tuple[Any, ...]]]


class Server(Protocol):
    """Where a server is, as settings say it."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...


def reach(host: str, port: int, seconds: float, silence: float, hold: Hold) -> socket.socket:
    """Given a name or address, a port and the seconds it may take; returns a connected socket without Nagle's delay.

    ``silence`` is how many seconds sent bytes may stay unacknowledged later on before the system gives the connection up.
    ``hold`` is given the socket before it is used. Raises WeatherError.
    """
    until = time.monotonic() + seconds
    last: OSError | None = None
    for family, kind, protocol, _, address in _addresses(host, port, seconds):
        left = until - time.monotonic()
        if left <= 0:
            break
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(left)
            hold(line)
            line.connect(address)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(silence * 1000))
        except OSError as error:
            line.close()
            last = error
        except BaseException:  # an interrupted call leaves no socket behind; raised again
            line.close()
            raise
        else:
            return line
    if last is None or isinstance(last, TimeoutError):
        raise WeatherError(f"{host} port {port} could not be reached within {seconds:g} s.") from last
    raise WeatherError(f"{host} port {port} could not be reached: {last.strerror or last}.") from last


def shut(line: socket.socket) -> None:
    """Ends a socket in both directions, so that whoever waits on it wakes up; one that is closed already is left alone.

    A socket with TLS is shut beneath it: its own ``shutdown`` would let the waiting thread go on reading without TLS.
    """
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def server_of(settings: Server) -> str:
    """Given settings; returns how sentences name their server."""
    return f"{settings.host} port {settings.port}"


def words(error: BaseException) -> str:
    """Returns what the library, the system or the server said, in one short line fit for a bracket; the kind of error where
    nothing was said."""
    if isinstance(error, EOFError):
        return "the server closed the connection"
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    if isinstance(error, ftplib.Error):  # a reply, of which each character stands for one byte
        said = said.encode("latin-1", "replace").decode("utf-8", "replace")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in said[: 2 * _LONGEST]).split())
    return line[:_LONGEST].strip(" .:") or type(error).__name__


def _addresses(host: str, port: int, seconds: float) -> Addresses:
    """Looks a name up in a thread of its own, since the system's resolver knows no deadline; a plain address needs none."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass  # it is a name, not an address
    answers: queue.SimpleQueue[Addresses | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    asking = threading.Thread(target=ask, name=f"look-up of {host}", daemon=True)
    asking.start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise WeatherError(f"The name {host} could not be looked up within {seconds:g} s.") from None
    asking.join()
    if isinstance(answer, OSError):
        raise WeatherError(
            f"The name {host} could not be looked up: {answer.strerror or answer}. If it stays so, check source.host."
        ) from answer
    return answer
