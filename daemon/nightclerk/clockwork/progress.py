"""Whether the work moves: what the service manager's watchdog is fed on.

The daemon makes progress while all of this holds:

* the timers beat: a job that is due every ``BEAT_EVERY`` has gone the whole way (timer, thread, done) within ``BEAT_LIMIT``;
* no turn stands still: the thread that works has been awake at some time within the limit, as the kernel counts it. One that
  stands still may be waiting for a place among the workers, so it is forgiven as long as runs are still being ended.

The thread that feeds the watchdog asks this itself: if it hangs, nobody feeds. What this cannot see is a thread that wakes
again and again for nothing; every step of the work has its own deadline against that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nightclerk.clockwork.turns import Turn

BEAT_EVERY = 10.0
BEAT_LIMIT = 60.0


@dataclass(frozen=True, slots=True)
class Stand:
    """A turn, how often its thread had been awake when last seen to move (None: not known), and since when it stands so."""

    turn: Turn
    awake: int | None
    since: float


def why_no_progress(now: float, beat: float, run_ended: float, stands: Iterable[Stand], limit: float) -> str | None:
    """Given the moment, the last beat, the last time a run ended, where the turns stand, and how long one may stand still (all
    in seconds of the monotonic clock); returns why the work does not move, or None if it does."""
    if now - beat > BEAT_LIMIT:
        return f"The timers have not beaten for {now - beat:.0f} s."
    still = [stand for stand in stands if now - stand.since > limit]
    if still and now - run_ended > limit:
        names = ", ".join(stand.turn.name for stand in still)
        return f"No run has ended and nothing has moved for {limit:.0f} s in: {names}."
    return None


class Progress:
    """Remembers when what was last seen to move. ``beat`` is called by the timers, all else by the main thread.

    limit: how long one turn may stand still, in seconds; may be set at any time.
    """

    def __init__(self, now: float, limit: float) -> None:
        self.limit = limit
        self._beat = now
        self._runs = 0
        self._run_ended = now
        self._stands: dict[Turn, Stand] = {}

    def beat(self, now: float) -> None:
        """The timers work."""
        self._beat = now

    def why_none(self, now: float, turns: Iterable[Turn], runs: int) -> str | None:
        """Given the moment, the turns under way and how many runs have ended so far; returns as ``why_no_progress``."""
        if runs != self._runs:
            self._runs, self._run_ended = runs, now
        stands = {}
        for turn in turns:
            awake = times_awake(turn.thread)
            before = self._stands.get(turn)
            moved = before is None or awake is None or awake != before.awake
            stands[turn] = Stand(turn, awake, now) if moved or before is None else before
        self._stands = stands
        return why_no_progress(now, self._beat, self._run_ended, stands.values(), self.limit)


def times_awake(thread: int) -> int | None:
    """Given a thread of this process by its kernel number; returns how often it has been put on or off a processor, or None
    where the kernel does not tell."""
    try:
        status = Path(f"/proc/self/task/{thread}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return sum(int(line.split(":")[1]) for line in status.splitlines() if "ctxt_switches" in line) or None
