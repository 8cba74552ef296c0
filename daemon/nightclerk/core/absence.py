"""Rows that a file lacks: what a feed that holds everything writes into them, and when a file does not tell what is lacking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from nightclerk.core.absent import RUN_DATE
from nightclerk.core.booking import Absence, BookingPlan
from nightclerk.core.brought_back import absent_rule
from nightclerk.core.convert.constant import canonical
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.sentence import Sentence


def with_absence(plan: BookingPlan, feed: Feed, entity: Entity, day: date) -> BookingPlan:
    """Given a feed's plan, the feed, its entity, and the run's day in the tenant's zone; returns the plan with what becomes of
    rows that the file lacks."""
    rule = absent_rule(feed, entity)
    if rule is None:
        return plan
    # What neither the mapping nor ``back`` fills stays as it is: no file would ever bring its value back.
    carried = [field for field in plan.fields if field.name in rule.gone]
    dated = frozenset(one.name for one in carried if one.type == "date" and rule.gone[one.name] == RUN_DATE)
    values = {one.name: day.isoformat() if one.name in dated else rule.gone[one.name] for one in carried}
    gone = tuple((one.name, one.column, one.type, canonical(entity.fields[one.name], values[one.name])) for one in carried)
    if not gone:
        return plan
    there = [one.name for one in carried if one.name in rule.back]
    by_itself = [name for name in there if name not in feed.mapping]
    return replace(plan, absence=Absence(feed.feed, gone, dated, tuple(by_itself or there)))


@dataclass(frozen=True, slots=True)
class Incomplete:
    """What a file is that may make it lack rows which are there. trial: a few of its rows were asked for; corrects: it brings
    rejected rows back; older: a newer file has been imported since it came; rejected: so many of its rows were."""

    trial: bool
    corrects: bool
    older: bool
    rejected: int


def left_alone(feed: Feed, file: Incomplete) -> Sentence | None:
    """Given a feed and what its file is; returns why rows that the file lacks are left as they are, None where they are not."""
    if file.trial:
        return Sentence("This was a trial: records that the file does not hold were left as they are.")
    if file.corrects:
        return Sentence("This file brings corrections only: records that it does not hold were left as they are.")
    if file.older:
        return Sentence(
            "This is an older file, and newer ones have been imported since: records that it does not hold were left as they are."
        )
    if file.rejected and not feed.absent_despite_rejects:
        return Sentence.counted(
            "Records that the file does not hold were left as they are, because %(n)s row of it was rejected.",
            "Records that the file does not hold were left as they are, because %(n)s rows of it were rejected.",
            file.rejected,
        )
    return None
