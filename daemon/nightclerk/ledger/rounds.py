"""What outlives the process that does a tenant's rounds: up to when its times were kept, and whether its server refuses us."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from nightclerk.core.breaker import Refusal
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.tables import rounds


class RoundNotes:
    """One row for each tenant that has something to be remembered."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def kept_until(self, tenant: str, now: datetime) -> datetime:
        """Given a tenant and the present moment; returns up to when its times were kept. One never seen begins now."""
        with self._ledger.reading() as connection:
            found = connection.execute(sa.select(rounds.c.kept_until).where(rounds.c.tenant == tenant)).scalar()
        if found is None:
            self.keep(tenant, now)
        return now if found is None else found

    def keep(self, tenant: str, until: datetime) -> None:
        """Given a tenant and a moment: a round that began then left nothing undone, so that all times before it were kept."""
        self._note(tenant, kept_until=until)

    def refusal(self, tenant: str) -> Refusal | None:
        """Given a tenant; returns the refusal that stands between us and its server, or None."""
        return self.refusals().get(tenant)

    def refusals(self) -> dict[str, Refusal]:
        """Returns tenant → the refusal that stands."""
        query = sa.select(rounds).where(rounds.c.refused_at.is_not(None))
        with self._ledger.reading() as connection:
            rows = connection.execute(query).all()
        return {row.tenant: Refusal(row.refused_at, row.refused_with or "") for row in rows}

    def refuse(self, tenant: str, refusal: Refusal) -> None:
        """Given a tenant and its server's refusal; remembers it."""
        self._note(tenant, refused_at=refusal.asked, refused_with=refusal.settings)

    def forgive(self, tenant: str) -> None:
        """Given a tenant whose server let us in; forgets the refusal."""
        self._note(tenant, refused_at=None, refused_with=None)

    def _note(self, tenant: str, **values: Any) -> None:
        with self._ledger.writing() as connection:
            if connection.execute(rounds.update().where(rounds.c.tenant == tenant).values(values)).rowcount == 0:
                connection.execute(rounds.insert().values(tenant=tenant, **values))
