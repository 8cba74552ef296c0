"""When a server that was away, or that refused us, is asked again. Pure.

A server that is away is asked ever more rarely, by one look at a time, whatever the schedule or a watched folder says. One that
refused us is left alone: who insists gets the account locked. It is asked again once its settings change, once a person asks
for a round, or after a long while.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightclerk.core.source import Source

#: How long a server is left alone after it refused us.
REFUSED_REST = timedelta(hours=6)
#: After a restart it is asked once, for a person may have mended it; but not sooner, for the daemon may be restarting in circles.
RESTARTED_REST = timedelta(minutes=5)
#: The first wait for a server that is away, and the longest.
AWAY_FIRST, AWAY_LONGEST = timedelta(seconds=30), timedelta(minutes=15)
#: The same for one that lets us in and then has not what it should have, such as the drop folder.
UNFIT_FIRST, UNFIT_LONGEST = timedelta(minutes=5), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A server refused us, or we it. asked: when it was last asked; settings: the fingerprint of what it was asked with."""

    asked: datetime
    settings: str


@dataclass(frozen=True, slots=True)
class Breaker:
    """How a tenant's server has been answering. failures: looks in a row that met no server; again_at: when, in seconds of the
    monotonic clock, it is asked again. refusal: it refused us; since_start: and that was since the start of this process."""

    failures: int = 0
    again_at: float = float("-inf")
    refusal: Refusal | None = None
    since_start: bool = False

    def rests_for(self, settings: str, now: datetime, monotonic: float) -> float:
        """Given the settings' fingerprint and both clocks; returns the seconds until the server is to be asked, 0 for now."""
        left = self.again_at - monotonic
        if self.refusal is not None and self.refusal.settings == settings:
            rest = REFUSED_REST if self.since_start else RESTARTED_REST
            # A clock that was set back makes no rest longer.
            left = max(left, min(rest, self.refusal.asked + rest - now).total_seconds())
        return max(left, 0.0)


def failed(before: Breaker, ops_must_act: bool, luck: float, monotonic: float) -> Breaker:
    """Given the breaker after a look that failed, whether it was by what ops must mend, a random number from 0 to 1 and the
    monotonic clock; returns it anew.

    The waits double. Half of each is luck, so that many tenants of one server do not come back all at once.
    """
    first, most = (UNFIT_FIRST, UNFIT_LONGEST) if ops_must_act else (AWAY_FIRST, AWAY_LONGEST)
    longest = min(first * 2 ** min(before.failures, 20), most).total_seconds()
    return Breaker(before.failures + 1, monotonic + longest / 2 * (1 + luck))


def refused(refusal: Refusal) -> Breaker:
    """Given what just happened; returns the breaker."""
    return Breaker(refusal=refusal, since_start=True)


def fingerprint(source: Source) -> str:
    """Given a source's settings; returns what tells them from others. References to secrets are in it, secrets are not."""
    return hashlib.sha256(source.model_dump_json().encode()).hexdigest()[:32]
