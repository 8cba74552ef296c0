"""Feeds of one tenant that would take each other's files, and names that no feed can ever take."""

from __future__ import annotations

import re
from itertools import combinations

from nightclerk.config.expressions import common_name, covers
from nightclerk.config.files import ConfigFile
from nightclerk.core.feed import Feed
from nightclerk.core.routing import rivals
from nightclerk.core.tenant import Ready, Tenant
from nightclerk.core.wording import quoted


def check_rivals(file: ConfigFile[Tenant], feeds: dict[int, Feed]) -> None:
    """Given a tenant's file and its sound feeds by their index; adds a problem for each contradiction between them.

    A file of which two feeds want the same rows is refused when it comes (``claimed_twice``); two that read two sheets by name,
    or two members of an archive, are none. What must happen is a problem: one pattern within the other. What could happen is one
    only for feeds of one entity, for there it is most likely meant otherwise.
    """
    for (_, first), (index, second) in combinations(feeds.items(), 2):
        if first.feed == second.feed:
            file.complain(("feeds", index, "feed"), f"two feeds are named {quoted(first.feed)}; give each its own name")
        clash = _clash(first, second) if rivals((first, second)) else None
        if clash is not None:
            file.complain(("feeds", index, "files"), f"{clash}, and a file that two feeds know is refused; tell them apart")
        twice = _one_table(first, second) if not rivals((first, second)) and _clash(first, second) is not None else None
        if twice is not None:
            key, overlap = twice
            file.complain(("feeds", index, key), f"{overlap}, whose rows would be imported twice; tell them apart")
    ready = file.noun.ready if file.noun is not None else None
    for index, feed in feeds.items():
        message = None if ready is None else _never_taken(feed, ready)
        if message is not None:
            file.complain(("feeds", index, "files"), message)


def _clash(first: Feed, second: Feed) -> str | None:
    if covers(first.files, second.files) and covers(second.files, first.files):
        return f"feed {quoted(first.feed)} takes the same files"
    if covers(first.files, second.files):
        return f"feed {quoted(first.feed)} takes all of these files too, by {quoted(first.files)}"
    if covers(second.files, first.files):
        return f"this takes all files of feed {quoted(first.feed)} too, which are {quoted(first.files)}"
    both = common_name(first.files, second.files) if first.entity == second.entity else None
    return None if both is None else f"feed {quoted(first.feed)} would take {quoted(both)} too, by {quoted(first.files)}"


def _one_table(first: Feed, second: Feed) -> tuple[str, str] | None:
    """Returns the key and what to say of two feeds that could read one table of a file as the same thing."""
    told = None
    if first.entity != second.entity or (isinstance(first.sheet, int) and isinstance(second.sheet, int)):
        return None
    for key, one, other in (("members", first.members, second.members), ("sheet", first.sheet, second.sheet)):
        if isinstance(one, str) and isinstance(other, str):
            both = common_name(one, other)
            if both is None:
                return None
            told = key, f"feed {quoted(first.feed)} would read {quoted(both)} too, by {quoted(one)}"
    return told


def _never_taken(feed: Feed, ready: Ready) -> str | None:
    for temporary in ready.temporary:
        if covers(temporary, feed.files):
            return f"these names count as temporary ({quoted(temporary)} in ready.temporary), so that they are never taken"
    done = re.sub(r"\{(stem|name)\}", "*", ready.done_file or "")
    if done and covers(done, feed.files):
        return f"these names are those of done files ({quoted(ready.done_file)} in ready.done_file), so that they are never taken"
    return None
