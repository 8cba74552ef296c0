"""One round of one tenant: look, settle, route, claim, and walk each drop through the corridor."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from nightclerk.core.drop import Look, Sighting
from nightclerk.core.errors import FaultError, NightclerkError, OperatorError, StoppingError, WeatherError
from nightclerk.core.naming import shown
from nightclerk.core.ordering import in_order
from nightclerk.core.report import Letter
from nightclerk.core.retry import LONG_WEATHER, LONGEST_WAIT, ask_again
from nightclerk.core.routing import route
from nightclerk.core.run import Run
from nightclerk.core.settling import Settled, settle
from nightclerk.core.tenant import FolderSource, Tenant
from nightclerk.ledger.claims import Claim
from nightclerk.work.house import House
from nightclerk.work.reports import notice
from nightclerk.work.walk import walk

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round made. again_in: seconds until unsettled files could be ready, None when there are none.

    trouble: what kept the round from doing all of its work, as a sentence. unreachable: that trouble was a system away;
    our_fault: it was a fault of Nightclerk itself.
    rests_for: seconds until what met trouble, now or earlier, is to be tried again, None when there is nothing of that kind.
    """

    tenant: str
    runs: tuple[Run, ...] = ()
    again_in: float | None = None
    trouble: str | None = None
    unreachable: bool = False
    our_fault: bool = False
    rests_for: float | None = None


@dataclass(slots=True)
class _Course:
    """A round while it is made: the runs that ended, what went wrong, and the seconds until something may be ready."""

    tenant: Tenant
    runs: list[Run] = field(default_factory=list)
    troubles: list[NightclerkError] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    source_failed: bool = False


def look_and_take(house: House, name: str, hurry: bool = False) -> Round:
    """Given a tenant's name; does one round, in the calling thread. Trouble with the tenant comes back, it is not raised.

    hurry: also take up at once what rests after bad weather, and ask a server again that was away, as a person who asks for a
    round expects.
    """
    course = _Course(house.configuration.tenants[name])
    with house.at_work(name), structlog.contextvars.bound_contextvars(tenant=name):
        try:
            _resume(house, course, hurry)
            if hurry or _may_ask(house, name):
                _take(house, course, _look(house, course))
        except StoppingError:
            log.info("stopping")
        except (WeatherError, OperatorError) as error:
            course.troubles.append(error)
        done = Round(name, tuple(course.runs), min(course.waits, default=None))
        try:
            return _with_troubles(house, course, done)
        except WeatherError as error:  # the ledger itself: nothing can be noted
            log.warning("trouble", reason=str(error), told=False)
            return replace(done, trouble=str(error), unreachable=True)


def _may_ask(house: House, tenant: str) -> bool:
    return house.clock.monotonic() >= house.ask_again.get(tenant, float("-inf"))


def _look(house: House, course: _Course) -> list[Settled]:
    """Steps 1 and 2: one look, settled against what the ledger remembers of earlier ones."""
    tenant = course.tenant
    try:
        listing = house.source_of(tenant.tenant).look()
    except (WeatherError, OperatorError):
        course.source_failed = True
        raise
    house.ask_again.pop(tenant.tenant, None)
    for name, reason in listing.passed_over:
        log.info("passed_over", file=shown(name), reason=reason)
    before = house.looks.of(tenant.tenant)
    now = house.clock.now()
    settled = [settle(before.get(s.name), s, tenant.ready, now, listing.sightings) for s in listing.sightings]
    house.looks.keep(tenant.tenant, before, [one.look for one in settled])
    return settled


def _take(house: House, course: _Course, settled: Sequence[Settled]) -> None:
    """Steps 3 and 4, then the corridor, for every file whose time has come."""
    tenant = course.tenant
    course.waits += [one.seconds for one in settled if one.seconds is not None]
    of_feed: dict[str, list[Settled]] = {}
    for one in settled:
        if one.verdict not in {"ready", "waiting", "unstable"}:
            continue
        if one.verdict == "unstable":
            _tell_unstable(house, tenant, one.look)
        feeds = route(tenant.feeds, one.look.sighting.name)
        if feeds:
            of_feed.setdefault(feeds[0].feed, []).append(one)
        elif one.verdict == "ready" and tenant.source.unrecognised != "ignore":
            _claim_and_walk(house, course, one.look.sighting, None, one.announced_by)
    # A file never overtakes an earlier one of its feed, so one that rests or is worked on elsewhere holds the others back.
    busy = house.claims.busy_feeds(tenant.tenant)
    announced_by = {one.look.sighting: one.announced_by for one in settled}
    for feed in tenant.feeds:
        turns = () if feed.feed in busy else in_order(feed.order, of_feed.get(feed.feed, []))
        for turn in turns:
            passed = ", ".join(shown(name) for name in turn.passed)
            note = f"It was taken before {passed}, which keeps changing." if passed else None
            if not _claim_and_walk(house, course, turn.sighting, note, announced_by[turn.sighting]):
                break


def _claim_and_walk(house: House, course: _Course, sighting: Sighting, note: str | None, announced_by: Sighting | None) -> bool:
    """Returns whether the file is done with, so that the next one of its feed may follow."""
    if house.stop.is_set():
        raise StoppingError
    fitting = route(course.tenant.feeds, sighting.name)
    slots: list[str | None] = [feed.feed for feed in fitting] if fitting else [None]
    claim = house.claims.claim(course.tenant.tenant, sighting, slots, house.clock.now(), note, announced_by)
    return claim is not None and _walk_on(house, course, claim)


def _resume(house: House, course: _Course, hurry: bool) -> None:
    """Finishes what an earlier round, or a dead process, left open."""
    for drop_id in house.claims.unfinished(course.tenant.tenant):
        if house.stop.is_set():
            raise StoppingError
        claim = house.claims.take_over(drop_id, house.clock.now(), hurry)
        if claim is not None:
            log.info("resumed", drop=drop_id, state=claim.state, attempt=claim.drop.attempt)
            _walk_on(house, course, claim)


def _walk_on(house: House, course: _Course, claim: Claim) -> bool:
    """Returns whether the drop came to its end. What only ops can mend, or only we, stops its feed and no other."""
    try:
        runs = walk(house, claim)
    except (OperatorError, FaultError) as error:
        course.troubles.append(error)
        return False
    course.runs += runs
    if not runs:  # put back: it changed, so it may be whole after the next wait
        course.waits.append(course.tenant.ready.unchanged_for.total_seconds())
    return bool(runs)


def _tell_unstable(house: House, tenant: Tenant, look: Look) -> None:
    if look.reported:
        return
    sentence = (
        f"The file {shown(look.sighting.name)} of {tenant.name} has been changing since {look.appeared:%Y-%m-%d %H:%M} UTC "
        "and is not taken while it does. Ask the sender whether the upload hangs."
    )
    if tenant.ready.done_file is not None:
        sentence = (
            f"The file {shown(look.sighting.name)} of {tenant.name} has been waiting for its done file since "
            f"{look.appeared:%Y-%m-%d %H:%M} UTC. Ask the sender whether the upload came to an end."
        )
    letter = notice(house, tenant.tenant, f"unstable {look.sighting.name} {look.appeared}", sentence)
    if letter is not None:
        house.outbox.add(letter, tenant.tenant, house.clock.now())
    house.looks.mark_reported(tenant.tenant, look.sighting)
    log.warning("unstable", file=shown(look.sighting.name))


def _with_troubles(house: House, course: _Course, done: Round) -> Round:
    """Notes what went wrong, or that all is well: what ops must mend they are told at once, long weather later, each once."""
    tenant, now = course.tenant.tenant, house.clock.now()
    waits = []
    resting = house.claims.resting(tenant)
    if resting is not None:
        left = resting - now
        waits.append(left.total_seconds() if timedelta(0) < left <= LONGEST_WAIT else 0.0)
    if not _may_ask(house, tenant):
        waits.append(house.ask_again[tenant] - house.clock.monotonic())
    for error in course.troubles:
        since = _note(house, course.tenant, error, now)
        if course.source_failed and error is course.troubles[-1]:
            waits.append(_rest_of_source(house, course.tenant, error, now, since))
    if not course.troubles and not waits:
        # A tenant is well when its source answered and nothing of it rests; until then nothing is told a second time.
        house.troubles.over(tenant)
    done = replace(done, rests_for=min(waits, default=None))
    if not course.troubles:
        return done
    first = course.troubles[0]
    return replace(
        done,
        trouble=str(first),
        unreachable=isinstance(first, WeatherError),
        our_fault=isinstance(first, FaultError),
    )


def _note(house: House, tenant: Tenant, error: NightclerkError, now: datetime) -> datetime:
    """Returns since when the tenant has not been well."""
    sentence, command = str(error), error.command if isinstance(error, OperatorError) else None
    weather = isinstance(error, WeatherError)

    def letter(since: datetime) -> Letter | None:
        told = (
            f"{sentence} It has been so since {since:%Y-%m-%d %H:%M} UTC and is tried again and again." if weather else sentence
        )
        return notice(house, tenant.tenant, f"trouble {now}", told, command)

    noted = house.troubles.note(tenant.tenant, sentence, now, letter, at_once=not weather, patience=now - LONG_WEATHER)
    log.warning("trouble", reason=sentence, told=noted.told)
    return noted.since


def _rest_of_source(house: House, tenant: Tenant, error: NightclerkError, now: datetime, since: datetime) -> float:
    """Returns the seconds until a source that failed is to be asked again; scheduled rounds leave a server alone until then."""
    luck = random.random()  # noqa: S311 - spreads retries, guards nothing
    wait = ask_again(now - since, isinstance(error, OperatorError), luck).total_seconds()
    if not isinstance(tenant.source, FolderSource):  # our own folder minds nothing, and is to be seen as soon as it is back
        house.ask_again[tenant.tenant] = house.clock.monotonic() + wait
    return wait
