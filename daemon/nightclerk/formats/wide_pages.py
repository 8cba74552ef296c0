"""Which of the code pages of Chinese, Japanese or Korean reads a file as words: there a character takes one byte or several.

Each page must define all of the file. Of the pages that do, the one whose reading is the likeliest is taken, if its characters
are those that people write, and no other reading comes near.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nightclerk.formats.alphabets import WIDE_CODE_PAGES
from nightclerk.formats.text import read_at

_CHUNK = 1 << 20
#: So many different words are looked at.
_MOST_WORDS = 2000
#: What no character of these code pages holds: all below 0x40 but digits, which are in characters of four bytes.
_BETWEEN = re.compile(rb"[\x00-\x2f\x3a-\x3f]+")
#: Natural logarithms of how often one meets a character: one of the thousands in daily use, any other, a sign, a letter of half
#: the width, kana and their signs, what is in no list of characters.
_USUAL, _RARE, _SIGN, _HALF, _KANA, _UNKNOWN = -7.5, -13.0, -7.0, -6.0, -5.0, -18.0
#: The mean score below which no reading is one.
_READABLE = -9.0
#: How much likelier the best reading must be than any other.
_MARGIN = 6.0
#: Language → for each list of characters, its codec and the leading bytes of those in daily use.
_IN_USE: dict[str, tuple[tuple[str, range], ...]] = {
    "zh": (("gb2312", range(0xB0, 0xD8)), ("big5", range(0xA4, 0xC7))),
    "ja": (("euc_jp", range(0xB0, 0xD0)),),
    "ko": (("euc_kr", range(0xB0, 0xC9)),),
}
_SHORTEST_SAMPLE, _LONGEST_SAMPLE = 2, 24


@dataclass(frozen=True)
class WideReading:
    """What a code page makes of the words. total: the score of all of them, characters: how many beyond ASCII they have."""

    name: str
    words: tuple[str, ...]
    total: float
    characters: int

    @property
    def is_readable(self) -> bool:
        return self.total >= _READABLE * self.characters

    def samples(self) -> tuple[str, ...]:
        """Returns two of the words."""
        fitting = [word for word in self.words if _SHORTEST_SAMPLE <= len(word) <= _LONGEST_SAMPLE]
        return tuple(dict.fromkeys(fitting or self.words))[:2]


def wide_readings(descriptor: int, language: str) -> list[WideReading]:
    """Given an open file and a language of ``WIDE_CODE_PAGES``; returns the readings of the code pages that define all of it, the
    likeliest first. The file is read to its end."""
    pages = [name for name in WIDE_CODE_PAGES[language] if _defines_all(descriptor, name)]
    if not pages:
        return []
    words = _words(descriptor)
    found = [_reading(words, name, language) for name in pages]
    return sorted((reading for reading in found if reading.characters), key=lambda reading: -reading.total)


def near_the_likeliest(every: Sequence[WideReading]) -> list[WideReading]:
    """Given all readings, the likeliest first; returns it and those that come too near to be ruled out."""
    return [reading for reading in every if every[0].total - reading.total < _MARGIN]


def _defines_all(descriptor: int, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        for data in _chunks(descriptor):
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(descriptor: int) -> Iterator[bytes]:
    size = os.fstat(descriptor).st_size
    return (read_at(descriptor, offset, _CHUNK) for offset in range(0, size, _CHUNK))


def _words(descriptor: int) -> list[bytes]:
    """Returns different words that hold a byte beyond ASCII, from the file's beginning on."""
    found: dict[bytes, None] = {}
    rest = b""
    for data in _chunks(descriptor):
        *words, rest = _BETWEEN.split(rest + data)
        found |= dict.fromkeys(word for word in words if not word.isascii())
        if len(found) >= _MOST_WORDS:
            return list(found)[:_MOST_WORDS]
        rest = rest[-_CHUNK:]
    return [*found, *([rest] if not rest.isascii() else [])]


def _reading(words: Sequence[bytes], name: str, language: str) -> WideReading:
    decoded = [word.decode(name, "ignore") for word in words]
    beyond = [character for word in decoded for character in word if not character.isascii()]
    scores = {character: _score(character, language) for character in set(beyond)}
    return WideReading(name, tuple(decoded), sum(scores[character] for character in beyond), len(beyond))


def _score(character: str, language: str) -> float:
    point = ord(character)
    if 0xFF66 <= point <= 0xFF9F:
        return _HALF
    if 0xFF61 <= point <= 0xFF65:
        return _RARE  # punctuation of half the width: half of a hiragana or katakana of another code page
    if 0x3041 <= point <= 0x30FE:
        return _KANA if language == "ja" else _RARE
    if point < 0x80 or 0x80 <= point < 0xA0 or 0xE000 <= point < 0xF900:
        return _UNKNOWN
    if 0x3000 <= point <= 0x303F or 0xFF00 <= point <= 0xFFEF or 0x2010 <= point <= 0x2027 or 0x2460 <= point <= 0x24FF:
        return _SIGN
    if any(_leads(character, codec, leading) for codec, leading in _IN_USE[language]):
        return _USUAL
    return _RARE if character.isalnum() else _UNKNOWN


def _leads(character: str, codec: str, leading: range) -> bool:
    written = character.encode(codec, "ignore")
    return len(written) == 2 and written[0] in leading
