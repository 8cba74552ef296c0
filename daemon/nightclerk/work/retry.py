"""Parked rows whose parents are there by now: when they are looked for, and which of them are taken up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from nightclerk.core.booking import plan_booking
from nightclerk.core.errors import NightclerkError
from nightclerk.core.feed import Feed
from nightclerk.core.ordering import parents_first
from nightclerk.core.parked import ParkedGroup, as_block, given_up, plan_for_parked, still_waiting
from nightclerk.core.report import Letter
from nightclerk.core.resolving import named_entities
from nightclerk.core.run import Run
from nightclerk.core.tenant import Tenant
from nightclerk.ledger.claims import Claim
from nightclerk.work.house import House, ParkedLook
from nightclerk.work.reports import notice
from nightclerk.work.walk import walk

log = structlog.get_logger(__name__)

#: So long a tenant's parked rows are left alone where none of its files was booked: the application may have made the parents.
LOOK_AGAIN = timedelta(hours=1)
#: Rows that went in may be what others wait for, and these what others wait for, so many times over in one round.
_MOST_PASSES = 5


def ready_rows(house: House, tenant: Tenant, runs: Iterable[Run]) -> Iterator[Claim]:
    """Given a tenant and its runs that have just ended; yields claims on parked rows that go in or are given up now, each to be
    walked before the next is asked for: those of parents before those of their children.

    Cheap where nothing can have changed. Rows of feeds that are not configured any more, or not as they were, stay; ops are told
    once. Raises WeatherError, OperatorError.
    """
    brought = _brought(house, tenant, runs)
    if brought is not None and not brought:
        return
    house = house.of(tenant.tenant)
    entities = house.configuration.entities_of(tenant.tenant)
    for _ in range(_MOST_PASSES):
        groups = house.target.waiting(tenant.tenant)
        if brought is None:
            house.parked[tenant.tenant] = ParkedLook(house.clock.now(), bool(groups))
        found = False
        for feed in in_turn(house, tenant, tenant.feeds):
            if brought is not None and not brought & named_entities(entities[feed.entity]):
                continue
            of_feed = [group for group in groups if (group.feed, group.entity) == (feed.feed, feed.entity)]
            for claim in _of_feed(house, tenant, feed, of_feed):
                found = True
                yield claim
        known = {(feed.feed, feed.entity) for feed in tenant.feeds}
        _tell_gone(house, tenant, [group for group in groups if (group.feed, group.entity) not in known])
        if not found:
            return
        brought = None


def walk_and_retry(house: House, claim: Claim) -> tuple[Run, ...]:
    """Given a claim that a person's command made; walks it, and takes up parked rows for which it brings the parents. Returns
    its runs, and those of these rows (``Run.retries``) after them. What stops those is left to the next round: the person's file
    has gone in."""
    runs = walk(house, claim)
    retried: list[Run] = []
    try:
        tenant = house.configuration.tenants.get(claim.drop.tenant)
        for ready in ready_rows(house, tenant, runs) if tenant is not None else ():
            retried += walk(house, ready)
    except NightclerkError as error:
        log.warning("not_retried", reason=str(error))
    return (*runs, *retried)


def in_turn(house: House, tenant: Tenant, feeds: Sequence[Feed]) -> tuple[Feed, ...]:
    """Given a tenant and some of its feeds; returns them in the order in which files that are ready at once are taken."""
    return parents_first(feeds, house.configuration.entities_of(tenant.tenant))


def may_wait(house: House, tenant: Tenant) -> bool:
    """Given a tenant; returns whether rows of any of its feeds name rows of other entities, so that some may wait."""
    return any(named_entities(entity) for entity in house.configuration.entities_of(tenant.tenant).values())


def _brought(house: House, tenant: Tenant, runs: Iterable[Run]) -> frozenset[str] | None:
    """Returns the entities of which these runs have made rows that parked ones may wait for; None where all parked rows are to be
    looked through whatever they wait for."""
    if not may_wait(house, tenant):
        return frozenset()
    last = house.parked.get(tenant.tenant)
    if last is None or not timedelta(0) <= house.clock.now() - last.at < LOOK_AGAIN:
        return None
    ended = [run for run in runs if run.ending in {"imported", "imported_with_rejects"}]
    if any(run.counts.parked for run in ended) and not last.any:
        last = house.parked[tenant.tenant] = replace(last, any=True)
    if not last.any:
        return frozenset()
    if any("created_on_the_way" in run.effects for run in ended):
        return None
    return frozenset(run.entity for run in ended if run.counts.created and run.entity is not None)


def _of_feed(house: House, tenant: Tenant, feed: Feed, groups: list[ParkedGroup]) -> Iterator[Claim]:
    for run_key in dict.fromkeys(group.run_key for group in groups):
        parker = house.runs.by_key(run_key)
        if parker is None or not _something_to_do(house, tenant, feed, parker):
            continue
        claim = house.claims.claim_parked(parker.id, feed.feed, house.clock.now())
        if claim is not None:
            yield claim


def _something_to_do(house: House, tenant: Tenant, feed: Feed, parker: Run) -> bool:
    """Whether any of the rows that a run parked can go in, or waited for too long."""
    rows = house.target.waiting_rows(tenant.tenant, parker.key)
    entity = house.configuration.entity_of(tenant.tenant, feed.feed)
    plan = plan_for_parked(plan_booking(tenant.tenant, feed, entity), entity, rows)
    if plan is None:
        _tell_unfit(house, tenant, feed)
        return False
    if given_up(parker.ended_at, feed.parked_for, house.clock.now()):
        return True
    comparing = house.target.preview(plan)
    try:
        comparing.stage(as_block(plan, rows))
        _, forbidden = comparing.compare()
        return len(still_waiting(forbidden)) < len(rows)
    finally:
        comparing.abandon()


def _tell_gone(house: House, tenant: Tenant, groups: list[ParkedGroup]) -> None:
    for feed in sorted({group.feed for group in groups}):
        sentence = (
            f"Rows of the feed {feed} of {tenant.name} wait for rows that they name, and the feed is not configured any more, or "
            "is one of another entity by now. They stay until it is there again; otherwise they are never taken up."
        )
        _send(house, tenant, notice(house, tenant.tenant, f"parked {feed} gone", sentence, _command(tenant)))


def _tell_unfit(house: House, tenant: Tenant, feed: Feed) -> None:
    sentence = (
        f"Parked rows of the feed {feed.feed} of {tenant.name} cannot be taken up: a field that was read of the file is not in "
        "the feed's configuration any more, or holds another type of value. They stay until it is there again; replaying their "
        "file brings them as it reads today."
    )
    _send(house, tenant, notice(house, tenant.tenant, f"parked {feed.feed} unfit", sentence, _command(tenant)))


def _command(tenant: Tenant) -> str:
    return f"nightclerk parked {tenant.tenant}"


def _send(house: House, tenant: Tenant, letter: Letter | None) -> None:
    """Once: a letter that is written again is the same letter."""
    if letter is not None:
        house.outbox.add(letter, tenant.tenant, house.clock.now())
    log.warning("parked_rows_stay")
