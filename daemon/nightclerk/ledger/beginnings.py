"""Where the work on a drop was begun: its receipts are asked for there, wherever the tenant's rows are booked by now."""

from __future__ import annotations

import sqlalchemy as sa

from nightclerk.core.destination import Destination, destination_from_text, destination_to_text
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.tables import drops


class Beginnings:
    """The destinations in which drops were begun. None is kept of a drop that was begun in the database of all tenants alone."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def of(self, drop_id: int) -> tuple[Destination, ...]:
        """Given a drop; returns its destinations so far, in order."""
        with self._ledger.reading() as connection:
            kept = connection.execute(sa.select(drops.c.begun_in).where(drops.c.id == drop_id)).scalar()
        return tuple(destination_from_text(text) for text in kept or ())

    def keep(self, drop_id: int, destinations: tuple[Destination, ...]) -> None:
        """Given a drop and its destinations; keeps these and no others. Passwords that stand in addresses are not kept."""
        texts = [destination_to_text(one) for one in destinations]
        with self._ledger.writing() as connection:
            connection.execute(drops.update().where(drops.c.id == drop_id).values(begun_in=texts))
