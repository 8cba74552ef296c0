"""Whose a file is, by its name alone: pure, and safe with names that hold any bytes (lone surrogates)."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from nightclerk.core.feed import Feed
from nightclerk.core.reject_name import returned
from nightclerk.core.tenant import Ready


def route(feeds: Sequence[Feed], name: str) -> tuple[Feed, ...]:
    """Given a tenant's feeds and a file's name; returns the feeds that read it, in their order. None: unrecognised.

    Rejected rows that come back are read by the feeds of the file they are from, by one alone where their name says which.
    """
    back = returned(name)
    if back is None:
        return _reading(feeds, (name,))
    by_feed = tuple(feed for feed in _reading(feeds, back.by_feed) if feed.feed == (back.feed or "").lower())
    return by_feed or _reading(feeds, (name, *back.own))


def _reading(feeds: Sequence[Feed], names: Sequence[str]) -> tuple[Feed, ...]:
    return tuple(feed for feed in feeds if any(matches(feed.files, name) for name in names))


def rivals(feeds: Sequence[Feed]) -> tuple[Feed, ...]:
    """Given the feeds that take one file; returns those of them that could read the same table of it as another one.

    Sheets with different names are different tables. A name and a number, or no sheet at all, could be one and the same.
    """
    return tuple(feed for feed in feeds if any(other is not feed and _could_be_one(feed.sheet, other.sheet) for other in feeds))


def _could_be_one(sheet: str | int | None, other: str | int | None) -> bool:
    if isinstance(sheet, str) and isinstance(other, str):
        return same_sheet(sheet, other)
    return sheet == other or type(sheet) is not type(other)


def same_sheet(one: str, other: str) -> bool:
    """Returns whether two names of sheets differ in nothing but case, accents' encoding and spaces around them."""
    return _plain(one.strip()) == _plain(other.strip())


def is_temporary(ready: Ready, name: str) -> bool:
    """Given a tenant's readiness rule and a name; returns whether it is a file still being written, by its name."""
    return any(matches(pattern, name) for pattern in ready.temporary)


def is_done_file(ready: Ready, name: str) -> bool:
    """Returns whether the name is one that announces another file. Such a file is never a drop itself."""
    if ready.done_file is None:
        return False
    literal = re.split(r"\{(?:stem|name)\}", ready.done_file)
    return re.fullmatch(".+".join(re.escape(_plain(part)) for part in literal), _plain(name), re.DOTALL) is not None


def done_file_of(ready: Ready, name: str) -> str | None:
    """Returns the name of the done file that announces ``name``, or None where the tenant uses none."""
    if ready.done_file is None:
        return None
    stem = name.rpartition(".")[0] or name
    return re.sub(r"\{(stem|name)\}", lambda found: stem if found[1] == "stem" else name, ready.done_file)


def matches(pattern: str, name: str) -> bool:
    """Given a pattern with ``*``, ``?`` and ``[…]``; returns whether it fits the whole name; case does not matter."""
    return _compiled(pattern).fullmatch(_plain(name)) is not None


def same_name(one: str, other: str) -> bool:
    """Returns whether two names differ in nothing but case and in how accents are encoded."""
    return _plain(one) == _plain(other)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(_plain(pattern)))


def _plain(name: str) -> str:
    # macOS sends decomposed accents (NFD), Windows composed ones: to a person it is one name.
    return unicodedata.normalize("NFC", name).lower()
