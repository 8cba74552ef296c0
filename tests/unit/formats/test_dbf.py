"""DBF tables: every type as text, deleted records, code pages, and headers that lie."""

from __future__ import annotations

import random
import struct
import time
from datetime import date

import pytest
from tests.unit.formats.dbf_files import Column, dbase_7, table
from tests.unit.formats.reading import job, read

from nightclerk.core.entity import Entity
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.issue import LeftOut
from nightclerk.core.reading import Job

PLAIN = [Column("CODE", length=8), Column("NAME", length=20), Column("SOLDE", "N", 12, 2), Column("DEPUIS", "D", 8)]
ROWS = [["00000007", "Société Émile", "1234.50", "20261121"], ["1E464", "NA", "-0.10", ""], ["X", " Ab ", "", "00000000"]]
ENTITY = Entity.model_validate({
    "entity": "customer", "table": "customers", "key": ["code"],
    "fields": {"code": {"type": "text"}, "name": {"type": "text"}, "balance": {"type": "money", "currency": "EUR"},
               "since": {"type": "date"}, "notes": {"type": "text"}},
})  # fmt: skip


def feed_job(**given: object) -> Job:
    mapping = {"code": "Code", "name": "Name", "balance": "Solde", "since": "Depuis"}
    feed = Feed.model_validate({"feed": "f", "files": "*.dbf", "entity": "customer", "mapping": mapping, **given})
    return Job("fr", "Europe/Paris", feed.model_dump_json(by_alias=True), ENTITY.model_dump_json())


def refused(data: bytes, asked: Job | None = None) -> SenderError:
    with pytest.raises(SenderError) as found:
        read(data, asked or job())
    return found.value


@pytest.mark.parametrize("version", [0x03, 0x30, 0x43, 0xFB])
@pytest.mark.parametrize("block_bytes", [1, 100, 1 << 20])
def test_text_stays_as_it_is_stored(version: int, block_bytes: int) -> None:
    found = read(table(PLAIN, ROWS, version=version), job(block_bytes), late=[1, 3])
    assert found.opened.columns == ("CODE", "NAME", "SOLDE", "DEPUIS")
    assert found.rows == {
        1: ("00000007", "Société Émile", "1234.50", "2026-11-21"), 2: ("1E464", "NA", "-0.10", ""), 3: ("X", " Ab", "", ""),
    }  # fmt: skip
    assert [late.row.line for late in found.late] == [1, 3]
    assert (found.opened.format.kind, found.opened.format.encoding) == ("dbf", "cp1252")
    assert found.issues == []


def test_the_types_of_visual_foxpro() -> None:
    columns = [
        Column("NO", "I", 4), Column("SUM", "Y", 8), Column("RATE", "B", 8), Column("SEEN", "T", 8), Column("OK", "L", 1),
        Column("TEXT", "V", 6, flags=2), Column("MORE", "C", 5, flags=2), Column("_NullFlags", "0", 1, flags=5),
    ]  # fmt: skip
    day = date(2026, 11, 21).toordinal() + 1_721_425

    def row(number: int, money: int, rate: float, moment: tuple[int, int], ok: str, text: bytes, bits: int) -> list[bytes | str]:
        packed = [struct.pack("<i", number), struct.pack("<q", money), struct.pack("<d", rate), struct.pack("<ii", *moment)]
        return [*packed, ok, text, "abc", bytes([bits])]

    found = read(
        table(columns, [
            row(-7, -123_4567, 0.1, (day, 52_199_999), "T", b"abcdef", 0b000),
            row(2**31 - 1, -(2**63), 1e15, (day, 0), "?", b"ab  \0\x02", 0b001),
            row(0, 5, 12.0, (0, 0), " ", b"abcdef", 0b110),
            row(0, 0, 0.0, (5, -1), "F", b"zz\0\0\0\0", 0b000),
        ], version=0x30),
        job(),
    )  # fmt: skip
    assert list(found.rows.values()) == [
        ("-7", "-123.4567", "0.1", "2026-11-21 14:30:00", "T", "abcdef", "abc"),
        ("2147483647", "-922337203685477.5808", "1000000000000000", "2026-11-21", "", "ab", "abc"),
        ("0", "0.0005", "12", "", "", "", ""),
        ("0", "0.0000", "0", "5/-1", "F", "zz", "abc"),
    ]


def test_dbase_7_has_longer_names_and_its_own_numbers() -> None:
    columns = [Column("A NAME OF MORE THAN TEN LETTERS", "C", 4), Column("NO", "+", 4), Column("AT", "@", 8)]
    found = read(dbase_7(columns, [[b"\x82t\x82 ", struct.pack(">I", 0x80000005), bytes(8)]]), job())
    assert found.opened.columns == ("A NAME OF MORE THAN TEN LETTERS", "NO", "AT")
    assert found.rows == {1: ("été", "5", "")}
    assert found.opened.format.encoding == "cp850"


def test_a_text_may_be_longer_than_255_bytes() -> None:
    columns = [Column("TEXT", "C", 300 % 256, 300 // 256), Column("NO", "N", 3)]
    found = read(table(columns, [["x" * 300, "1"]]), job())
    assert found.rows == {1: ("x" * 300, "1")}


def test_deleted_and_blank_records_are_left_out_and_listed() -> None:
    rows = [["A", "Ann", "1", ""], ["B", "Bob", "2", ""], ["", "", "", ""], ["D", "Di", "4", ""]]
    found = read(table(PLAIN, rows, deleted=[1]), job())
    assert list(found.rows) == [1, 4]
    assert found.left_out == [LeftOut(2, "deleted record"), LeftOut(3, "blank row")]
    assert found.finished.rows == 2


def test_memos_are_told_and_never_booked_as_blank() -> None:
    columns = [*PLAIN, Column("NOTES", "M", 10)]
    data = table(columns, [["A", "Ann", "1", "", "         7"]], version=0x83)
    found = read(data, feed_job())
    assert found.opened.notes[0] == 'Column "NOTES" was not read: what it holds is in a second file, or no text.'
    mapping = {"code": "Code", "notes": ["Remarks", "Notes"]}
    told = refused(data, feed_job(mapping=mapping))
    assert (told.code, '"NOTES"' in str(told)) == ("column_missing", True)


def test_own_days_and_numbers_are_read_whatever_the_feed_writes() -> None:
    found = read(table(PLAIN, ROWS[:1]), feed_job(decimal=",", thousands=".", dates=["%d/%m/%Y"]))
    assert found.rows == {1: ("00000007", "Société Émile", "1234.5000", "2026-11-21")}
    assert found.opened.notes == ()


def test_a_number_without_room_is_an_issue_where_it_is_read() -> None:
    found = read(table(PLAIN, [["A", "Ann", "*" * 12, ""], ["B", "Bob", "1", ""]]), feed_job())
    assert (found.codes, list(found.rows)) == ([(1, "number_overflow")], [2])
    assert list(read(table(PLAIN, [["A", "Ann", "*" * 12, ""]]), feed_job(mapping={"code": "Code"})).rows) == [1]


def test_damage_within_a_record_is_told_at_its_number() -> None:
    rows = [
        ["A", b"Ann\0garbage         ", "1", ""],
        ["B", b"Bo\x1fb                ", "2", ""],
        ["C", b"Cy\0\0\0".ljust(20, b"\0"), "3", ""],
    ]
    found = read(table(PLAIN, rows), job(), late=[2])
    assert found.codes == [(1, "nul_byte"), (2, "control_character")]
    assert found.rows == {3: ("C", "Cy", "3", "")}
    assert found.late[0].row.cells == ("B", "Bo b", "2", "")


def test_code_pages() -> None:
    words = [["A", "Crémerie Hélène", "1", ""], ["B", "Forêt & Châtaigne", "2", ""], ["C", "Garçon à Orléans", "3", ""]]
    assert read(table(PLAIN, words, driver=0x02, encoding="cp850"), job()).rows[1][1] == "Crémerie Hélène"
    for encoding in ("cp850", "cp1252", "utf-8"):  # the header names none
        found = read(table(PLAIN, words, driver=0, encoding=encoding), job())
        assert found.rows[3][1] == "Garçon à Orléans"
        assert any("does not name its code page" in note for note in map(str, found.opened.notes)) == (encoding != "utf-8")
    assert read(table(PLAIN, words, driver=0, encoding="cp850"), job(encoding="cp850")).rows[1][1] == "Crémerie Hélène"
    lying = read(table(PLAIN, [["A", "DÉBÈQUE É", "1", ""]], driver=0x02, encoding="cp1252"), job())
    assert "frames and blocks" in str(lying.finished.notes[0])
    told = refused(table(PLAIN, [["A", "ok", "1", ""], ["B", b"\x81\x8d".ljust(20), "1", ""]], deleted=[0]))
    assert (told.code, told.line, str(told)[:64]) == (
        "wrong_encoding", 2, "The table is not written in cp1252: record 2 holds 0x81 in column "[:64],
    )  # fmt: skip
    assert refused(table(PLAIN, words), job(encoding="utf-16")).code == "wrong_encoding"


def test_record_counts_that_lie() -> None:
    rows = [[str(number), "x", "1", ""] for number in range(40)]
    told = refused(table(PLAIN, rows, announced=67))
    assert told.code == "incomplete"
    assert "announces 67 records, but only 40 are there" in str(told)
    assert refused(table(PLAIN, rows, announced=10**9)).code == "incomplete"
    assert refused(table(PLAIN, rows, announced=12)).code == "damaged_table"
    early = table(PLAIN, rows, end=b"\x1a" + b"\0" * 49 * 3, announced=42)
    assert "announces 42 records, but only 40 are there" in str(refused(early))
    assert len(read(table(PLAIN, rows, end=b""), job()).rows) == 40
    assert len(read(table(PLAIN, rows, end=b"\x1a" + b"old records" * 99), job()).rows) == 40
    assert read(table(PLAIN, []), job()).rows == {}


@pytest.mark.parametrize(
    ("at", "bytes_there", "code"),
    [
        (8, b"\xff\xff", "damaged_table"),  # the header ends behind the file
        (8, b"\x05\x00", "damaged_table"),
        (10, b"\x00\x00", "damaged_table"),  # records without length
        (10, b"\x32\x00", "damaged_table"),
        (43, b"?", "damaged_table"),  # a type that nobody knows
        (48, b"\x00", "damaged_table"),  # a column without length
        (43, b"+", "damaged_table"),  # a number of as many bytes as no number has
        (160, b"A", "damaged_table"),  # no end of the header
        (161 + 49, b"x", "damaged_table"),  # the second record begins elsewhere
        (15, b"\x01", "password_protected"),
    ],
)
def test_damaged_headers_are_refused(at: int, bytes_there: bytes, code: str) -> None:
    data = bytearray(table(PLAIN, ROWS))
    data[at : at + len(bytes_there)] = bytes_there
    assert refused(bytes(data), feed_job()).code == code


def test_255_columns_and_cut_files() -> None:
    columns = [Column(f"C{number}", length=2) for number in range(255)]
    whole = table(columns, [[str(number % 90) for number in range(255)]] * 3)
    assert len(read(whole, job()).rows[2]) == 255
    for end in range(0, len(whole) - 1, 97):
        assert refused(whole[:end], feed_job(mapping={"code": "C1"})).code in {"incomplete", "damaged_table", "no_header"}


def test_other_kinds_are_told() -> None:
    assert "The file is delimited text (CSV), but a DBF table is agreed." in str(refused(b"a;b\n1;2\n", feed_job()))
    delimited = Feed.model_validate({"feed": "f", "files": "*.csv", "entity": "customer", "mapping": {"code": "Code"}})
    asked = Job("fr", "Europe/Paris", delimited.model_dump_json(by_alias=True), ENTITY.model_dump_json())
    told = refused(table(PLAIN, ROWS), asked)
    assert (told.code, "The file is a DBF table, but delimited text (CSV) is agreed." in str(told)) == ("wrong_kind", True)


def test_what_is_no_day_stays_as_it_is() -> None:
    rows = [["A", "", "", day] for day in ("20261121", "2026112x", "20269999", "00000000", "")]
    assert [row[3] for row in read(table(PLAIN, rows), job()).rows.values()] == ["2026-11-21", "2026112x", "2026-99-99", "", ""]


def test_damaged_tables_are_read_or_refused_and_never_crash() -> None:
    seed = 20261121
    chance = random.Random(seed)
    print(f"seed {seed}")
    columns = [*PLAIN, Column("I", "I", 4), Column("T", "T", 8), Column("Y", "Y", 8), Column("B", "B", 8),
               Column("V", "V", 5, flags=2), Column("_NullFlags", "0", 1)]  # fmt: skip
    row = [*ROWS[0], bytes(4), struct.pack("<ii", 2461366, 1000), bytes(8), struct.pack("<d", 1.5), b"xy\0\0\x02", b"\1"]
    whole = table(columns, [row] * 6, version=0x30)
    refusals = set()
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[place] = chance.choice([0, 1, 0x0D, 0x1A, 0x1F, 0x20, 0x2A, 0xFF])
                case 1:
                    del data[place : place + chance.randint(1, 40)]
                case _:
                    data[place:place] = chance.randbytes(chance.randint(1, 10))
        try:
            assert read(bytes(data), feed_job()).finished.rows <= 6
        except SenderError as refusal:
            refusals.add(refusal.code)
    assert {"damaged_table", "incomplete"} <= refusals <= {"damaged_table", "incomplete", "wrong_encoding", "column_missing",
                                                           "encoding_ambiguous", "not_text", "password_protected"}  # fmt: skip


def test_a_long_table_is_read_in_columns() -> None:
    row = table(PLAIN, ROWS[:1], end=b"")
    start = len(row) - 49
    data = bytearray(row[:start] + row[start:] * 200_000 + b"\x1a")
    struct.pack_into("<I", data, 4, 200_000)
    begun = time.perf_counter()
    found = read(bytes(data), feed_job(mapping={"code": "Code", "balance": "Solde"}, duplicates="last_wins", max_rows=200_000))
    assert found.finished.rows == 200_000
    assert time.perf_counter() - begun < 20
