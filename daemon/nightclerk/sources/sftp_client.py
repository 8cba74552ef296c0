"""SFTP as we speak it, over paramiko's client.

paramiko decodes every name strictly, so that one bad name hides a whole folder; drops the server's status code from errors;
and reads ahead in a thread of its own that nobody can stop. These are put right here, on its own building blocks.
"""

from __future__ import annotations

import errno
import time
from collections import deque
from collections.abc import Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import paramiko
from paramiko import sftp as wire

#: Bytes asked for and not yet here at any moment: what fills the channel's window.
_FLYING = 1 << 21
#: Bytes per read that every server must accept; and the most we ask of one that says it accepts more (three times as fast).
_PIECE = 32768
_LARGEST_PIECE = 1 << 18
#: Questions for more names of a folder that are under way at any moment.
_LISTINGS = 2
_LIMITS = b"limits@openssh.com"
_VERSION = 3
_ERRNO = {
    wire.SFTP_NO_SUCH_FILE: errno.ENOENT,
    wire.SFTP_PERMISSION_DENIED: errno.EACCES,
    wire.SFTP_OP_UNSUPPORTED: errno.ENOTSUP,
}


class StatusError(OSError):
    """The server answered that it will not do it. ``errno`` is EIO where it gave no better reason."""


class _Names(paramiko.Message):
    """A message whose texts may hold any bytes; those that are not UTF-8 stand as lone surrogates."""

    def get_text(self) -> str:
        return self.get_string().decode("utf-8", "surrogateescape")


class _Early:
    """Replies that arrived before the one waited for."""

    def __init__(self) -> None:
        self.replies: dict[int, tuple[int, paramiko.Message]] = {}

    def _async_response(self, kind: int, message: paramiko.Message, number: int) -> None:
        self.replies[number] = (kind, message)


class Client(paramiko.SFTPClient):
    """One SFTP conversation. Paths are bytes. Raises StatusError, SSHException, TimeoutError or EOFError."""

    if TYPE_CHECKING:  # what the type stubs leave out of the base class

        def _request(self, t: int, *args: Any) -> tuple[int, paramiko.Message]: ...
        def _async_request(self, fileobj: object, t: int, *args: Any) -> int: ...
        def _read_response(self, waitfor: int) -> tuple[int, paramiko.Message]: ...
        def _read_packet(self) -> tuple[int, bytes]: ...

    def __init__(self, sock: paramiko.Channel) -> None:
        """Opens the conversation over a channel whose ``sftp`` service was started."""
        self._piece = _PIECE
        self._extensions: list[bytes] = []
        super().__init__(sock)
        if _LIMITS in self._extensions:
            with suppress(StatusError):  # a server that offers to tell and then refuses is served like one that never offered
                kind, message = self._request(wire.CMD_EXTENDED, _LIMITS)
                if kind == wire.CMD_EXTENDED_REPLY:
                    message.get_int64()  # the longest packet
                    self._piece = min(max(message.get_int64(), _PIECE), _LARGEST_PIECE)

    def _send_version(self) -> int:
        """Opens the protocol as paramiko does, and keeps what the server says it can do beyond it."""
        greeting = paramiko.Message()
        greeting.add_int(_VERSION)
        self._send_packet(wire.CMD_INIT, greeting)
        kind, data = self._read_packet()
        if kind != wire.CMD_VERSION:
            raise paramiko.SSHException("the server does not speak SFTP")
        answer = paramiko.Message(data)
        version = answer.get_int()
        while answer.get_remainder():
            self._extensions.append(answer.get_string())
            answer.get_string()
        return version

    @property
    def renames_in_one_step(self) -> bool:
        """Whether the server offers ``posix_rename``."""
        return b"posix-rename@openssh.com" in self._extensions

    def wait_at_most(self, seconds: float) -> None:
        """Sets how long each answer may keep us waiting before TimeoutError is raised."""
        self.sock.settimeout(seconds)

    def stands(self) -> bool:
        """Returns whether the conversation can go on, as far as this side knows."""
        return not self.sock.closed

    def entries(self, folder: bytes, until: float) -> Generator[paramiko.SFTPAttributes]:
        """Given a folder and a moment of ``time.monotonic``; yields what lies in it, names in ``filename``."""
        handle = self._request(wire.CMD_OPENDIR, folder)[1].get_binary()
        ended = False
        while not ended:
            # Asked in pairs, so that the end of a short listing is not waited for by itself.
            early = _Early()
            asked = [self._async_request(early, wire.CMD_READDIR, handle) for _ in range(_LISTINGS)]
            for number in asked:
                message = self._answer(early, number, wire.CMD_NAME)
                if message is None:
                    ended = True
                    continue
                names = _Names(message.get_remainder())
                for _ in range(names.get_int()):
                    name, line = names.get_text(), names.get_text()
                    yield paramiko.SFTPAttributes._from_msg(names, name, line)  # type: ignore[attr-defined]
            if time.monotonic() > until:
                raise TimeoutError("the listing does not end")
        self._let_go(handle)

    def pieces(self, path: bytes, size: int, until: float) -> Generator[bytes]:
        """Given a file, its likely size and a moment of ``time.monotonic``; yields its bytes to its true end."""
        handle = self._request(wire.CMD_OPEN, path, wire.SFTP_FLAG_READ, paramiko.SFTPAttributes())[1].get_binary()
        try:
            for piece in self._read_on(handle, size):
                if time.monotonic() > until:
                    raise TimeoutError("the transfer does not end")
                yield piece
        except (StatusError, GeneratorExit):
            self._let_go(handle)
            raise
        self._let_go(handle)

    def _let_go(self, handle: bytes) -> None:
        """Closes a handle without waiting; this answer and those still under way are skipped by whoever waits for the next."""
        self._async_request(type(None), wire.CMD_CLOSE, handle)

    def _read_on(self, handle: bytes, size: int) -> Generator[bytes]:
        early = _Early()
        asked: deque[tuple[int, int, int]] = deque()
        at = 0
        while True:
            # Up to the likely end in even pieces, and one read beyond it that should find the end.
            while len(asked) * self._piece < _FLYING and (at <= size or not asked):
                length = min(self._piece, size - at) if at < size else self._piece
                asked.append((self._async_request(early, wire.CMD_READ, handle, wire.int64(at), length), at, length))
                at += length
            number, start, length = asked.popleft()
            while length:
                data = self._data(early, number)
                if not data:
                    return
                if len(data) > length:
                    raise paramiko.SSHException("the server sent more than it was asked for")
                yield data
                start, length = start + len(data), length - len(data)
                if length:
                    number = self._async_request(early, wire.CMD_READ, handle, wire.int64(start), length)

    def _data(self, early: _Early, number: int) -> bytes:
        """Returns the bytes that answer one read, or none at the file's end."""
        message = self._answer(early, number, wire.CMD_DATA)
        return b"" if message is None else message.get_string()

    def _answer(self, early: _Early, number: int, wanted: int) -> paramiko.Message | None:
        """Waits for the answer to a question; returns it, or None where the server says that there is no more."""
        kind, message = early.replies.pop(number, (None, None))
        try:
            if message is None:
                kind, message = self._read_response(number)
            elif kind == wire.CMD_STATUS:
                self._convert_status(message)
        except EOFError:
            return None
        if kind != wanted:
            raise paramiko.SSHException("the server answered something else than it was asked for")
        return message

    def _convert_status(self, msg: paramiko.Message) -> None:
        code, text = msg.get_int(), msg.get_string().decode("utf-8", "replace")
        if code == wire.SFTP_OK:
            return
        if code == wire.SFTP_EOF:
            raise EOFError(text)
        raise StatusError(_ERRNO.get(code, errno.EIO), text or "failure")

    def _send_packet(self, t: int, packet: paramiko.Message) -> None:
        try:
            super()._send_packet(t, packet)  # type: ignore[misc]  # not in the stubs
        except EOFError as error:
            # The end of a connection is not the end of a listing, which paramiko reports alike.
            raise paramiko.SSHException("the connection was closed") from error
