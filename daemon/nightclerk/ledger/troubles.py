"""What is wrong with a tenant now and whether ops were told: once, not nightly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from nightclerk.core.report import Letter
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.outbox import insert_letter
from nightclerk.ledger.tables import storable, troubles


@dataclass(frozen=True, slots=True)
class Noted:
    """A trouble was noted. since: when the tenant was last well, so far as is known; told: whether a letter was written now."""

    since: datetime
    told: bool


class Troubles:
    """The troubles in the ledger. All that a tenant met since it was last well belong together, each sentence once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def note(
        self,
        tenant: str,
        sentence: str,
        now: datetime,
        letter: Callable[[datetime], Letter | None],
        at_once: bool,
        patience: datetime,
    ) -> Noted:
        """Given a trouble; remembers it, and puts the letter that tells of it into the outbox in the same commit.

        A sentence is told once until the tenant is well again, and by one tenant where several meet the same. at_once: ops must
        act. Otherwise it is told if the tenant has not been well since ``patience`` and nothing was told since then. ``letter``
        is given since when, and may return None: nobody is told.
        """
        sentence = storable(sentence)  # as it stands there, to be found again
        with self._ledger.writing() as connection:
            known = connection.execute(sa.select(troubles).where(troubles.c.tenant == tenant)).all()
            since = min([now, *(row.since for row in known)])
            before = next((row for row in known if row.sentence == sentence), None)
            silent = before is not None and before.told
            if not at_once:
                silent = since > patience or any(row.told for row in known)
            written = None if silent or self._told_elsewhere(connection, tenant, sentence) else letter(since)
            told = written is not None or (before is not None and before.told)
            row = {"seen": now, "told": told}
            if before is None:
                connection.execute(troubles.insert().values(tenant=tenant, sentence=sentence, since=now, **row))
            else:
                connection.execute(
                    troubles.update().where(troubles.c.tenant == tenant, troubles.c.sentence == sentence).values(row)
                )
            if written is not None:
                insert_letter(connection, written, tenant, None, now)
            return Noted(since, written is not None)

    def over(self, tenant: str) -> bool:
        """Given a tenant that is well; returns whether a trouble had been noted, and forgets it."""
        with self._ledger.reading() as connection:
            if connection.execute(sa.select(troubles.c.tenant).where(troubles.c.tenant == tenant)).first() is None:
                return False
        with self._ledger.writing() as connection:
            return bool(connection.execute(troubles.delete().where(troubles.c.tenant == tenant)).rowcount)

    def all(self) -> dict[str, tuple[str, datetime]]:
        """Returns tenant → (the latest sentence, since when the tenant has not been well)."""
        with self._ledger.reading() as connection:
            rows = connection.execute(sa.select(troubles).order_by(troubles.c.seen)).all()
        since: dict[str, datetime] = {}
        for row in rows:
            since[row.tenant] = min(row.since, since.get(row.tenant, row.since))
        return {row.tenant: (row.sentence, since[row.tenant]) for row in rows}

    def _told_elsewhere(self, connection: Connection, tenant: str, sentence: str) -> bool:
        query = sa.select(troubles.c.tenant).where(
            troubles.c.sentence == sentence, troubles.c.tenant != tenant, troubles.c.told.is_(True)
        )
        return connection.execute(query).first() is not None
