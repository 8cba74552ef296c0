"""Names of files and the patterns they fit, as people see them: whatever their case and however their accents are encoded."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from functools import lru_cache


def matches(pattern: str, name: str) -> bool:
    """Given a pattern with ``*``, ``?`` and ``[…]``; returns whether it fits the whole name; case does not matter."""
    return _compiled(pattern).fullmatch(plain_name(name)) is not None


def same_name(one: str, other: str) -> bool:
    """Returns whether two names differ in nothing but case and in how accents are encoded."""
    return plain_name(one) == plain_name(other)


def plain_name(name: str) -> str:
    """Given a name; returns it in the form in which names are compared."""
    # macOS sends decomposed accents (NFD), Windows composed ones: to a person it is one name.
    return unicodedata.normalize("NFC", name).lower()


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(plain_name(pattern)))
