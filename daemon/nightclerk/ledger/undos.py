"""Runs that are being taken back: one at a time of a drop, and at most once each while the undo stands."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from nightclerk.core.errors import OperatorError
from nightclerk.core.run import Run, in_part, run_from_data, run_to_data
from nightclerk.ledger.claims import RunSlot
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.runs import FencedOffError, note_booked
from nightclerk.ledger.tables import configurations, drops, runs

_TAKEN_BACK = ("imported", "imported_with_rejects", "undo")


@dataclass(frozen=True, slots=True)
class UndoClaim:
    """A run to be taken back, in our hands: the run, the slot of the run that will take it back, and the fence."""

    run: Run
    slot: RunSlot
    attempt: int


class Undos:
    """Undos in the ledger, made for one holder (see ``ledger.claims.Claims``). While one is under way the run's drop is
    ``undoing``; what a dead process left so is settled by whoever comes next."""

    def __init__(self, ledger: Ledger, holder: str, alive: Callable[[str], bool]) -> None:
        self._ledger = ledger
        self._holder = holder
        self._alive = alive

    def claim(self, run_id: int) -> UndoClaim:
        """Given a run's number; returns the claim to take it back. Raises OperatorError with the reason where that cannot be."""
        installation = self._ledger.installation()
        with self._ledger.writing() as connection:
            run = refuse_undo(_run(connection, run_id), run_id)
            drop = connection.execute(sa.select(drops).where(drops.c.id == run.drop)).one()
            if drop.state != "closed":
                what = "is being undone already" if drop.state == "undoing" else "is of a file that is not put away yet"
                raise OperatorError(f"Run {run_id} {what}. Wait until that is done.", command="nightclerk status")
            key = f"{installation}-{secrets.token_hex(8)}"
            values = {"key": key, "drop_id": run.drop, "tenant": run.tenant, "feed": None, "undoes": run_id}
            made = int(connection.execute(runs.insert().values(values)).inserted_primary_key[0])  # type: ignore[index]
            attempt = drop.attempt + 1
            taken = {"state": "undoing", "holder": self._holder, "attempt": attempt}
            connection.execute(drops.update().where(drops.c.id == run.drop).values(taken))
        return UndoClaim(run, RunSlot(made, key, None), attempt)

    def record(self, claim: UndoClaim, run: Run) -> None:
        """Given a claim and the finished run that took its run back; writes it down, and closes the drop again: one commit.

        Raises FencedOffError when the claim is no longer ours.
        """
        with self._ledger.writing() as connection:
            self._ours(connection, claim)
            data = {"ending": run.ending, "sha256": run.sha256, "config_hash": run.config_hash, "detail": run_to_data(run)}
            times = {"started_at": run.started_at, "ended_at": run.ended_at, "rejected": 0, "parked": 0}
            connection.execute(runs.update().where(runs.c.id == run.id).values({**data, **times}))
            note_booked(connection, run.id)
            _mark(connection, claim.run, run.id)
            connection.execute(drops.update().where(drops.c.id == run.drop).values(state="closed", holder=None))

    def give_up(self, claim: UndoClaim) -> None:
        """Given a claim of which nothing is booked; forgets it. Raises FencedOffError when it is no longer ours."""
        with self._ledger.writing() as connection:
            self._ours(connection, claim)
            connection.execute(runs.delete().where(runs.c.id == claim.slot.id))
            connection.execute(drops.update().where(drops.c.id == claim.run.drop).values(state="closed", holder=None))

    def left_behind(self, tenant: str | None = None) -> tuple[UndoClaim, ...]:
        """Given a tenant, or None for all; takes over what dead processes left under way, and returns it."""
        query = sa.select(drops).where(drops.c.state == "undoing").order_by(drops.c.id)
        if tenant is not None:
            query = query.where(drops.c.tenant == tenant)
        with self._ledger.reading() as connection:
            left = [row.id for row in connection.execute(query) if not self._alive(row.holder)]
        return tuple(claim for drop_id in left if (claim := self._take_over(drop_id)) is not None)

    def void(self, tenant: str) -> frozenset[str]:
        """Given a tenant; returns the keys of its runs whose changes count for nothing any more: those that were undone, and
        those that have undone another one."""
        gone = sa.or_(runs.c.undoes.is_not(None), runs.c.undone_by.is_not(None))
        with self._ledger.reading() as connection:
            return frozenset(connection.execute(sa.select(runs.c.key).where(runs.c.tenant == tenant, gone)).scalars())

    def configuration(self, hash_: str | None) -> str | None:
        """Given the hash of a configuration that produced a run; returns its text, or None where it is not kept."""
        with self._ledger.reading() as connection:
            return connection.execute(sa.select(configurations.c.text).where(configurations.c.hash == hash_)).scalar()

    def _take_over(self, drop_id: int) -> UndoClaim | None:
        with self._ledger.writing() as connection:
            drop = connection.execute(sa.select(drops).where(drops.c.id == drop_id)).one()
            mine = sa.and_(runs.c.drop_id == drop_id, runs.c.undoes.is_not(None), runs.c.ending.is_(None))
            made = connection.execute(sa.select(runs).where(mine)).first()
            if drop.state != "undoing" or self._alive(drop.holder) or made is None:
                return None
            taken = {"holder": self._holder, "attempt": drop.attempt + 1}
            connection.execute(drops.update().where(drops.c.id == drop_id).values(taken))
            run = _run(connection, made.undoes)
            return None if run is None else UndoClaim(run, RunSlot(made.id, made.key, None), drop.attempt + 1)

    def _ours(self, connection: Connection, claim: UndoClaim) -> None:
        drop = connection.execute(sa.select(drops).where(drops.c.id == claim.run.drop)).one()
        if (drop.state, drop.attempt) != ("undoing", claim.attempt):
            raise FencedOffError(f"drop {claim.run.drop} was taken over")


def refuse_undo(run: Run | None, run_id: int) -> Run:
    """Given a run, or None where there is none of that number; returns it if it can be taken back, else raises OperatorError."""
    if run is None:
        raise OperatorError(f"There is no finished run {run_id}.", command="nightclerk runs")
    if run.undone_by is not None:
        raise OperatorError(
            f"Run {run_id} was undone by run {run.undone_by} already. Undo that one to take it back.",
            command=f"nightclerk undo {run.undone_by}",
        )
    if run.ending == "held" and in_part(run):
        raise OperatorError(
            f"Of run {run_id} a part is booked and {run.counts.held} rows still wait. Decide about these first; then it can be "
            "taken back.",
            command=f"nightclerk refuse {run_id}",
        )
    if run.ending not in _TAKEN_BACK:
        raise OperatorError(f"Run {run_id} ended as {run.ending.replace('_', ' ')}: it booked nothing that could be taken back.")
    return run


def _run(connection: Connection, run_id: int) -> Run | None:
    detail: Any = connection.execute(sa.select(runs.c.detail).where(runs.c.id == run_id)).scalar()
    return None if detail is None else run_from_data(detail)


def _mark(connection: Connection, run: Run, by: int | None) -> None:
    """Notes that a run is undone, or by None that it stands again; then what it had undone itself stands again, or is undone."""
    detail = {**run_to_data(run), "undone_by": by}
    connection.execute(runs.update().where(runs.c.id == run.id).values(undone_by=by, detail=detail))
    if run.undoes is not None and (before := _run(connection, run.undoes)) is not None:
        _mark(connection, before, run.id if by is None else None)
