"""Drops as the ledger keeps them, and the looks at their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from nightclerk.core.drop import Drop, Sighting
from nightclerk.ledger.tables import drops, looks

WITHOUT_SERVER = sa.or_(drops.c.by_hand.is_not(None), drops.c.retries.is_not(None))
"""Drops that did not come from a tenant's folder: files that a person handed in, and parked rows."""


def look_of(drop: Drop) -> Any:
    """Given a drop; returns what holds for the look at its own file; its done file's look names the drop as well."""
    return sa.and_(looks.c.drop_id == drop.id, looks.c.name == drop.sighting.name)


def version(tenant: str, sighting: Sighting) -> Any:
    """Given a tenant and a sighting; returns what holds for the look at this very version of the file."""
    return sa.and_(
        looks.c.tenant == tenant,
        looks.c.name == sighting.name,
        looks.c.size == sighting.size,
        looks.c.stamp == sighting.stamp,
        looks.c.mark == sighting.mark,
    )


def drop_of(row: Any) -> Drop:
    """Given a row of ``drops``; returns the drop."""
    return Drop(
        id=row.id,
        tenant=row.tenant,
        sighting=Sighting(row.name, row.size, row.stamp, row.mark),
        claimed_at=row.claimed_at,
        attempt=row.attempt,
        reader_deaths=row.reader_deaths,
        by_hand=None if row.by_hand is None else Path(row.by_hand),
        note=row.note,
        replays=row.replays,
        replayed_by=row.replayed_by,
        retries=row.retries,
    )
