"""The fields that a feed which holds everything brings by itself: what makes a row that had gone one that is there."""

from __future__ import annotations

from nightclerk.core.absent import Absent, Value
from nightclerk.core.contents import Contents
from nightclerk.core.entity import Entity
from nightclerk.core.mapping import Mapped

BY_ITSELF = Mapped.model_construct()
"""The rule of such a field: it is read from no column, and its value may be a blank, which no constant of a mapping is."""


def absent_rule(feed: Contents, entity: Entity) -> Absent | None:
    """Given a feed and its entity; returns what the feed writes into rows that its file lacks, None if it leaves them."""
    return entity.absent.of(feed.absent)


def brought_back(feed: Contents, entity: Entity) -> dict[str, Value]:
    """Given a feed and its entity; returns the fields that every row of its files gets although the mapping does not fill them,
    each with its value."""
    rule = absent_rule(feed, entity)
    return {} if rule is None else {name: value for name, value in rule.back.items() if name not in feed.mapping}


def rule_of(feed: Contents, name: str) -> Mapped:
    """Given a feed and a field that its rows carry; returns the field's rule."""
    return feed.mapping.get(name, BY_ITSELF)
