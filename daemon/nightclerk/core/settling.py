"""Ready or still being written: one look at one file, compared with what is remembered of earlier looks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from nightclerk.core.drop import Look, Sighting
from nightclerk.core.file_names import same_name
from nightclerk.core.routing import done_file_of, is_done_file, is_temporary
from nightclerk.core.tenant import Ready

Verdict = Literal["temporary", "taken", "waiting", "ready", "unstable"]


@dataclass(frozen=True, slots=True)
class Settled:
    """What one look says about a file, and what to remember of it.

    temporary: left alone because of its name (also a done file). taken: this very version was taken by ``look.drop``.
    waiting: not yet. ready: may be taken. unstable: waiting too, and for longer than ``unstable_after``.
    seconds: how long until it could be ready at the earliest; None when only its done file can tell, or nothing is awaited.
    announced_by: the done file that made it ready.
    """

    look: Look
    verdict: Verdict
    seconds: float | None = None
    announced_by: Sighting | None = None


def settle(before: Look | None, seen: Sighting, ready: Ready, now: datetime, listing: Collection[Sighting]) -> Settled:
    """Given the remembered look of this name, the new sighting, the tenant's rule, our clock (UTC) and all that the look saw;
    returns the look to remember and the verdict.

    Only looks by our own clock are compared; the source's time stamp is compared with itself alone, so that one in the future
    or preserved from long ago means nothing. Where our clock went backwards the wait begins anew.
    """
    look = _remembered(before, seen, ready, now)
    if is_temporary(ready, seen.name) or is_done_file(ready, seen.name):
        return Settled(look, "temporary")
    if look.drop is not None:
        return Settled(look, "taken")
    if ready.done_file is not None:
        done = next((one for one in listing if announces(ready, one, seen)), None)
        if done is not None:
            return Settled(look, "ready", announced_by=done)
        return Settled(look, _waiting(look, ready, now))
    # The first look of a version never settles it, however short ``unchanged_for`` is: two looks must agree.
    agreed = before is not None and before.sighting == seen
    left = ready.unchanged_for - (now - look.since)
    if agreed and left <= timedelta(0):
        return Settled(look, "ready")
    return Settled(look, _waiting(look, ready, now), max(left.total_seconds(), 0.0))


def _remembered(before: Look | None, seen: Sighting, ready: Ready, now: datetime) -> Look:
    if before is None:
        return Look(sighting=seen, since=now, seen=now, appeared=now)
    went_back = now < before.seen
    if before.sighting == seen:
        since = now if went_back and before.drop is None else before.since
        return replace(before, since=since, seen=now, appeared=min(before.appeared, now))
    if before.drop is not None:
        # The version before was taken, so this one has not been standing there since then.
        return Look(sighting=seen, since=now, seen=now, appeared=now)
    # A file that keeps growing is one story and told once; a version that stood still and was then replaced is a new one.
    still_growing = before.seen - before.since < ready.unchanged_for
    return Look(
        sighting=seen, since=now, seen=now, appeared=min(before.appeared, now), reported=before.reported and still_growing
    )


def announces(ready: Ready, done: Sighting, seen: Sighting) -> bool:
    """Given two files; returns whether the first is a done file that says the second is whole.

    A done file older than the file it names was left behind by an earlier upload and announces nothing; both stamps are the
    server's own, so comparing them trusts no clock but its.
    """
    name = done_file_of(ready, seen.name)
    return name is not None and same_name(name, done.name) and done.stamp >= seen.stamp


def _waiting(look: Look, ready: Ready, now: datetime) -> Verdict:
    return "unstable" if now - look.appeared > ready.unstable_after else "waiting"
