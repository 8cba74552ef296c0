"""What ``check --connect`` is told about tables that stand already on MariaDB, and the tables that are made where none stand."""

from __future__ import annotations

import re
import secrets

import pytest
from sqlalchemy import make_url
from tests.contract.targets import CUSTOMER
from tests.servers.mariadb import mariadb_url, shared_mariadb
from tests.unit.targets.orders import CUSTOMER as LISTED
from tests.unit.targets.orders import GROUP, ORDER

from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.resolving import resolved
from nightclerk.targets.tables import create_tables, table_faults

pytestmark = pytest.mark.server("mariadb")
EXACT = "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
FITTING = {
    "tenant": f"VARCHAR(63) {EXACT} NOT NULL",
    "number": f"VARCHAR(20) {EXACT} NOT NULL",
    "select": "TEXT",
    "amount": "DECIMAL(18,4)",
    "lines": "BIGINT",
    "stars": "TINYINT",
    "paid": "BOOLEAN",
    "day": "DATE NOT NULL",
    "seen": "TIMESTAMP NULL",
    "currency": "CHAR(3)",
    "note": "TEXT",
}
KEY = "UNIQUE once (tenant, `number`)"


@pytest.fixture(scope="module")
def url() -> str:
    made = mariadb_url()
    create_tables(made, [])
    return made


def run(url: str, *statements: str) -> None:
    for statement in statements:
        shared_mariadb().execute(statement, make_url(url).database)


def make(url: str, key: str = KEY, more: str = "ENGINE=InnoDB CHARACTER SET utf8mb4", **columns: str) -> None:
    """Makes the table, with other columns; a column that is empty is left out."""
    declared = ", ".join(f"`{name}` {kind}" for name, kind in (FITTING | columns).items() if kind)
    run(url, "DROP TABLE IF EXISTS `order`", f"CREATE TABLE `order` ({declared}, {key}) {more}")


def test_a_table_that_fits_is_not_spoken_of(url: str) -> None:
    make(
        url,
        extra="VARCHAR(9) NOT NULL DEFAULT 'y'",
        id="INT NOT NULL AUTO_INCREMENT UNIQUE",
        own="VARCHAR(9) AS (LEFT(note, 9)) STORED",
    )
    assert table_faults(url, [ORDER]) == []


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"select": ""}, "has no column select. Add it"),
        ({"note": ""}, "has no column note. Add it"),
        (
            {"tenant": "INT NOT NULL"},
            r"column tenant .* is declared int.*, and what it gets is text\. Declare it VARCHAR or TEXT",
        ),
        ({"amount": "DOUBLE"}, r"declared double, and what it gets is money\. Declare it DECIMAL\(18,4\)"),
        ({"amount": "DECIMAL(12,2)"}, "keeps 2 digits after the point, and amounts have 4"),
        ({"amount": "DECIMAL(12,4)"}, "takes 8 digits before the point, which are too few"),
        ({"amount": "DECIMAL(18,4) UNSIGNED"}, "declared .*unsigned, which takes no negative numbers"),
        ({"currency": "CHAR(2)"}, r"takes at most 2 characters, and the field currency has 3\. Make the column longer\.$"),
        ({"lines": "SMALLINT"}, "declared smallint.*, which is too small for integer"),
        ({"lines": "TEXT"}, "declared text, and what it gets is integer"),
        ({"paid": "INT"}, "declared int.*, and what it gets is boolean"),
        ({"day": "DATETIME NOT NULL"}, "declared datetime, and what it gets is date"),
        ({"seen": "DATE"}, "declared date, and what it gets is datetime"),
        ({"number": f"VARCHAR(10) {EXACT} NOT NULL"}, r"column number .* takes at most 10 characters.*max_length: 10"),
        ({"select": "VARCHAR(50)"}, r"column select .* the field group may have more"),
        ({"select": "TINYTEXT"}, r"column select .* takes at most 63 characters"),
        ({"select": "TEXT CHARACTER SET latin1"}, "keeps the characters of latin1 alone"),
        ({"number": f"CHAR(20) {EXACT} NOT NULL"}, r"declared char\(20\), which loses the blanks at a key's end"),
        ({"select": "TEXT NOT NULL"}, r"column select .* must not be empty, but the field group may be\. Write required: true"),
        ({"select": "TEXT AS (note) STORED"}, "makes its values itself"),
        ({"extra": "TEXT NOT NULL", "other": "INT NOT NULL"}, "no new row could be made: extra and other. Give each a default"),
        (
            {"number": "VARCHAR(20) COLLATE utf8mb4_general_ci NOT NULL"},
            r"unique key once .* different keys for the same: .* number \(utf8mb4_general_ci\) .* COLLATE utf8mb4_nopad_bin\.$",
        ),
        ({"number": "VARCHAR(20) COLLATE utf8mb4_bin NOT NULL"}, r"a blank behind it .* Declare number with"),
    ],
)
def test_each_column_that_does_not_fit_gets_its_sentence(url: str, columns: dict[str, str], sentence: str) -> None:
    make(url, **columns)
    (found,) = table_faults(url, [ORDER])
    assert re.search(sentence, found), found
    assert found.endswith(".")


@pytest.mark.parametrize(
    "key",
    [
        "CHECK (TRUE)",
        "UNIQUE (`number`)",
        "UNIQUE (tenant, `number`, paid)",
        "UNIQUE (tenant, `number`(5))",
        "KEY (tenant, `number`)",
    ],
)
def test_a_table_needs_its_unique_key(url: str, key: str) -> None:
    make(url, key)
    (found,) = table_faults(url, [ORDER])
    assert "no unique key of exactly number, tenant" in found


def test_what_cannot_be_taken_back_is_no_place_for_rows(url: str) -> None:
    make(url, more="ENGINE=MyISAM CHARACTER SET utf8mb4")
    (found,) = table_faults(url, [ORDER])
    assert "is kept by MyISAM, which cannot take back what was written. Change it: ALTER TABLE order ENGINE=InnoDB." in found
    make(url)
    run(url, "CREATE OR REPLACE VIEW seen_orders AS SELECT * FROM `order`")
    (found,) = table_faults(url, [ORDER.model_copy(update={"table": "seen_orders"})])
    assert "is a view; rows are booked into tables alone" in found


@pytest.mark.parametrize(
    ("rights", "words"),
    [
        ("SELECT, INSERT, UPDATE", None),
        ("SELECT", "no right to INSERT and UPDATE on the table order"),
        ("SELECT, INSERT", "to UPDATE"),
    ],
)
def test_rights_that_imports_need_are_told(url: str, rights: str, words: str | None) -> None:
    make(url)
    least, name = f"least_{secrets.token_hex(4)}", make_url(url).database
    run(url, f"CREATE USER {least}@'127.0.0.1'", f"GRANT SELECT ON {name}.* TO {least}@'127.0.0.1'")
    run(url, f"GRANT {rights} ON {name}.`order` TO {least}@'127.0.0.1'")
    found = table_faults(url.replace("nightclerk@", f"{least}@"), [ORDER])
    assert len(found) == (words is not None)
    assert words is None or words in found[0]


def test_a_table_of_links_wants_rows_to_be_deleted_and_none_to_be_changed(url: str) -> None:
    customer = resolved(LISTED, {"customer": LISTED, "group": GROUP})
    create_tables(url, [customer, GROUP])
    least, name = f"least_{secrets.token_hex(4)}", make_url(url).database
    run(url, f"CREATE USER {least}@'127.0.0.1'", f"GRANT SELECT ON {name}.* TO {least}@'127.0.0.1'")
    run(url, *(f"GRANT INSERT, UPDATE ON {name}.`{table}` TO {least}@'127.0.0.1'" for table in ("customers", "groups")))
    run(url, f"GRANT INSERT ON {name}.customers_groups TO {least}@'127.0.0.1'")
    address = url.replace("nightclerk@", f"{least}@")
    (found,) = table_faults(address, [customer, GROUP])
    assert "no right to DELETE on the table customers_groups" in found
    run(url, f"GRANT DELETE ON {name}.customers_groups TO {least}@'127.0.0.1'")
    assert table_faults(address, [customer, GROUP]) == []


def test_a_database_that_is_not_there_is_told() -> None:
    with pytest.raises(WeatherError):
        table_faults("mysql+pymysql://app@127.0.0.1:1/app", [ORDER])
    with pytest.raises(OperatorError, match="does not let us in"):
        table_faults(mariadb_url() + "_of_another", [ORDER])


def test_tables_are_made_as_they_are_shown() -> None:
    url = mariadb_url()
    shown = create_tables(url, [ORDER], run=False)
    assert shown == create_tables(url, [ORDER], run=False)
    assert create_tables(url, [ORDER]) == shown
    assert create_tables(url, [ORDER]) == []
    assert table_faults(url, [ORDER]) == []
    with shared_mariadb().connection(make_url(url).database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT COLUMN_NAME, COLUMN_TYPE, COLLATION_NAME, IS_NULLABLE FROM information_schema.COLUMNS "
            "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'order' ORDER BY ORDINAL_POSITION"
        )
        types = list(cursor.fetchall())
        cursor.execute("SELECT DISTINCT ENGINE, TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()")
        assert cursor.fetchall() == (("InnoDB", "utf8mb4_nopad_bin"),)
    exact = "utf8mb4_nopad_bin"
    assert types == [
        ("tenant", "varchar(63)", exact, "NO"),
        ("number", "varchar(20)", exact, "NO"),
        ("select", "longtext", exact, "YES"),
        ("amount", "decimal(18,4)", None, "YES"),
        ("lines", "bigint(20)", None, "YES"),
        ("stars", "bigint(20)", None, "YES"),
        ("paid", "tinyint(1)", None, "YES"),
        ("day", "date", None, "YES"),
        ("seen", "datetime", None, "YES"),
        ("currency", "varchar(3)", exact, "YES"),
        ("note", "longtext", exact, "YES"),
    ]


def test_a_key_without_max_length_has_255_characters_and_one_that_is_too_long_is_told() -> None:
    url = mariadb_url()
    create_tables(url, [CUSTOMER])
    (found,) = table_faults(url, [CUSTOMER])
    assert "column code" in found
    assert "takes at most 255 characters" in found
    fields = {name: {"type": "text"} for name in ("one", "two", "three")}
    wide = type(CUSTOMER).model_validate({"entity": "wide", "table": "wide", "key": ["one", "two", "three"], "fields": fields})
    with pytest.raises(OperatorError, match=r"The key of a table .* would be too long .* smaller max_length"):
        create_tables(url, [wide])
