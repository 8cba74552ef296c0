"""What is SQLite's own: a file that is locked, full, or older than the name of its version."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nightclerk.core.errors import WeatherError
from nightclerk.ledger.engine import Ledger, open_ledger
from nightclerk.ledger.tables import looks

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def test_a_ledger_that_is_full_is_weather(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        limit = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit}")
    look = {"name": "a", "size": 1, "stamp": 1, "mark": "", "since": NOW, "seen": NOW, "appeared": NOW, "reported": False}
    with pytest.raises(WeatherError, match="cannot be used at the moment"), ledger.writing() as connection:
        connection.execute(looks.insert().values(tenant="x" * 100_000, **look))


def test_a_ledger_that_another_program_locks_is_weather_after_the_wait(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = open_ledger(f"sqlite:///{path}", wait=0.1)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(WeatherError, match="cannot be used at the moment"), ledger.writing():
        pass
    other.close()
    with ledger.writing():
        pass
    ledger.close()


def test_a_ledger_of_the_first_days_is_taken_on_with_all_that_it_knows(tmp_path: Path) -> None:
    """Its version stood under Alembic's own name."""
    path = tmp_path / "ledger.db"
    ledger = open_ledger(f"sqlite:///{path}")
    name = ledger.installation()
    ledger.close()
    with sqlite3.connect(path) as old:
        added = {
            "installation": ("resident", "resident_words"),
            "runs": ("undoes", "undone_by", "booked"),
            "drops": ("replays", "replayed_by", "retries", "begun_in"),
        }
        old.execute("DROP INDEX runs_booked")
        for table, column in ((table, column) for table, columns in added.items() for column in columns):
            old.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        old.execute("DROP TABLE rounds")
        old.execute("DROP TABLE decisions")
        old.execute("ALTER TABLE nightclerk_ledger_version RENAME TO alembic_version")
        old.execute("UPDATE alembic_version SET version_num = '0001'")
    old.close()
    again = open_ledger(f"sqlite:///{path}")
    assert again.installation() == name
    again.close()
    with sqlite3.connect(path) as new:
        tables = {row[0] for row in new.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    new.close()
    assert "alembic_version" not in tables
    assert {"nightclerk_ledger_version", "rounds"} <= tables
