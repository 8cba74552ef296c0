"""Finding out how a file is written: encoding, delimiter, header."""

from __future__ import annotations

import codecs

import pytest
from tests.unit.formats.reading import job, read

from nightclerk.core.errors import SenderError

ROWS = "Code;Société;Montant\r\nA1;Café Noël;1,50\r\nB2;Œuvre €;2,75\r\n"
CELLS = [("A1", "Café Noël", "1,50"), ("B2", "Œuvre €", "2,75")]


@pytest.mark.parametrize(
    ("data", "declared", "name", "bom"),
    [
        (ROWS.encode(), "auto", "utf-8", False),
        (codecs.BOM_UTF8 + ROWS.encode(), "auto", "utf-8", True),
        (codecs.BOM_UTF8 + ROWS.encode(), "utf-8", "utf-8", True),
        (codecs.BOM_UTF8 + ROWS.encode(), "utf-8-sig", "utf-8", True),
        (ROWS.encode("cp1252"), "auto", "cp1252", False),
        (ROWS.encode("cp1252"), "cp1252", "cp1252", False),
        (codecs.BOM_UTF16_LE + ROWS.encode("utf-16-le"), "auto", "utf-16-le", True),
        (codecs.BOM_UTF16_BE + ROWS.encode("utf-16-be"), "auto", "utf-16-be", True),
        (codecs.BOM_UTF16_BE + ROWS.encode("utf-16-be"), "utf-16", "utf-16-be", True),
        (codecs.BOM_UTF32_LE + ROWS.encode("utf-32-le"), "auto", "utf-32-le", True),
        (codecs.BOM_UTF32_BE + ROWS.encode("utf-32-be"), "auto", "utf-32-be", True),
        (ROWS.encode("utf-32-be"), "utf-32-be", "utf-32-be", False),
        (ROWS.encode("utf-7"), "utf-7", "utf-7", False),
        (ROWS.encode("utf-16-le"), "utf-16-le", "utf-16-le", False),
        (ROWS.encode("iso8859-15"), "iso8859-15", "iso8859-15", False),
        (ROWS.replace("Œ", "O").encode("cp858"), "cp858", "cp858", False),
    ],
)
@pytest.mark.parametrize("block_bytes", [7, 1 << 20])
def test_encodings(data: bytes, declared: str, name: str, bom: bool, block_bytes: int) -> None:
    found = read(data, job(block_bytes, encoding=declared), late=[3])
    assert (found.opened.format.encoding, found.opened.format.bom) == (name, bom)
    assert found.opened.columns == ("Code", "Société", "Montant")
    expected = [tuple(cell.replace("Œ", "O") for cell in row) for row in CELLS] if "Œ".encode(name, "ignore") == b"" else CELLS
    assert list(found.rows.values()) == expected
    assert found.late[0].values == expected[1]


def test_code_pages_whose_second_bytes_look_like_delimiters_are_read_right() -> None:
    rows = "コード|名前\r\n1|ソ能表\r\n"
    found = read(rows.encode("shift_jis"), job(encoding="shift_jis", delimiter="|"))
    assert list(found.rows.values()) == [("1", "ソ能表")]


@pytest.mark.parametrize(
    ("data", "declared", "code", "line", "words"),
    [
        (b"a;b\r\n1;\xe9\r\n", "utf-8", "wrong_encoding", 2, "byte 8, in line 2, is 0xE9"),
        (b"a;b\r\n1;\x81\r\n", "cp1252", "wrong_encoding", 2, "0x81"),
        (b"a;b\r\n1;\x81\r\n", "auto", "encoding_ambiguous", None, "can be read in two ways"),
        (b"a;b\r\n1;2\r\n" * 200_000 + b"\xc3", "utf-8", "wrong_encoding", 400_001, "byte 2000001"),
        (codecs.BOM_UTF16_LE + b"a\0;\0\n\0\x00\xd8a\0", "auto", "not_text", 2, "byte 9"),
        (b"PK\x03\x04rest", "auto", "incomplete", None, "its end is missing"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_place(
    data: bytes, declared: str, code: str, line: int | None, words: str
) -> None:
    with pytest.raises(SenderError, match=words) as refused:
        read(data, job(encoding=declared))
    assert (refused.value.code, refused.value.line) == (code, line)


def test_one_letter_is_not_enough_to_tell_the_code_pages_of_a_language_apart() -> None:
    with pytest.raises(SenderError) as refused:
        read("a;b\r\n1;я\r\n".encode("cp1251"), job(language="ru"))
    assert refused.value.code == "encoding_ambiguous"


def test_utf16_without_a_byte_order_mark_is_found() -> None:
    found = read("a;b\r\n1;2\r\n".encode("utf-16-le"), job())
    assert (found.opened.format.encoding, list(found.rows.values())) == ("utf-16-le", [("1", "2")])


def test_a_nul_byte_among_ascii_is_damage_and_no_utf16() -> None:
    found = read(b"a,b,c\n\0,2,3\n", job())
    assert (found.opened.format.encoding, found.codes) == ("utf-8", [(2, "nul_byte")])
    chinese = "编号;金额\r\n甲;1\r\n乙;2\r\n"
    assert read(chinese.encode("utf-16-le"), job()).opened.format.encoding == "utf-16-le"


def test_utf8_is_found_where_characters_lie_across_chunks() -> None:
    for shift in range(5):
        data = b"a;b\r\n" + b"x" * shift + "1;é€😀\r\n".encode() * 100_000
        assert read(data, job()).opened.format.encoding == "utf-8"


@pytest.mark.parametrize(
    ("data", "delimiter"),
    [
        ("a;b;c\n1,5;2,5;3,5\n4,5;5,5;6,5\n" * 3, ";"),
        ("code;amount\nA;1,50\nB;2,00\n", ";"),
        ("name,price\n\"Doe; Jane\",1\n\"Roe; Joe\",2\n", ","),
        ("a\tb\nDoe, J\t1\nRoe, J\t2\n", "\t"),
        ("a|b|c\n1|x;y|3\n", "|"),
        ("1,2,3\n4,5,6\n", ","),
        ("a;b;c\n1;2;3;\n4;5;6;;\n7;8;9;;;\n", ";"),
        ("Export of clients\n\na,b,c\n1,2,3\n4,5,6\n7,8,9\n", ","),
    ],
)  # fmt: skip
def test_delimiters(data: str, delimiter: str) -> None:
    assert read(data.encode(), job(header_row="none")).opened.format.delimiter == delimiter


@pytest.mark.parametrize("first", ["sep=%s", '"SEP=%s"'])
@pytest.mark.parametrize("delimiter", ["#", " ", ";"])
def test_a_first_line_may_name_the_delimiter(first: str, delimiter: str) -> None:
    rows = [("code", "amount"), ("A", "1,5"), ("B", "2,5")]
    found = read("\n".join([first % delimiter, *map(delimiter.join, rows), ""]).encode(), job())
    assert (found.opened.format.delimiter, found.opened.format.header_row) == (delimiter, 2)
    assert list(found.rows.values()) == rows[1:]


def test_one_column_is_a_table_too() -> None:
    found = read(b"code\r\nA;1\r\nB\r\n", job(delimiter="|"))
    assert list(found.rows.values()) == [("A;1",), ("B",)]
    assert list(read(b"code\r\nA\r\nB\r\n", job()).rows.values()) == [("A",), ("B",)]


def test_no_delimiter_can_be_told() -> None:
    with pytest.raises(SenderError) as refused:
        read(b"one, two; three\nfour\t|\nfive\nsix\nseven\n", job())
    assert refused.value.code == "no_delimiter"


@pytest.mark.parametrize(
    ("data", "row", "columns"),
    [
        (b"a;b\n1;2\n", 1, ("a", "b")),
        (b"Report;;\n\nCode;Name;Sum\nA;B;1\nC;D;2\n", 3, ("Code", "Name", "Sum")),
        (b"Report of 2026\nCode;Name;Sum\nA;B;1\nC;D;2\n", 2, ("Code", "Name", "Sum")),
        (b"A;1;2026-01-01\nB;2;2026-01-02\n", None, ("1", "2", "3")),
        (b" Code ;Name\nA;1\n", 1, ("Code", "Name")),
    ],
)
def test_header_rows(data: bytes, row: int | None, columns: tuple[str, ...]) -> None:
    found = read(data, job())
    assert (found.opened.format.header_row, found.opened.columns) == (row, columns)


def test_a_given_header_row_is_held_to() -> None:
    assert read(b"1;2\n3;4\n", job(header_row=1)).opened.columns == ("1", "2")
    assert read(b"a;b\n3;4\n", job(header_row="none")).rows == {1: ("a", "b"), 2: ("3", "4")}
    for data, row in ((b"a;b\n1;2\n", 9), (b";\n1;2\n", 1)):
        with pytest.raises(SenderError) as refused:
            read(data, job(header_row=row))
        assert refused.value.code == "no_header"


def test_a_file_of_blank_lines_is_told_as_such() -> None:
    with pytest.raises(SenderError, match="holds nothing but blank lines") as refused:
        read(b"\n\r\n \n", job())
    assert refused.value.code == "no_header"


@pytest.mark.parametrize("data", [b"", b"x" * 300_000, codecs.BOM_UTF8])
def test_what_is_no_table_has_no_header(data: bytes) -> None:
    with pytest.raises(SenderError) as refused:
        read(data, job())
    assert refused.value.code == "no_header"


def test_too_many_columns() -> None:
    with pytest.raises(SenderError) as refused:
        read(b";".join([b"a"] * 2001) + b"\n", job())
    assert refused.value.code == "too_many_columns"


@pytest.mark.parametrize(("second", "header_row"), [(",Active,Anna", 1), ("x,Active,Anna", None)])
def test_a_column_without_a_name_may_stand_in_a_header_as_long_as_nothing_is_in_it(second: str, header_row: int | None) -> None:
    found = read(f",Status,Customer\n,Active,Bert\n{second}\n".encode(), job())
    assert found.opened.format.header_row == header_row


def test_totals_may_stand_under_the_column_without_a_name() -> None:
    rows = "".join(f",11/{day}/2026,Invoice,{day}.50\n" for day in range(10, 16))
    found = read(f"Harbour Supply\nInvoice List\n\n,Date,Type,Amount\n{rows}TOTAL,,,75.00\n".encode(), job())
    assert (found.opened.format.header_row, found.opened.columns) == (4, ("", "Date", "Type", "Amount"))


def test_the_headers_of_datev_stand_below_a_line_about_the_file() -> None:
    found = read(b'"EXTF";700;21;"Buchungsstapel";13\nUmsatz;Konto;Belegdatum\n12,50;8400;0101\n9,00;8400;0201\n', job())
    assert (found.opened.format.header_row, found.opened.columns) == (2, ("Umsatz", "Konto", "Belegdatum"))


ALIGNED = [f"{place:<8}{'Müller' if place % 2 else 'Bäckerei Groß':<20}{place * 111},50" for place in range(10, 40)]


@pytest.mark.parametrize("lines", [ALIGNED, [line.replace(",", ":") for line in ALIGNED]])
def test_marks_of_numbers_below_each_other_divide_nothing(lines: list[str]) -> None:
    found = read("\n".join(lines).encode() + b"\n", job())
    assert len(found.opened.columns) == 1


def test_numbers_alone_are_divided_by_commas() -> None:
    found = read("".join(f"{place:04},{place * 3:04}\n" for place in range(40)).encode(), job())
    assert (found.opened.format.delimiter, len(found.opened.columns)) == (",", 2)


def test_a_column_without_a_name_holds_data_where_another_shows_that_these_are_names() -> None:
    found = read(b"id,,age\n1101,John,30\n1102,Julie,\n", job())
    assert (found.opened.columns, found.rows[2]) == (("id", "", "age"), ("1101", "John", "30"))


def test_a_rare_delimiter_that_cuts_evenly_is_none_the_worse_for_decimal_commas() -> None:
    found = read(b"Nr~Naam~Bedrag\n001~Jansen~12,50\n002~De Vries~1.250,00\n", job())
    assert (found.opened.format.delimiter, found.rows[2]) == ("~", ("001", "Jansen", "12,50"))


def test_a_list_with_drawn_lines_around_its_header() -> None:
    rule = "-" * 24
    rows = "".join(f"|{number:010}|Kunde {number:<4} |\n" for number in range(1, 4))
    found = read(f"Table KNA1\n{rule}\n\nPage 1\n{rule}\n|KUNNR     |NAME1     |\n{rule}\n{rows}{rule}\n".encode(), job())
    assert (found.opened.format.delimiter, found.opened.format.header_row) == ("|", 6)
    assert found.opened.columns[:3] == ("", "KUNNR", "NAME1")
    assert [str(cell).strip() for cell in next(iter(found.rows.values()))[:3]] == ["", "0000000001", "Kunde 1"]


def test_times_are_no_columns() -> None:
    found = read(b"Nr;Time\n1;12:30:15\n2;12:31:15\n", job())
    assert (found.opened.format.delimiter, found.rows[2]) == (";", ("1", "12:30:15"))


@pytest.mark.parametrize("head", ["ACCT,DATE,K,CITY        ,QTY,AMT,F", "1000,20260101,0,LYON        ,00001,00001,1"])
def test_fields_of_numbers_that_are_filled_up_are_divided_by_their_commas(head: str) -> None:
    rows = [f"{1000 + at},202601{at:02},0,{'PARIS' if at % 2 else 'NICE':<12},{at:05},{at:05},0" for at in range(1, 30)]
    found = read("\n".join([head, *rows]).encode(), job())
    assert (found.opened.format.delimiter, len(found.opened.columns)) == (",", 7)
