"""Whether what seems to be a delimiter is the mark within numbers or times that stand below each other at fixed positions."""

from __future__ import annotations

import re
from collections import Counter

#: Signs that stand within numbers and times as well as between fields.
MARKS = frozenset({b",", b":"})
_FEWEST_LINES, _MOST_LINES = 3, 100
#: So many of the lines must have the mark at the same position, and blanks that fill up their columns.
_MOSTLY = 0.8


def stands_within_numbers(text: str, mark: str) -> bool:
    """Given the beginning of a text and a sign; returns whether it divides nothing: most of it stands between digits, at one
    position of nearly every line, and the lines are filled up with blanks, as text of fixed width is.
    """
    within = re.compile(rf"(?<=\d){re.escape(mark)}(?=\d)")
    if len(within.findall(text)) * 2 <= text.count(mark):
        return False
    first, *lines = [line for line in text.splitlines()[:_MOST_LINES] if line.strip()] or [""]
    if len(lines) < _FEWEST_LINES:
        return False
    (usual, _), *_others = Counter(line.count(mark) for line in lines).most_common()
    if first.count(mark) == usual and not within.search(first):
        return False  # it stands between headers as well
    # Fields may be filled up, too: then blanks stand beside the sign that divides them.
    filled = re.compile(rf"[^\s{re.escape(mark)}] {{2,}}[^\s{re.escape(mark)}]")
    places = Counter(found.start() for line in lines for found in within.finditer(line))
    filled_up = sum(filled.search(line) is not None for line in lines)
    return min(max(places.values(), default=0), filled_up) >= _MOSTLY * len(lines)
