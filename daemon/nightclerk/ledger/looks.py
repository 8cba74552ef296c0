"""What earlier looks saw in each tenant's folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from nightclerk.core.drop import Drop, Look, Sighting
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.tables import looks


class Looks:
    """The looks kept in the ledger, one row for each name that stands in a folder."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def of(self, tenant: str) -> dict[str, Look]:
        """Given a tenant; returns what is remembered, by file name."""
        with self._ledger.reading() as connection:
            rows = connection.execute(sa.select(looks).where(looks.c.tenant == tenant)).all()
        return {row.name: _look(row) for row in rows}

    def keep(self, tenant: str, before: dict[str, Look], now: Iterable[Look]) -> None:
        """Given what was remembered and what the new look makes of it; writes the difference in one transaction.

        Names that are gone are forgotten, so that a file of the same name that comes later is a new delivery. A row that
        somebody changed since ``before`` was read (a claim, say) keeps that change: the next look sees it.
        """
        after = {look.sighting.name: look for look in now}
        with self._ledger.writing() as connection:
            for name, look in after.items():
                old = before.get(name)
                if old is None:
                    row = {"tenant": tenant, **_values(look)}
                    known = connection.execute(sa.select(looks.c.name).where(_row(tenant, name))).first()
                    if known is None:
                        connection.execute(looks.insert().values(row))
                elif old != look and not _only_seen_again(old, look):
                    connection.execute(looks.update().where(_row(tenant, name), _same(old)).values(_values(look)))
            for name, old in before.items():
                if name not in after:
                    connection.execute(looks.delete().where(_row(tenant, name), _same(old)))

    def used_by(self, drop: Drop) -> tuple[Sighting, ...]:
        """Given a drop; returns the versions of done files that announced it and no later drop."""
        query = sa.select(looks).where(
            looks.c.tenant == drop.tenant, looks.c.drop_id == drop.id, looks.c.name != drop.sighting.name
        )
        with self._ledger.reading() as connection:
            return tuple(_look(row).sighting for row in connection.execute(query))

    def untaken(self, tenant: str, start: str) -> tuple[Sighting, ...]:
        """Given a tenant and how names start; returns the files that stood in the folder at the last look and were not taken."""
        first = os.fsencode(start)
        query = sa.select(looks).where(
            looks.c.tenant == tenant, looks.c.name >= start, looks.c.drop_id.is_(None),
            sa.func.substr(looks.c.name, 1, len(first)) == sa.literal(first, sa.LargeBinary),
        )  # fmt: skip
        with self._ledger.reading() as connection:
            return tuple(_look(row).sighting for row in connection.execute(query))

    def mark_reported(self, tenant: str, sighting: Sighting) -> None:
        """Given a tenant's sighting; remembers that people were told about this version."""
        with self._ledger.writing() as connection:
            connection.execute(looks.update().where(_row(tenant, sighting.name), _version(sighting)).values(reported=True))


def _only_seen_again(old: Look, new: Look) -> bool:
    """A taken file that is left in its folder stands there at every look; that is no news."""
    return old.drop is not None and replace(old, seen=new.seen) == new


def _row(tenant: str, name: str) -> Any:
    return sa.and_(looks.c.tenant == tenant, looks.c.name == name)


def _version(sighting: Sighting) -> Any:
    return sa.and_(looks.c.size == sighting.size, looks.c.stamp == sighting.stamp, looks.c.mark == sighting.mark)


def _same(look: Look) -> Any:
    taken = looks.c.drop_id.is_(None) if look.drop is None else looks.c.drop_id == look.drop
    return sa.and_(_version(look.sighting), taken)


def _values(look: Look) -> dict[str, Any]:
    return {
        "name": look.sighting.name,
        "size": look.sighting.size,
        "stamp": look.sighting.stamp,
        "mark": look.sighting.mark,
        "since": look.since,
        "seen": look.seen,
        "appeared": look.appeared,
        "drop_id": look.drop,
        "reported": look.reported,
    }


def _look(row: Any) -> Look:
    return Look(
        sighting=Sighting(row.name, row.size, row.stamp, row.mark),
        since=row.since,
        seen=row.seen,
        appeared=row.appeared,
        drop=row.drop_id,
        reported=row.reported,
    )
