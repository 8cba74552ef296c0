"""Taking a run back beside what others put into the tables: columns of their own, rows that refer to ours, triggers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contract.targets import MariadbBench, PostgresqlBench, SqliteBench, bench_of, book, plan
from tests.contract.test_target_undo import FIELDS, Rows, rows_of, undo

Sql = SqliteBench | PostgresqlBench | MariadbBench
FILE: Rows = {2: ("A", 1, "a"), 3: ("B", 1, "b"), 4: ("C", 1, "c")}


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sql]:
    made = bench_of(request.param, tmp_path)
    assert isinstance(made, SqliteBench | PostgresqlBench | MariadbBench)
    yield made
    made.target.close()


def test_a_row_into_which_somebody_typed_beside_the_fields_is_kept(bench: Sql) -> None:
    bench.run("ALTER TABLE customers ADD COLUMN remark varchar(50)")
    bench.run("ALTER TABLE customers ADD COLUMN stage varchar(20) DEFAULT 'new'")
    bench.run("ALTER TABLE customers ADD COLUMN visits integer NOT NULL DEFAULT 0")
    upsert = plan(fields=FIELDS)
    book(bench.target, upsert, FILE, "run-1")
    bench.run("UPDATE customers SET remark = 'call first' WHERE code = 'A'")
    bench.run("UPDATE customers SET stage = 'won', visits = 2 WHERE code = 'B'")
    expected = {"A": "kept but remark", "B": "kept but stage, visits", "C": "reverted deleted"}
    assert undo(bench, upsert, "run-1", FILE, None) == expected
    assert undo(bench, upsert, "run-1", FILE) == expected
    assert [row["code"] for row in rows_of(bench)] == ["A", "B"]


FILLED_BY_A_TRIGGER = {
    "sqlite": (
        "CREATE TRIGGER stamp AFTER INSERT ON customers BEGIN UPDATE customers SET stamped = 'x' WHERE rowid = new.rowid; END",
    ),
    "postgresql": (
        "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.stamped := 'x'; RETURN NEW; END $$",
        "CREATE TRIGGER stamp BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION stamp()",
    ),
    "mariadb": ("CREATE TRIGGER stamp BEFORE INSERT ON customers FOR EACH ROW SET NEW.stamped = 'x'",),
}


@pytest.mark.parametrize("kind", list(FILLED_BY_A_TRIGGER))
def test_what_the_database_fills_by_itself_keeps_no_row(kind: str, tmp_path: Path) -> None:
    bench: Any = bench_of(kind, tmp_path)
    bench.run("ALTER TABLE customers ADD COLUMN stamped varchar(20)")
    for statement in FILLED_BY_A_TRIGGER[kind]:
        bench.run(statement)
    if kind != "sqlite":
        bench.run("ALTER TABLE customers ADD COLUMN made timestamp DEFAULT CURRENT_TIMESTAMP")
    upsert = plan(fields=FIELDS)
    book(bench.target, upsert, FILE, "run-1")
    assert bench.run("SELECT count(*) FROM customers WHERE stamped = 'x'") == [(3,)]
    assert set(undo(bench, upsert, "run-1", FILE).values()) == {"reverted deleted"}
    bench.target.close()


def test_a_reference_that_the_database_finds_by_its_collation_is_seen(tmp_path: Path) -> None:
    """Where letters of either case are the same to the referred column, ON DELETE CASCADE would take the row along."""
    bench: Any = bench_of("sqlite", tmp_path)
    bench.run("DROP TABLE customers")
    columns = ("name", "balance", "active", "since", "seen", '"select"', "credit_limit")
    bench.run(
        "CREATE TABLE customers (tenant TEXT NOT NULL, code TEXT NOT NULL COLLATE NOCASE, site INTEGER NOT NULL, "
        + ", ".join(f"{name} TEXT" for name in columns)
        + ", UNIQUE (tenant, code, site), UNIQUE (code))"
    )
    bench.run("CREATE UNIQUE INDEX exactly ON customers (tenant, code COLLATE BINARY, site)")
    bench.run("CREATE TABLE notes (customer TEXT REFERENCES customers (code) ON DELETE CASCADE)")
    upsert = plan(fields=FIELDS)
    book(bench.target, upsert, FILE, "run-1")
    bench.run("PRAGMA foreign_keys = ON")
    bench.run("INSERT INTO notes VALUES ('a')")
    assert undo(bench, upsert, "run-1", FILE) == {"A": "could_not referred", "B": "reverted deleted", "C": "reverted deleted"}
    assert bench.run("SELECT customer FROM notes") == [("a",)]
    bench.target.close()
