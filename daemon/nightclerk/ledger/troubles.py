"""What is wrong with a tenant's source and whether ops were told: once, not nightly."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from nightclerk.core.report import Letter
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.outbox import insert_letter
from nightclerk.ledger.tables import troubles


class Troubles:
    """The troubles in the ledger, at most one for each tenant."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def tell_once(self, tenant: str, sentence: str, letter: Letter | None, now: datetime) -> bool:
        """Given a trouble and the letter that tells of it (None: nobody is told); returns whether it is new.

        The letter goes into the outbox in the same commit, unless the same trouble was told before and is not over yet.
        """
        with self._ledger.writing() as connection:
            row = connection.execute(sa.select(troubles).where(troubles.c.tenant == tenant)).first()
            if row is not None and row.sentence == sentence and (row.told or letter is None):
                return False
            connection.execute(troubles.delete().where(troubles.c.tenant == tenant))
            connection.execute(troubles.insert().values(tenant=tenant, sentence=sentence, since=now, told=letter is not None))
            if letter is not None:
                insert_letter(connection, letter, tenant, None, now)
            return True

    def over(self, tenant: str) -> bool:
        """Given a tenant whose source answered; returns whether a trouble had been noted, and forgets it."""
        with self._ledger.reading() as connection:
            if connection.execute(sa.select(troubles.c.tenant).where(troubles.c.tenant == tenant)).first() is None:
                return False
        with self._ledger.writing() as connection:
            return bool(connection.execute(troubles.delete().where(troubles.c.tenant == tenant)).rowcount)

    def all(self) -> dict[str, tuple[str, datetime]]:
        """Returns tenant → (sentence, since)."""
        with self._ledger.reading() as connection:
            return {row.tenant: (row.sentence, row.since) for row in connection.execute(sa.select(troubles))}
