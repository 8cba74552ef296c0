"""The memory twin's parked rows: what is read of them, and what is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from nightclerk.core.booking import ParkedRow
from nightclerk.core.errors import WeatherError
from nightclerk.core.parked import KeptRow, ParkedGroup

Row = dict[str, Any]
_NUMBERS = count(1)


def groups_of(parked: Sequence[Row], tenant: str | None) -> tuple[ParkedGroup, ...]:
    """Given all parked rows and a tenant, or None for all; returns the tenant's as ``Target.waiting`` has them."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in map(_known, parked):
        if tenant in (None, row["tenant"]):
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


def _known(row: Row) -> Row:
    """A row gets its number, and since when it waits, when it is first looked at."""
    row.setdefault("id", next(_NUMBERS))
    row.setdefault("parked_at", datetime.now(UTC))
    return row
