"""Who works on which drop. A claim is one conditional write; what a dead process held is taken over the same way."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from nightclerk.core.drop import Drop, Fate, HandedIn, Released, Sighting
from nightclerk.core.retry import LONGEST_WAIT, MOST_RETRIES
from nightclerk.core.sentence import Sentence
from nightclerk.ledger.drop_rows import WITHOUT_SERVER, drop_of, look_of, version
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.tables import drops, looks, runs


class _TakenError(Exception):
    """The sighting is not there any more as it was, or another took it: the whole claim is rolled back."""


@dataclass(frozen=True, slots=True)
class RunSlot:
    """The run that a claimed drop will have for one feed: its id and its key, fixed from the claim on."""

    id: int
    key: str
    feed: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A drop in our hands. state: ``open`` (to be booked) or ``recorded`` (to be put away). tries: see ``Claims``."""

    drop: Drop
    state: Literal["open", "recorded"]
    slots: tuple[RunSlot, ...]
    tries: int
    fate: Fate | None = None
    only: tuple[str, ...] | None = None


class Claims:
    """Claims in the ledger, made for one holder (a running process; see ``filing.holder``).

    Every claim raises ``attempt``, the fence, and ``tries`` before any work begins; an orderly ``rest`` gives the try back.
    So a file that takes the whole process down with it is counted, and a night without a database is not.

    A claim is in hand until ``lay_down``. What stands in the ledger as ours and is not in hand was left behind by a walk that
    could not even write down that it rests (a full disk, a locked ledger); it is taken over like a dead process's.
    """

    def __init__(self, ledger: Ledger, holder: str, alive: Callable[[str], bool]) -> None:
        self._ledger = ledger
        self._holder = holder
        self._alive = alive
        self._installation = ledger.installation()
        self._in_hand: set[int] = set()
        self._given_back: dict[tuple[int, int], int] = {}  # drop and attempt → the tries without it

    def claim(
        self,
        tenant: str,
        sighting: Sighting,
        feeds: Sequence[str | None],
        now: datetime,
        note: Sentence | None = None,
        announced_by: Sighting | None = None,
    ) -> Claim | None:
        """Given a settled sighting and the feeds that will read it; returns the claim, or None when it is not ours to take.

        announced_by: its done file, which is remembered as used by this drop.
        """
        try:
            with self._ledger.writing() as connection:
                drop_id = self._insert(connection, tenant, sighting, now, note=note)
                taken = connection.execute(
                    looks.update().where(version(tenant, sighting), looks.c.drop_id.is_(None)).values(drop_id=drop_id)
                )
                if taken.rowcount != 1:
                    raise _TakenError
                if announced_by is not None:
                    connection.execute(looks.update().where(version(tenant, announced_by)).values(drop_id=drop_id))
                slots = self._slots(connection, drop_id, tenant, feeds)
        except _TakenError:
            return None
        self._in_hand.add(drop_id)
        return Claim(Drop(drop_id, tenant, sighting, now, attempt=1, note=note), "open", slots, tries=1)

    def claim_by_hand(self, tenant: str, sighting: Sighting, feeds: Sequence[str], handed: HandedIn, now: datetime) -> Claim:
        """Given a local file that is handed in, and the feeds that will read it; returns the claim on it."""
        only = list(handed.only) if handed.only else None
        again = {"replays": handed.replays, "replayed_by": handed.replayed_by}
        with self._ledger.writing() as connection:
            drop_id = self._insert(connection, tenant, sighting, now, by_hand=str(handed.path), only=only, **again)
            slots = self._slots(connection, drop_id, tenant, feeds)
        self._in_hand.add(drop_id)
        drop = Drop(drop_id, tenant, sighting, now, attempt=1, by_hand=handed.path, **again)  # type: ignore[arg-type]  # as named
        return Claim(drop, "open", slots, tries=1, only=handed.only)

    def claim_parked(self, run: int, feed: str, now: datetime) -> Claim | None:
        """Given a run that parked rows, and its feed; returns the claim on those rows, or None while another is not closed, and
        for good once one was left."""
        with self._ledger.writing() as connection:
            left = sa.and_(drops.c.state == "closed", drops.c.tries > MOST_RETRIES)
            begun = sa.and_(drops.c.retries == run, sa.or_(drops.c.state.in_(("open", "recorded")), left))
            parker = connection.execute(sa.select(drops).join(runs, runs.c.drop_id == drops.c.id).where(runs.c.id == run)).one()
            if connection.execute(sa.select(drops.c.id).where(begun)).first() is not None:
                return None
            sighting = drop_of(parker).sighting
            drop_id = self._insert(connection, parker.tenant, sighting, now, retries=run)
            slots = self._slots(connection, drop_id, parker.tenant, [feed])
        self._in_hand.add(drop_id)
        return Claim(Drop(drop_id, parker.tenant, sighting, now, attempt=1, retries=run), "open", slots, tries=1)

    def unfinished(self, tenant: str | None = None, handed_in: bool = False) -> tuple[int, ...]:
        """Given a tenant, or None for all; returns the drops begun and not closed that nobody alive works on, oldest first.

        handed_in: only those that need no server: files that a person handed in, and parked rows.
        """
        query = sa.select(drops.c.id, drops.c.holder).where(drops.c.state.in_(("open", "recorded"))).order_by(drops.c.id)
        if tenant is not None:
            query = query.where(drops.c.tenant == tenant)
        if handed_in:
            query = query.where(WITHOUT_SERVER)
        with self._ledger.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(row.id for row in rows if self._free(row.id, row.holder))

    def resting(self, tenant: str, handed_in: bool = False) -> datetime | None:
        """Given a tenant; returns when the first of its drops that rest may go on, or None when none rests.

        handed_in: only those that need no server.
        """
        query = sa.select(sa.func.min(drops.c.rest_until)).where(
            drops.c.tenant == tenant, drops.c.state.in_(("open", "recorded")), drops.c.holder.is_(None)
        )
        if handed_in:
            query = query.where(WITHOUT_SERVER)
        with self._ledger.reading() as connection:
            return connection.execute(query).scalar()

    def lay_down(self, claim: Claim) -> None:
        """Given a claim whose walk is over, however it ended; must always be called, and writes nothing."""
        self._in_hand.discard(claim.drop.id)

    def begun(self, tenant: str | None = None) -> frozenset[int]:
        """Given a tenant, or None for all; returns the drops begun and not closed, whoever works on them, held ones too."""
        query = sa.select(drops.c.id).where(drops.c.state.in_(("open", "held", "recorded")))
        if tenant is not None:
            query = query.where(drops.c.tenant == tenant)
        with self._ledger.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def tenant_of(self, drop_id: int) -> str:
        """Given a drop; returns whose it is."""
        with self._ledger.reading() as connection:
            return str(connection.execute(sa.select(drops.c.tenant).where(drops.c.id == drop_id)).scalar_one())

    def busy_feeds(self, tenant: str) -> frozenset[str]:
        """Given a tenant; returns the feeds with a drop from its folder that is begun and not booked."""
        query = (
            sa.select(runs.c.feed)
            .join(drops, drops.c.id == runs.c.drop_id)
            .where(drops.c.tenant == tenant, drops.c.state == "open", sa.not_(WITHOUT_SERVER), runs.c.feed.is_not(None))
        )
        with self._ledger.reading() as connection:
            return frozenset(row.feed for row in connection.execute(query))

    def take_over(self, drop_id: int, now: datetime, hurry: bool = False) -> Claim | None:
        """Given an unfinished drop; returns the claim, or None when another was faster or its rest is not over.

        hurry: do not wait for the end of its rest.
        """
        with self._ledger.writing() as connection:
            row = connection.execute(sa.select(drops).where(drops.c.id == drop_id)).one()
            # A rest that ends later than any can was written before our clock went back.
            resting = not hurry and row.rest_until is not None and now < row.rest_until <= now + LONGEST_WAIT
            if row.state not in {"open", "recorded"} or resting or not self._free(row.id, row.holder):
                return None
            # What we could not write down for the weather we still know: it is no fault of the file.
            tries = self._given_back.get((row.id, row.attempt), row.tries) + 1
            values = {"holder": self._holder, "attempt": row.attempt + 1, "tries": tries}
            connection.execute(drops.update().where(drops.c.id == drop_id).values(values))
            slots = tuple(
                RunSlot(r.id, r.key, r.feed)
                for r in connection.execute(sa.select(runs).where(runs.c.drop_id == drop_id).order_by(runs.c.id))
            )
        self._given_back.pop((row.id, row.attempt), None)
        self._in_hand.add(drop_id)
        return Claim(
            drop=replace(drop_of(row), attempt=row.attempt + 1),
            state=row.state,
            slots=slots,
            tries=tries,
            fate=None if row.fate is None else Fate(**row.fate),
            only=None if row.only is None else tuple(row.only),
        )

    def reader_died(self, drop_id: int) -> int:
        """Given a drop whose reader died without a word; counts it and returns how often that has happened."""
        with self._ledger.writing() as connection:
            counted = drops.update().where(drops.c.id == drop_id).values(reader_deaths=drops.c.reader_deaths + 1)
            connection.execute(counted)
            return int(connection.execute(sa.select(drops.c.reader_deaths).where(drops.c.id == drop_id)).scalar_one())

    def rest(self, claim: Claim, until: datetime, orderly: bool) -> None:
        """Given a claim that cannot go on now; lets go of it until then. After an orderly stop the try is given back, by this
        process even when that cannot be written down."""
        if orderly:
            self._given_back[claim.drop.id, claim.drop.attempt] = claim.tries - 1
        with self._ledger.writing() as connection:
            connection.execute(
                drops.update()
                .where(drops.c.id == claim.drop.id, drops.c.attempt == claim.drop.attempt)
                .values(holder=None, rest_until=until, tries=drops.c.tries - int(orderly))
            )

    def put_back(self, claim: Claim) -> bool:
        """Given a claim on a file that changed while it was fetched; forgets it, so that the file is taken later.

        Returns whether it was forgotten: what is recorded already, or another's by now, never is.
        """
        with self._ledger.writing() as connection:
            forgotten = connection.execute(
                drops.update()
                .where(drops.c.id == claim.drop.id, drops.c.state == "open", drops.c.attempt == claim.drop.attempt)
                .values(state="put_back", holder=None)
            )
            if forgotten.rowcount != 1:
                return False
            connection.execute(runs.delete().where(runs.c.drop_id == claim.drop.id))
            connection.execute(looks.delete().where(look_of(claim.drop)))
            return True

    def leave(self, claim: Claim, now: datetime) -> None:
        """Given a claim on parked rows that was tried too often; ends it without a run. These rows are not claimed again."""
        with self._ledger.writing() as connection:
            mine = (drops.c.id == claim.drop.id, drops.c.state == "open", drops.c.attempt == claim.drop.attempt)
            done = connection.execute(drops.update().where(*mine).values(state="closed", holder=None, closed_at=now))
            if done.rowcount == 1:
                connection.execute(runs.delete().where(runs.c.drop_id == claim.drop.id))

    def close(self, claim: Claim, released: Released, now: datetime) -> None:
        """Given a claim whose file is put away; closes it.

        Where the file no longer stands in the folder its look is forgotten with it, so that the next file of that name is new
        even if its size and time stamp are the same.
        """
        with self._ledger.writing() as connection:
            if released != "left":
                connection.execute(looks.delete().where(look_of(claim.drop)))
            connection.execute(
                drops.update()
                .where(drops.c.id == claim.drop.id)
                .values(state="closed", holder=None, closed_at=now, released=released)
            )

    def _free(self, drop_id: int, holder: str | None) -> bool:
        if holder == self._holder:
            return drop_id not in self._in_hand
        return holder is None or not self._alive(holder)

    def _insert(self, connection: Connection, tenant: str, sighting: Sighting, now: datetime, **more: Any) -> int:
        row = {
            "tenant": tenant,
            "name": sighting.name,
            "size": sighting.size,
            "stamp": sighting.stamp,
            "mark": sighting.mark,
            "claimed_at": now,
            "state": "open",
            "holder": self._holder,
            "attempt": 1,
            "tries": 1,
            "reader_deaths": 0,
            **more,
        }
        return int(connection.execute(drops.insert().values(row)).inserted_primary_key[0])  # type: ignore[index]

    def _slots(self, connection: Connection, drop_id: int, tenant: str, feeds: Sequence[str | None]) -> tuple[RunSlot, ...]:
        slots = []
        for feed in feeds:
            key = f"{self._installation}-{secrets.token_hex(8)}"
            made = connection.execute(runs.insert().values(key=key, drop_id=drop_id, tenant=tenant, feed=feed))
            slots.append(RunSlot(int(made.inserted_primary_key[0]), key, feed))  # type: ignore[index]
        return tuple(slots)
