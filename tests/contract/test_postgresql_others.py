"""Other writers on the same rows of PostgreSQL, and connections and servers that are lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from tests.contract.postgresql_bench import FIELDS, bench, compared, database
from tests.contract.targets import PostgresqlBench, block, book, plan
from tests.servers.postgres import shared_server
from tests.servers.toxic import toxic

from nightclerk.core.booking import Comparison
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.reading import Block
from nightclerk.targets.sql import SqlTarget

__all__ = ["bench"]  # the fixture


@pytest.mark.parametrize(
    "meanwhile",
    [
        "UPDATE customers SET name = 'typed in' WHERE code = 'A'",
        "DELETE FROM customers WHERE code = 'A'",
        "INSERT INTO customers (tenant, code, site, name) VALUES ('acme', 'N', 1, 'typed in')",
    ],
)
def test_what_others_write_meanwhile_is_never_overwritten(bench: PostgresqlBench, meanwhile: str) -> None:
    bench.put(tenant="acme", code="A", site=1, name="Anna")
    booking = compared(bench, {2: ("A", 1, "Anne"), 3: ("N", 1, "new")})
    bench.run(meanwhile)
    after = bench.rows()
    with pytest.raises(WeatherError, match="Another program changed rows of the table customers"):
        booking.book({})
    booking.abandon()
    assert (bench.rows(), bench.changes(), bench.target.receipt("run-2")) == (after, [], None)
    book(bench.target, plan(fields=FIELDS), {2: ("A", 1, "Anne"), 3: ("N", 1, "new")}, "run-2")
    assert [row["name"] for row in bench.rows()] == ["Anne", "new"]


def test_what_others_write_to_other_columns_stays(bench: PostgresqlBench) -> None:
    bench.put(tenant="acme", code="A", site=1, name="Anna")
    booking = compared(bench, {2: ("A", 1, "Anne")})
    bench.run("UPDATE customers SET credit_limit = 7, balance = 3")
    booking.book({})
    assert {name: bench.rows()[0][name] for name in ("name", "credit_limit", "balance")} == {
        "name": "Anne", "credit_limit": "7.0000", "balance": "3.0000",
    }  # fmt: skip


def test_into_an_empty_table_too_others_may_write(bench: PostgresqlBench) -> None:
    booking = bench.target.begin(plan(fields=FIELDS), "run-1", 1)
    booking.stage(block({2: ("A", 1, "Anna"), 3: ("B", 1, "Bert")}))
    bench.put(tenant="acme", code="B", site=1, name="typed in")
    booking.compare()
    with pytest.raises(WeatherError, match="compared anew"):
        booking.book({})
    booking.abandon()
    assert book(bench.target, plan(fields=FIELDS), {2: ("A", 1, "Anna"), 3: ("B", 1, "Bert")})[0] == Comparison(1, 1, 0, {})


def test_rows_that_others_hold_are_waited_for_a_bounded_time(bench: PostgresqlBench) -> None:
    bench.put(tenant="acme", code="A", site=1, name="Anna")
    with psycopg.connect(bench.url) as other:
        other.execute("UPDATE customers SET name = 'typed in'")
        booking = compared(bench, {2: ("A", 1, "Anne")})
        with pytest.raises(WeatherError, match=r"Another program is writing to postgresql://.*; gave up after 0\.2 seconds"):
            booking.book({})
        booking.abandon()
        other.rollback()
    assert bench.rows()[0]["name"] == "Anna"


def test_a_deadlock_passes(bench: PostgresqlBench) -> None:
    for code in "AB":
        bench.put(tenant="acme", code=code, site=1, name="old")
    bench.run("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN new; END'")
    bench.run("CREATE TRIGGER slow BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION slow()")
    patient = SqlTarget(bench.url, wait=20)
    booking = patient.begin(plan(fields=FIELDS), "run-2", 1)
    booking.stage(block({2: ("A", 1, "Anne"), 3: ("B", 1, "Bea")}))
    booking.compare()
    with psycopg.connect(bench.url) as other:
        other.execute("SET deadlock_timeout = '10s'")
        other.execute("SELECT 1 FROM customers WHERE code = 'B' FOR UPDATE")
        waiting = threading.Thread(target=lambda: other.execute("SELECT 1 FROM customers WHERE code = 'A' FOR UPDATE"))
        threading.Timer(0.35, waiting.start).start()
        with pytest.raises(WeatherError, match="waited for each other's rows"):
            booking.book({})
        booking.abandon()
        waiting.join(20)
    patient.close()
    assert [row["name"] for row in bench.rows()] == ["old", "old"]


def test_tenants_book_side_by_side_into_one_table(bench: PostgresqlBench) -> None:
    bookings = [bench.target.begin(plan(fields=FIELDS, tenant=name), f"run-{name}", 1) for name in ("acme", "beta")]
    for booking in bookings:
        booking.stage(block({2: ("A", 1, "Anna")}))
    assert [booking.compare()[0].created for booking in bookings] == [1, 1]
    for booking in bookings:
        booking.book({})
    assert [row["tenant"] for row in bench.rows()] == ["acme", "beta"]


def test_a_lost_answer_to_commit_is_settled_by_the_receipt(bench: PostgresqlBench) -> None:
    bench.run("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END'")
    bench.run(
        "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON customers DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION slow()"
    )
    server = shared_server()
    with toxic("127.0.0.1", server.port) as proxy:
        target = SqlTarget(server.url(database(bench), port=proxy.port))
        booking = target.begin(plan(fields=FIELDS), "run-1", 1)
        booking.stage(block({2: ("A", 1, "Anna")}))
        booking.compare()
        cutter = threading.Thread(target=_cut_at_commit, args=(bench, proxy))
        cutter.start()
        with pytest.raises(WeatherError, match="did not confirm the booking"):
            booking.book({"booked": True})
        cutter.join(10)
        booking.abandon()
        proxy.heal()
        until = time.monotonic() + 10
        while target.receipt("run-1") is None and time.monotonic() < until:
            time.sleep(0.05)
        assert target.receipt("run-1") == {"booked": True}
        target.close()
    assert len(bench.rows()) == len(bench.changes()) == 1


def _cut_at_commit(bench: PostgresqlBench, proxy: Any) -> None:
    until = time.monotonic() + 10
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query = 'COMMIT' AND state = 'active'"
    while not bench.run(query) and time.monotonic() < until:
        time.sleep(0.01)
    proxy.cut_after = 0


def stage_much(booking: Any) -> None:
    for _ in range(20):
        booking.stage(Block(2000, list(range(2000)), [["A"] * 2000, list(range(2000)), ["x"] * 2000]))
    booking.compare()


LATER: dict[str, Callable[[Any], object]] = {
    "stage": stage_much,
    "compare": lambda booking: booking.compare(),
    "book": lambda booking: booking.book({}),
}


@pytest.mark.parametrize("step", LATER)
def test_a_server_that_is_killed_is_weather(step: str) -> None:
    bench = PostgresqlBench()
    booking = bench.target.begin(plan(fields=FIELDS), "run-1", 1)
    if step != "stage":
        booking.stage(block({2: ("A", 1, "Anna")}))
    if step == "book":
        booking.compare()
    shared_server().kill()
    try:
        with pytest.raises(WeatherError, match=r"connection broke|administrator ended the connection"):
            LATER[step](booking)
        booking.abandon()
        with pytest.raises(WeatherError, match="is away"):
            bench.target.receipt("run-1")
    finally:
        shared_server().start()
    assert (bench.rows(), bench.target.receipt("run-1")) == ([], None)
    assert book(bench.target, plan(fields=FIELDS), {2: ("A", 1, "Anna")})[0].created == 1
    bench.target.close()


def test_a_connection_that_an_administrator_ends_is_weather(bench: PostgresqlBench) -> None:
    booking = compared(bench, {2: ("A", 1, "Anna")})
    bench.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nightclerk'")
    with pytest.raises(WeatherError, match=r"administrator ended the connection|connection broke"):
        booking.book({})
    booking.abandon()
    booking.abandon()


def test_who_cannot_log_in_is_told_so_without_the_password(bench: PostgresqlBench) -> None:
    server = shared_server()
    target = SqlTarget(server.url("nowhere", password="hunter2"))
    with pytest.raises(
        OperatorError, match=r'postgresql://nightclerk@127\.0\.0\.1:\d+/nowhere does not let us in.*"nowhere"'
    ) as told:
        target.receipt("run-1")
    assert "hunter2" not in str(told.value)
    target.close()
    away = SqlTarget(f"postgresql://nightclerk:hunter2@127.0.0.1:1/{database(bench)}")
    with pytest.raises(WeatherError, match="is away") as told_weather:
        away.receipt("run-1")
    assert "hunter2" not in str(told_weather.value)
    away.close()


@pytest.mark.parametrize("refuses_first", [False, True])
def test_of_several_servers_the_one_that_refuses_is_told_of(bench: PostgresqlBench, refuses_first: bool) -> None:
    port = shared_server().port
    ports = (port, 1) if refuses_first else (1, port)
    target = SqlTarget(f"postgresql://nightclerk@/nowhere?host=127.0.0.1,127.0.0.1&port={ports[0]},{ports[1]}")
    with pytest.raises(OperatorError, match=r'does not let us in: database "nowhere" does not exist\. Check user'):
        target.receipt("run-1")
    target.close()


def test_of_several_servers_that_are_away_the_last_one_is_told_of_in_one_line() -> None:
    target = SqlTarget("postgresql://nightclerk@/nowhere?host=127.0.0.1,127.0.0.1&port=1,2")
    with pytest.raises(WeatherError, match=r"port 2 failed: Connection refused\)\. It will be tried again\.$") as told:
        target.receipt("run-1")
    assert "All failures" not in str(told.value)
    target.close()
