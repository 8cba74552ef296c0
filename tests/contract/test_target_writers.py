"""Other programs that write rows of the table while a booking compares: first it gives way, in the end they wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.targets import Bench, bench_of, block, plan

from nightclerk.core.booking import Comparison
from nightclerk.core.errors import WeatherError

FIELDS = ("code", "site", "name")
EDIT = "UPDATE customers SET name = 'typed in' WHERE tenant = 'acme' AND code = 'A'"


@pytest.fixture(
    params=[
        pytest.param("postgresql", marks=pytest.mark.server("postgres")),
        pytest.param("mariadb", marks=pytest.mark.server("mariadb")),
    ]
)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = bench_of(request.param, tmp_path, wait=10)
    yield made
    made.target.close()


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_booking_gives_way_twice(bench: Bench, attempt: int) -> None:
    bench.put(tenant="acme", code="A", site=1, name="Anna")
    booking = bench.target.begin(plan(fields=FIELDS), "run-1", attempt)
    booking.stage(block({2: ("A", 1, "Anne")}))
    assert booking.compare()[0] == Comparison(0, 1, 0, {})
    bench.run(EDIT)  # type: ignore[attr-defined]
    with pytest.raises(WeatherError, match="Another program changed rows of the table customers"):
        booking.book({})
    booking.abandon()


def test_the_third_time_whoever_writes_its_rows_waits(bench: Bench) -> None:
    bench.put(tenant="acme", code="A", site=1, name="Anna")
    bench.put(tenant="beta", code="A", site=1, name="Bert")
    booking = bench.target.begin(plan(fields=FIELDS), "run-1", 3)
    booking.stage(block({2: ("A", 1, "Anne")}))
    other = threading.Thread(target=bench.run, args=(EDIT,))  # type: ignore[attr-defined]
    other.start()
    bench.run("UPDATE customers SET name = 'Berta' WHERE tenant = 'beta'")  # type: ignore[attr-defined]  # waits for nobody
    time.sleep(0.3)  # enough for the other one to reach the server
    assert other.is_alive()
    assert booking.compare()[0] == Comparison(0, 1, 0, {})
    booking.book({})
    booking.abandon()
    other.join(10)
    assert [row["name"] for row in bench.rows()] == ["typed in", "Berta"]
    assert [change["fields"] for change in bench.changes()] == [{"name": ["Anna", "Anne"]}]
