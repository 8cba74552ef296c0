"""The same sheet in each kind of workbook reads the same."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from string import ascii_letters

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.formats.reading import ROWS_ALONE, job, read
from tests.unit.formats.workbook.files import WRITERS, Sheets, Shown, Value

from nightclerk.core.errors import SenderError
from nightclerk.core.issue import LeftOut

every_writer = pytest.mark.parametrize("writer", WRITERS)


def write(writer: str, sheets: Sheets) -> bytes:
    return WRITERS[writer][1](sheets)


@every_writer
def test_each_cell_is_the_text_that_is_meant(writer: str) -> None:
    rows = [
        ["Code", "Texte", "Montant", "Le", "Actif"],
        [Shown(815, "00000"), "0815", 1234.5, date(2026, 4, 3), True],
        ["007", "  two\nlines ", 0.1 + 0.2, datetime(2026, 4, 3, 13, 45, 10), False],  # noqa: DTZ001
        [12, "1,5", Shown(1234.5, "#,##0"), Shown(0, "0"), None],
        [-3.0, "'quoted", Shown(0.05, "0%"), date(1999, 12, 31), "x"],
        [123456789012, "& < > \"", 1e-7, "03/04/2026", "=1+1"],
    ]  # fmt: skip
    found = read(write(writer, {"Clients": rows}), job())
    assert found.opened.format.kind == WRITERS[writer][0]
    assert (found.opened.format.sheet, found.opened.format.header_row) == ("Clients", 1)
    assert (found.opened.format.encoding, found.opened.format.delimiter, found.opened.format.quote) == (None, None, None)
    assert found.opened.columns == ("Code", "Texte", "Montant", "Le", "Actif")
    assert found.rows == {
        2: ("00815", "0815", "1234.5", "2026-04-03", "TRUE"),
        3: ("007", "  two\nlines ", "0.3", "2026-04-03 13:45:10", "FALSE"),
        4: ("12", "1,5", "1234.5", "0", ""),
        5: ("-3", "'quoted", "0.05", "1999-12-31", "x"),
        6: ("123456789012", '& < > "', "0.0000001", "03/04/2026", "=1+1"),
    }
    assert found.issues == []
    assert found.finished.rows == 5


@every_writer
def test_titles_blank_rows_and_blank_columns_are_left_out(writer: str) -> None:
    rows: list[list[Value]] = [
        ["Liste des clients au 21/11/2026"], [], [" Code ", "Nom", None], ["A", "Ann", None], [None, " "], [], ["B", None, None],
        *[[]] * 5,
    ]  # fmt: skip
    found = read(write(writer, {"S": rows}), job())
    assert (found.opened.format.header_row, found.opened.columns) == (3, ("Code", "Nom"))
    assert found.rows == {4: ("A", "Ann"), 7: ("B", "")}
    assert found.left_out[:4] == [
        LeftOut(1, "above the header"), LeftOut(2, "blank row"), LeftOut(5, "blank row"), LeftOut(6, "blank row"),
    ]  # fmt: skip


@every_writer
def test_a_sheet_is_found_by_name_number_or_because_it_holds_rows(writer: str) -> None:
    data = write(writer, {"Notes": [[None]], "Clients": [["Code"], ["A"]], "Zuschläge 2026": [["Art"], ["x"]]})
    for asked, name in (
        (None, "Clients"),
        (" clients", "Clients"),
        ("3", "Zuschläge 2026"),
        ("zuschläge 2026", "Zuschläge 2026"),
    ):
        assert read(data, job(sheet=asked)).opened.format.sheet == name
    assert [str(note) for note in read(data, job()).opened.notes] == [
        'The workbook has 2 more sheets; "Clients" was read, not "Notes", "Zuschläge 2026".'
    ]
    for asked, words in (
        ("Client", 'no sheet "Client"; its sheets are "Notes", "Clients", "Zuschläge 2026". Is "Clients" meant'),
        ("4", "no sheet number 4; it has 3 sheets"),
        ("x", 'no sheet "x"; its sheets are'),
    ):
        with pytest.raises(SenderError, match=words) as refused:
            read(data, job(sheet=asked))
        assert refused.value.code == "no_sheet"


@every_writer
def test_a_pattern_means_the_one_sheet_that_fits_it(writer: str) -> None:
    data = write(writer, {"Clients 2026": [["a"], ["x"]], "Items": [["b"], ["y"]], "Clients 2025": [["c"], ["z"]]})
    assert read(data, job(sheet="*2026")).opened.format.sheet == "Clients 2026"
    assert read(data, job(sheet=" i?ems")).rows == {2: ("y",)}
    for asked, code, words in (
        (
            "clients*",
            "several_sheets",
            '2 visible sheets that are named as agreed, and only one .*: "Clients 2026", "Clients 2025"',
        ),
        (
            "Client[0-9]",
            "no_sheet",
            '3 visible sheets, none of which is named as agreed: "Clients 2026", "Items", "Clients 2025"',
        ),
    ):
        with pytest.raises(SenderError, match=words) as refused:
            read(data, job(sheet=asked))
        assert refused.value.code == code


def test_a_pattern_passes_over_hidden_sheets_and_a_name_does_not() -> None:
    book = openpyxl.Workbook()
    for name, hidden in (("Clients 2025", "hidden"), ("Clients 2026", "visible"), ("Clients*", "hidden")):
        sheet = book.create_sheet(name.replace("*", "_"))
        sheet.append([name])
        sheet.sheet_state = hidden
    book.remove(book.worksheets[0])
    stream = io.BytesIO()
    book.save(stream)
    assert read(stream.getvalue(), job(sheet="Clients*")).opened.format.sheet == "Clients 2026"
    assert read(stream.getvalue(), job(sheet="Clients 2025")).opened.format.sheet == "Clients 2025"
    with pytest.raises(SenderError, match='one visible sheet, "Clients 2026", which is not named') as refused:
        read(stream.getvalue(), job(sheet="*2025"))
    assert refused.value.code == "no_sheet"


@every_writer
def test_header_rows_may_be_given(writer: str) -> None:
    data = write(writer, {"S": [["x", "y"], [], ["a", "b"], [1, 2]]})
    assert read(data, job(header_row=3)).rows == {4: ("1", "2")}
    none = read(data, job(header_row="none"))
    assert (none.opened.columns, none.rows) == (("1", "2"), {1: ("x", "y"), 3: ("a", "b"), 4: ("1", "2")})
    for row in (2, 9):
        with pytest.raises(SenderError, match=f"Row {row} of the sheet is given as the header, but it is blank") as refused:
            read(data, job(header_row=row))
        assert refused.value.code == "no_header"


@every_writer
def test_a_workbook_without_rows_is_refused(writer: str) -> None:
    with pytest.raises(SenderError, match="No sheet of the workbook holds anything") as refused:
        read(write(writer, {"S": [[None]], "T": []}), job())
    assert refused.value.code == "no_header"


@every_writer
def test_many_rows_are_read_again_by_their_line(writer: str) -> None:
    rows: list[list[Value]] = [["Code", "Name", "No"], *([f"C{number}", f"Näme & {number}", number] for number in range(9000))]
    found = read(write(writer, {"S": rows}), job(), late=[2, 5000, 9001, 9002])
    assert len(found.rows) == 9000
    assert [(row.row.line, row.row.cells) for row in found.late] == [
        (line, found.rows[line]) for line in (2, 5000, 9001)
    ]  # fmt: skip
    assert found.rows[5000] == ("C4998", "Näme & 4998", "4998")


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=12)
NUMBERS = st.one_of(
    st.integers(-(10**14), 10**14),
    st.decimals(-(10**9), 10**9, places=2),
    st.decimals(-(10**4), 10**4, places=6),
)
DAYS = st.dates(date(1900, 3, 1), date(9999, 12, 31))
MOMENTS = st.datetimes(datetime(1900, 3, 1), datetime(2999, 12, 31)).map(lambda moment: moment.replace(microsecond=0))  # noqa: DTZ001
CODES = st.tuples(st.integers(0, 10**9), st.integers(2, 9)).map(lambda code: Shown(code[0], "0" * code[1]))
VALUES = st.one_of(st.none(), TEXTS, TEXTS.map(lambda text: f" {text}"), NUMBERS, DAYS, MOMENTS, st.booleans(), CODES)
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), min_size=1, max_size=8)
)


def expected(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case Shown(value=number, format=written):
            return str(number).zfill(len(written))
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00")
        case date():
            return value.isoformat()
        case Decimal():
            text = f"{value:f}"
            return text.rstrip("0").rstrip(".") if value else "0"
        case _:
            return str(value)


@every_writer
@settings(max_examples=examples(20), deadline=None)
@given(table=TABLES)
def test_what_is_written_is_read_back(writer: str, table: list[list[Value]]) -> None:
    if writer == "odfpy":
        table = [[_plain(value) for value in row] for row in table]  # of spaces in a row its writer keeps one
    head: list[Value] = [ascii_letters[at] * 2 for at in range(len(table[0]))]
    found = read(write(writer, {"S": [head, *table]}), job(header_row=1, **ROWS_ALONE))
    rows = {line: tuple(map(expected, row)) for line, row in enumerate(table, 2)}
    assert found.rows == {line: row for line, row in rows.items() if any(cell.strip() for cell in row)}


def _plain(value: Value) -> Value:
    return " ".join(value.split()) or None if isinstance(value, str) else value
