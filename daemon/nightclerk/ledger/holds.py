"""Held files: which wait for a decision, and what was decided. A decision is one conditional write; the walk that carries it out
may be anybody's."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import asdict
from typing import Literal

import sqlalchemy as sa

from nightclerk.core.run import Decision, Run, in_part, run_from_data
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.tables import decisions, drops, runs

Standing = Literal["decided", "not_held", "decided_before"]
"""What became of a decision: it stands; the run is not held; somebody had decided before."""


class Holds:
    """The held runs in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def waiting(self, tenant: str | None = None, *, handed_in: bool = True) -> tuple[Run, ...]:
        """Given a tenant, or None for all; returns the runs that are held and not decided about, oldest first. handed_in: also
        those of files that a person handed in."""
        decided = sa.exists().where(decisions.c.run_id == runs.c.id)
        query = (
            sa.select(runs.c.detail)
            .join(drops, drops.c.id == runs.c.drop_id)
            .where(drops.c.state.in_(("held", "open")), runs.c.ending == "held", ~decided)
            .order_by(runs.c.id)
        )
        if tenant is not None:
            query = query.where(drops.c.tenant == tenant)
        if not handed_in:
            query = query.where(drops.c.by_hand.is_(None))
        with self._ledger.reading() as connection:
            return tuple(run_from_data(row.detail) for row in connection.execute(query))

    def feeds(self, tenant: str) -> frozenset[str]:
        """Given a tenant; returns the feeds with a held file from its folder: newer ones wait behind it."""
        query = (
            sa.select(runs.c.feed)
            .join(drops, drops.c.id == runs.c.drop_id)
            .where(drops.c.tenant == tenant, drops.c.state == "held", drops.c.by_hand.is_(None), runs.c.ending == "held")
        )
        with self._ledger.reading() as connection:
            return frozenset(row.feed for row in connection.execute(query) if row.feed is not None)

    def decide(self, run_id: int, decision: Decision) -> Standing:
        """Given a run and a decision; writes it down and opens the run's drop again, in one commit, if the run is held and nobody
        has decided. Whoever takes the drop over from then on carries it out."""
        installation = self._ledger.installation()
        with self._ledger.writing() as connection:
            if connection.execute(sa.select(decisions.c.id).where(decisions.c.run_id == run_id)).first() is not None:
                return "decided_before"
            row = connection.execute(sa.select(runs).where(runs.c.id == run_id)).first()
            if row is None or row.ending != "held":
                return "not_held"
            connection.execute(decisions.insert().values(run_id=run_id, **asdict(decision)))
            if decision.action == "approve" and in_part(run_from_data(row.detail)):
                # A run and a receipt of their own for the rows that waited: the others are booked. A feed has one slot of a drop,
                # which goes to the new run; the other one's detail still names the feed.
                connection.execute(runs.update().where(runs.c.id == run_id).values(feed=None))
                rest = {"key": f"{installation}-{secrets.token_hex(8)}", "drop_id": row.drop_id, "tenant": row.tenant}
                connection.execute(runs.insert().values(**rest, feed=row.feed))
            opened = {"state": "open", "holder": None, "rest_until": None, "tries": 0, "reader_deaths": 0}
            connection.execute(drops.update().where(drops.c.id == row.drop_id, drops.c.state == "held").values(opened))
            return "decided"

    def decided(self, run_ids: Iterable[int]) -> dict[int, Decision]:
        """Given runs; returns run → what was decided about it, for those about which something was."""
        query = sa.select(decisions).where(decisions.c.run_id.in_(list(run_ids)))
        with self._ledger.reading() as connection:
            rows = connection.execute(query).all()
        return {row.run_id: Decision(row.action, row.at, row.by, row.words) for row in rows}
