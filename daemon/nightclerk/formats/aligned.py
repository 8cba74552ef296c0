"""Whether what seems to be a delimiter is the mark within numbers or times that stand below each other at fixed positions."""

from __future__ import annotations

import re
from collections import Counter

#: Signs that stand within numbers and times as well as between fields.
MARKS = frozenset({b",", b":"})
_FEWEST_LINES, _MOST_LINES = 3, 100
#: So many of the lines must have the mark at the same position, and blanks that fill up their columns.
_MOSTLY = 0.8
_FILLED_UP = re.compile(r"\S {2,}\S")


def stands_within_numbers(text: str, mark: str) -> bool:
    """Given the beginning of a text and a sign; returns whether it divides nothing: most of it stands between digits, at one
    position of nearly every line, and the lines are filled up with blanks, as text of fixed width is.
    """
    within = re.compile(rf"(?<=\d){re.escape(mark)}(?=\d)")
    if len(within.findall(text)) * 2 <= text.count(mark):
        return False
    lines = [line for line in text.splitlines()[:_MOST_LINES] if line.strip()][1:]
    if len(lines) < _FEWEST_LINES:
        return False
    places = Counter(found.start() for line in lines for found in within.finditer(line))
    filled_up = sum(_FILLED_UP.search(line) is not None for line in lines)
    return min(max(places.values(), default=0), filled_up) >= _MOSTLY * len(lines)
