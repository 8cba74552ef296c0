"""What two name patterns (``core.file_names.matches``) have in common, as far as that can be said without a name at hand."""

from __future__ import annotations

import re
import unicodedata

from nightclerk.core.file_names import matches


def covers(wide: str, narrow: str) -> bool:
    """Given two patterns; returns whether every name of ``narrow`` is surely a name of ``wide`` as well."""
    if "[" in wide:
        return _plain(wide) == _plain(narrow)
    parts = {"*": ".*", "?": "[^*]"}
    expression = "".join(parts.get(sign, re.escape(sign)) for sign in _plain(wide))
    return re.fullmatch(expression, re.sub(r"\[[^]]+\]", "?", _plain(narrow)), re.DOTALL) is not None


def common_name(one: str, other: str) -> str | None:
    """Given two patterns; returns a name that fits both, or None where there is none or none can be told (``[…]``)."""
    first, second = _plain(one), _plain(other)
    # Names found for each pair of remaining patterns, from the ends backwards; "x" stands for any character.
    names: list[list[str | None]] = [[None] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i in range(len(first), -1, -1):
        for j in range(len(second), -1, -1):
            names[i][j] = _first_name(first, second, i, j, names)
    name = names[0][0]
    return name if name and matches(one, name) and matches(other, name) else None


def _first_name(first: str, second: str, i: int, j: int, names: list[list[str | None]]) -> str | None:
    a, b = first[i : i + 1], second[j : j + 1]
    if not a and not b:
        return ""
    if a == "*" or b == "*":
        # A star stands for nothing, or swallows what the other pattern has next.
        nothing = names[i + 1][j] if a == "*" else names[i][j + 1]
        if nothing is not None:
            return nothing
        swallowed = names[i][j + 1] if a == "*" and b else names[i + 1][j] if b == "*" and a else None
        return None if swallowed is None else (_letter(b if a == "*" else a) + swallowed)
    if not a or not b or (a != b and "?" not in (a, b)):
        return None
    rest = names[i + 1][j + 1]
    return None if rest is None else _letter(b if a == "?" else a) + rest


def _letter(sign: str) -> str:
    return {"*": "", "?": "x"}.get(sign, sign)


def _plain(pattern: str) -> str:
    return re.sub(r"\*+", "*", unicodedata.normalize("NFC", pattern).lower())
