"""Which keys stand more than once in a file, found without keeping the keys: 16 bytes a row in a scratch file.

A hash that comes twice only makes a suspect: who asks reads these records once more and compares the keys themselves.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.formats.text import read_at

#: How many hashes are sorted together at the end, about: 4 MB of them, and as much again while they are gathered.
_PART = 1 << 19
#: How many rows are read at a time for that: 1 MB.
_READ = 1 << 16
_ENTRY = np.dtype([("hash", "<u8"), ("line", "<i8")])


class KeyIndex:
    """Hashes of the keys of one file with their lines, in an empty scratch file that it alone writes."""

    def __init__(self, scratch: int, seed: int, part: int = _PART) -> None:
        self._scratch = scratch
        self._seed = seed
        self._part = part
        self._rows = 0

    def add(self, keys: pl.DataFrame) -> None:
        """Given rows with a key: ``line`` (Int64) and ``key`` (String); remembers them."""
        entries = np.empty(len(keys), _ENTRY)
        entries["hash"] = keys.get_column("key").hash(self._seed).to_numpy()
        entries["line"] = keys.get_column("line").to_numpy()
        data, at = memoryview(entries.tobytes()), self._rows * _ENTRY.itemsize
        while data:
            written = os.pwrite(self._scratch, data, at)
            data, at = data[written:], at + written
        self._rows += len(keys)

    def suspects(self) -> NDArray[np.int64]:
        """Returns the lines, ascending, of all rows whose key's hash came more than once."""
        parts = max(1, -(-self._rows // self._part))
        repeated = np.sort(np.concatenate([self._repeated(number, parts) for number in range(parts)]))
        if not len(repeated):
            return np.zeros(0, np.int64)
        found = []
        for entries in self._entries():
            nearest = np.minimum(np.searchsorted(repeated, entries["hash"]), len(repeated) - 1)
            found.append(entries["line"][repeated[nearest] == entries["hash"]])
        return np.sort(np.concatenate(found))

    def _repeated(self, number: int, parts: int) -> NDArray[np.uint64]:
        """Returns the hashes that came more than once, of one part of all hashes: what is sorted together stays small."""
        chosen = [np.zeros(0, np.uint64)]
        for entries in self._entries():
            hashes = entries["hash"]
            chosen.append(hashes.copy() if parts == 1 else hashes[hashes % np.uint64(parts) == number])
        hashes = np.concatenate(chosen)
        chosen.clear()
        hashes.sort()
        return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])

    def _entries(self) -> Iterator[NDArray[np.void]]:
        for first in range(0, self._rows, _READ):
            count = min(_READ, self._rows - first)
            yield np.frombuffer(read_at(self._scratch, first * _ENTRY.itemsize, count * _ENTRY.itemsize), _ENTRY)
