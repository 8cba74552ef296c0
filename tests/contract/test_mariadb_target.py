"""What only MariaDB can show: its types and collations, a preview that writes nothing, other writers, servers that are lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymysql
import pytest
from sqlalchemy import make_url
from tests.contract.targets import MariadbBench, block, book, plan
from tests.servers.mariadb import shared_mariadb
from tests.servers.toxic import toxic

from nightclerk.core.booking import Comparison
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.reading import Block, Cell
from nightclerk.targets.sql import SqlTarget

pytestmark = pytest.mark.server("mariadb")
FIELDS = ("code", "site", "name")
ANNA: tuple[Cell, ...] = ("A", 1, "Anna", "10.0000", True, "2026-01-02", "2026-01-02 03:04:05", "x")
TEXTS = ("", " ", '"', "a\nb", "a\r\nb", "\\.", "\\N", "\\", "\\'", "'; --", "a\x1fb", "null", "é✓𝄞", "'", "''", "%s", ":x", "{}")


@pytest.fixture
def bench() -> Iterator[MariadbBench]:
    made = MariadbBench()
    yield made
    made.target.close()


def database(bench: MariadbBench) -> str:
    return str(make_url(bench.url).database)


def compared(bench: MariadbBench, rows: dict[int, tuple[Cell, ...]], key: str = "run-2") -> Any:
    booking = bench.target.begin(plan(fields=FIELDS), key, 1)
    booking.stage(block(rows))
    booking.compare()
    return booking


def test_a_preview_leaves_the_database_as_it_was(bench: MariadbBench) -> None:
    bench.run("ALTER TABLE customers ADD number BIGINT AUTO_INCREMENT UNIQUE")
    bench.put(tenant="acme", code="A", site=1, name="Anna", balance="1.0000")
    before = shared_mariadb().dump(database(bench))
    preview = bench.target.preview(plan())
    preview.stage(block({2: (*ANNA[:2], "Anne", "2.5000", *ANNA[4:]), 3: ("B", 7, "Bert", *ANNA[3:])}))
    preview.withdraw([])
    assert preview.compare()[0] == Comparison(1, 1, 0, {})
    assert [change.line for change in preview.sample(9)] == [2, 3]
    for statement in ("DELETE FROM customers", "CREATE TABLE other (a INT)", "TRUNCATE customers"):
        with pytest.raises(pymysql.MySQLError, match="READ ONLY"):
            preview._connection.connection.driver_connection.ask(statement)
    preview.abandon()
    assert shared_mariadb().dump(database(bench)) == before


@pytest.mark.parametrize("known", [False, True])
def test_texts_arrive_as_they_are(bench: MariadbBench, known: bool) -> None:
    if known:
        bench.put(tenant="acme", code="none", site=0, name="nobody")
    rows: dict[int, tuple[Cell, ...]] = {line: (f"{word}{line}", line, word) for line, word in enumerate(TEXTS)}
    rows[99] = ("99", 99, None)
    assert book(bench.target, plan(fields=FIELDS), rows)[0].created == len(rows)
    found = {row["site"]: (row["code"], row["site"], row["name"]) for row in bench.rows() if row["code"] != "none"}
    assert found == rows
    assert [change["key"]["code"] for change in bench.changes()] == [row[0] for row in rows.values()]
    assert book(bench.target, plan(fields=FIELDS), rows, "run-2")[0].unchanged == len(rows)


def test_keys_and_values_are_told_apart_to_the_byte_whatever_their_collation(bench: MariadbBench) -> None:
    bench.run("ALTER TABLE customers MODIFY name VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    keys = ["a", "A", "a ", "á", "a\u0301", "á ", "ß", "ss", " a"]
    rows: dict[int, tuple[Cell, ...]] = {line: (key, 1, "e") for line, key in enumerate(keys, 2)}
    assert book(bench.target, plan(fields=FIELDS), rows)[0] == Comparison(len(keys), 0, 0, {})
    others = {
        line: (key, 1, value) for (line, key), value in zip(enumerate(keys, 2), ["e", "E", "e ", "é", "e", *"eeee"], strict=True)
    }
    assert book(bench.target, plan(fields=FIELDS), others, "run-2")[0] == Comparison(0, 3, 6, {})
    assert {row["code"]: row["name"] for row in bench.rows()} == {key: value for key, _, value in others.values()}
    assert book(bench.target, plan(fields=FIELDS), others, "run-3")[0] == Comparison(0, 0, 9, {})


@pytest.mark.parametrize(
    ("change", "rows", "sentence"),
    [
        ("MODIFY name VARCHAR(4)", {7: ("A", 1, "Anna"), 9: ("B", 1, "Berta")}, r"Line 9: the value of name .*varchar\(4\)"),
        (
            "MODIFY site SMALLINT NOT NULL",
            {7: ("A", 1, "Anna"), 8: ("B", 40000, "Bert")},
            r"Line 8: the value of site .*smallint",
        ),
        ("ADD colour TEXT NOT NULL", {7: ("A", 1, "Anna")}, "column colour of a table .* must not be empty"),
        ("ADD CONSTRAINT no_anna CHECK (name <> 'Anna')", {7: ("A", 1, "Anna")}, "A rule of the database .*no_anna"),
        ("ADD UNIQUE once (name(20))", {7: ("A", 1, "Bert"), 8: ("B", 1, "Bert")}, "A rule .* unique key once"),
        ("MODIFY name TEXT CHARACTER SET latin1", {7: ("A", 1, "Łódź Bert")}, "holds a character that its column cannot keep"),
    ],
)
def test_what_the_table_cannot_take_stops_the_whole_file(
    bench: MariadbBench, change: str, rows: dict[int, tuple[Cell, ...]], sentence: str
) -> None:
    bench.run(f"ALTER TABLE customers {change}")
    with pytest.raises(OperatorError, match=sentence) as told:
        book(bench.target, plan(fields=FIELDS), rows)
    assert "Bert" not in str(told.value)
    assert (bench.rows(), bench.target.receipt("run-1")) == ([], None)


def test_amounts_are_compared_by_value_and_never_rounded_without_a_word(bench: MariadbBench) -> None:
    bench.run("ALTER TABLE customers MODIFY balance DECIMAL(20,6)")
    for site, amount in enumerate(["12.5", "0.00001"]):
        bench.put(tenant="acme", code="A", site=site, balance=amount)
    amounts = plan(fields=("code", "site", "balance"))
    assert book(bench.target, amounts, {2: ("A", 0, "12.5000"), 3: ("A", 1, "0.0000")})[0] == Comparison(0, 1, 1, {})
    assert bench.changes()[0]["fields"] == {"balance": ["0.000010", "0.0000"]}
    bench.run("ALTER TABLE customers MODIFY balance DECIMAL(20,2)")
    with pytest.raises(OperatorError, match=r"Line 4: the value of balance .*decimal\(20,2\)"):
        book(bench.target, amounts, {2: ("A", 0, "12.5000"), 4: ("B", 1, "1.2345")}, "run-2")


def test_files_of_many_rows_go_in_several_pieces(bench: MariadbBench) -> None:
    def piece(start: int, name: str) -> Block:
        lines = list(range(start, start + 5000))
        return Block(5000, lines, [[f"K{line}" for line in lines], [1] * 5000, [name] * 5000])

    for night, name in enumerate(["old", "new"]):
        booking = bench.target.begin(plan(fields=FIELDS), f"run-{night}", 1)
        for start in range(2, 40002, 5000):
            booking.stage(piece(start, name if start > 10000 else "same"))
        booking.withdraw([(("K17", 1), 1), (("K39000", 1), 1)])
        booking.stage(block({17: ("K17", 1, name)}))
        comparison = booking.compare()[0]
        assert comparison == (Comparison(0, 30_000, 9_999, {}) if night else Comparison(39_999, 0, 0, {}))
        booking.book({})
    assert bench.run("SELECT COUNT(*), COUNT(fields) FROM nightclerk_changes") == [(69_999, 30_000)]


@pytest.mark.parametrize(
    "meanwhile",
    [
        "UPDATE customers SET name = 'typed in' WHERE code = 'A'",
        "DELETE FROM customers WHERE code = 'A'",
        "INSERT INTO customers (tenant, code, site, name) VALUES ('acme', 'N', 1, 'typed in')",
    ],
)
def test_what_others_write_meanwhile_is_never_overwritten(bench: MariadbBench, meanwhile: str) -> None:
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


def test_rows_that_others_hold_are_waited_for_a_bounded_time(bench: MariadbBench) -> None:
    bench.put(tenant="acme", code="A", site=1, name="Anna")
    with shared_mariadb().connection(database(bench), autocommit=False) as other, other.cursor() as cursor:
        cursor.execute("UPDATE customers SET name = 'typed in'")
        booking = compared(bench, {2: ("A", 1, "Anne")})
        with pytest.raises(WeatherError, match=r"Another program is writing to mariadb://.*; gave up after 0\.2 seconds"):
            booking.book({})
        booking.abandon()
        other.rollback()
    assert bench.rows()[0]["name"] == "Anna"


def test_a_commit_whose_answer_is_lost_is_settled_by_the_receipt(bench: MariadbBench) -> None:
    server = shared_mariadb()
    with toxic("127.0.0.1", server.port) as proxy:
        target = SqlTarget(server.url(database(bench), port=proxy.port))
        booking = target.begin(plan(fields=FIELDS), "run-1", 1)
        booking.stage(block({2: ("A", 1, "Anna")}))
        booking.compare()
        # All that the server says from here on is held back, and the answer to COMMIT is the last of it.
        commit = booking._connection.commit

        def commit_unheard() -> None:
            proxy.cut_after = proxy.passed
            commit()

        booking._connection.commit = commit_unheard
        with pytest.raises(WeatherError, match="did not confirm the booking"):
            booking.book({"booked": True})
        booking.abandon()
        proxy.heal()
        assert target.receipt("run-1") == {"booked": True}
        target.close()
    assert len(bench.rows()) == len(bench.changes()) == 1


def test_a_client_that_is_killed_leaves_no_lock_and_no_row(bench: MariadbBench) -> None:
    program = (
        "import sys, time\nfrom tests.contract.targets import block, plan\nfrom nightclerk.targets.sql import SqlTarget\n"
        "booking = SqlTarget(sys.argv[1]).begin(plan(fields=('code', 'site', 'name')), 'run-1', 1)\n"
        "booking.stage(block({2: ('A', 1, 'Anna')}))\nbooking.compare()\nprint('compared', flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, bench.url], stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == b"compared\n"
        client.send_signal(signal.SIGKILL)
    patient = SqlTarget(bench.url, wait=20)
    assert book(patient, plan(fields=FIELDS), {2: ("A", 1, "Anna")})[0] == Comparison(1, 0, 0, {})
    patient.close()


def test_a_server_that_is_killed_is_weather() -> None:
    bench = MariadbBench()
    booking = compared(bench, {2: ("A", 1, "Anna")}, "run-1")
    shared_mariadb().kill()
    try:
        with pytest.raises(WeatherError, match="away or the connection broke"):
            booking.book({})
        booking.abandon()
        with pytest.raises(WeatherError, match="is away"):
            bench.target.receipt("run-1")
    finally:
        shared_mariadb().start()
    assert (bench.rows(), bench.target.receipt("run-1")) == ([], None)
    bench.target.close()


@contextmanager
def frozen() -> Iterator[None]:
    process = shared_mariadb().pid
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


@pytest.mark.parametrize("step", ["stage", "compare", "book", "abandon"])
def test_no_step_waits_for_ever_for_a_server_that_froze(bench: MariadbBench, step: str) -> None:
    target = SqlTarget(f"{bench.url}?connect_timeout=2", wait=0.2, limit=1.0)
    booking = target.begin(plan(fields=FIELDS), "run-1", 1)
    booking.stage(block({2: ("A", 1, "Anna")}))
    if step == "book":
        booking.compare()
    began = time.monotonic()
    with frozen():
        if step == "stage":
            booking.stage(Block(5000, list(range(10, 5010)), [["B"] * 5000, list(range(5000)), ["x"] * 5000]))
        if step != "abandon":
            with pytest.raises(WeatherError, match=r"mariadb://.* does not answer, and the connection was closed"):
                booking.book({}) if step == "book" else booking.compare()
        booking.abandon()
        booking.abandon()
    assert time.monotonic() - began < 12
    patient = SqlTarget(bench.url, wait=20)
    assert book(patient, plan(fields=FIELDS), {2: ("A", 1, "Anna")})[0].created == 1
    patient.close()
    target.close()


def test_who_cannot_log_in_is_told_so_without_the_password(bench: MariadbBench) -> None:
    server = shared_mariadb()
    for url in (server.url("nowhere"), server.url(database(bench), user="nobody", password="hunter2")):
        target = SqlTarget(url)
        with pytest.raises(OperatorError, match="does not let us in") as told:
            target.receipt("run-1")
        assert "hunter2" not in str(told.value)
        target.close()
    away = SqlTarget("mysql://nightclerk:hunter2@127.0.0.1:1/app")
    with pytest.raises(WeatherError, match=r"mysql://nightclerk@127\.0\.0\.1:1/app is away") as weather:
        away.receipt("run-1")
    assert "hunter2" not in str(weather.value)
    away.close()
