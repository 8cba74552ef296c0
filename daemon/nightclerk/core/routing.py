"""Whose a file is, by its name alone: pure, and safe with names that hold any bytes (lone surrogates)."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from nightclerk.core.feed import Feed
from nightclerk.core.tenant import Ready


def route(feeds: Sequence[Feed], name: str) -> tuple[Feed, ...]:
    """Given a tenant's feeds and a file's name; returns the feeds that read it, in their order. None: unrecognised."""
    return tuple(feed for feed in feeds if matches(feed.files, name))


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
