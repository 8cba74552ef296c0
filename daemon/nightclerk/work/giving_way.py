"""Held files about which no person decides: those that waited for too long, and those in whose place a newer one is taken."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from nightclerk.core.drop import Drop
from nightclerk.core.run import Decision, Run
from nightclerk.work.house import House

log = structlog.get_logger(__name__)

#: Who decides where no person does.
ITSELF = "nightclerk"
#: Endings of a newer file that takes the place of a held one: it was read whole, and nobody need send it again.
_GOOD = frozenset({"imported", "imported_with_rejects", "duplicate", "held"})


def expire(house: House, tenant: str) -> None:
    """Given a tenant; refuses what was held for too long. The drops are open then, to be walked by who resumes the tenant's."""
    now = house.clock.now()
    for run in house.holds.waiting(tenant):
        if run.held is not None and run.held.until <= now:
            house.holds.decide(run.id, Decision("expire", now, ITSELF))
            log.info("decided", run=run.id, action="expire", by=ITSELF)


def replaceable(house: House, tenant: str, feeds: Iterable[str]) -> list[Run]:
    """Given a tenant and the feeds that read a newer file of its folder; returns the held runs of these feeds that wait for a
    decision, if each of them gives way to a newer file, else none."""
    wins = {feed.feed: feed.hold.newest_wins for feed in house.configuration.tenants[tenant].feeds}
    wanted = set(feeds)
    held = [run for run in house.holds.waiting(tenant, handed_in=False) if run.feed in wanted]
    return held if all(wins.get(run.feed or "", False) for run in held) else []


def replace_held(house: House, drop: Drop, runs: Iterable[Run]) -> None:
    """Given a drop whose file has been read to its end, and its runs as they are about to be recorded; decides that it takes the
    place of older files of the folder that are held, feed by feed, where the feed says so and the newer file is good. May be
    repeated after a crash."""
    good = {run.feed for run in runs if run.feed is not None and run.ending in _GOOD and run.corrects is None}
    if drop.by_hand is not None or drop.retries is not None or not good:
        return
    for run in replaceable(house, drop.tenant, good):
        if run.drop < drop.id:
            house.holds.decide(run.id, Decision("replace", house.clock.now(), ITSELF))
            log.info("decided", run=run.id, action="replace", by=ITSELF)
