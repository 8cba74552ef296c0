"""What only PostgreSQL can show: its types and rules, tables that stand already, and that a preview writes nothing."""

from __future__ import annotations

import random
import time

import psycopg
import pytest
from tests.contract.postgresql_bench import ANNA, FIELDS, bench, compared, database
from tests.contract.targets import FIELDS as ALL_FIELDS
from tests.contract.targets import PostgresqlBench, block, book, plan
from tests.servers.postgres import postgres_url, shared_server

from nightclerk.core.booking import Change, Comparison
from nightclerk.core.errors import BookkeepingError, OperatorError, WeatherError
from nightclerk.core.reading import Block, Cell
from nightclerk.targets.sql import SqlTarget

__all__ = ["bench"]  # the fixture


def test_a_preview_leaves_the_database_as_it_was(bench: PostgresqlBench) -> None:
    bench.run("ALTER TABLE customers ADD number bigserial")
    bench.put(tenant="acme", code="A", site=1, name="Anna", balance="1.0000")
    server = shared_server()
    before = server.dump(database(bench))
    preview = bench.target.preview(plan(absent_defaults=()))
    preview.stage(block({2: (*ANNA[:2], "Anne", "2.5000", *ANNA[4:]), 3: ("B", 7, "Bert", *ANNA[3:])}))
    preview.withdraw([])
    assert preview.compare()[0] == Comparison(1, 1, 0, {})
    assert preview.sample(1) == [
        Change(
            2,
            {"code": "A", "site": 1},
            {"name": "Anna", "balance": "1.0000", "active": None, "since": None, "seen": None, "kind": None},
            dict(zip(ALL_FIELDS[2:], ("Anne", "2.5000", *ANNA[4:]), strict=True)),
        )
    ]
    assert preview.sample(9)[1] == Change(
        3, {"code": "B", "site": 7}, None, dict(zip(ALL_FIELDS, ("B", 7, "Bert", *ANNA[3:]), strict=True))
    )
    bench.run("SELECT 1 FROM customers FOR UPDATE")  # nobody waits for a preview
    with pytest.raises(psycopg.Error, match="read-only transaction"):
        preview._connection.connection.driver_connection.execute("DELETE FROM customers")
    preview.abandon()
    assert server.dump(database(bench)) == before


TEXTS = ("", " ", '"', '""', "a\nb", "a\r\nb", "\\.", "\\N", "\\", "a\x1fb", "\x1f", ",;\t", "null", "é✓𝄞", "'", "%s", ":x", "{}")


@pytest.mark.parametrize("known", [False, True])
def test_texts_arrive_as_they_are(bench: PostgresqlBench, known: bool) -> None:
    if known:
        bench.put(tenant="acme", code="none", site=0, name="nobody")
    rows: dict[int, tuple[Cell, ...]] = {line: (f"{word}{line}", line, word) for line, word in enumerate(TEXTS)}
    rows[99] = ("99", 99, None)
    assert book(bench.target, plan(fields=FIELDS), rows)[0].created == len(rows)
    found = {row["site"]: (row["code"], row["site"], row["name"]) for row in bench.rows() if row["code"] != "none"}
    assert found == rows
    assert [change["key"]["code"] for change in bench.changes()] == [row[0] for row in rows.values()]
    assert book(bench.target, plan(fields=FIELDS), rows, "run-2")[0].unchanged == len(rows)


def test_rows_may_come_as_csv(bench: PostgresqlBench) -> None:
    assert bench.target.takes_csv
    for night in range(2):
        booking = bench.target.begin(plan(fields=FIELDS), f"run-{night}", 1)
        booking.stage(Block(2, [2, 3], [], csv=b'2\x1fA\x1f1\x1fAnna\n3\x1fB\x1f1\x1f"x\n"\n'))
        booking.stage(Block(3, [5, 6], [], csv=b'5\x1fC\x1f1\x1f\n6\x1fC\x1f1\x1f""\n'))
        booking.withdraw([(("C", 1), 2)])
        booking.stage(block({6: ("C", 1, "")}))
        assert booking.compare()[0] == (Comparison(0, 0, 3, {}) if night else Comparison(3, 0, 0, {}))
        booking.book({})
    assert [row["name"] for row in bench.rows()] == ["Anna", "x\n", ""]
    booking = bench.target.begin(plan(fields=FIELDS), "run-3", 1)
    booking.stage(Block(2, [2, 3], [], csv=b"2\x1fA\x1f1\x1fAnna\n"))
    with pytest.raises(BookkeepingError, match="2 rows were handed on, and 1 arrived"):
        booking.compare()
    booking.abandon()


def test_files_of_many_rows_go_in_several_pieces(bench: PostgresqlBench) -> None:
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
    assert bench.run("SELECT name, count(*) FROM customers GROUP BY name ORDER BY name") == [("new", 30_000), ("same", 9_999)]
    assert bench.run("SELECT count(*), count(fields) FROM nightclerk_changes") == [(69_999, 30_000)]


def test_the_server_may_write_dates_as_it_likes(bench: PostgresqlBench) -> None:
    bench.run(f"ALTER DATABASE {database(bench)} SET datestyle = 'German, DMY'")
    bench.run(f"ALTER DATABASE {database(bench)} SET timezone = 'Asia/Kathmandu'")
    bench.run(f"ALTER DATABASE {database(bench)} SET default_transaction_isolation = 'serializable'")
    for _ in range(2):
        book(bench.target, plan(), {2: ANNA}, f"run-{_}")
    book(bench.target, plan(), {2: (*ANNA[:5], "2026-12-31", "2026-07-01 00:00:00", "x")}, "run-9")
    assert bench.changes()[1]["fields"] == {
        "since": ["2026-01-02", "2026-12-31"],
        "seen": ["2026-01-02 03:04:05", "2026-07-01 00:00:00"],
    }
    assert [change["kind"] for change in bench.changes()] == ["created", "updated"]


@pytest.mark.parametrize(
    ("change", "rows", "sentence"),
    [
        (
            "ALTER name TYPE varchar(4)",
            {7: ("A", 1, "Anna"), 9: ("B", 1, "Berta")},
            r"Line 9: the value of name .*character varying\(4\)",
        ),
        ("ALTER name TYPE varchar(4)", {7: ("A", 1, "An\nn"), 9: ("B", 1, "Berta")}, r"is longer than its column takes"),
        ("ADD colour text NOT NULL", {7: ("A", 1, "Anna")}, r"column colour of the table customers .* must not be empty"),
        ("ADD CHECK (name <> 'Anna')", {7: ("A", 1, "Anna")}, r"A rule of the database .*customers_name_check"),
        ("ADD UNIQUE (name)", {7: ("A", 1, "same"), 8: ("B", 1, "same")}, r"A rule .*customers_name_key"),
        ("ALTER site TYPE int2", {7: ("A", 1, "Anna"), 8: ("B", 40000, "Bert")}, r"Line 8: the value of site .*smallint"),
    ],
)
def test_what_the_table_cannot_take_stops_the_whole_file(
    bench: PostgresqlBench, change: str, rows: dict[int, tuple[Cell, ...]], sentence: str
) -> None:
    bench.run(f"ALTER TABLE customers {change}")
    with pytest.raises(OperatorError, match=sentence) as told:
        book(bench.target, plan(fields=FIELDS), rows)
    assert "Bert" not in str(told.value)
    assert (bench.rows(), bench.target.receipt("run-1")) == ([], None)


@pytest.mark.parametrize(
    ("cast", "value", "state"),
    [
        ("int", "12345678901", "22003"),
        ("date", "Bertrand", "22007"),
        ("date", "2026-13-45", "22008"),
        ("int", "Bertrand", "22P02"),
        ("json", "Bertrand", "22P02"),
    ],
)
def test_values_that_a_trigger_chokes_on_are_not_repeated(bench: PostgresqlBench, cast: str, value: str, state: str) -> None:
    """The server's own sentences hold them, and what is said of an error goes into letters and logs."""
    bench.run(f"CREATE FUNCTION cast_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM new.name::{cast}; RETURN new; END'")
    bench.run("CREATE TRIGGER cast_it BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION cast_it()")
    with pytest.raises(OperatorError, match=rf"A value .* in the database postgresql://.*{state}.*Nothing was booked") as told:
        book(bench.target, plan(fields=FIELDS), {7: ("A", 1, value)})
    assert value not in str(told.value)
    assert (bench.rows(), bench.target.receipt("run-1")) == ([], None)


@pytest.mark.parametrize("value", ["Be\0rt", "An\nn\0e"])
def test_a_character_that_no_text_may_hold_is_told_without_its_value(bench: PostgresqlBench, value: str) -> None:
    with pytest.raises(OperatorError, match="holds a character that the database cannot keep") as told:
        book(bench.target, plan(fields=FIELDS), {7: ("A", 1, value)})
    assert "0x00" not in str(told.value)


@pytest.mark.parametrize("known", [False, True])
def test_amounts_are_never_rounded_without_a_word(bench: PostgresqlBench, known: bool) -> None:
    bench.run("ALTER TABLE customers ALTER balance TYPE numeric(6,2)")
    if known:
        bench.put(tenant="acme", code="A", site=1, balance="1234.57")
    fine = plan(fields=("code", "site", "balance"))
    assert book(bench.target, fine, {2: ("A", 1, "1234.5600")})[0] == Comparison(1 - known, int(known), 0, {})
    assert book(bench.target, fine, {2: ("A", 1, "1234.5600")}, "run-2")[0].unchanged == 1
    for amount in ("1234.5650", "12345.0000"):
        with pytest.raises(
            OperatorError, match=r"Line 3: the value of balance does not fit the column balance \(numeric\(6,2\)\)"
        ):
            book(bench.target, fine, {2: ("A", 1, "0.0100"), 3: ("B", 1, amount)}, "run-3")
    assert bench.rows()[0]["balance"] == "1234.56"


@pytest.mark.parametrize("mode", ["upsert", "create_only", "update_only"])
@pytest.mark.parametrize("preview", [False, True])
def test_only_rows_that_are_booked_must_fit_their_columns(bench: PostgresqlBench, mode: str, preview: bool) -> None:
    """One that the mode or a missing field forbids is rejected alone, whatever its amount."""
    bench.run("ALTER TABLE customers ALTER balance TYPE numeric(6,2)")
    bench.put(tenant="acme", code="K", site=1, name="known", balance="1.00")
    large: dict[int, tuple[Cell, ...]] = {
        "upsert": {2: ("K", 1, "known", "2.0000"), 3: ("N", 1, None, "12345.0000"), 4: ("O", 1, "new", "3.0000")},
        "create_only": {2: ("O", 1, "new", "3.0000"), 3: ("K", 1, "known", "12345.0000")},
        "update_only": {2: ("K", 1, "known", "2.0000"), 3: ("N", 1, "new", "12345.0000")},
    }[mode]
    code = {"upsert": "required_for_new", "create_only": "known_key", "update_only": "unknown_key"}[mode]
    wanted = plan(mode, fields=("code", "site", "name", "balance"), needed=("name",))
    if preview:
        looked = bench.target.preview(wanted)
        looked.stage(block(large))
        comparison, forbidden = looked.compare()
        found = list(forbidden)
        looked.abandon()
    else:
        comparison, found = book(bench.target, wanted, large)
    assert [(row.line, row.code) for row in found] == [(3, code)]
    assert comparison == Comparison(int(mode != "update_only"), int(mode != "create_only"), 0, {})


def test_a_trigger_that_swallows_rows_is_found_out(bench: PostgresqlBench) -> None:
    bench.put(tenant="acme", code="A", site=1, name="Anna")
    bench.run("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
    bench.run("CREATE TRIGGER no BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION no()")
    for rows in ({2: ("A", 1, "Anne")}, {2: ("N", 1, "new")}):
        booking = compared(bench, rows)
        with pytest.raises(BookkeepingError):
            booking.book({})
        booking.abandon()


@pytest.mark.parametrize("parts", [False, True])
def test_foreign_tables_are_used_as_they_stand(bench: PostgresqlBench, parts: bool) -> None:
    bench.run("DROP TABLE customers")
    bench.run(
        "CREATE TABLE customers (id int GENERATED ALWAYS AS IDENTITY, "
        "tenant varchar(20) NOT NULL, code char varying(9) NOT NULL, "
        'site numeric(5) NOT NULL, name text COLLATE "POSIX", doubled text GENERATED ALWAYS AS (name || name) STORED, '
        f"extra text DEFAULT 'y') {'PARTITION BY LIST (tenant)' if parts else ''}"
    )
    if parts:
        bench.run("CREATE TABLE customers_acme PARTITION OF customers FOR VALUES IN ('acme')")
    bench.run('CREATE UNIQUE INDEX of_ours ON customers (site, code COLLATE "POSIX", tenant) INCLUDE (name)')
    bench.run("INSERT INTO customers (tenant, code, site, name) VALUES ('acme', 'A', 1, 'Anna')")
    outcome = book(bench.target, plan(fields=FIELDS), {2: ("A", 1, "Anne"), 3: ("B", 1, "Bert")})
    assert outcome == (Comparison(1, 1, 0, {}), [])
    assert bench.run("SELECT id, code, name, doubled, extra FROM customers ORDER BY id") == [
        (1, "A", "Anne", "AnneAnne", "y"), (2, "B", "Bert", "BertBert", "y"),
    ]  # fmt: skip
    booking = compared(bench, {2: ("N", 1, "new")})
    bench.run("INSERT INTO customers (tenant, code, site) VALUES ('acme', 'N', 1)")
    with pytest.raises(WeatherError, match="compared anew"):
        booking.book({})
    booking.abandon()


def test_the_search_path_of_the_address_says_where_the_tables_are(bench: PostgresqlBench) -> None:
    bench.run("CREATE SCHEMA erp")
    bench.run("ALTER TABLE customers SET SCHEMA erp")
    with pytest.raises(OperatorError, match="customers does not exist"):
        bench.target.begin(plan(fields=FIELDS), "run-1", 1)
    there = SqlTarget(f"{bench.url}?options=-csearch_path%3Derp,public")
    assert book(there, plan(fields=FIELDS), {2: ("A", 1, "Anna")})[0].created == 1
    there.close()
    assert bench.run("SELECT count(*) FROM erp.customers") == [(1,)]


@pytest.mark.server("postgres")
def test_the_system_s_own_server_does_as_well() -> None:
    bench = PostgresqlBench(url=postgres_url(system=True))
    bench.put(tenant="acme", code="A", site=1, name="Anna")
    rows: dict[int, tuple[Cell, ...]] = {2: ANNA, 3: ("B", 1, "Bert", *ANNA[3:])}
    assert book(bench.target, plan(), rows)[0] == Comparison(1, 1, 0, {})
    preview = bench.target.preview(plan())
    preview.stage(block(rows))
    assert preview.compare()[0] == Comparison(0, 0, 2, {})
    preview.abandon()
    bench.run("CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    bench.run("ALTER TABLE customers ALTER code TYPE text COLLATE blind")
    with pytest.raises(OperatorError, match="tells capitals from small letters"):
        bench.target.begin(plan(), "run-2", 1)
    bench.target.close()


@pytest.mark.parametrize("order", ["by key", "mixed", "few"])
def test_what_was_brought_is_found_in_files_of_any_order(bench: PostgresqlBench, order: str) -> None:
    """Pieces in the order of their keys have it fetched as a whole, others row by row. The planner knows nothing of a table that
    was just filled, and went through all of it for each row: half a minute instead of a second."""
    bench.run("ALTER TABLE nightclerk_imported SET (autovacuum_enabled = off)")
    rows: dict[int, tuple[Cell, ...]] = {line: (f"C{line:05}", 1, f"name {line}") for line in range(2, 20_002)}
    keeps = plan(fields=FIELDS, conflict={"name": "keep_local_edits"})
    assert book(bench.target, keeps, rows, "run-1", 10_000)[0].created == len(rows)
    bench.run("UPDATE customers SET name = 'typed in' WHERE code IN ('C00003', 'C15000')")
    lines = {"by key": [*rows], "mixed": random.Random(7).sample([*rows], len(rows)), "few": [3, 4, 15_000, 20_001]}[order]
    news = {3: "new", 4: "new", 15_000: "name 15000", 20_001: "new"}
    again = {at: (rows[line][0], 1, news.get(line, rows[line][2])) for at, line in enumerate(lines, 2)}
    start = time.monotonic()
    comparison = book(bench.target, keeps, again, "run-2", 10_000)[0]
    assert time.monotonic() - start < 10
    assert comparison == Comparison(0, 2, len(again) - 2, {"kept_edited": {"name": 2}})
    names = dict(bench.run("SELECT code, name FROM customers WHERE code IN ('C00003', 'C00004', 'C15000', 'C20001')"))
    assert names == {"C00003": "typed in", "C00004": "new", "C15000": "typed in", "C20001": "new"}
