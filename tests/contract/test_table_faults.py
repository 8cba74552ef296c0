"""What ``check --connect`` is told about tables that stand already, and the tables that are made where none stand."""

from __future__ import annotations

import re
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.servers.postgres import postgres_url
from tests.unit.targets.orders import CUSTOMER, GROUP, ORDER

from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.resolving import resolved
from nightclerk.targets.tables import create_tables, table_faults

FITTING = {
    "tenant": "text NOT NULL",
    "number": "varchar(20) NOT NULL",
    "select": "text",
    "amount": "numeric(18,4)",
    "lines": "bigint",
    "stars": "smallint",
    "paid": "boolean",
    "day": "date NOT NULL",
    "seen": "timestamptz",
    "currency": "char(3)",
    "note": "text",
}
KEY = 'UNIQUE (tenant, "number")'


@pytest.fixture
def url() -> str:
    made = postgres_url()
    create_tables(made, [])
    return made


def make(url: str, key: str = KEY, more: str = "", **columns: str) -> None:
    """Makes the table, with other columns; a column that is empty is left out."""
    declared = ", ".join(f'"{name}" {kind}' for name, kind in (FITTING | columns).items() if kind)
    with psycopg.connect(url) as connection:
        connection.execute(f'DROP TABLE IF EXISTS "order"; CREATE TABLE "order" ({declared}, {key}) {more}')  # type: ignore[arg-type]


def test_a_table_that_fits_is_not_spoken_of(url: str) -> None:
    make(
        url,
        extra="text NOT NULL DEFAULT 'y'",
        id="int GENERATED ALWAYS AS IDENTITY",
        own="text GENERATED ALWAYS AS (note) STORED",
    )
    assert table_faults(url, [ORDER]) == []


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"select": ""}, "has no column select. Add it"),
        ({"note": ""}, "has no column note. Add it"),
        ({"tenant": "integer NOT NULL"}, "column tenant .* is declared integer, and what it gets is text. Declare it TEXT"),
        ({"amount": "double precision"}, r"declared double precision, and what it gets is money\. Declare it NUMERIC\(18,4\)"),
        ({"amount": "numeric(12,2)"}, "keeps 2 digits after the point, and amounts have 4"),
        ({"amount": "numeric(12,4)"}, "takes 8 digits before the point, which are too few"),
        (
            {"amount": "money"},
            r"declared money, which the server rounds and writes in its own language\. Declare it NUMERIC\(18,4\)",
        ),
        ({"currency": "char(2)"}, r"takes at most 2 characters, and the field currency has 3\. Make the column longer\.$"),
        ({"lines": "smallint"}, "declared smallint, which is too small for integer"),
        ({"lines": "text"}, "declared text, and what it gets is integer"),
        ({"paid": "integer"}, "declared integer, and what it gets is boolean"),
        ({"day": "timestamp NOT NULL"}, "declared timestamp without time zone, and what it gets is date"),
        ({"seen": "date"}, "declared date, and what it gets is datetime"),
        ({"number": "varchar(10) NOT NULL"}, r"column number .* takes at most 10 characters.*max_length: 10"),
        ({"select": "varchar(50)"}, r"column select .* the field group may have more"),
        ({"number": "char(20) NOT NULL"}, r"declared character\(20\), to which different keys are the same"),
        ({"select": "text NOT NULL"}, r"column select .* must not be empty, but the field group may be\. Write required: true"),
        ({"select": "text GENERATED ALWAYS AS (note) STORED"}, "makes its values itself"),
        ({"extra": "text NOT NULL", "other": "int NOT NULL"}, "no new row could be made: extra and other. Give each a default"),
    ],
)
def test_each_column_that_does_not_fit_gets_its_sentence(url: str, columns: dict[str, str], sentence: str) -> None:
    make(url, **columns)
    (found,) = table_faults(url, [ORDER])
    assert re.search(sentence, found), found
    assert found.endswith(".")


@pytest.mark.parametrize(
    ("rights", "sequences", "words"),
    [
        ("SELECT, INSERT, UPDATE", True, None),
        ("SELECT, INSERT, UPDATE", False, "may not draw the numbers of new rows .* grant USAGE on order_id_seq"),
        ("SELECT", True, "no right to INSERT and UPDATE on the table order"),
    ],
)
def test_rights_that_imports_need_are_told(url: str, rights: str, sequences: bool, words: str | None) -> None:
    make(url, id="serial")
    least = f"least_{secrets.token_hex(4)}"
    with psycopg.connect(url) as connection:
        connection.execute(f'CREATE ROLE {least} LOGIN; GRANT {rights} ON "order" TO {least}')  # type: ignore[arg-type]
        if sequences:
            connection.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {least}")  # type: ignore[arg-type]
    found = table_faults(url.replace("nightclerk@", f"{least}@"), [ORDER])
    assert len(found) == (words is not None)
    assert words is None or re.search(words, found[0]), found


def test_a_table_of_links_wants_rows_to_be_deleted_and_none_to_be_changed(url: str) -> None:
    customer = resolved(CUSTOMER, {"customer": CUSTOMER, "group": GROUP})
    create_tables(url, [customer, GROUP])
    least = f"least_{secrets.token_hex(4)}"
    with psycopg.connect(url) as connection:
        connection.execute(f"CREATE ROLE {least} LOGIN; GRANT SELECT, INSERT, UPDATE ON customers, groups TO {least}")  # type: ignore[arg-type]
        connection.execute(f"GRANT SELECT, INSERT ON customers_groups TO {least}")  # type: ignore[arg-type]
    address = url.replace("nightclerk@", f"{least}@")
    (found,) = table_faults(address, [customer, GROUP])
    assert "no right to DELETE on the table customers_groups" in found
    with psycopg.connect(url) as connection:
        connection.execute(f"GRANT DELETE ON customers_groups TO {least}")  # type: ignore[arg-type]
    assert table_faults(address, [customer, GROUP]) == []


@pytest.mark.parametrize(
    "key",
    [
        "CHECK (true)",
        'UNIQUE ("number")',
        'UNIQUE (tenant, "number", note)',
        'UNIQUE (tenant, "number") DEFERRABLE',
    ],
)
def test_a_table_needs_its_unique_key(url: str, key: str) -> None:
    make(url, key)
    (found,) = table_faults(url, [ORDER])
    assert "no unique key of exactly number, tenant" in found


@pytest.mark.parametrize(
    "index", ['(tenant, "number") WHERE paid', '(tenant, lower("number"))', '(tenant, "number" text_pattern_ops)']
)
def test_an_index_must_hold_for_all_rows_and_for_the_column_itself(url: str, index: str) -> None:
    make(url, "CHECK (true)")
    with psycopg.connect(url) as connection:
        connection.execute(f'CREATE UNIQUE INDEX ON "order" {index}')  # type: ignore[arg-type]
    assert len(table_faults(url, [ORDER])) == (0 if "pattern" in index else 1)


def test_views_hold_no_rows_of_their_own(url: str, tmp_path: Path) -> None:
    make(url)
    file = tmp_path / "app.db"
    create_tables(f"sqlite:///{file}", [ORDER])
    renamed = ORDER.model_copy(update={"table": "seen_orders"})
    with psycopg.connect(url) as connection:
        connection.execute('CREATE VIEW seen_orders AS SELECT * FROM "order"')
    with closing(sqlite3.connect(file)) as small:
        small.execute('CREATE VIEW seen_orders AS SELECT * FROM "order"')
    for address in (url, f"sqlite:///{file}"):
        (found,) = table_faults(address, [renamed])
        assert "is a view; rows are booked into tables alone" in found


def test_rows_that_security_hides_would_look_new(url: str) -> None:
    make(url)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE ROLE app LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO app")
        connection.execute('ALTER TABLE "order" ENABLE ROW LEVEL SECURITY')
    (found,) = table_faults(url.replace("nightclerk@", "app@"), [ORDER])
    assert "Row security hides rows" in found
    with psycopg.connect(url) as connection:
        connection.execute("DROP OWNED BY app; DROP ROLE app")


def test_all_faults_of_all_tables_come_at_once(url: str, tmp_path: Path) -> None:
    make(url, "CHECK (true)", amount="real", select="")
    other = ORDER.model_copy(update={"table": "nowhere"})
    starts = ["The table nowhere does not exist", "The table order in", "The column amount", "The table order in"]
    assert all(found.startswith(start) for found, start in zip(table_faults(url, [ORDER, other]), starts, strict=True))
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.execute(
            'CREATE TABLE "order" (tenant, NUMBER TEXT, "select" TEXT NOT NULL, amount REAL, lines, stars, paid, day, seen, '
            "note, currency, x TEXT NOT NULL)"
        )
    found = table_faults(f"sqlite:///{tmp_path}/app.db", [ORDER])
    assert [sentence.split(" in ")[0] for sentence in found] == [
        "The tables nightclerk_receipts, nightclerk_changes and nightclerk_imported do not exist",
        "The column select of the table order",
        "The column amount of the table order",
        "The table order",
        "These columns of the table order",
    ]


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(WeatherError):
        table_faults("postgresql://app@127.0.0.1:1/app", [ORDER])
    with pytest.raises(OperatorError):
        table_faults(postgres_url() + "_of_another", [ORDER])
    assert "do not exist" in table_faults("sqlite:///nowhere/app.db", [ORDER], tmp_path)[0]
    assert list(tmp_path.iterdir()) == []


def test_tables_are_made_as_they_are_shown(url: str) -> None:
    shown = create_tables(url, [ORDER], run=False)
    assert shown == create_tables(url, [ORDER], run=False)
    assert create_tables(url, [ORDER]) == shown
    assert create_tables(url, [ORDER]) == []
    assert table_faults(url, [ORDER]) == []
    with psycopg.connect(url) as connection:
        types = connection.execute(
            "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute "
            "WHERE attrelid = '\"order\"'::regclass AND attnum > 0 ORDER BY attnum"
        ).fetchall()
        identity = "SELECT attidentity FROM pg_attribute WHERE attrelid = 'nightclerk_receipts'::regclass AND attname = 'id'"
        assert connection.execute(identity).fetchone() == ("a",)
    assert types == [
        ("tenant", "text", True),
        ("number", "character varying(20)", True),
        ("select", "text", False),
        ("amount", "numeric(18,4)", False),
        ("lines", "bigint", False),
        ("stars", "bigint", False),
        ("paid", "boolean", False),
        ("day", "date", False),
        ("seen", "timestamp with time zone", False),
        ("currency", "character varying(3)", False),
        ("note", "text", False),
    ]
