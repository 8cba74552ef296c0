"""What only a real database can show: other processes, crashes, foreign tables, and what its errors tell."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.contract.targets import SqliteBench, block, book, plan

from nightclerk.core.booking import Comparison
from nightclerk.core.errors import BookkeepingError, OperatorError, WeatherError
from nightclerk.core.reading import Block
from nightclerk.targets.sql import SqlTarget

FIELDS = ("code", "site", "name")
WORKER = """
import sys
from nightclerk.targets.sql import SqlTarget
from tests.contract.targets import block, plan
target = SqlTarget(sys.argv[1])
booking = target.begin(plan(fields=("code", "site", "name")), sys.argv[2], 1)
for start in range(0, 20000, 1000):
    booking.stage(block({line: (f"K{line % 997}", line, "x" * 200) for line in range(start, start + 1000)}))
booking.compare()
print("open", flush=True)
sys.stdin.readline()
booking.book({"booked": True})
print("booked", flush=True)
"""
APPLICATION = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("UPDATE customers SET name = name || '!', credit_limit = '7.0000'")
connection.execute("COMMIT")
connection.close()
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[SqliteBench]:
    made = SqliteBench(tmp_path)
    yield made
    made.target.close()


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[object]:
    """Starts Python programs that end with the test."""
    started: list[subprocess.Popen[str]] = []
    (tmp_path / "spill").mkdir()

    def start(program: str, *words: str) -> subprocess.Popen[str]:
        root = Path(__file__).parents[2]
        environment = os.environ | {"PYTHONPATH": f"{root}:{root / 'daemon'}", "SQLITE_TMPDIR": str(tmp_path / "spill")}
        command = [sys.executable, "-c", program, *words]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        started.append(subprocess.Popen(command, text=True, env=environment, **pipes))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        with process:
            process.wait()


def test_a_killed_worker_leaves_nothing(bench: SqliteBench, spawn, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bench.put(tenant="acme", code="K1", site=1, name="old")
    worker = spawn(WORKER, bench.url, "run-1")
    assert worker.stdout.readline() == "open\n"
    with pytest.raises(WeatherError):
        bench.target.begin(plan(), "run-2", 1)
    worker.kill()
    worker.wait()
    assert [row["name"] for row in bench.rows()] == ["old"]
    assert (bench.changes(), bench.target.receipt("run-1")) == ([], None)
    assert list((tmp_path / "spill").iterdir()) == []
    assert book(bench.target, plan(fields=FIELDS), {2: ("K1", 1, "new")})[0].updated == 1


@pytest.mark.parametrize("after", [0.0, 0.01, 0.03, 0.06, 0.1])
def test_killed_while_booking_it_is_all_or_nothing(bench: SqliteBench, spawn, after: float) -> None:  # type: ignore[no-untyped-def]
    worker = spawn(WORKER, bench.url, "run-1")
    assert worker.stdout.readline() == "open\n"
    worker.stdin.write("go\n")
    worker.stdin.flush()
    time.sleep(after)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    whole = bench.target.receipt("run-1") == {"booked": True}
    assert len(bench.rows()) == len(bench.changes()) == (20000 if whole else 0)
    assert bench.run("PRAGMA integrity_check") == [("ok",)]
    if worker.stdout.readline() == "booked\n":
        assert whole


def test_another_writer_goes_first_and_nothing_of_it_is_lost(bench: SqliteBench, spawn) -> None:  # type: ignore[no-untyped-def]
    bench.put(tenant="acme", code="A", site=1, name="Anna")
    application = spawn(APPLICATION, str(bench.file), "0.3")
    assert application.stdout.readline() == "locked\n"
    patient = SqlTarget(bench.url, wait=20)
    assert book(patient, plan(fields=FIELDS), {2: ("A", 1, "Anna")})[0] == Comparison(0, 1, 0, {})
    patient.close()
    assert bench.changes()[0]["fields"] == {"name": ["Anna!", "Anna"]}
    assert bench.rows()[0]["credit_limit"] == "7.0000"


def test_another_writer_waits_for_the_booking(bench: SqliteBench, spawn) -> None:  # type: ignore[no-untyped-def]
    bench.put(tenant="acme", code="A", site=1, name="Anna")
    booking = bench.target.begin(plan(fields=FIELDS), "run-1", 1)
    application = spawn(APPLICATION, str(bench.file), "0")
    booking.stage(block({2: ("A", 1, "Anne")}))
    booking.compare()
    time.sleep(0.3)
    assert bench.rows()[0]["name"] == "Anna"  # readers see the table as it was
    booking.book({})
    assert application.wait(20) == 0
    assert (bench.rows()[0]["name"], bench.rows()[0]["credit_limit"]) == ("Anne!", "7.0000")


def test_two_workers_book_one_run_once(bench: SqliteBench, spawn) -> None:  # type: ignore[no-untyped-def]
    workers = [spawn(WORKER, bench.url, "run-1") for _ in range(2)]
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    assert sorted(worker.wait(60) for worker in workers) == [0, 1]
    assert (len(bench.rows()), len(bench.changes()), bench.attempts()) == (20000, 20000, {"run-1": 1})


def test_without_tables_ops_are_told_the_command(tmp_path: Path) -> None:
    target = SqlTarget("sqlite:///new.db", tmp_path)
    with pytest.raises(
        OperatorError, match="tables customers, nightclerk_receipts and nightclerk_changes do not exist"
    ) as caught:
        target.begin(plan(), "run-1", 1)
    assert caught.value.command == "nightclerk tables create"
    assert target.receipt("run-1") is None
    target.close()


def foreign(bench: SqliteBench, create: str) -> SqlTarget:
    bench.run("DROP TABLE customers")
    bench.run(create)
    return SqlTarget(bench.url, wait=0.2)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ("tenant TEXT, code TEXT, site INTEGER, name TEXT", "no unique key of exactly code, site, tenant"),
        ("tenant TEXT, code TEXT, site INTEGER, name TEXT, UNIQUE (tenant, code, name)", "no unique key"),
        ("tenant TEXT, code TEXT COLLATE NOCASE, site INTEGER, name TEXT, UNIQUE (tenant, code, site)", "no unique key"),
        ("tenant TEXT, code INTEGER, site INTEGER, name TEXT, UNIQUE (tenant, code, site)", "column code .* is declared INTEGER"),
        ("tenant TEXT, code TEXT, site INTEGER, name NUMERIC, UNIQUE (tenant, code, site)", "column name .* is declared NUMERIC"),
    ],
)
def test_tables_that_would_double_or_damage_rows_are_refused(bench: SqliteBench, columns: str, sentence: str) -> None:
    target = foreign(bench, f"CREATE TABLE customers ({columns})")
    with pytest.raises(OperatorError, match=sentence):
        target.begin(plan(fields=FIELDS), "run-1", 1)
    target.close()


def test_foreign_tables_are_used_as_they_stand(bench: SqliteBench) -> None:
    target = foreign(
        bench,
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, \"CODE\" VARCHAR(20), site INT, name, tenant CHAR, x TEXT DEFAULT 'y')",
    )
    bench.run("CREATE UNIQUE INDEX of_ours ON customers (site, tenant, code)")
    bench.run("CREATE INDEX by_capitals ON customers (upper(name))")
    bench.run("INSERT INTO customers (code, site, name, tenant) VALUES ('A', 1, x'00ff', 'acme')")
    outcome = book(target, plan(fields=FIELDS), {2: ("A", 1, "Anne"), 3: ("B", 1, "Bert")})
    assert outcome == (Comparison(1, 1, 0, {}), [])
    assert bench.run("SELECT id, code, name, x FROM customers") == [(1, "A", "Anne", "y"), (2, "B", "Bert", "y")]
    assert bench.changes()[0]["fields"] == {"name": ["00FF", "Anne"]}
    target.close()


def test_rules_of_the_application_stop_the_whole_file(bench: SqliteBench) -> None:
    bench.run("CREATE UNIQUE INDEX one_name ON customers (name)")
    booking = bench.target.begin(plan(fields=FIELDS), "run-1", 1)
    booking.stage(block({2: ("A", 1, "same"), 3: ("B", 1, "same")}))
    booking.compare()
    with pytest.raises(OperatorError, match=r"UNIQUE constraint failed: customers.name"):
        booking.book({})
    booking.abandon()
    assert (bench.rows(), bench.target.receipt("run-1")) == ([], None)


def test_a_rule_checked_at_the_commit_is_an_answer_too(bench: SqliteBench) -> None:
    bench.run("CREATE TABLE names (name TEXT PRIMARY KEY)")
    bench.run("CREATE TABLE later (x TEXT REFERENCES names (name) DEFERRABLE INITIALLY DEFERRED)")
    bench.run("CREATE TRIGGER t AFTER INSERT ON customers BEGIN INSERT INTO later VALUES (new.name); END")
    booking = bench.target.begin(plan(fields=FIELDS), "run-1", 1)
    booking.stage(block({2: ("A", 1, "Anna")}))
    booking.compare()
    with pytest.raises(OperatorError, match="FOREIGN KEY constraint failed"):
        booking.book({})
    booking.abandon()
    assert (bench.rows(), bench.target.receipt("run-1")) == ([], None)


def test_rows_that_vanish_in_a_trigger_are_not_counted_as_booked(bench: SqliteBench) -> None:
    bench.run("CREATE TRIGGER t BEFORE INSERT ON customers WHEN new.code = 'B' BEGIN SELECT raise(IGNORE); END")
    booking = bench.target.begin(plan(fields=FIELDS), "run-1", 1)
    booking.stage(block({2: ("A", 1, "Anna"), 3: ("B", 1, "Bert")}))
    booking.compare()
    with pytest.raises(BookkeepingError):
        booking.book({})
    booking.abandon()
    assert bench.rows() == []


def test_the_commit_is_on_the_disk_and_readers_are_not_in_the_way(bench: SqliteBench) -> None:
    with closing(sqlite3.connect(bench.file)) as reader:
        assert reader.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM customers").fetchone() == (0,)
        book(bench.target, plan(fields=FIELDS), {2: ("A", 1, "Anna")})
        assert reader.execute("SELECT count(*) FROM customers").fetchone() == (0,)
    assert len(bench.rows()) == 1


def test_a_hundred_fields_fit(bench: SqliteBench, tmp_path: Path) -> None:
    from nightclerk.core.booking import BookingPlan, WrittenField

    names = [f"field_{at}" for at in range(150)]
    bench.run(f"CREATE TABLE wide (k TEXT PRIMARY KEY, {', '.join(f'{name} TEXT' for name in names)})")
    fields = [
        WrittenField(name, name, "money", False, "clear" if at % 2 else "keep", False, None) for at, name in enumerate(names)
    ]
    wide = BookingPlan(
        "acme", "wide", "wide", None, (WrittenField("k", "k", "text", True, "keep", False, None), *fields), ("k",), "upsert"
    )
    for night, amount in enumerate(["1.0000", "2.0000"]):
        booking = bench.target.begin(wide, f"run-{night}", 1)
        booking.stage(Block(2, [2, 3], [["a", "b"], *([amount, amount] for _ in names)]))
        assert booking.compare()[0] == (Comparison(0, 2, 0, {}) if night else Comparison(2, 0, 0, {}))
        booking.book({})
    assert len(bench.changes()[2]["fields"]) == 150


@pytest.mark.parametrize("conflict", [{}, {"name": "keep_local_edits"}])
def test_a_table_of_ours_that_another_version_made_is_for_ops(bench: SqliteBench, conflict: dict[str, str]) -> None:
    bench.run("DROP TABLE nightclerk_imported")
    bench.run("CREATE TABLE nightclerk_imported (table_name, tenant, key, fields)")
    with pytest.raises(OperatorError, match=r"nightclerk_imported in .* was made by another version of Nightclerk"):
        bench.target.begin(plan(fields=FIELDS, conflict=conflict), "run-1", 1)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mssql://app@db/app", "no address"])
def test_addresses_that_cannot_be_booked_into_are_for_ops(url: str) -> None:
    with pytest.raises(OperatorError):
        SqlTarget(url)


def test_a_database_that_cannot_be_opened_is_for_ops(tmp_path: Path) -> None:
    target = SqlTarget("sqlite:///no/such/folder/app.db", tmp_path)
    with pytest.raises(OperatorError, match="cannot be opened"):
        target.begin(plan(), "run-1", 1)
    (tmp_path / "letter.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(OperatorError, match="not a database"):
        SqlTarget("sqlite:///letter.db", tmp_path).receipt("run-1")


@pytest.mark.parametrize("collation", ["NOCASE", "RTRIM"])
@pytest.mark.parametrize("conflict", ["overwrite", "keep_local_edits"])
def test_values_are_compared_to_the_byte_whatever_their_columns_collation(
    bench: SqliteBench, collation: str, conflict: str
) -> None:
    bench.run("DROP TABLE customers")
    columns = f"tenant TEXT, code TEXT, site INTEGER, name TEXT COLLATE {collation}"
    bench.run(f"CREATE TABLE customers ({columns}, UNIQUE (tenant, code, site))")
    old, new = {"NOCASE": ("mcdonald", "McDonald"), "RTRIM": ("a", "a ")}[collation]
    keeps = plan(fields=FIELDS, conflict={"name": conflict})
    book(bench.target, keeps, {2: ("A", 1, old), 3: ("B", 1, old)}, "run-1")
    assert book(bench.target, keeps, {2: ("A", 1, new)}, "run-2")[0] == Comparison(0, 1, 0, {})
    bench.edit("acme", "B", 1, name=new)  # a local edit
    edited = Comparison(0, 1, 0, {}) if conflict == "overwrite" else Comparison(0, 0, 1, {"kept_edited": {"name": 1}})
    assert book(bench.target, keeps, {3: ("B", 1, old)}, "run-3")[0] == edited
    assert bench.run("SELECT name FROM customers ORDER BY code") == [(new,), (old if conflict == "overwrite" else new,)]
