"""Who goes first: within a feed files are taken in order and never overtake each other; of feeds, parents before children."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nightclerk.core.drop import Sighting
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.resolving import named_entities
from nightclerk.core.settling import Settled


@dataclass(frozen=True, slots=True)
class Turn:
    """A file that may be taken now. passed: names of earlier files that were not waited for any longer; its letter says so."""

    sighting: Sighting
    passed: tuple[str, ...] = ()


def in_order(order: Literal["name", "time"], files: Iterable[Settled]) -> tuple[Turn, ...]:
    """Given a feed's order and its files as they settled; returns those that may be taken now, first one first.

    A file still waiting holds back all that come after it; one that is ``unstable`` lets them pass. Temporary and taken files
    do not count. ``time`` goes by the source's own time stamp, equal ones by name.
    """
    turns: list[Turn] = []
    passed: list[str] = []
    standing = (file for file in files if file.verdict in {"ready", "waiting", "unstable"})
    for file in sorted(standing, key=lambda file: _rank(order, file.look.sighting)):
        if file.verdict == "waiting":
            break
        if file.verdict == "unstable":
            passed.append(file.look.sighting.name)
        else:
            turns.append(Turn(file.look.sighting, tuple(passed)))
    return tuple(turns)


def _rank(order: Literal["name", "time"], sighting: Sighting) -> tuple[int, str]:
    return (sighting.stamp if order == "time" else 0, sighting.name)


def parents_first(feeds: Sequence[Feed], entities: Mapping[str, Entity]) -> tuple[Feed, ...]:
    """Given the feeds of a tenant as its file has them, and their entities by name; returns them in the order in which files that
    are ready at once are taken: before each feed those of the entities that its fields name (``to``, ``of``).

    Feeds that need nothing of each other keep their order, and so do those that need each other in a circle.
    """
    needed = {feed.entity: named_entities(entities[feed.entity]) - {feed.entity} for feed in feeds}
    before = {name: _reached(name, needed) for name in needed}
    left, ordered = list(feeds), []
    while left:
        there = {feed.entity for feed in left}
        # Whatever stands before it stands behind it as well, or is taken already: nothing that is left must go first.
        first = next(one for one in left if all(one.entity in before[other] for other in before[one.entity] & there))
        ordered.append(first)
        left.remove(first)
    return tuple(ordered)


def _reached(name: str, needed: Mapping[str, set[str]]) -> set[str]:
    """Returns the entities that a feed's rows need, directly or by way of others that have feeds; itself only in a circle."""
    found: set[str] = set()
    wanted = set(needed.get(name, ()))
    while wanted:
        found |= wanted
        wanted = {other for one in wanted for other in needed.get(one, ())} - found
    return found
