"""The timers: APScheduler with its memory store, for every job is derived from the configuration and made anew at each start."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Literal

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from nightclerk.core.timetable import counted_from

Lane = Literal["tenants", "house"]

#: Most threads for tenants: so many may hang at the same time before another one has to wait. It waits no longer than the
#: deadline of the step that hangs, for each step has one; and its time is late then, never lost.
MOST_TENANT_THREADS = 64
#: The house's own jobs (recovery, post, heartbeat) never wait behind tenants.
_HOUSE_THREADS = 4
#: One-off jobs are kept apart by ``turns``, which loses no wish; APScheduler's own limit would drop it with a warning.
_NEVER_DROPPED = 1_000_000


class _Timers(BackgroundScheduler):  # type: ignore[misc] # the library has no types
    def _process_jobs(self) -> float | None:
        """As the library's, but quiet when the end comes while a one-off job is being handed to its thread: ``shutdown`` sets
        the state before it takes the lock, and the job is then looked for where it is not."""
        try:
            return super()._process_jobs()  # type: ignore[no-any-return]
        except JobLookupError:
            if self.running:
                raise
            return None


class Times(BaseTrigger):  # type: ignore[misc] # the library has no types
    """Due whenever a pure function says so, each time once, also where the machine's clock is set back over it."""

    def __init__(self, next_after: Callable[[datetime], datetime], kept: datetime) -> None:
        """Given what tells the first due moment after another one, and up to when all due moments were kept."""
        self._next_after = next_after
        self._kept = kept

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """As the library asks: ``previous`` is the due moment that is being kept just now, None when the job is added.

        A moment that passed before the start is due still; of several that passed, one is kept for all.
        """
        if previous is None:
            return self._next_after(counted_from(self._kept, now))
        self._kept = previous
        return self.again(now)

    def again(self, now: datetime) -> datetime:
        """Given the present moment; returns the next due moment that lies before us."""
        return self._next_after(max(counted_from(self._kept, now), now))


class Moment(DateTrigger):  # type: ignore[misc] # the library has no types
    """Due once, at a moment that the machine's clock tells and that stays where it is when that clock is set."""


class Schedule:
    """Jobs by name, regular and one-off, each run in a thread of its lane. May be used from any thread."""

    def __init__(self) -> None:
        """Each tenant at work has a thread of its own, up to ``MOST_TENANT_THREADS``; they are made as they are needed."""
        lanes = {"tenants": MOST_TENANT_THREADS, "house": _HOUSE_THREADS}
        self._scheduler = _Timers(
            timezone=UTC,
            executors={
                lane: ThreadPoolExecutor(threads, pool_kwargs={"thread_name_prefix": f"nightclerk-{lane}"})
                for lane, threads in lanes.items()
            },
            # A job that is late is still due: APScheduler's default would drop it after one second.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def every(self, name: str, interval: timedelta, do: Callable[[], None], lane: Lane = "tenants") -> None:
        """Does it now and then at each interval. A due time that comes while it is still being done is passed over."""
        self._scheduler.add_job(
            do,
            IntervalTrigger(seconds=max(1, round(interval.total_seconds())), timezone=UTC),
            id=name,
            name=name,
            executor=lane,
            next_run_time=datetime.now(UTC),
            replace_existing=True,
        )

    def once(self, name: str, seconds: float, do: Callable[[], None], lane: Lane = "tenants") -> None:
        """Does it once, so many seconds from now; takes the place of a job of this name that has not begun yet."""
        self._scheduler.add_job(
            do,
            DateTrigger(datetime.now(UTC) + timedelta(seconds=max(0.0, seconds)), timezone=UTC),
            id=name,
            name=name,
            executor=lane,
            max_instances=_NEVER_DROPPED,
            replace_existing=True,
        )

    def times(
        self,
        name: str,
        next_after: Callable[[datetime], datetime],
        kept: datetime,
        do: Callable[[], None],
        lane: Lane = "tenants",
    ) -> None:
        """Does it at each due moment: ``next_after`` tells the first one after another moment. kept: up to when all were kept.

        Never passed over: where it is still being done, it is done once more afterwards (see ``turns``).
        """
        self._scheduler.add_job(
            do,
            Times(next_after, kept),
            id=name,
            name=name,
            executor=lane,
            max_instances=_NEVER_DROPPED,
            replace_existing=True,
        )

    def at(self, name: str, moment: datetime, do: Callable[[], None], lane: Lane = "tenants") -> None:
        """Does it once, at this moment of the machine's clock; takes the place of a job of this name that has not begun yet."""
        self._scheduler.add_job(
            do,
            Moment(moment, timezone=UTC),
            id=name,
            name=name,
            executor=lane,
            max_instances=_NEVER_DROPPED,
            replace_existing=True,
        )

    def forget(self, *names: str) -> None:
        """Takes the jobs of these names off, as far as there are any; what is under way goes on."""
        for name in names:
            with suppress(JobLookupError):
                self._scheduler.remove_job(name)

    def shift(self, by: timedelta) -> None:
        """Given how far the machine's clock jumped; moves every job by as much, so that each waits as long as it was to wait.

        Written times are kept by the clock as it is now. Those that it jumped over, or that a machine slept through, are due.
        """
        now = datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            if job.next_run_time is None or isinstance(job.trigger, Moment):
                continue
            moved = job.next_run_time + by
            if isinstance(job.trigger, Times):
                if by > timedelta(0) or job.next_run_time <= now:
                    continue
                moved = job.trigger.again(now)
            with suppress(JobLookupError):  # it ran or was replaced just now
                job.modify(next_run_time=moved)
        self._scheduler.wakeup()

    def names(self) -> tuple[str, ...]:
        """Returns the names of all jobs that are still to come."""
        return tuple(sorted(job.id for job in self._scheduler.get_jobs()))

    def start(self) -> None:
        """Begins; jobs added before wait until now."""
        self._scheduler.start()

    def pause(self) -> None:
        """Begins no further job; what is under way goes on."""
        self._scheduler.pause()

    def close(self, wait: bool) -> None:
        """Ends the timers; ``wait``: also waits for the jobs under way, however long they take."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=wait)
