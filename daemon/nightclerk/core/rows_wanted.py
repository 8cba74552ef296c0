"""Which rows of an entity are to be read from the target, which of their fields, and in which order."""

from __future__ import annotations

from dataclasses import dataclass

from nightclerk.core.condition import Condition
from nightclerk.core.entity import Entity

#: How many rows a target hands over at once, at most.
PORTION = 5_000


@dataclass(frozen=True, slots=True)
class Order:
    """One field that rows are put in order by. Blanks come last either way."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class RowsWanted:
    """Rows of one tenant. fields: those handed over, in this order. where: which rows; None for all of them.

    order: what comes first; rows that are alike in it follow each other by their keys, so that the order is always the same.
    Numbers and days are put in order by what they mean, texts by their characters' code points, false before true.
    """

    tenant: str
    entity: Entity
    fields: tuple[str, ...]
    where: Condition | None = None
    order: tuple[Order, ...] = ()

    @property
    def whole_order(self) -> tuple[Order, ...]:
        """The order with the key at its end."""
        given = {one.field for one in self.order}
        return (*self.order, *(Order(name) for name in self.entity.key if name not in given))
