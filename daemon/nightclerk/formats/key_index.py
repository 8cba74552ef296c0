"""Which keys stand more than once in a file, found without keeping the keys: 16 bytes a row in a scratch file.

A hash that comes twice only makes a suspect: who asks reads these records once more and compares the keys themselves.
"""

from __future__ import annotations

import os

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.formats.text import read_at

#: How many rows are looked at together at the end: 16 MB of them, and as much again for sorting.
_PART = 1 << 20
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
        found = [self._suspects_of(number, parts) for number in range(parts)]
        return np.sort(np.concatenate(found))

    def _suspects_of(self, number: int, parts: int) -> NDArray[np.int64]:
        chosen = []
        for first in range(0, self._rows, self._part):
            count = min(self._part, self._rows - first)
            entries = np.frombuffer(read_at(self._scratch, first * _ENTRY.itemsize, count * _ENTRY.itemsize), _ENTRY)
            chosen.append(entries if parts == 1 else entries[entries["hash"] % np.uint64(parts) == number])
        part = np.concatenate(chosen) if chosen else np.zeros(0, _ENTRY)
        hashes = np.sort(part["hash"])
        repeated = hashes[1:][hashes[1:] == hashes[:-1]]
        return part["line"][np.isin(part["hash"], repeated)] if len(repeated) else part["line"][:0]
