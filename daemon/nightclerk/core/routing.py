"""Whose a file is, by its name alone: pure, and safe with names that hold any bytes (lone surrogates)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nightclerk.core.feed import Feed
from nightclerk.core.file_names import matches, plain_name
from nightclerk.core.members import could_be_one
from nightclerk.core.name_expression import takes
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
    return tuple(feed for feed in feeds if any(takes(feed.files, name) for name in names))


def rivals(feeds: Sequence[Feed]) -> tuple[Feed, ...]:
    """Given the feeds that take one file; returns those of them that could read the same table of it as another one.

    Members of an archive with different names are different tables, and so are sheets, also where two patterns merely overlap. A
    sheet's name and a number, or no sheet at all, could be one and the same.
    """
    return tuple(feed for feed in feeds if any(other is not feed and _one_table(feed, other) for other in feeds))


def _one_table(feed: Feed, other: Feed) -> bool:
    return could_be_one(feed.members, other.members) and _one_sheet(feed.sheet, other.sheet)


def _one_sheet(sheet: str | int | None, other: str | int | None) -> bool:
    if isinstance(sheet, str) and isinstance(other, str):
        return same_sheet(sheet, other) or fits_sheet(sheet, other) or fits_sheet(other, sheet)
    return sheet == other or type(sheet) is not type(other)


def same_sheet(one: str, other: str) -> bool:
    """Returns whether two names of sheets differ in nothing but case, accents' encoding and spaces around them."""
    return plain_name(one.strip()) == plain_name(other.strip())


def is_sheet_pattern(sheet: str | int | None) -> bool:
    """Given a feed's ``sheet``; returns whether it may mean sheets of several names."""
    return isinstance(sheet, str) and any(sign in sheet for sign in "*?[")


def fits_sheet(pattern: str, name: str) -> bool:
    """Given a pattern of sheets' names; returns whether a sheet of this name fits it."""
    return matches(pattern.strip(), name.strip())


def is_temporary(ready: Ready, name: str) -> bool:
    """Given a tenant's readiness rule and a name; returns whether it is a file still being written, by its name."""
    return any(matches(pattern, name) for pattern in ready.temporary)


def is_done_file(ready: Ready, name: str) -> bool:
    """Returns whether the name is one that announces another file. Such a file is never a drop itself."""
    if ready.done_file is None:
        return False
    literal = re.split(r"\{(?:stem|name)\}", ready.done_file)
    return re.fullmatch(".+".join(re.escape(plain_name(part)) for part in literal), plain_name(name), re.DOTALL) is not None


def done_file_of(ready: Ready, name: str) -> str | None:
    """Returns the name of the done file that announces ``name``, or None where the tenant uses none."""
    if ready.done_file is None:
        return None
    stem = name.rpartition(".")[0] or name
    return re.sub(r"\{(stem|name)\}", lambda found: stem if found[1] == "stem" else name, ready.done_file)
