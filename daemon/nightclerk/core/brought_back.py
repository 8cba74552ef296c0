"""The fields that a feed which holds everything brings by itself: what makes a row that had gone one that is there."""

from __future__ import annotations

from nightclerk.core.absent import RUN_DATE, Absent, Value
from nightclerk.core.condition import All, Clause, Condition, Not
from nightclerk.core.contents import Contents
from nightclerk.core.convert.constant import canonical
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


def gone_rows(feed: Contents, entity: Entity) -> Condition | None:
    """Given a feed and its entity; returns which rows are gone by the feed's rule, as an import that brings one back tells it
    (``core.booking.Absence``): none of what its files bring by themselves stands in them, but what the rule writes. None where
    no row can be told so."""
    rule, by_itself = absent_rule(feed, entity), brought_back(feed, entity)
    if rule is None or not (told := [name for name in rule.gone if name in by_itself]):
        return None
    return All(tuple(_stands(entity, name, rule.gone[name]) for name in told))


def _stands(entity: Entity, name: str, value: Value) -> Condition:
    """Returns where a value of a rule stands; of the day of the run, where any day does."""
    spec = entity.fields[name]
    if value is None:
        return Clause(name, spec.type, "is empty")
    if spec.type == "date" and value == RUN_DATE:
        return Not(Clause(name, spec.type, "is empty"))
    return Clause(name, spec.type, "=", canonical(spec, value))


def rule_of(feed: Contents, name: str) -> Mapped:
    """Given a feed and a field that its rows carry; returns the field's rule."""
    return feed.mapping.get(name, BY_ITSELF)
