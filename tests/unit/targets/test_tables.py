"""Tables made from entities, and what is said about those that do not fit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.unit.targets.orders import ORDER

from nightclerk.core.errors import OperatorError
from nightclerk.targets.tables import create_tables, table_faults


def columns(file: Path, table: str) -> dict[str, tuple[str, int, int]]:
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (table,)).fetchall()
    return {name: (kind, required, key) for name, kind, required, key in found}


def test_tables_are_made_from_the_entity_once(tmp_path: Path) -> None:
    made = create_tables("sqlite:///app.db", [ORDER], tmp_path)
    assert len(made) == 5
    assert columns(tmp_path / "app.db", "order") == {
        "tenant": ("TEXT", 1, 1),
        "number": ("VARCHAR(20)", 1, 2),
        "select": ("TEXT", 0, 0),
        "amount": ("TEXT", 0, 0),
        "lines": ("BIGINT", 0, 0),
        "stars": ("BIGINT", 0, 0),
        "paid": ("BOOLEAN", 0, 0),
        "day": ("DATE", 0, 0),
        "seen": ("DATETIME", 0, 0),
        "currency": ("VARCHAR(3)", 0, 0),
        "note": ("TEXT", 0, 0),
    }
    assert create_tables("sqlite:///app.db", [ORDER], tmp_path) == []


def test_the_folder_of_the_database_is_made_as_well(tmp_path: Path) -> None:
    assert len(create_tables("sqlite:///var/deep/app.db", [ORDER], tmp_path)) == 5
    assert columns(tmp_path / "var/deep/app.db", "order")
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match=r"file/deep for the database cannot be made: Not a directory\. Make it"):
        create_tables("sqlite:///file/deep/app.db", [ORDER], tmp_path)


def test_what_would_be_made_can_be_shown_first(tmp_path: Path) -> None:
    shown = create_tables("sqlite:///app.db", [ORDER], tmp_path, run=False)
    assert columns(tmp_path / "app.db", "order") == {}
    assert shown == create_tables("sqlite:///app.db", [ORDER], tmp_path)
    assert shown[0].startswith('CREATE TABLE "order" (')


def test_without_a_tenant_column_the_key_stands_alone(tmp_path: Path) -> None:
    create_tables("sqlite:///app.db", [ORDER.model_copy(update={"tenant_column": "none"})], tmp_path)
    assert "tenant" not in columns(tmp_path / "app.db", "order")
    assert columns(tmp_path / "app.db", "order")["number"] == ("VARCHAR(20)", 1, 1)


def test_a_table_of_ours_that_another_version_made_is_told_before_anything_is_asked_of_it(tmp_path: Path) -> None:
    create_tables("sqlite:///app.db", [ORDER], tmp_path)
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript(
            "DROP TABLE nightclerk_imported; CREATE TABLE nightclerk_imported (table_name, tenant, key, fields)"
        )
    told = f"The table nightclerk_imported in {tmp_path}/app.db was made by another version of Nightclerk."
    assert table_faults("sqlite:///app.db", [ORDER], tmp_path) == [f"{told} The changelog says what to do."]


def test_every_missing_table_and_column_is_named_at_once(tmp_path: Path) -> None:
    assert [line.split(" in ")[0] for line in table_faults("sqlite:///app.db", [ORDER], tmp_path)] == [
        "The tables nightclerk_receipts, nightclerk_changes, nightclerk_imported and order do not exist"
    ]
    create_tables("sqlite:///app.db", [ORDER], tmp_path)
    assert table_faults("sqlite:///app.db", [ORDER], tmp_path) == []
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript(
            'DROP TABLE "order"; CREATE TABLE "order" (TENANT TEXT, number TEXT, "select" TEXT, lines INT, day TEXT)'
        )
    *lacking, key = table_faults("sqlite:///app.db", [ORDER], tmp_path)
    assert [line.split("has no column ")[1].split(".")[0] for line in lacking] == [
        "amount",
        "stars",
        "paid",
        "seen",
        "currency",
        "note",
    ]
    assert "no unique key of exactly number, tenant" in key
    assert all(line.endswith(".") for line in (*lacking, key))
