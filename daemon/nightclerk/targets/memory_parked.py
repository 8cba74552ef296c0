"""The memory twin's parked rows: what is read of them, and what is taken out."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from nightclerk.core.booking import BookingPlan, ParkedRow
from nightclerk.core.errors import WeatherError
from nightclerk.core.parked import WITHDRAWN, KeptRow, ParkedGroup
from nightclerk.core.reading import Cell

Row = dict[str, Any]
_NUMBERS = count(1)


def groups_of(parked: Sequence[Row], tenant: str | None) -> tuple[ParkedGroup, ...]:
    """Given all parked rows and a tenant, or None for all; returns the tenant's as ``Target.waiting`` has them."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in map(_known, parked):
        if tenant in (None, row["tenant"]) and not row["run_key"].startswith(WITHDRAWN):
            missing = tuple(row["missing"].items())
            found.setdefault((row["tenant"], row["feed"], row["entity"], row["run_key"], missing), []).append(row)
    return tuple(
        ParkedGroup(*what, rows=len(rows), since=min(row["parked_at"] for row in rows))  # type: ignore[misc]  # in this order
        for what, rows in found.items()
    )


def rows_kept(parked: Sequence[Row], tenant: str, run_key: str) -> tuple[KeptRow, ...]:
    """Given all parked rows, a tenant and a run; returns the run's as ``Target.waiting_rows`` has them."""
    mine = [row for row in map(_known, parked) if (row["tenant"], row["run_key"]) == (tenant, run_key)]
    return tuple(
        KeptRow(row["id"], row["key"], ParkedRow(row["line"], row["fields"], tuple(row["source"]), row["missing"]))
        for row in sorted(mine, key=lambda row: row["line"])
    )


def without(parked: Sequence[Row], ids: Sequence[int]) -> list[Row]:
    """Given all parked rows and the numbers of some; returns the others. Raises WeatherError when one of them is not there."""
    gone = set(ids)
    left = [row for row in map(_known, parked) if row["id"] not in gone]
    if len(parked) - len(left) != len(gone):
        raise WeatherError("Rows that waited were brought again, or taken up elsewhere, meanwhile. They are looked at anew.")
    return left


def numbers_beside(plan: BookingPlan, parked: Sequence[Row], keys: Container[tuple[Cell, ...]]) -> list[int]:
    """Given a plan, all parked rows, and the keys of a file; returns the numbers of the feed's rows that the file lacks."""
    mine = (plan.tenant, plan.entity, plan.feed)
    of_feed = [row for row in map(_known, parked) if (row["tenant"], row["entity"], row["feed"]) == mine]
    of_feed = [row for row in of_feed if not row["run_key"].startswith(WITHDRAWN)]
    return [row["id"] for row in of_feed if tuple(row["key"][name] for name in plan.key) not in keys]


def _known(row: Row) -> Row:
    """A row gets its number, and since when it waits, when it is first looked at."""
    row.setdefault("id", next(_NUMBERS))
    row.setdefault("parked_at", datetime.now(UTC))
    return row
