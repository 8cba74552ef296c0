"""A drop ends where it was begun: its receipts are asked for in every database in which it was worked on.

A tenant may have moved to another database between a crash and the next start. What was booked in the former one is booked: the
way is only forward. What was not is booked in the present one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import structlog

from nightclerk.core.destination import Destination
from nightclerk.ports import Target
from nightclerk.work.house import House

log = structlog.get_logger(__name__)


class Moved:
    """``Target`` around the present one: the receipts of these keys are also asked for in the former ones."""

    def __init__(self, present: Target, former: Sequence[Target], keys: Sequence[str]) -> None:
        self._present = present
        self._former = former
        self._keys = frozenset(keys)

    def __getattr__(self, name: str) -> Any:
        """All else is the present target's own, whatever it learns."""
        return getattr(self._present, name)

    def receipt(self, key: str) -> dict[str, Any] | None:
        """See ``Target.receipt``. Raises WeatherError or OperatorError where any of them cannot be asked: until then nobody knows
        whether the rows are booked."""
        asked = [self._present, *(self._former if key in self._keys else ())]
        return next((receipt for target in asked if (receipt := target.receipt(key)) is not None), None)


def house_for(house: House, tenant: str, drop: int, keys: Sequence[str], *, first: bool) -> House:
    """Given a tenant's drop that is in our hands, and the keys of its runs; returns the house in which it is worked on (see
    ``House.of``), and notes where that is. first: it was never worked on before.

    Raises OperatorError, WeatherError.
    """
    there = house.of(tenant)
    present, common = there.configuration.destination_of(tenant), Destination(there.configuration.daemon.database)
    if first:
        if present != common:
            there.beginnings.keep(drop, (present,))
        return there
    begun = there.beginnings.of(drop) or (common,)
    former = [one for one in begun if one.whereabouts != present.whereabouts]
    if len(former) == len(begun):  # it was never worked on here
        there.beginnings.keep(drop, (*begun, present))
    if former:
        log.info("moved", drop=drop, former=[one.place for one in former], present=present.place)
        there.target = cast("Target", Moved(there.target, [_target_at(house, one) for one in former], keys))
    return there


def _target_at(house: House, former: Destination) -> Target:
    """The target at a former destination; with today's password, where one of today's addresses is meant."""
    known = [house.configuration.destination_of(name) for name in house.configuration.tenants]
    today = next((one for one in known if one.whereabouts == former.whereabouts), former)
    common = Destination(house.configuration.daemon.database)
    return house.target if today.whereabouts == common.whereabouts else house.target_at(today)
