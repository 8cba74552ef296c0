"""The records of an XLS workbook (BIFF 5 to 8): what stands in its stream, one record behind another."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from nightclerk.formats.workbook.xml_parts import damaged

BOF, EOF, CONTINUE = 0x809, 0x0A, 0x3C
BOUNDSHEET, CODEPAGE, DATEMODE, FILEPASS, FORMAT, SST, XF = 0x85, 0x42, 0x22, 0x2F, 0x41E, 0xFC, 0xE0
NUMBER, RK, MULRK, LABELSST, LABEL, RSTRING, BOOLERR, FORMULA, STRING = (
    0x203, 0x27E, 0xBD, 0xFD, 0x204, 0xD6, 0x205, 0x06, 0x207,
)  # fmt: skip
ROW, MERGEDCELLS = 0x208, 0xE5
#: The version in the first record of an Excel 97 workbook and later ones.
EXCEL_97 = 0x600

_HEAD = struct.Struct("<HH")


class Record(NamedTuple):
    """kind: which record it is; data: its own bytes; at: where the next one begins."""

    kind: int
    data: bytes
    at: int


def records(stream: bytes, at: int) -> Iterator[Record]:
    """Given a workbook's stream and where a record begins; yields it and all behind it. Raises SenderError where one is cut."""
    while at + 4 <= len(stream):
        kind, length = _HEAD.unpack_from(stream, at)
        at += 4 + length
        if at > len(stream):
            raise damaged()
        yield Record(kind, stream[at - length : at], at)


class Pieces:
    """The bytes of a record and of those that continue it. A text may be cut between two of them; the second part then says anew
    how its characters are stored."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self._piece = 0
        self._at = 0

    @property
    def ended(self) -> bool:
        """Whether no byte is left."""
        return self._at >= len(self._pieces[self._piece]) and not any(self._pieces[self._piece + 1 :])

    def take(self, length: int) -> bytes:
        """Returns the next bytes. Raises SenderError where there are not so many."""
        found = self._some(length)
        while len(found) < length:
            self._next()
            found += self._some(length - len(found))
        return found

    def text(self) -> str:
        """Returns the next text of the table of shared texts."""
        count, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self.take(4))[0] if flags & 4 else 0
        found = self._characters(count, wide=bool(flags & 1))
        self.skip(4 * runs + extra)
        return found

    def skip(self, length: int) -> None:
        """Passes over bytes."""
        while length:
            rest = len(self._pieces[self._piece]) - self._at
            if rest >= length:
                self._at += length
                return
            length -= rest
            self._next()

    def _characters(self, count: int, wide: bool) -> str:
        found = b""
        while True:
            size = 2 if wide else 1
            data = self._some(size * count)
            count -= len(data) // size
            if not (count or found or wide):
                return data.decode("latin-1")  # as nearly all are
            found += data if wide else data.decode("latin-1").encode("utf-16-le")
            if not count:
                return found.decode("utf-16-le", "replace")  # as a whole: a character of two halves may be cut between them
            self._next()
            wide = bool(self.take(1)[0] & 1)

    def _some(self, length: int) -> bytes:
        data = self._pieces[self._piece][self._at : self._at + length]
        self._at += len(data)
        return data

    def _next(self) -> None:
        self._piece += 1
        self._at = 0
        if self._piece >= len(self._pieces):
            raise damaged()


def continued(stream: bytes, first: Record) -> list[bytes]:
    """Given a workbook's stream and a record of it; returns the record's bytes and those of each that continues it."""
    pieces = [first.data]
    for record in records(stream, first.at):
        if record.kind != CONTINUE:
            break
        pieces.append(record.data)
    return pieces


def cell_text(stream: bytes, record: Record, at: int, encoding: str | None) -> str:
    """Given a workbook's stream, the record of a cell's text and where that begins in it, and the encoding of an old workbook;
    returns the whole text, which may go on in further records. Raises SenderError where it is cut short."""
    count = int.from_bytes(record.data[at : at + 2], "little")
    if not count:
        return ""
    reading = Pieces(continued(stream, record))
    if encoding is None:
        reading.skip(at)
        return reading.text()
    reading.skip(at + 2)
    return reading.take(count).decode(encoding, "replace")


def text_of(data: bytes, at: int, length_bytes: int, encoding: str | None) -> str:
    """Given a record, where a text begins in it, how long its length is, and the encoding of an old workbook (None for Excel 97
    and later); returns the text."""
    count = int.from_bytes(data[at : at + length_bytes], "little")
    at += length_bytes
    if encoding is not None:
        return data[at : at + count].decode(encoding, "replace")
    flags = data[at] if at < len(data) else 0
    at += 1 + (2 if flags & 8 else 0) + (4 if flags & 4 else 0)
    return data[at : at + 2 * count].decode("utf-16-le", "replace") if flags & 1 else data[at : at + count].decode("latin-1")


def number_of_rk(rk: int) -> float:
    """Given a number in four bytes; returns it."""
    if rk & 2:
        whole = (rk >> 2) - (1 << 30 if rk & 0x80000000 else 0)
        value = float(whole)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (rk & 0xFFFFFFFC) << 32))[0]
    return value / 100 if rk & 1 else value
