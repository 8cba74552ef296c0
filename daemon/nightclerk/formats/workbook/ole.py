"""The compound file (OLE) that an XLS workbook is: streams with names, in chains of sectors."""

from __future__ import annotations

import os
import struct
from array import array

from nightclerk.formats.text import read_at
from nightclerk.formats.workbook.archive import incomplete
from nightclerk.formats.workbook.xml_parts import damaged

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_REAL = 0xFFFFFFFA
_HEAD, _ENTRY = 512, 128
_STREAM, _ROOT = 2, 5


class CompoundFile:
    """An open compound file. Raises SenderError ``incomplete`` where a sector lies behind the end, ``damaged_workbook`` where
    its tables make no sense."""

    def __init__(self, descriptor: int) -> None:
        self._file = descriptor
        self._size = os.fstat(descriptor).st_size
        head = self._read(0, _HEAD)
        if len(head) < _HEAD:
            raise incomplete()
        shift, mini_shift = struct.unpack_from("<HH", head, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise damaged()
        self._sector = 1 << shift
        tables, directory, _, self._least, mini, _, more, more_count = struct.unpack_from("<II4sIIIII", head, 44)
        self._fat = self._table(self._fat_sectors(head, tables, more, more_count))
        self._mini_fat = self._table(self._chain(mini, self._fat)) if mini < _LAST_REAL else array("I")
        self._entries = self._directory(directory)
        self._mini_stream: bytes | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all streams, in lower case."""
        return tuple(self._entries)

    def stream(self, name: str) -> bytes:
        """Given a stream's name in lower case; returns its bytes."""
        if name not in self._entries:
            raise damaged()
        start, size = self._entries[name]
        if size >= self._least or name == "":
            sectors = self._chain(start, self._fat)
            if size > len(sectors) * self._sector:
                raise damaged()
            found = self._joined(sectors, cut=True)[:size]
            if len(found) < size:
                raise incomplete()
            return found
        if self._mini_stream is None:
            self._mini_stream = self.stream("") if "" in self._entries else b""
        small = b"".join(self._mini_stream[at * 64 : at * 64 + 64] for at in self._chain(start, self._mini_fat))
        return small[:size]

    def _read(self, at: int, length: int) -> bytes:
        data = read_at(self._file, at, length)
        if not data:
            raise incomplete()
        return data

    def _sector_at(self, number: int) -> bytes:
        return self._read((number + 1) * self._sector, self._sector)

    def _fat_sectors(self, head: bytes, count: int, more: int, more_count: int) -> list[int]:
        found = [number for number in struct.unpack_from("<109I", head, 76) if number < _LAST_REAL]
        for _ in range(more_count):
            if more >= _LAST_REAL or len(found) * self._sector > self._size:
                break
            data = self._sector_at(more)
            if len(data) < self._sector:
                raise incomplete()
            *numbers, more = struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
            found += [number for number in numbers if number < _LAST_REAL]
        return found[:count]

    def _table(self, sectors: list[int]) -> array[int]:
        joined = self._joined(sectors)
        return array("I", joined[: len(joined) // 4 * 4])

    def _chain(self, start: int, table: array[int]) -> list[int]:
        found: list[int] = []
        while start < _LAST_REAL:
            if start >= len(table) or len(found) > len(table):
                raise damaged()
            found.append(start)
            start = table[start]
        return found

    def _joined(self, sectors: list[int], cut: bool = False) -> bytes:
        """Reads sectors, those that lie one behind another at once. ``cut``: the last one may end early."""
        pieces: list[bytes] = []
        at = 0
        while at < len(sectors):
            run = 1
            while at + run < len(sectors) and sectors[at + run] == sectors[at] + run:
                run += 1
            data = self._read((sectors[at] + 1) * self._sector, run * self._sector)
            if len(data) < run * self._sector and not (cut and at + run == len(sectors)):
                raise incomplete()
            pieces.append(data)
            at += run
        return b"".join(pieces)

    def _directory(self, start: int) -> dict[str, tuple[int, int]]:
        data = self._joined(self._chain(start, self._fat))
        found: dict[str, tuple[int, int]] = {}
        for at in range(0, len(data) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", data, at + 64)
            first, size = struct.unpack_from("<II", data, at + 116)
            name = data[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
            if kind == _ROOT:
                found[""] = (first, size)
            elif kind == _STREAM and name not in found:
                found[name] = (first, size)
        if not found:
            raise damaged()
        return found
