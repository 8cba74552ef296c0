"""Quotes that stand behind spaces, as in ``A, "Rue de l'Est, 5"``: some writers put a space behind each comma."""

from __future__ import annotations

import re
from functools import lru_cache

from nightclerk.core.sentence import Sentence

NOTE = Sentence("The quotes of the fields stand behind spaces, as the first lines show; the spaces are no text.")
#: How many fields must be so to show a habit.
_HABIT = 2
#: How many spaces may stand before a quote.
_MOST_SPACES = 16


def stand_behind_spaces(data: bytes, delimiter: bytes, quote: bytes | None) -> bool:
    """Given the beginning of a text, the delimiter and the quote; returns whether fields are in quotes behind spaces, and none
    or fewer right behind the delimiter."""
    if quote is None or delimiter == b" " or delimiter + b" " not in data:
        return False
    sign, edge = re.escape(quote), rb"(?=[" + re.escape(delimiter) + rb"\r\n]|\Z)"
    whole = re.escape(delimiter) + b" {1,16}" + sign + b"(?:[^" + sign + b"]|" + sign * 2 + b")*+" + sign + edge
    closed = len(re.findall(whole, data))
    return closed >= _HABIT and closed >= data.count(delimiter + quote)


def drawn_forward(data: bytes, delimiter: bytes, quote: bytes) -> bytes:
    """Given bytes of a text in which quotes stand behind spaces; returns them, as many, with these spaces inside the quotes."""
    for spaces in range(1, _MOST_SPACES + 1):
        if delimiter + b" " * spaces not in data:
            break
        # A template without groups: any other would call back for every field.
        forward = (delimiter + quote + b" " * spaces).replace(b"\\", rb"\\")
        data = _opening(delimiter, quote, spaces).sub(forward, data)
    return data


@lru_cache
def _opening(delimiter: bytes, quote: bytes, spaces: int) -> re.Pattern[bytes]:
    """Finds a quote that opens a field: inside a field quotes stand in pairs, so that an odd number of them would end it."""
    sign, edges = re.escape(quote), re.escape(delimiter) + rb"\r\n"
    pairs = b"(?:" + sign * 2 + b")*+"
    text, nothing = pairs + b"(?![" + sign + edges + b"])", sign + pairs + b"(?=[" + edges + rb"]|\Z)"
    return re.compile(re.escape(delimiter) + b" " * spaces + sign + b"(?=" + text + b"|" + nothing + b")")
