"""When each tenant is looked at, and when letters are posted: timers, hints and what the last round said, on one schedule."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from structlog.contextvars import bound_contextvars

from nightclerk.clockwork.schedule import Schedule
from nightclerk.clockwork.turns import Turns
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.tenant import Tenant
from nightclerk.core.timetable import next_of
from nightclerk.work.deliver import Delivered
from nightclerk.work.round import Round

#: Hastened looks of one tenant are at least so many seconds apart, however many events arrive.
SPACING = 1.0
#: A round is not done again sooner than this, whatever it says: no hot loop.
SOONEST = 0.1
#: Nor is the post: a letter may be due at once and stay so, without a mail server, or while another process posts.
POST_SOONEST = 2.0
#: Waiting letters are looked for this often even if nobody said that there are any.
POST_EVERY = timedelta(seconds=60)
#: How long to wait before a recovery that met bad weather is tried again, and before the post is, in seconds.
RECOVERY_AGAIN = 15.0
POST_AFTER_WEATHER = 5.0


#: A tenant with written times alone is also looked at while something that was begun is to be finished; asked this often.
OWED_EVERY = timedelta(minutes=5)
#: The jobs that a tenant may have on the schedule.
_JOBS = ("look", "times", "owed", "hint", "again", "opens")


class Corridor(Protocol):
    """What the clockwork sets in motion: the work of this house."""

    def look(self, tenant: str) -> Round:
        """One whole round of one tenant, in the calling thread."""
        ...

    def deliver(self) -> Delivered:
        """Posts the letters that are due."""
        ...

    def recover(self) -> object:
        """Finishes what a dead process left open."""
        ...

    def owes(self, tenant: str) -> bool:
        """Whether something of the tenant was begun and is to be finished by whoever comes first."""
        ...

    def kept_until(self, tenant: str) -> datetime:
        """Up to when the tenant's written times were kept; the present moment for a tenant never seen."""
        ...


class Rounds:
    """Keeps every tenant's next look and the next posting on the schedule. Its methods may be called from any thread.

    ``runs``: how many runs have ended so far; ``failure``: what made serving impossible, once ``stop`` was set because of it.
    """

    def __init__(
        self,
        tenants: Mapping[str, Tenant],
        corridor: Corridor,
        schedule: Schedule,
        turns: Turns,
        stop: threading.Event,
        monotonic: Callable[[], float],
    ) -> None:
        self.runs = 0
        self.failure: OperatorError | None = None
        self._tenants = tenants
        self._corridor = corridor
        self._schedule = schedule
        self._turns = turns
        self._stop = stop
        self._monotonic = monotonic
        self._log = structlog.get_logger()
        self._lock = threading.Lock()
        self._hint_pending: set[str] = set()
        self._hinted_look: dict[str, float] = {}

    def begin(self) -> None:
        """Puts the recovery, every tenant's rounds and the post on the schedule, all due now.

        They need not wait for each other: a round begins with what its tenant's dead process left open, and claims keep the
        two apart. So a tenant whose recovery hangs delays nobody.
        """
        self._schedule.once("recovery", 0, self._recovery, lane="house")
        for name, tenant in self._tenants.items():
            self._plan(name, tenant)
        self._schedule.every("post", POST_EVERY, self._post, lane="house")

    def follow(self, tenants: Mapping[str, Tenant]) -> None:
        """Given the tenants from now on; those that are new or changed begin as at the start, those that are gone end.

        A round under way ends as it began.
        """
        with self._lock:
            before, self._tenants = self._tenants, tenants
            gone = before.keys() - tenants.keys()
            self._hint_pending -= gone  # their jobs are forgotten now, and would never take them out
            for name in gone:
                self._hinted_look.pop(name, None)
        for name in gone:
            self._schedule.forget(*(f"{job} {name}" for job in _JOBS))
        for name, tenant in tenants.items():
            if name not in before or before[name] != tenant:
                self._plan(name, tenant)

    def _plan(self, name: str, tenant: Tenant) -> None:
        """Puts a tenant's rounds on the schedule: at intervals from now on, and at its written times, one that was missed now."""
        look = partial(self._look, name)
        interval = next((one.every for one in tenant.schedules if one.every is not None), None)
        if interval is not None:
            self._schedule.forget(f"owed {name}")
            self._schedule.every(f"look {name}", interval, look)
        else:
            self._schedule.forget(f"look {name}")
            self._schedule.every(f"owed {name}", OWED_EVERY, partial(self._look_if_owed, name))
        times = [one for one in tenant.schedules if one.every is None]
        if times:
            next_after = partial(next_of, times, tenant.zone)
            self._schedule.times(f"times {name}", next_after, self._corridor.kept_until(name), look)
        else:
            self._schedule.forget(f"times {name}")

    def hasten(self, tenant: str) -> None:
        """Brings the tenant's next look forward to now, or to ``SPACING`` after the last one that was hastened.

        A tenant with written times alone is not looked at outside of them, whatever stirs in its folder.
        """
        with self._lock:
            known = self._tenants.get(tenant)
            if tenant in self._hint_pending or known is None or all(one.every is None for one in known.schedules):
                return
            self._hint_pending.add(tenant)
            delay = self._hinted_look.get(tenant, float("-inf")) + SPACING - self._monotonic()
            self._schedule.once(f"hint {tenant}", delay, partial(self._look_hinted, tenant))

    def hasten_all(self) -> None:
        """Brings every tenant's next look forward: hints were lost, and nobody knows whose."""
        for tenant in self._tenants:
            self.hasten(tenant)

    def _recovery(self) -> None:
        self._turns.take("recovery", self._recover)

    def _recover(self) -> None:
        try:
            self._corridor.recover()
        except WeatherError as error:
            self._log.warning("recovery_postponed", reason=str(error), again_in=RECOVERY_AGAIN)
            self._schedule.once("recovery", RECOVERY_AGAIN, self._recovery, lane="house")
        except OperatorError as error:
            self.failure = error
            self._stop.set()
        except Exception:  # noqa: BLE001 - a fault in one old drop must not end the daemon; recorded here, rounds try it again
            self._log.exception("recovery_failed")

    def _look(self, tenant: str) -> None:
        self._turns.take(tenant, partial(self._round, tenant))

    def _look_if_owed(self, tenant: str) -> None:
        try:
            owes = self._corridor.owes(tenant)
        except WeatherError as error:
            self._log.warning("owed_not_known", tenant=tenant, reason=str(error))
            return
        if owes:
            self._look(tenant)

    def _look_hinted(self, tenant: str) -> None:
        with self._lock:
            self._hint_pending.discard(tenant)
            self._hinted_look[tenant] = self._monotonic()
        # The second look that can settle the file; replaced by what the round itself says, if it says so.
        known = self._tenants.get(tenant)
        if known is None:
            return  # its file was taken away meanwhile
        settled = known.ready.unchanged_for.total_seconds() + SOONEST
        self._schedule.once(f"again {tenant}", settled, partial(self._look, tenant))
        self._look(tenant)

    def _round(self, tenant: str) -> None:
        with bound_contextvars(tenant=tenant):
            try:
                found = self._corridor.look(tenant)
            except Exception:  # noqa: BLE001 - our own fault: recorded; the next look comes as scheduled, other tenants are not touched
                self._log.exception("round_failed")
                return
        waits = [wait for wait in (found.again_in, found.rests_for) if wait is not None]
        if waits:
            self._schedule.once(f"again {tenant}", max(SOONEST, min(waits)), partial(self._look, tenant))
        if found.opens_at is not None:
            self._schedule.at(f"opens {tenant}", found.opens_at, partial(self._look, tenant))
        if found.runs:
            with self._lock:
                self.runs += len(found.runs)
            self.post_soon()

    def post_soon(self) -> None:
        """A letter was written: it is posted now."""
        self._schedule.once("post now", 0, self._post, lane="house")

    def _post(self) -> None:
        self._turns.take("post", self._deliver)

    def _deliver(self) -> None:
        try:
            delivered = self._corridor.deliver()
        except (WeatherError, OperatorError) as error:  # the ledger is away: the rounds, which meet it too, tell ops
            self._log.warning("posting_postponed", reason=str(error), again_in=POST_AFTER_WEATHER)
            self._schedule.once("post later", POST_AFTER_WEATHER, self._post, lane="house")
            return
        except Exception:  # noqa: BLE001 - the letters stay in the outbox; recorded here, tried again by the regular job
            self._log.exception("posting_failed")
            return
        if delivered.next_in is not None:
            self._schedule.once("post later", max(POST_SOONEST, delivered.next_in), self._post, lane="house")
