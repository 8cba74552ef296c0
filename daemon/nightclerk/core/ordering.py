"""Who goes first: within a feed files are taken in order and never overtake each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from nightclerk.core.drop import Sighting
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
