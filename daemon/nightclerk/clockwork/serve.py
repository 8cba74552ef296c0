"""The daemon: sets timers and watch going, listens to signals, and ends with nothing half done."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from nightclerk.clockwork.drift import Drift
from nightclerk.clockwork.progress import BEAT_EVERY, Progress
from nightclerk.clockwork.reload import Reload
from nightclerk.clockwork.rounds import Corridor, Rounds
from nightclerk.clockwork.schedule import Schedule
from nightclerk.clockwork.signals import Signals
from nightclerk.clockwork.systemd import Systemd
from nightclerk.clockwork.turns import Turns
from nightclerk.clockwork.watch import Watch
from nightclerk.config.configuration import Configuration
from nightclerk.core.errors import WeatherError
from nightclerk.core.source import FolderSource
from nightclerk.core.tenant import Tenant
from nightclerk.work.deliver import Delivered, deliver_waiting
from nightclerk.work.house import House
from nightclerk.work.recover import recover
from nightclerk.work.round import Round, look_and_take

#: How often the main thread looks after watch, progress and signals, in seconds.
TICK = 1.0
#: How much longer than a reader may take the current drops have to be finished once the daemon stops, in seconds.
GRACE = 30.0
#: How long looks and letters under way may take once the daemon stops, when no drop is under way, in seconds.
SHORT_GRACE = 20.0
#: How much longer than a reader may take nothing may move before the watchdog is left hungry, in seconds.
STILL = 600.0


@dataclass(frozen=True, slots=True)
class _Work:
    """The work of this house, as the clockwork sets it in motion."""

    house: House

    def look(self, tenant: str) -> Round:
        return look_and_take(self.house, tenant)

    def deliver(self) -> Delivered:
        return deliver_waiting(self.house)

    def recover(self) -> object:
        return recover(self.house)

    def owes(self, tenant: str) -> bool:
        return bool(self.house.claims.unfinished(tenant))

    def kept_until(self, tenant: str) -> datetime:
        now = self.house.clock.now()
        try:
            return self.house.round_notes.kept_until(tenant, now)
        except WeatherError:  # one look too many is better than one too few; the look tells what is wrong with the ledger
            return now - timedelta(days=8)


def serve(house: House, corridor: Corridor | None = None) -> bool:
    """Given an open house; serves until TERM, INT or ``house.stop``. Sets ``house.stop`` in any case.

    Returns whether all work under way was finished in time; what was not stays claimed and is taken up at the next start.
    Raises OperatorError when serving is impossible.
    """
    return _Serving(house, corridor or _Work(house)).until_stopped()


class _Serving:
    def __init__(self, house: House, corridor: Corridor) -> None:
        configuration, monotonic = house.configuration, house.clock.monotonic
        self._house = house
        self._log = structlog.get_logger()
        self._systemd = Systemd.from_environment(os.environ, os.getpid())
        self._schedule = Schedule()
        self._turns = Turns(monotonic, house.stop)
        self._rounds = Rounds(configuration.tenants, corridor, self._schedule, self._turns, house.stop, monotonic)
        self._reload = Reload(house, self._rounds, self._schedule, self._turns, self._systemd)
        self._followed = configuration
        self._watch = self._watch_on(watched_folders(configuration.tenants))
        self._config_watch = Watch(
            config_folders(configuration.folder), lambda _: self._reload.hint(), self._reload.hint, gone=True
        )
        self._progress = Progress(monotonic(), _longest_standstill(configuration))
        self._drift = Drift(house.clock.now(), monotonic())
        self._fed = float("-inf")
        self._hungry: str | None = None

    def until_stopped(self) -> bool:
        with Signals(self._house.stop) as signals:
            try:
                self._start()
                while not self._house.stop.is_set():
                    self._heed(signals.wait(TICK))
                    self._follow()
                    self._watch.supervise()
                    self._config_watch.supervise()
                    self._mind_the_clock()
                    self._tell()
            finally:
                finished = self._finish(signals)
        if self._rounds.failure is not None:
            raise self._rounds.failure
        return finished

    def _start(self) -> None:
        self._schedule.every("heartbeat", timedelta(seconds=BEAT_EVERY), self._beat, lane="house")
        self._rounds.begin()
        self._reload.begin()
        self._watch.start()
        self._config_watch.start()
        self._schedule.start()
        self._systemd.ready()
        self._log.info("serving", tenants=len(self._house.configuration.tenants))

    def _finish(self, signals: Signals) -> bool:
        """Takes no new work, waits for the current drops within the grace, and lets go of timers and watch."""
        self._house.stop.set()
        self._systemd.stopping()
        self._watch.stop()
        self._config_watch.stop()
        self._schedule.pause()
        began = self._house.clock.monotonic()
        if under_way := self._turns.under_way():
            self._log.info("finishing", under_way=[turn.name for turn in under_way])
        while not (idle := self._turns.wait_until_idle(0.05)) and self._may_wait(self._house.clock.monotonic() - began):
            self._heed(signals.wait(0.05))
            self._tell()
        if not idle:
            left = [turn.name for turn in self._turns.under_way()]
            self._log.warning("not_finished_in_time", under_way=left, action="taken up again at the next start")
        self._schedule.close(wait=idle)
        self._log.info("stopped", finished=idle)
        return idle

    def _may_wait(self, waited: float) -> bool:
        """Given the seconds waited since the stop; returns whether what is under way may have more time. Without one of the
        workers' places taken, a round has only looked."""
        grace = self._house.configuration.daemon.limits.time.total_seconds() + GRACE
        return waited < (grace if self._house.workers.taken else SHORT_GRACE)

    def _heed(self, number: signal.Signals | None) -> None:
        if number is None:
            return
        if self._house.stop.is_set():
            self._log.info("already_stopping", signal=number.name)
        elif number == signal.SIGHUP:
            self._log.info("reload_asked")
            self._reload.ask()
        else:
            self._log.info("stopping", signal=number.name)
            self._house.stop.set()

    def _follow(self) -> None:
        """Where another configuration was taken up meanwhile, watches the drop folders of that one, and goes by its limits."""
        now = self._house.configuration
        if now is self._followed:
            return
        before, self._followed = watched_folders(self._followed.tenants), now
        self._progress.limit = _longest_standstill(now)
        folders = watched_folders(now.tenants)
        if folders != before:
            self._watch.stop()
            self._watch = self._watch_on(folders)
            self._watch.start()
            self._rounds.hasten_all()  # for what was dropped between the two

    def _watch_on(self, folders: dict[str, Path]) -> Watch:
        return Watch(folders, self._rounds.hasten, self._rounds.hasten_all)

    def _mind_the_clock(self) -> None:
        """The timers go by the machine's clock: where it is set back by a day they would all sleep for a day."""
        jumped = self._drift.jumped(self._house.clock.now(), self._house.clock.monotonic())
        if jumped is not None:
            self._schedule.shift(jumped)
            self._log.warning("clock_jumped", seconds=round(jumped.total_seconds()), action="The timers were moved with it.")

    def _beat(self) -> None:
        self._progress.beat(self._house.clock.monotonic())

    def _tell(self) -> None:
        """Tells the service manager how we are, and feeds its watchdog if the work moves."""
        now = self._house.clock.monotonic()
        under_way = self._turns.under_way()
        self._systemd.status(self._standing([turn.name for turn in under_way]))
        hungry = self._progress.why_none(now, under_way, self._rounds.runs)
        if self._house.stop.is_set():
            hungry = None  # the timers rest; the time to stop is limited by the grace and the manager's own limit
        if hungry is not None and self._hungry is None:
            self._log.error("no_progress", reason=hungry, action="The service manager is no longer told that all is well.")
        self._hungry = hungry
        patience = self._systemd.watchdog
        if hungry is None and patience is not None and now - self._fed >= patience / 4:
            self._fed = now
            self._systemd.alive()

    def _standing(self, turns: list[str]) -> str:
        """Given the names of the turns under way; returns how the daemon is, in a line."""
        tenants = self._house.configuration.tenants
        names = [name for name in turns if name in tenants]
        at_work = "At work: " + ", ".join(names[:5]) + (" and others" if len(names) > 5 else "") if names else "Waiting for files"
        return f"Tenants: {len(tenants)}. Runs so far: {self._rounds.runs}. {at_work}. {self._reload.words}".rstrip()


def _longest_standstill(configuration: Configuration) -> float:
    return configuration.daemon.limits.time.total_seconds() + STILL


def config_folders(folder: Path) -> dict[str, Path]:
    """Given the configuration's folder; returns the folders to watch for changes of it."""
    return {part: folder / part for part in (".", "entities", "presets", "tenants")}


def watched_folders(tenants: dict[str, Tenant]) -> dict[str, Path]:
    """Given the tenants; returns the drop folders of those that are to be watched."""
    return {
        name: tenant.source.path
        for name, tenant in tenants.items()
        if isinstance(tenant.source, FolderSource) and tenant.source.watch
    }
