"""What goes through the pipe between a reader child and the process that books: frames of msgpack, decoded by type.

A frame is a length (4 bytes), the message's kind (1 byte) and msgpack. Whatever a child that went astray may send, nothing
but the dataclasses below is ever made of it. This module is free of polars and numpy, which the parent never loads.

Columns of text travel as one text, joined by a character that no accepted cell holds: that is several times cheaper on
both sides than cell by cell.
"""

from __future__ import annotations

import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from nightclerk.core.issue import Issue, LeftOut, RejectedRow
from nightclerk.core.reading import CELL_SEPARATOR, Block, Cell, Finished, Job, LateRow, Opened, Refused
from nightclerk.core.sentence import Sentence, sentence_from_data, sentence_to_data

#: No message is longer; a longer one is never read.
LONGEST_FRAME = 256 << 20

_HEAD = struct.Struct(">IB")


@dataclass(frozen=True, slots=True)
class Joined:
    """A column of text. blank: an empty cell means a blank one (None); else it is an empty text."""

    text: str
    blank: bool


@dataclass(frozen=True, slots=True)
class PackedBlock:
    """A ``Block`` on its way: columns joined where they can be, or none where there is CSV."""

    rows: int
    lines: list[int]
    columns: list[Joined | list[Cell]]
    issues: tuple[Issue, ...]
    rejected: tuple[RejectedRow, ...]
    left_out: tuple[LeftOut, ...]
    skipped: int
    csv: bytes | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks the child for the records that start in these lines, ascending."""

    lines: list[int]


@dataclass(frozen=True, slots=True)
class LateRows:
    """Some of the records asked for; ``last`` after all of them."""

    rows: list[LateRow]
    last: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """The child met a failure of our own. what: its kind and where in the program, never a value. full: the disk was full."""

    what: str
    full: bool = False


Message = Job | Ask | Opened | PackedBlock | Finished | Refused | LateRows | Failed
_KINDS: tuple[type[Any], ...] = (Job, Ask, Opened, PackedBlock, Finished, Refused, LateRows, Failed)


def _sentence(kind: type[Any], data: Any) -> Sentence:
    if kind is not Sentence:
        raise TypeError(f"{kind} does not travel")
    return sentence_from_data(data)


_ENCODER = msgspec.msgpack.Encoder(enc_hook=sentence_to_data)
_DECODERS = tuple(msgspec.msgpack.Decoder(kind, dec_hook=_sentence) for kind in _KINDS)


class PipeClosed(Exception):  # noqa: N818 - an ending, not always an error
    """The other end is gone."""


class Nonsense(Exception):  # noqa: N818
    """The other end sent what is no message of ours, or not now."""


class Pipe:
    """One end of the pipe. Used by one thread at a time; closes its socket."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def send(self, message: Message, seconds: float | None = None) -> None:
        """Sends a message; waits while the other end does not read. Raises PipeClosed, TimeoutError."""
        self.send_encoded(encoded(message), seconds)

    def send_encoded(self, frame: bytearray, seconds: float | None = None) -> None:
        """Sends what ``encoded`` made of a message. Raises PipeClosed, TimeoutError."""
        self._end.settimeout(seconds)
        try:
            self._end.sendall(frame)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise PipeClosed from error

    def receive(self, *kinds: type[Any], seconds: float | None = None) -> Any:
        """Given the kinds of message that may come now, and how long all of one may take; returns it.

        Raises PipeClosed at the end, Nonsense for anything else, TimeoutError.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        length, kind = _HEAD.unpack(self._exactly(_HEAD.size, deadline))
        if length > LONGEST_FRAME or kind >= len(_KINDS) or _KINDS[kind] not in kinds:
            raise Nonsense(f"a message of kind {kind} and length {length}")
        data = self._exactly(length, deadline)
        try:
            return _DECODERS[kind].decode(data)
        except msgspec.MsgspecError as error:
            raise Nonsense(str(error)) from error

    def wake(self) -> None:
        """Ends whatever waits at this end with PipeClosed. May come from any thread."""
        with suppress(OSError):  # the other end is gone, so nothing waits
            self._end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Closes this end."""
        self._end.close()

    def _exactly(self, length: int, deadline: float | None) -> bytearray:
        data = bytearray(length)
        view = memoryview(data)
        while view:
            if deadline is not None and (left := deadline - time.monotonic()) <= 0:
                raise TimeoutError
            self._end.settimeout(None if deadline is None else left)
            try:
                received = self._end.recv_into(view)
            except (ConnectionResetError, BrokenPipeError) as error:
                raise PipeClosed from error
            if received == 0:
                raise PipeClosed
            view = view[received:]
        return data


def encoded(message: Message) -> bytearray:
    """Given a message; returns its frame."""
    frame = bytearray(_HEAD.size)
    _ENCODER.encode_into(message, frame, _HEAD.size)
    _HEAD.pack_into(frame, 0, len(frame) - _HEAD.size, _KINDS.index(type(message)))
    return frame


def unpacked(packed: PackedBlock) -> Block:
    """Given a block as it travelled; returns it. Raises Nonsense when its columns are not all as long as its lines."""
    columns = [_cells(column, len(packed.lines)) for column in packed.columns]
    if any(len(column) != len(packed.lines) for column in columns):
        raise Nonsense("columns of different lengths")
    return Block(
        packed.rows, packed.lines, columns, packed.issues, packed.rejected, packed.left_out, packed.skipped, packed.csv
    )  # fmt: skip


def _cells(column: Joined | list[Cell], count: int) -> list[Cell]:
    if isinstance(column, list):
        return column
    if count == 0:
        return []
    cells: list[Any] = column.text.split(CELL_SEPARATOR)
    return [cell or None for cell in cells] if column.blank else cells
