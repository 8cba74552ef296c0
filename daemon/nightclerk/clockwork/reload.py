"""Takes up what changes in the configuration's folder, while the daemon serves.

A timer compares the folder's fingerprint, so that nothing is missed; the watch and HUP only hasten that. What changed is read
once it has stood still, so that half of a set of files is not taken for the whole, and is taken tenant by tenant
(``config.renewal``). Ops are told once what is wrong, and once that it is right again.
"""

from __future__ import annotations

import hashlib
import shlex
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from nightclerk.clockwork.rounds import Rounds
from nightclerk.clockwork.schedule import Schedule
from nightclerk.clockwork.systemd import Systemd
from nightclerk.clockwork.turns import Turns
from nightclerk.config.configuration import Found
from nightclerk.config.fingerprint import Fingerprint, fingerprint
from nightclerk.config.load import survey
from nightclerk.config.places import same_place
from nightclerk.config.renewal import Renewal, renew, told
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.report import Letter
from nightclerk.core.wording import listed
from nightclerk.work.house import House
from nightclerk.work.reports import notice

#: How often the folder is looked at even if nothing says that it changed.
LOOK_EVERY = timedelta(seconds=5)
#: Files that changed are read when none has changed for so many seconds.
SETTLED = 1.0
#: A hint waits so long for others of its kind, in seconds: one saving of a file is many events.
_GATHER = 0.2
_MOST_DETAILS = 50
#: Whose trouble it is, in the ledger: no tenant's.
_NOBODY = ""
#: How long ops wait for their answer while files keep changing, in seconds; then they are told that.
_PATIENCE = 20.0
_IN_USE = "The configuration is in use as it stands."
_RESTLESS = "The configuration's files keep changing. They are read once they stand still; until then all stays as it was."
_FAULT = "The configuration could not be taken up: a fault in Nightclerk, told in its log. It is tried again."


class Reload:
    """Looks after the configuration in use. ``words``: what is wrong with it now, in a few sentences, or nothing.

    ``hint`` and ``ask`` may be called from any thread; the rest happens in the schedule's threads, one at a time.
    """

    def __init__(
        self,
        house: House,
        rounds: Rounds,
        schedule: Schedule,
        turns: Turns,
        systemd: Systemd,
        read: Callable[[Path], Found] = survey,
    ) -> None:
        """read: how the folder is read."""
        self.words = ""
        self._survey = read
        self._house = house
        self._rounds = rounds
        self._schedule = schedule
        self._turns = turns
        self._systemd = systemd
        self._log = structlog.get_logger()
        self._asked = threading.Event()
        self._owed_since: float | None = None
        self._changing: tuple[Fingerprint, float] | None = None
        self._taken: Fingerprint | None = None
        self._found: Found | None = None
        self._held: dict[tuple[str, ...], str] = {}
        self._last: Renewal | None = None
        self._logged: str | None = None
        self._warned: frozenset[str] = frozenset()
        self._told: str | None = None

    def begin(self) -> None:
        """Puts the regular looks on the schedule. The first one reads the folder, and tells what was wrong at the start."""
        self._schedule.every("configuration", LOOK_EVERY, self._turn, lane="house")

    def hint(self) -> None:
        """Something in the folder may have changed."""
        self._schedule.once("configuration hint", _GATHER, self._turn, lane="house")

    def ask(self) -> None:
        """Ops say that the folder is as it should be: it is read now, whether it changed or not."""
        self._systemd.reloading(self._house.clock.monotonic())
        self._asked.set()
        self._schedule.once("configuration asked", 0, self._turn, lane="house")

    def _turn(self) -> None:
        self._turns.take("the configuration", self._look)

    def _look(self) -> None:
        if self._asked.is_set():
            self._asked.clear()
            self._owed_since = self._owed_since or self._house.clock.monotonic()
        answer: str | None = None
        try:
            answer = self._read(asked=self._owed_since is not None)
            if answer is not None and self._last is not None:
                self._tell(self._last)
        except (WeatherError, OperatorError) as error:  # the ledger is away: all of this is done, and told, at the next look
            if answer is None:
                self._log.warning("reload_postponed", reason=str(error))
                answer = f"The configuration could not be taken up now: {error} It is tried again."
            else:
                self._log.warning("reload_not_told", reason=str(error))
        except Exception:  # noqa: BLE001 - our own fault: recorded; what is in use stays in use, and the next look tries again
            self._log.exception("reload_failed")
            answer = answer or _FAULT
        finally:
            self._answer(answer)

    def _answer(self, answer: str | None) -> None:
        """Tells ops who asked what came of it, None being nothing yet: then, or where they asked anew meanwhile, the look that
        follows answers. Only files that never stand still are not waited for."""
        if self._owed_since is None or self._asked.is_set():
            return
        if answer is None and self._house.clock.monotonic() - self._owed_since < _PATIENCE:
            return
        self._owed_since = None
        self._systemd.reloaded(answer or _RESTLESS)

    def _read(self, asked: bool) -> str | None:
        """Takes up what the folder holds; returns in a few sentences what of it is in use, or None where it has to be read again
        in a moment. Raises WeatherError, OperatorError."""
        folder = self._house.configuration.folder
        seen = fingerprint(folder)
        if not asked and seen == self._taken:
            self._changing = None
            return self._go_on()
        if not asked and self._taken is not None and not self._stands_still(seen):
            self._look_again()
            return None
        found = self._survey(folder)
        if fingerprint(folder) != seen:  # it changed while it was read: this may be half of one and half of the other
            self._look_again()
            return None
        self._renew(found, asked)
        self._changing, self._taken, self._found = None, seen, found
        return self._in_use()

    def _stands_still(self, seen: Fingerprint) -> bool:
        """Whether the folder has looked like this for long enough."""
        now = self._house.clock.monotonic()
        if self._changing is None or self._changing[0] != seen:
            self._changing = seen, now
        return now - self._changing[1] >= SETTLED

    def _look_again(self) -> None:
        self._schedule.once("configuration settled", SETTLED + 0.05, self._turn, lane="house")

    def _go_on(self) -> str:
        """Nothing changed in the folder; but what waited for others may be possible now. Returns what of it is in use."""
        if self._found is not None and (self._house.configuration.leaving or (self._last is not None and self._last.waiting)):
            self._renew(self._found, asked=False)
        return self._in_use()

    def _in_use(self) -> str:
        waiting = self._last.waiting if self._last is not None else ()
        waits = f"Taken up as soon as others have left their folders: {listed(waiting, 'and')}." if waiting else ""
        return " ".join(filter(None, (self.words, waits))) or _IN_USE

    def _renew(self, found: Found, asked: bool) -> None:
        running = self._house.configuration
        self._held = {place: name for place, name in self._held.items() if not self._is_idle(name)}
        # Nobody begins anything new for a tenant that is leaving: idle, and nothing open, is the end.
        finished = {name for name in running.leaving if self._is_idle(name) and not self._house.claims.begun(name)}
        renewal = renew(running, found, self._held, finished)
        if renewal.configuration is not running:
            if not asked:
                self._systemd.reloading(self._house.clock.monotonic())
            answer = _FAULT
            try:
                self._take(renewal)
                answer = told(renewal) or "A changed configuration was taken up."
            finally:
                if not asked:
                    self._systemd.reloaded(answer)
            if renewal.waiting or renewal.configuration.leaving:
                self._look_again()  # most often that is over in a moment
        elif asked:
            self._log.info("configuration_unchanged")
        self._last = renewal
        self.words = told(renewal)

    def _is_idle(self, tenant: str) -> bool:
        """Returns whether no round of the tenant is under way: every later one goes by the configuration of now."""
        lock = self._house.at_work(tenant)
        if lock.acquire(blocking=False):
            lock.release()
            return True
        return False

    def _take(self, renewal: Renewal) -> None:
        """Swaps the configuration. From here on every round that begins goes by the new one."""
        before, now = self._house.configuration.tenants, renewal.configuration.tenants
        moved = [name for name in before if name not in now or now[name].source != before[name].source]
        self._held |= {same_place(before[name].source): name for name in moved}
        self._house.take(renewal.configuration)
        for name in moved:
            self._house.breakers.pop(name, None)  # the server is another one, or ops have mended what it refused
        self._rounds.follow(now)
        groups = ("started", "changed", "removed", "ended", "kept", "waiting", "settings")
        self._log.info("configuration_taken", **{group: list(found) for group in groups if (found := getattr(renewal, group))})

    def _tell(self, renewal: Renewal) -> None:
        """Tells log and ops what is wrong, unless it was told."""
        lines = [str(problem) for problem in renewal.problems]
        digest = hashlib.sha256("\n".join([self.words, *lines]).encode("utf-8", "surrogateescape")).hexdigest()[:12]
        if digest != self._logged:
            self._logged = digest
            for line in lines:
                self._log.error("configuration_problem", problem=line)
            if self.words:
                self._log.error("configuration_not_taken_whole", reason=self.words)
        warnings = [str(warning) for warning in renewal.warnings]
        for warning in warnings:
            if warning not in self._warned:
                self._log.warning("configuration_warning", problem=warning)
        self._warned = frozenset(warnings)
        if digest != self._told:
            self._write(renewal, digest)
            self._told = digest

    def _write(self, renewal: Renewal, digest: str) -> None:
        """Puts the mail to ops into the outbox. Raises WeatherError."""
        house = self._house.present()
        now = house.clock.now()
        if self.words:

            def letter(since: datetime) -> Letter | None:
                return notice(
                    house, _NOBODY, f"configuration {digest} {since}", self.words, _command(house, renewal), _details(renewal)
                )

            house.troubles.note(_NOBODY, f"{self.words} ({digest})", now, letter, at_once=True, patience=now)
        elif _NOBODY in house.troubles.all():
            sentence = "The configuration is right again, and all of it is in use."
            well = notice(house, _NOBODY, f"configuration well {now}", sentence, good_news=True)
            if well is not None:
                house.outbox.add(well, None, now)
            house.troubles.over(_NOBODY)
        else:
            return
        self._rounds.post_soon()


def _command(house: House, renewal: Renewal) -> str:
    if not renewal.problems:
        return "systemctl restart nightclerk"
    return f"nightclerk --config {shlex.quote(str(house.configuration.folder))} check"


def _details(renewal: Renewal) -> list[tuple[str, str]]:
    folder = f"{renewal.configuration.folder}/"
    found = [
        (f"{one.file.removeprefix(folder)}:{one.line}:{one.column}", f"{one.path}: {one.message}" if one.path else one.message)
        for one in renewal.problems
    ]
    more = len(found) - _MOST_DETAILS
    return [*found[:_MOST_DETAILS], ("and more", f"{more} further problems")] if more > 0 else found
