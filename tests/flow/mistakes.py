"""Protocol mistakes, planted to see that the witness catches them, and the situations in which some of them bite.

A mistake wraps or replaces one wall of an otherwise untouched house. The situations (``torn_upload``, ``poison``) are planted
alone as well: without the mistake the witness must be content.
"""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

from nightclerk.core.naming import archive_name
from nightclerk.work import process
from nightclerk.work.house import House


class Wrapped:
    """Has the shape of what it wraps."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


# --- archive before commit ---------------------------------------------------------------------------------------------


class TidyingReader(Wrapped):
    """Puts the file away as soon as it is read, before anything of it is booked."""

    def __init__(self, inner: Any, house: House) -> None:
        super().__init__(inner)
        self.house = house

    def read(self, file: Any, job: Any) -> Any:
        reading = self.inner.read(file, job)
        drop = self.house.runs.drop(int(Path(file.name).parent.name))
        name = archive_name(drop.sighting.name, drop.claimed_at, drop.id)
        self.house.archive.put_away(drop, name, self.house.spool.find(drop), {})
        self.house.source_for(drop).release(drop.sighting, process.Fate("processed", name))
        return reading


def archive_before_commit(house: House) -> None:
    house.reader = TidyingReader(house.reader, house)


# --- letter outside the ledger's transaction ---------------------------------------------------------------------------


class ForgetfulRuns(Wrapped):
    """Records first, and puts the letters into the outbox afterwards."""

    def __init__(self, inner: Any, house: House) -> None:
        super().__init__(inner)
        self.house = house

    def record(self, claim: Any, finished: Any, letters: Any, *more: Any) -> None:
        self.inner.record(claim, finished, (), *more)
        for letter in letters:
            self.house.outbox.add(letter, claim.drop.tenant, self.house.clock.now())


def letter_outside(house: House) -> None:
    house.runs = ForgetfulRuns(house.runs, house)


# --- receipt left out --------------------------------------------------------------------------------------------------


class ForgetfulTarget(Wrapped):
    """Never finds a receipt, and books under another key each time."""

    def receipt(self, key: str) -> None:
        return None

    def begin(self, plan: Any, key: str, attempt: int) -> Any:
        return self.inner.begin(plan, f"{key}-{attempt}", attempt)


def receipt_left_out(house: House) -> None:
    house.target = ForgetfulTarget(house.target)


# --- no second look ----------------------------------------------------------------------------------------------------


class TornSource(Wrapped):
    """The sender writes the file anew while it is fetched: the first half comes from the old one, the rest from the new one.

    Which file, and what it becomes, stands beside the drop folder in ``torn/``; it happens once.
    """

    def __init__(self, inner: Any, drop: Path) -> None:
        super().__init__(inner)
        self.drop = drop

    def fetch(self, sighting: Any, into: Any, limit: int) -> int:
        new = self.drop.parent / "torn" / sighting.name
        if not new.exists():
            return self.inner.fetch(sighting, into, limit)
        old = (self.drop / sighting.name).read_bytes()
        before = (self.drop / sighting.name).stat()
        torn = old[: len(old) // 2] + new.read_bytes()[len(old) // 2 :]
        os.chown(new, before.st_uid, before.st_gid)
        os.utime(new, (before.st_mtime + 60, before.st_mtime + 60))
        new.replace(self.drop / sighting.name)
        return into.write(torn)


class ShortSighted(Wrapped):
    """Takes the second look for granted."""

    def again(self, sighting: Any) -> Any:
        return sighting


def torn_upload(house: House) -> None:
    inner = house.source_of
    drop = Path(os.environ["NIGHTCLERK_TEST_DROP"])
    house.source_of = lambda tenant: TornSource(inner(tenant), drop)


def no_second_look(house: House) -> None:
    torn_upload(house)
    inner = house.source_of
    house.source_of = lambda tenant: ShortSighted(inner(tenant))


# --- a name without the run's id ---------------------------------------------------------------------------------------


def name_without_run(house: House) -> None:
    del house
    process.archive_name = lambda name, at, run: archive_name(name, at, 0)


# --- attempts counted late ---------------------------------------------------------------------------------------------


class PoisonedReader(Wrapped):
    """A file that holds the word POISON takes the whole process down with it."""

    def read(self, file: Any, job: Any) -> Any:
        if b"POISON" in file.read():
            os.kill(os.getpid(), signal.SIGKILL)
        file.seek(0)
        return self.inner.read(file, job)


class LateClaims(Wrapped):
    """Counts a try when it is over, not before it begins."""

    def take_over(self, *arguments: Any, **more: Any) -> Any:
        claim = self.inner.take_over(*arguments, **more)
        if claim is not None:
            with self.inner._ledger.writing() as connection:
                connection.exec_driver_sql(f"UPDATE drops SET tries = tries - 1 WHERE id = {claim.drop.id}")
            claim = replace(claim, tries=claim.tries - 1)
        return claim


def poison(house: House) -> None:
    house.reader = PoisonedReader(house.reader)


def attempts_counted_late(house: House) -> None:
    poison(house)
    house.claims = LateClaims(house.claims)


PLANT = {
    "none": lambda house: None,
    "archive_before_commit": archive_before_commit,
    "letter_outside": letter_outside,
    "receipt_left_out": receipt_left_out,
    "torn_upload": torn_upload,
    "no_second_look": no_second_look,
    "name_without_run": name_without_run,
    "poison": poison,
    "attempts_counted_late": attempts_counted_late,
}
