"""FTP as we speak it, over ftplib's client.

ftplib waits without end for a reply that comes byte by byte, makes sockets that nobody else can shut, does not reuse the TLS
session for data (which vsftpd and ProFTPD insist on), and takes a TLS connection that was cut off for one that was ended. These
are put right here. Commands and replies are text in which each character is one byte (Latin-1), so that names survive whole.
"""

from __future__ import annotations

import ftplib
import math
import select
import socket
import ssl
import time
from collections.abc import Callable, Generator
from contextlib import suppress

from nightclerk.core.errors import WeatherError
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.held import Held
from nightclerk.sources.reaching import reach

#: A banner or a list of features has a few dozen lines.
_MOST_LINES = 1000
_PIECE = 1 << 18
#: At least a whole record of TLS, so that nothing stays behind where ``select`` does not see it.
_REPLY = 1 << 16
#: After so many seconds of rest a connection is asked whether it still stands, and gets this long to answer.
_REST = 20
_SIGN_OF_LIFE = 5
#: A socket's patience in seconds where there is none left; zero would mean something else.
_LEAST = 0.001

#: All that a conversation with a broken or hostile server may raise.
BROKEN: tuple[type[Exception], ...] = (*ftplib.all_errors, ValueError)

Protect = Callable[[socket.socket, ssl.SSLSession | None], ssl.SSLSocket]


class NonsenseError(ftplib.error_proto):
    """The server said what makes no sense in FTP."""


class TornError(EOFError):
    """The server ended a protected data connection without saying that it was all, although it claims success."""


class Client(ftplib.FTP):
    """One FTP conversation. Raises what ``BROKEN`` names (TimeoutError and SSLError are in it), or WeatherError.

    After anything but a refusal (``error_perm``, ``error_temp``) the conversation is over.
    """

    encoding = "latin-1"

    def __init__(self, line: socket.socket, host: str, deadlines: Deadlines, held: Held) -> None:
        """Takes over a connected socket that ``held`` holds already."""
        super().__init__(encoding=self.encoding)
        self.sock = line
        self.host = host
        self.af = line.family
        self._deadlines = deadlines
        self._held = held
        self._protect: Protect | None = None
        self._early = bytearray()
        self._patience = deadlines.reply
        self._until = 0.0
        self._latest = math.inf
        self._spoken = time.monotonic()
        self._binary: bool | None = None
        self._torn = False

    # ---- the connection ----

    def wait_at_most(self, seconds: float, in_all: bool = False) -> None:
        """Sets how long each reply may keep us waiting, from its command to its last line, before TimeoutError is raised; or all
        replies from now on together."""
        self._patience = seconds
        self._latest = time.monotonic() + seconds if in_all else math.inf

    def greet(self) -> None:
        """Waits for the server's first words."""
        self._begin_to_wait()
        self.welcome = self.getresp()
        while self.welcome.startswith("120"):  # it is about to be ready
            self.welcome = self.getresp()
        if self.welcome[0] != "2":
            raise NonsenseError(self.welcome)

    def go_secret(self, protect: Protect) -> None:
        """Protects the conversation from now on, and every data connection. ``protect`` wraps a socket, resuming a session."""
        if self._early:
            raise NonsenseError("the server said more before the protection began than it was asked")
        self.sock = protect(self._line(), None)
        self._protect = protect

    def stands(self, ask: bool) -> bool:
        """Returns whether the conversation can go on. After a rest the server is asked, and so it is where ``ask`` says; else it
        is only heard, which costs nothing and misses an end that is still on its way to us."""
        if self._torn or self._held.over or self.sock is None or self._early or self._heard():
            return False
        if not ask and time.monotonic() - self._spoken < _REST:
            return True
        try:
            self.wait_at_most(_SIGN_OF_LIFE)
            self.sendcmd("NOOP")
        except ftplib.error_perm:
            return True  # it knows no NOOP, but it answers
        except BROKEN:
            return False
        return True

    def end(self) -> None:
        """Shuts and closes the connection, without a farewell."""
        self._held.shut()
        self.close()

    def _heard(self) -> bool:
        """Says whether the server said something unasked: that it closes, or that it is over."""
        line = self._line()
        try:
            if not select.select([line], [], [], 0)[0]:
                return False
            line.settimeout(0)
            self._early += line.recv(_REPLY)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False  # it was about the protection, such as a new ticket
        except (OSError, ValueError):
            pass  # over
        return True

    def _line(self) -> socket.socket:
        if self.sock is None:
            raise EOFError
        return self.sock

    # ---- commands and replies ----

    def putline(self, line: str) -> None:
        if self._early:
            raise NonsenseError("the server said more than it was asked")
        self._begin_to_wait()
        self._line().settimeout(max(self._until - time.monotonic(), _LEAST))
        super().putline(line)

    def _begin_to_wait(self) -> None:
        self._until = min(time.monotonic() + self._patience, self._latest)

    def getline(self) -> str:
        while (end := self._early.find(b"\n")) < 0 and len(self._early) <= self.maxline:
            left = self._until - time.monotonic()
            if left <= 0:
                raise TimeoutError("the reply does not end")
            line = self._line()
            line.settimeout(left)
            piece = line.recv(_REPLY)
            if not piece:
                raise EOFError
            self._early += piece
        if not 0 <= end <= self.maxline:
            raise NonsenseError("a reply has a line without end")
        written = bytes(self._early[:end]).removesuffix(b"\r")
        del self._early[: end + 1]
        self._spoken = time.monotonic()
        return written.decode("latin-1")

    def getmultiline(self) -> str:
        lines = [self.getline()]
        if lines[0][3:4] == "-":
            last = lines[0][:3] + " "
            while not (lines[-1] + " ").startswith(last):
                if len(lines) >= _MOST_LINES:
                    raise NonsenseError("a reply does not end")
                lines.append(self.getline())
        return "\n".join(lines)

    def answer(self, command: str) -> str:
        """Given a command; returns what the server says after the code. Raises ``error_perm`` or ``error_temp`` for a refusal."""
        return self.voidcmd(command)[4:]

    # ---- data ----

    def data(self, command: str, until: float, binary: bool | None) -> Generator[bytes]:
        """Given a command that brings data and a moment of ``time.monotonic``; yields the data until the server says it is all.

        binary: as it is, or as lines of text; None where that is the same. Raises TornError after the last piece.
        """
        if binary is not None and binary != self._binary:
            self.voidcmd("TYPE I" if binary else "TYPE A")
            self._binary = binary
        self._torn = True  # until it is all; nobody can go on with a conversation in the middle of a transfer
        try:
            line = self._data_line(command)
        except (ftplib.error_perm, ftplib.error_temp):
            self._torn = False
            raise
        try:
            ended = yield from self._pieces(line, until)
        finally:
            self._held.drop(line)
            line.close()
        self._begin_to_wait()
        self.voidresp()
        self._torn = False
        if not ended:
            raise TornError

    def ask_in_binary(self) -> None:
        """Sees to it that sizes are told as they are; some servers refuse to tell them otherwise."""
        if self._binary is not True:
            self.voidcmd("TYPE I")
            self._binary = True

    def _data_line(self, command: str) -> socket.socket:
        """Opens a data connection. ftplib ignores the address that the server names: data come from where the control goes."""
        host, port = self.makepasv()
        try:
            line = reach(host, port, self._deadlines.connect, self._deadlines.reply, self._held.take)
        except WeatherError as error:
            raise WeatherError(
                f"{str(error).removesuffix('.')}: this is where the server offers its data. If it stays so, a firewall lets its "
                "passive ports not through."
            ) from error
        try:
            reply = self.sendcmd(command)
            if reply[0] == "2":  # some servers send one more before the one that is expected
                reply = self.getresp()
            if reply[0] != "1":
                raise NonsenseError(reply)
            return line if self._protect is None else self._protect(line, getattr(self.sock, "session", None))
        except BaseException:  # whatever goes wrong, the socket is ours to close; raised again
            self._held.drop(line)
            line.close()
            raise

    def _pieces(self, line: socket.socket, until: float) -> Generator[bytes, None, bool]:
        """Yields what comes; returns whether the server said that it was all, where it can."""
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("the transfer does not end")
            line.settimeout(min(left, self._deadlines.idle))
            try:
                piece = line.recv(_PIECE)
            except ssl.SSLEOFError:
                return False
            if not piece:
                break
            yield piece
        if isinstance(line, ssl.SSLSocket):
            with suppress(OSError):  # our farewell; a server that did not wait for it has sent all the same
                line.unwrap()
        return True
