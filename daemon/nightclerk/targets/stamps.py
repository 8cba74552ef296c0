"""The moment of a booking, written into the columns that an entity names for it: UTC by the database's own clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from nightclerk.core.booking import BookingPlan

#: SQL on every database: our connections keep to UTC.
MOMENT = "CURRENT_TIMESTAMP"


def moment() -> str:
    """Returns the present moment as the twin in memory keeps moments."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


def stamped_new(plan: BookingPlan, quote: Callable[[str], str]) -> dict[str, str]:
    """Given a plan and what quotes a name; returns quoted column → SQL for the stamps of new rows."""
    return {quote(name): MOMENT for name in plan.stamps.on_creation}


def stamped_changed(plan: BookingPlan, quote: Callable[[str], str]) -> dict[str, str]:
    """As ``stamped_new``, for changed rows."""
    return {quote(name): MOMENT for name in plan.stamps.on_change}
