"""The words of a file that hold a byte beyond ASCII: what tells its code page."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nightclerk.formats.text import read_at

_CHUNK = 1 << 20
#: So many words are looked at for each byte beyond ASCII, wherever in the file it stands.
WORDS_FOR_EACH_BYTE = 64
_ASCII = bytes(range(128))
#: No word is longer than this many bytes on either side of the byte it was found by.
_REACH = 24
_BEFORE = re.compile(rb"[0-9A-Za-z\x80-\xff]*\Z")
_BEHIND = re.compile(rb"[0-9A-Za-z\x80-\xff]*")


@dataclass(frozen=True)
class Word:
    """A word, two bytes before and behind it, and the place of its first byte in the file."""

    before: bytes
    written: bytes
    behind: bytes
    place: int


@dataclass(frozen=True)
class Words:
    """words: different ones, as many as are looked at. used: the bytes beyond ASCII of the whole file, ascending."""

    words: tuple[Word, ...]
    used: bytes


def words_beyond_ascii(descriptor: int, start: int = 0) -> Words:
    """Given an open file and where its text begins; returns its words that hold a byte beyond ASCII. It is read to its end."""
    size = os.fstat(descriptor).st_size
    seen = np.zeros(256, np.int64)
    found: dict[bytes, Word] = {}
    for offset in range(start, size, _CHUNK):
        data = read_at(descriptor, offset, _CHUNK)
        beyond = np.bincount(np.frombuffer(data.translate(None, _ASCII), np.uint8), minlength=256)
        wanted = np.flatnonzero((beyond > 0) & (seen < WORDS_FOR_EACH_BYTE))
        held = np.frombuffer(data, np.uint8)
        for byte in wanted.tolist():
            _take(descriptor, offset, np.flatnonzero(held == byte), WORDS_FOR_EACH_BYTE - int(seen[byte]), found)
        seen += beyond
    return Words(tuple(found.values()), np.flatnonzero(seen).astype(np.uint8).tobytes())


def _take(descriptor: int, offset: int, places: NDArray[np.int64], wanted: int, found: dict[bytes, Word]) -> None:
    """Adds the words at some of the places, so many spread over all of them, to those that were found."""
    spread = np.linspace(0, len(places) - 1, min(wanted, len(places))).astype(np.int64)
    for place in places[spread].tolist():
        word = _word_at(descriptor, offset + place)
        found.setdefault(word.written, word)


def _word_at(descriptor: int, place: int) -> Word:
    first = max(0, place - _REACH - 2)
    data = read_at(descriptor, first, place - first + _REACH + 2)
    before = _BEFORE.search(data, max(0, place - first - _REACH), place - first)
    behind = _BEHIND.match(data, place - first, place - first + _REACH)
    begin = before.start() if before is not None else place - first
    end = behind.end() if behind is not None else place - first + 1
    return Word(data[max(0, begin - 2) : begin], data[begin:end], data[end : end + 2], first + begin)
