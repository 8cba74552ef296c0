"""One round of one tenant: look, settle, route, claim, and walk each drop through the corridor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from nightclerk.core.drop import Look, Sighting
from nightclerk.core.errors import NightclerkError, OperatorError, StoppingError, WeatherError
from nightclerk.core.naming import shown
from nightclerk.core.ordering import in_order
from nightclerk.core.routing import route
from nightclerk.core.run import Run
from nightclerk.core.settling import Settled, settle
from nightclerk.core.tenant import Tenant
from nightclerk.ledger.claims import Claim
from nightclerk.work.house import House
from nightclerk.work.reports import notice
from nightclerk.work.walk import walk

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round made. again_in: seconds until unsettled files could be ready, None when there are none.

    trouble: what kept the round from doing all of its work, as a sentence. unreachable: that trouble was a system away.
    """

    tenant: str
    runs: tuple[Run, ...] = ()
    again_in: float | None = None
    trouble: str | None = None
    unreachable: bool = False


@dataclass(slots=True)
class _Course:
    """A round while it is made: the runs that ended, what went wrong, and the seconds until something may be ready."""

    tenant: Tenant
    runs: list[Run] = field(default_factory=list)
    troubles: list[NightclerkError] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


def look_and_take(house: House, name: str, hurry: bool = False) -> Round:
    """Given a tenant's name; does one round, in the calling thread. Trouble with the tenant comes back, it is not raised.

    hurry: also take up at once what rests after bad weather, as a person who asks for a round expects.
    """
    course = _Course(house.configuration.tenants[name])
    with house.at_work(name), structlog.contextvars.bound_contextvars(tenant=name):
        try:
            _resume(house, course, hurry)
            _take(house, course, _look(house, course.tenant))
        except StoppingError:
            log.info("stopping")
        except (WeatherError, OperatorError) as error:
            course.troubles.append(error)
        again_in = min(course.waits, default=None)
        if course.troubles:
            return _in_trouble(house, name, course.troubles[0], tuple(course.runs), again_in)
        house.troubles.over(name)
        return Round(name, tuple(course.runs), again_in)


def _look(house: House, tenant: Tenant) -> list[Settled]:
    """Steps 1 and 2: one look, settled against what the ledger remembers of earlier ones."""
    listing = house.source_of(tenant.tenant).look()
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
            _claim_and_walk(house, course, one.look.sighting, None)
    # A file never overtakes an earlier one of its feed, so one that rests or is worked on elsewhere holds the others back.
    busy = house.claims.busy_feeds(tenant.tenant)
    for feed in tenant.feeds:
        turns = () if feed.feed in busy else in_order(feed.order, of_feed.get(feed.feed, []))
        for turn in turns:
            passed = ", ".join(shown(name) for name in turn.passed)
            note = f"It was taken before {passed}, which keeps changing." if passed else None
            if not _claim_and_walk(house, course, turn.sighting, note):
                break


def _claim_and_walk(house: House, course: _Course, sighting: Sighting, note: str | None) -> bool:
    """Returns whether the file is done with, so that the next one of its feed may follow."""
    if house.stop.is_set():
        raise StoppingError
    fitting = route(course.tenant.feeds, sighting.name)
    slots: list[str | None] = [feed.feed for feed in fitting] if fitting else [None]
    claim = house.claims.claim(course.tenant.tenant, sighting, slots, house.clock.now(), note)
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
    """Returns whether the drop came to its end. What only ops can mend stops its feed and no other."""
    try:
        runs = walk(house, claim)
    except OperatorError as error:
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
    letter = notice(house, tenant.tenant, look.sighting.name, sentence)
    if letter is not None:
        house.outbox.add(letter, tenant.tenant, house.clock.now())
    house.looks.mark_reported(tenant.tenant, look.sighting)
    log.warning("unstable", file=shown(look.sighting.name))


def _in_trouble(house: House, tenant: str, error: NightclerkError, runs: tuple[Run, ...], again_in: float | None) -> Round:
    """Weather is logged and tried again; what ops must mend they are told once, until the source answers again."""
    sentence = str(error)
    letter = None
    if isinstance(error, OperatorError):
        letter = notice(house, tenant, "source", sentence, error.command)
    new = house.troubles.tell_once(tenant, sentence, letter, house.clock.now())
    log.warning("trouble", reason=sentence, told=new and letter is not None)
    return Round(tenant, runs, again_in, trouble=sentence, unreachable=isinstance(error, WeatherError))
