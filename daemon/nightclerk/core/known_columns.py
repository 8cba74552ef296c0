"""What a feed and its entity say of the columns of a file: which make the key, which hold amounts, how these are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.headers import folded

_SUMMED = {"money", "decimal"}


@dataclass(frozen=True)
class KnownColumns:
    """key: the places of the key's columns, None where no feed says it. decimals: the decimal mark of each column, None where
    either will do. summed: the columns of which a total must be the sum, None where that is not known. mapped: all that are
    read."""

    key: tuple[int, ...] | None
    decimals: tuple[Literal[".", ","] | None, ...]
    summed: frozenset[int] | None
    mapped: frozenset[int]


def known_columns(feed: Feed | None, entity: Entity | None, names: Sequence[str], also: Sequence[str]) -> KnownColumns:
    """Given a feed and its entity, if there are any, a file's headers, and what else the columns may be called."""
    if feed is None or entity is None:
        return KnownColumns(None, (None,) * len(names), None, frozenset())
    by_fold = {folded(name): place for place, name in reversed(list(enumerate(also)))}
    by_fold |= {folded(name): place for place, name in reversed(list(enumerate(names)))}
    decimals: list[Literal[".", ","] | None] = [None] * len(names)
    read: dict[str, list[int]] = {}
    for field, rule in feed.mapping.items():
        found = [by_fold[folded(spelling)] for one in rule.alternatives() for spelling in one if folded(spelling) in by_fold]
        read[field] = found
        for place in found:
            mark = feed.decimal_of(rule)
            decimals[place] = mark if mark != "auto" else None
    summed = {place for field, spec in entity.fields.items() if spec.type in _SUMMED for place in read.get(field, ())}
    key = tuple(dict.fromkeys(place for field in entity.key for place in read.get(field, ())))
    mapped = frozenset(place for places in read.values() for place in places)
    return KnownColumns(key, tuple(decimals), frozenset(summed), mapped)
