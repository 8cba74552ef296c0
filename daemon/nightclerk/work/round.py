"""One round of one tenant: look, settle, route, claim, and walk each drop through the corridor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from nightclerk.core.drop import Sighting
from nightclerk.core.errors import FaultError, NightclerkError, OperatorError, RefusedError, StoppingError, WeatherError
from nightclerk.core.naming import shown
from nightclerk.core.ordering import in_order
from nightclerk.core.quiet import opens_at
from nightclerk.core.report import Letter
from nightclerk.core.retry import LONG_WEATHER, LONGEST_WAIT
from nightclerk.core.routing import route
from nightclerk.core.run import Run
from nightclerk.core.sentence import Sentence
from nightclerk.core.settling import Settled, settle
from nightclerk.core.tenant import Tenant
from nightclerk.ledger.claims import Claim
from nightclerk.work.asking import Rest, answered, ask_now, left_alone, not_answered, rest_of
from nightclerk.work.giving_way import expire, replaceable
from nightclerk.work.house import House
from nightclerk.work.reports import notice, spoken_out
from nightclerk.work.retry import in_turn, ready_rows
from nightclerk.work.undo import settle_undos
from nightclerk.work.unstable import tell_unstable
from nightclerk.work.walk import walk

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round made. again_in: seconds until unsettled files could be ready, None when there are none.

    trouble: what kept the round from doing all of its work, as a sentence. unreachable: that trouble was a system away;
    our_fault: it was a fault of Nightclerk itself.
    rests_for: seconds until what met trouble, now or earlier, is to be tried again, None when there is nothing of that kind.
    opens_at: when files that wait for the quiet hours may be taken, None when none waits for them.
    """

    tenant: str
    runs: tuple[Run, ...] = ()
    again_in: float | None = None
    trouble: str | None = None
    unreachable: bool = False
    our_fault: bool = False
    rests_for: float | None = None
    opens_at: datetime | None = None


@dataclass(slots=True)
class _Course:
    """A round while it is made: the runs that ended, what went wrong, and the seconds until something may be ready."""

    tenant: Tenant
    runs: list[Run] = field(default_factory=list)
    troubles: list[NightclerkError] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    source_failed: bool = False
    at_any_hour: bool = False
    opens_at: datetime | None = None
    stopped: bool = False


def look_and_take(house: House, name: str, hurry: bool = False, *, insist: bool = False, at_any_hour: bool = False) -> Round:
    """Given a tenant's name; does one round, in the calling thread. Trouble with the tenant comes back, it is not raised.

    hurry: also take up at once what rests after bad weather, and ask a server again that was away, as a person who asks for a
    round expects. insist: also ask one that refused us. at_any_hour: do not wait for the quiet hours.
    """
    with house.at_work(name), structlog.contextvars.bound_contextvars(tenant=name):
        house = house.present()
        if name not in house.configuration.tenants:
            return Round(name)  # its file was taken away while this round was waiting to begin
        course = _Course(house.configuration.tenants[name], at_any_hour=at_any_hour)
        began = house.clock.now()
        try:
            rest = Rest() if insist else rest_of(house, course.tenant, by_command=hurry)
            expire(house, name)
            settle_undos(house, name)  # what an undo has taken back must not count as imported
            _resume(house, course, hurry, handed_in=rest.refused)
            away = not _take_up_parked(house, course)
            if name not in house.configuration.leaving and not rest.refused and (hurry or rest.seconds <= 0):
                _take(house, course, _look(house, course))
                if not away:
                    _take_up_parked(house, course)
        except StoppingError:
            log.info("stopping")
            course.stopped = True
        except (WeatherError, OperatorError) as error:
            course.troubles.append(error)
        except Exception as error:  # our own fault: recorded and told; other tenants are not touched
            log.exception("round_failed")
            course.troubles.append(_fault(error))
        done = Round(name, tuple(course.runs), min(course.waits, default=None), opens_at=course.opens_at)
        try:
            return _kept(house, course, _with_troubles(house, course, done), began)
        except (WeatherError, OperatorError) as error:  # the ledger itself: nothing can be noted
            log.warning("trouble", reason=str(error), told=False)
            return replace(done, trouble=str(error), unreachable=isinstance(error, WeatherError))


def _fault(error: Exception) -> FaultError:
    return FaultError(
        f"A fault in Nightclerk ({type(error).__name__}) ended a round before its time. The next one comes as scheduled; other "
        "tenants go on. The log tells more, as in journalctl."
    )


def _kept(house: House, course: _Course, done: Round, began: datetime) -> Round:
    """Remembers that a round left nothing undone, for tenants with written times: what passed before it was not missed."""
    left = (done.trouble, done.again_in, done.rests_for, done.opens_at)
    if not course.stopped and left == (None,) * 4 and any(one.every is None for one in course.tenant.schedules):
        house.round_notes.keep(course.tenant.tenant, began)
    return done


def _look(house: House, course: _Course) -> list[Settled]:
    """Steps 1 and 2: one look, settled against what the ledger remembers of earlier ones."""
    tenant = course.tenant
    try:
        listing = house.source_of(tenant.tenant).look()
    except (WeatherError, OperatorError):
        course.source_failed = True
        raise
    answered(house, tenant)
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
            tell_unstable(house, tenant, one.look)
        feeds = route(tenant.feeds, one.look.sighting.name)
        if feeds:
            of_feed.setdefault(feeds[0].feed, []).append(one)
        elif one.verdict == "ready" and tenant.source.unrecognised != "ignore":
            _claim_and_walk(house, course, one.look.sighting, None, one.announced_by)
    # A file never overtakes an earlier one of its feed, so one that rests or is worked on elsewhere holds the others back.
    busy = house.claims.busy_feeds(tenant.tenant)
    announced_by = {one.look.sighting: one.announced_by for one in settled}
    for feed in in_turn(house, tenant, tenant.feeds):
        turns = () if feed.feed in busy else in_order(feed.order, of_feed.get(feed.feed, []))
        for turn in turns:
            passed = ", ".join(shown(name) for name in turn.passed)
            note = Sentence("It was taken before %(files)s, which keeps changing.", files=passed) if passed else None
            if not _claim_and_walk(house, course, turn.sighting, note, announced_by[turn.sighting]):
                break


def _claim_and_walk(
    house: House, course: _Course, sighting: Sighting, note: Sentence | None, announced_by: Sighting | None
) -> bool:
    """Returns whether the file is done with, so that the next one of its feed may follow."""
    if house.stop.is_set():
        raise StoppingError
    opens = None if course.at_any_hour else opens_at(course.tenant.process, course.tenant.zone, house.clock.now())
    if opens is not None:
        course.opens_at = opens
        return False
    fitting = in_turn(house, course.tenant, route(course.tenant.feeds, sighting.name))
    if not _way_is_free(house, course, {feed.feed for feed in fitting}):
        return False
    slots: list[str | None] = [feed.feed for feed in fitting] if fitting else [None]
    held = {run.drop for run in replaceable(house, course.tenant.tenant, {feed.feed for feed in fitting})}
    claim = house.claims.claim(course.tenant.tenant, sighting, slots, house.clock.now(), note, announced_by)
    done = claim is not None and _walk_on(house, course, claim)
    _end_replaced(house, course, held)
    return done


def _way_is_free(house: House, course: _Course, feeds: set[str]) -> bool:
    """A held file keeps newer ones of its feeds waiting, unless the feed says that the newest wins: whether it does is only known
    once it has been read."""
    name = course.tenant.tenant
    held = feeds & house.holds.feeds(name) if feeds else feeds
    return not held or held <= {run.feed for run in replaceable(house, name, held)}


def _end_replaced(house: House, course: _Course, drops: set[int]) -> None:
    """Walks held drops to their end in whose place the newer one was taken."""
    for drop_id in sorted(drops & set(house.claims.unfinished(course.tenant.tenant))):
        claim = house.claims.take_over(drop_id, house.clock.now(), hurry=True)
        if claim is not None:
            _walk_on(house, course, claim)


def _resume(house: House, course: _Course, hurry: bool, handed_in: bool) -> None:
    """Finishes what an earlier round, or a dead process, left open, whatever the hour. handed_in: only what needs no server."""
    for drop_id in house.claims.unfinished(course.tenant.tenant, handed_in):
        if house.stop.is_set():
            raise StoppingError
        claim = house.claims.take_over(drop_id, house.clock.now(), hurry)
        if claim is not None:
            log.info("resumed", drop=drop_id, state=claim.state, attempt=claim.drop.attempt)
            _walk_on(house, course, claim)


def _take_up_parked(house: House, course: _Course) -> bool:
    """Books the rows whose parents are there by now. What stops that stops no look at the folder: the files of a tenant whose
    database is away are seen, and rest for reasons of their own. Returns whether nothing stopped it."""
    try:
        for claim in ready_rows(house, course.tenant, course.runs):
            _walk_on(house, course, claim)
    except (RefusedError, StoppingError):
        raise
    except (WeatherError, OperatorError) as error:
        course.troubles.append(error)
        return False
    except Exception as error:  # our own fault: recorded and told, as of a round
        log.exception("parked_rows_failed")
        course.troubles.append(_fault(error))
        return False
    return True


def _walk_on(house: House, course: _Course, claim: Claim) -> bool:
    """Returns whether the drop came to its end. What only ops can mend, or only we, stops its feed and no other."""
    try:
        runs = walk(house, claim)
    except RefusedError:
        raise  # the next drop would only be refused as well
    except (OperatorError, FaultError) as error:
        course.troubles.append(error)
        return False
    course.runs += runs
    if not runs:  # put back: it changed, so it may be whole after the next wait
        course.waits.append(course.tenant.ready.unchanged_for.total_seconds())
    return bool(runs)


def _with_troubles(house: House, course: _Course, done: Round) -> Round:
    """Notes what went wrong, or that all is well: what ops must mend they are told at once, long weather later, each once."""
    tenant, now = course.tenant, house.clock.now()
    waits = []
    for error in course.troubles:
        _note(house, tenant, error, now)
        if isinstance(error, RefusedError) or (course.source_failed and error is course.troubles[-1]):
            waits.append(not_answered(house, tenant, error))
    rest = rest_of(house, tenant)
    if rest.seconds > 0:
        waits.append(rest.seconds)
    resting = house.claims.resting(tenant.tenant, handed_in=rest.refused)
    if resting is not None:
        left = resting - now
        waits.append(left.total_seconds() if timedelta(0) < left <= LONGEST_WAIT else 0.0)
    # A tenant is well when its source answered and nothing of it rests; until then nothing is told a second time.
    if not course.troubles and not waits and house.troubles.over(tenant.tenant):
        log.info("well_again")
    done = replace(done, rests_for=min(waits, default=None))
    if not course.troubles:
        return replace(done, trouble=left_alone(house, tenant)) if rest.refused else done
    first = course.troubles[0]
    return replace(
        done,
        trouble=str(first),
        unreachable=isinstance(first, WeatherError),
        our_fault=isinstance(first, FaultError),
    )


def _note(house: House, tenant: Tenant, error: NightclerkError, now: datetime) -> None:
    """Remembers a trouble, and tells ops of it unless they know."""
    sentence, command = str(error), error.command if isinstance(error, OperatorError) else None
    weather = isinstance(error, WeatherError)
    more = ""
    if isinstance(error, RefusedError):
        command = command or ask_now(tenant)
        again = spoken_out(house, ask_now(tenant))
        more = f" It is left alone now, so that no account is locked. When it is mended: {again}."

    def letter(since: datetime) -> Letter | None:
        told = (
            f"{sentence} It has been so since {since:%Y-%m-%d %H:%M} UTC and is tried again and again."
            if weather
            else sentence + more
        )
        return notice(house, tenant.tenant, f"trouble {now}", told, command)

    noted = house.troubles.note(tenant.tenant, sentence, now, letter, at_once=not weather, patience=now - LONG_WEATHER)
    log.warning("trouble", reason=sentence, told=noted.told)
