"""Rows in UTF-8 within a file in a code page: they read as pairs of odd signs, which no word has."""

from __future__ import annotations

import numpy as np

from nightclerk.formats.marks import Places
from nightclerk.formats.scanner import Scan

#: The first bytes of a character of several bytes in UTF-8; those that follow lie below them.
_FIRST, _LAST, _FOLLOWING = 0xC2, 0xF4, 0x80


def in_utf8(data: bytes, found: Scan, encoding: str) -> Places:
    """Given bytes in a code page, and what stands in them; returns the numbers of the records that are written in UTF-8.

    These are the records in which all that is not ASCII is sound UTF-8, of characters that the code page has as well.
    """
    if encoding == "utf-8" or not len(found.starts) or data.isascii():
        return found.starts[:0]
    block = np.frombuffer(data, np.uint8)
    lead = (block[:-1] >= _FIRST) & (block[:-1] <= _LAST) & (block[1:] >= _FOLLOWING) & (block[1:] < _FIRST - 2)
    suspects = np.unique(np.searchsorted(found.ends, np.flatnonzero(lead), side="right"))
    numbers = [
        number
        for number in suspects[suspects < len(found.ends)].tolist()
        if _says_the_same(data[found.starts[number] : found.stops[number]], encoding)
    ]
    return np.array(numbers, np.int64)


def _says_the_same(record: bytes, encoding: str) -> bool:
    """Whether a record that is not ASCII is UTF-8, and could have been written in the code page too."""
    try:
        record.decode("utf-8").encode(encoding)
    except UnicodeError:
        return False
    return True
