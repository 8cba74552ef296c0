"""What a number format makes of a number: a plain number, a date, a time, or a code that keeps its leading zeros.

Formats that only dress a number (currency, thousands, percent, colours, rounding) leave it as it is stored.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Kind = Literal["plain", "date", "moment", "time", "duration", "code"]

_PART = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]?|(?P<clock>AM/PM|A/P)|(?P<exponent>E[+-])|(?P<general>General|Standard)|(?P<other>.)',
    re.DOTALL | re.IGNORECASE,
)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_DATE_LETTERS, _TIME_LETTERS = frozenset("dyeg"), frozenset("hs")
#: What stands in a code as it is, without quotes around it.
_PLAIN_SIGNS = frozenset(" -+()':/")

#: The formats that have a number and no text of their own in the file, as far as they are no plain numbers.
BUILT_IN: dict[int, str] = {
    **dict.fromkeys((14, 15, 16, 17), "yyyy-mm-dd"), **dict.fromkeys((18, 19, 20, 21), "hh:mm:ss"), 22: "yyyy-mm-dd hh:mm",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), "yyyy-mm-dd"), **dict.fromkeys((32, 33, 34, 35), "hh:mm:ss"),
    **dict.fromkeys((55, 56), "yyyy-mm-dd"), 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """kind: what its numbers are. code: of a code, its signs in order: ``None`` where a digit stands, else the sign itself."""

    kind: Kind = "plain"
    code: tuple[str | None, ...] = ()

    def written(self, digits: str) -> str:
        """Given the digits of a whole number; returns the code: filled from the right, its first place takes what is left."""
        places = self.code.count(None)
        filled = digits.zfill(places)
        first, rest = filled[: len(filled) - places + 1], iter(filled[len(filled) - places + 1 :])
        text, begun = "", False
        for sign in self.code:
            if sign is not None:
                text += sign
            elif begun:
                text += next(rest)
            else:
                text, begun = text + first, True
        return text


PLAIN = NumberFormat()


@lru_cache(maxsize=4096)
def number_format(written: str) -> NumberFormat:
    """Given a number format as workbooks write it, such as ``00000``, ``dd/mm/yyyy`` or ``#,##0.00``; returns what it means.

    Only its first section counts, which is the one for positive numbers.
    """
    signs: list[str | None] = []
    letters, placeholders, others, elapsed = "", "", "", False
    for found in _PART.finditer(written):
        kind, part = found.lastgroup, found[found.lastgroup] if found.lastgroup else ""
        if kind in ("quoted", "escaped"):
            signs.append(part)
            others += "".join(sign for sign in part if unicodedata.category(sign) == "Sc")
        elif kind == "bracket":
            elapsed = elapsed or bool(_ELAPSED.fullmatch(part))
            others += "$" if part.startswith("$") and not part.startswith("$-") else ""
        elif kind == "clock":
            letters += "h"
        elif kind == "exponent":
            others += "E"
        elif kind == "general":  # "as it is", which some programs write in their own language, beside colours and signs
            return PLAIN
        elif kind == "other":
            if part == ";":
                break
            letters += part.lower() if part.lower() in "dmyhseg" else ""
            placeholders += part if part in "0#?" else ""
            others += "" if part in _PLAIN_SIGNS or part in "0#?" or part.lower() in "dmyhseg" else part
            signs.append(None if part == "0" else part)
    if elapsed:
        return NumberFormat("duration")
    if letters and not placeholders.strip("0"):
        return _of_letters(set(letters))
    if len(placeholders) > 1 and set(placeholders) == {"0"} and not others and not _is_fraction(signs):
        return NumberFormat("code", tuple(signs))
    return PLAIN


def _of_letters(letters: set[str]) -> NumberFormat:
    timed = bool(letters & _TIME_LETTERS)
    dated = bool(letters & _DATE_LETTERS) or not timed  # m alone is a month, beside hours or seconds it is minutes
    if dated:
        return NumberFormat("moment" if timed else "date")
    return NumberFormat("time")


def _is_fraction(signs: list[str | None]) -> bool:
    return any(sign == "/" and signs[at - 1] is None for at, sign in enumerate(signs) if at)
