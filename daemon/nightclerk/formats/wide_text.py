"""Whether a file without a byte order mark is UTF-16, told by its NUL bytes: no text in a code page or UTF-8 has any."""

from __future__ import annotations

import codecs
import re

from nightclerk.formats.text import read_at

_SAMPLE = 1 << 16
#: A text of columns has so many delimiters, digits, spaces and line ends at least, each with a NUL byte beside it.
_LEAST_ASCII = 0.05
#: Where all other bytes are ASCII as well, these are its letters: then nearly every other byte of UTF-16 is NUL.
_MOSTLY_ASCII = 0.8
_PLAIN = re.compile(rb"[\0\t\r\n -~]*+")


def wide_encoding(descriptor: int) -> str | None:
    """Given an open file; returns ``utf-16-le`` or ``utf-16-be`` when its beginning is text in it and none the other way round,
    or None."""
    data = read_at(descriptor, 0, _SAMPLE)
    blanks = data.count(0)
    if blanks < len(data) * _LEAST_ASCII / 2 or (blanks < len(data) * _MOSTLY_ASCII / 2 and _PLAIN.fullmatch(data) is not None):
        return None
    shares = {name: _ascii_share(data, name) for name in ("utf-16-le", "utf-16-be")}
    name = max(shares, key=lambda one: shares[one])
    return name if shares[name] >= _LEAST_ASCII and min(shares.values()) * 4 <= shares[name] else None


def _ascii_share(data: bytes, name: str) -> float:
    """Returns the share of ASCII characters, or 0 where the data is no text in this encoding. What is wrong in a text that is one
    is told when it is read."""
    text = codecs.getincrementaldecoder(name)("replace").decode(data)
    if not text or "\0" in text:
        return 0.0
    return sum(map(str.isascii, text)) / len(text)
