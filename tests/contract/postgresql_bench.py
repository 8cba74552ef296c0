"""A table on PostgreSQL for the tests of what only that database can show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import make_url
from tests.contract.targets import PostgresqlBench, block, plan

from nightclerk.core.reading import Cell

FIELDS = ("code", "site", "name")
ANNA: tuple[Cell, ...] = ("A", 1, "Anna", "10.0000", True, "2026-01-02", "2026-01-02 03:04:05", "x")


@pytest.fixture
def bench() -> Iterator[PostgresqlBench]:
    made = PostgresqlBench()
    yield made
    made.target.close()


def database(bench: PostgresqlBench) -> str:
    return str(make_url(bench.url).database)


def compared(bench: PostgresqlBench, rows: dict[int, tuple[Cell, ...]], key: str = "run-2") -> Any:
    """A booking up to the comparison: from here on others may come in between."""
    booking = bench.target.begin(plan(fields=FIELDS), key, 1)
    booking.stage(block(rows))
    booking.compare()
    return booking
