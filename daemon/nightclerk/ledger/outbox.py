"""Letters that wait until the mail server has accepted them, recipient by recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from nightclerk.core.report import Letter
from nightclerk.core.retry import LONGEST_WAIT
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.tables import letters, recipients


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter with the recipients it is still due to. attempts: how often the most tried of them was tried."""

    id: int
    message_id: str
    kind: str
    tenant: str | None
    subject: str
    message: bytes
    recipients: tuple[str, ...]
    attempts: int


class Outbox:
    """The letters in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def add(self, letter: Letter, tenant: str | None, now: datetime) -> None:
        """Puts a letter in that belongs to no drop. One with the same Message-ID is put in once."""
        with self._ledger.writing() as connection:
            insert_letter(connection, letter, tenant, None, now)

    def due(self, now: datetime, most: int = 10) -> tuple[Waiting, ...]:
        """Returns the first letters with recipients whose time has come, oldest first; only so many, for each is held whole."""
        waiting = _due(now)
        first = sa.select(recipients.c.letter_id).where(waiting).distinct().order_by(recipients.c.letter_id).limit(most)
        query = (
            sa.select(letters, recipients.c.address, recipients.c.attempts)
            .join(recipients, recipients.c.letter_id == letters.c.id)
            .where(waiting, letters.c.id.in_(first))
            .order_by(letters.c.id, recipients.c.address)
        )
        with self._ledger.reading() as connection:
            rows = connection.execute(query).all()
        grouped: dict[int, list[Any]] = {}
        for row in rows:
            grouped.setdefault(row.id, []).append(row)
        return tuple(
            Waiting(
                id=key,
                message_id=found[0].message_id,
                kind=found[0].kind,
                tenant=found[0].tenant,
                subject=found[0].subject,
                message=found[0].message,
                recipients=tuple(row.address for row in found),
                attempts=max(row.attempts for row in found),
            )
            for key, found in grouped.items()
        )

    def begin(self, letter: Waiting) -> None:
        """Given a letter that is about to be handed in; counts the attempt.

        What comes of it must be written down afterwards. If not even this can be, the letter is not handed in: it would be
        handed in again and again.
        """
        with self._ledger.writing() as connection:
            connection.execute(
                recipients.update()
                .where(recipients.c.letter_id == letter.id, recipients.c.address.in_(letter.recipients))
                .values(attempts=recipients.c.attempts + 1)
            )

    def settle(self, letter_id: int, outcome: dict[str, tuple[str, str | None]], now: datetime) -> None:
        """Given address → (``accepted`` or ``refused``, the server's words); writes it down in one commit."""
        with self._ledger.writing() as connection:
            for address, (state, words) in outcome.items():
                connection.execute(
                    recipients.update()
                    .where(recipients.c.letter_id == letter_id, recipients.c.address == address)
                    .values(state=state, words=words, settled_at=now)
                )

    def postpone(self, letter_id: int, addresses: tuple[str, ...], until: datetime, words: str) -> None:
        """Given recipients that could not be served; lets them wait until then."""
        with self._ledger.writing() as connection:
            connection.execute(
                recipients.update()
                .where(recipients.c.letter_id == letter_id, recipients.c.address.in_(addresses))
                .where(recipients.c.state == "waiting")
                .values(next_at=until, words=words)
            )

    def postpone_all(self, now: datetime, until: datetime, words: str) -> int:
        """Lets every letter that is due wait until then, since none could be handed in now; returns how many letters."""
        with self._ledger.writing() as connection:
            count = connection.execute(sa.select(sa.func.count(recipients.c.letter_id.distinct())).where(_due(now))).scalar_one()
            connection.execute(recipients.update().where(_due(now)).values(next_at=until, words=words))
            return int(count)

    def hasten(self, now: datetime) -> None:
        """Makes all waiting letters due."""
        with self._ledger.writing() as connection:
            connection.execute(recipients.update().where(recipients.c.state == "waiting").values(next_at=now))

    def message(self, letter_id: int) -> bytes | None:
        """Given a letter's number; returns the whole message as it goes over the wire, or None when there is no such letter."""
        with self._ledger.reading() as connection:
            found: bytes | None = connection.execute(sa.select(letters.c.message).where(letters.c.id == letter_id)).scalar()
        return found

    def next_at(self) -> datetime | None:
        """Returns when the next waiting recipient is due, or None when nobody waits."""
        query = sa.select(sa.func.min(recipients.c.next_at)).where(recipients.c.state == "waiting")
        with self._ledger.reading() as connection:
            return connection.execute(query).scalar()

    def waiting(self) -> dict[str, int]:
        """Returns tenant → how many of its letters still wait for a recipient; tenants without one are left out."""
        unsent = sa.select(recipients.c.letter_id).where(recipients.c.state == "waiting")
        query = sa.select(letters.c.tenant, sa.func.count().label("letters")).where(
            letters.c.id.in_(unsent), letters.c.tenant.is_not(None)
        )
        with self._ledger.reading() as connection:
            return {row.tenant: row.letters for row in connection.execute(query.group_by(letters.c.tenant))}

    def listing(self, limit: int = 200, waiting_only: bool = True) -> tuple[dict[str, Any], ...]:
        """Returns letters for people, newest first: id, message_id, tenant, subject, written_at, recipients with their state."""
        told = (letters.c.id, letters.c.message_id, letters.c.kind, letters.c.tenant, letters.c.drop_id)
        query = sa.select(*told, letters.c.subject, letters.c.written_at).order_by(letters.c.id.desc()).limit(limit)
        if waiting_only:
            waiting = sa.select(recipients.c.letter_id).where(recipients.c.state == "waiting")
            query = query.where(letters.c.id.in_(waiting))
        with self._ledger.reading() as connection:
            found = connection.execute(query).all()
            rows = connection.execute(sa.select(recipients).where(recipients.c.letter_id.in_([row.id for row in found]))).all()
        of_letter: dict[int, list[Any]] = {row.id: [] for row in found}
        for row in rows:
            of_letter[row.letter_id].append(row)
        return tuple(
            {
                "letter": row.id,
                "message_id": row.message_id,
                "kind": row.kind,
                "tenant": row.tenant,
                "drop": row.drop_id,
                "subject": row.subject,
                "written_at": row.written_at,
                "recipients": [
                    {"address": r.address, "state": r.state, "attempts": r.attempts, "next_at": r.next_at, "words": r.words}
                    for r in of_letter[row.id]
                ],
            }
            for row in found
        )


def _due(now: datetime) -> Any:
    """A wait that ends later than any can was written before our clock went back."""
    came = sa.or_(recipients.c.next_at <= now, recipients.c.next_at > now + LONGEST_WAIT)
    return sa.and_(recipients.c.state == "waiting", came)


def insert_letter(connection: Connection, letter: Letter, tenant: str | None, drop_id: int | None, now: datetime) -> None:
    """Puts a letter into the outbox within the caller's transaction; one with the same Message-ID is put in once."""
    if connection.execute(sa.select(letters.c.id).where(letters.c.message_id == letter.message_id)).first() is not None:
        return
    made = connection.execute(
        letters.insert().values(
            message_id=letter.message_id,
            kind=letter.kind,
            tenant=tenant,
            drop_id=drop_id,
            subject=letter.subject,
            message=letter.message,
            written_at=now,
        )
    )
    letter_id = made.inserted_primary_key[0]  # type: ignore[index]
    rows = [
        {"letter_id": letter_id, "address": address, "state": "waiting", "attempts": 0, "next_at": now}
        for address in dict.fromkeys(letter.recipients)
    ]
    if rows:
        connection.execute(recipients.insert(), rows)
