"""What is special to XLS files: errors, both systems of dates, texts cut between records, cells in any order."""

from __future__ import annotations

import io
import struct
from datetime import date
from typing import Any

import pytest
import xlwt
from tests.unit.formats.reading import job, read

from nightclerk.core.errors import SenderError
from nightclerk.formats.workbook import biff
from nightclerk.formats.workbook.biff import Pieces, number_of_rk
from nightclerk.formats.workbook.xls_book import shared_texts
from nightclerk.formats.workbook.xls_cells import XlsCells


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_errors_formulas_and_booleans() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for column, header in enumerate(("a", "b", "c")):
        sheet.write(0, column, header)
    for row, code in enumerate((0x00, 0x07, 0x0F, 0x17, 0x1D, 0x24, 0x2A), 1):
        sheet.row(row).set_cell_error(1, code)
    sheet.write(8, 0, xlwt.Formula("1+1"))
    sheet.write(8, 1, True)
    found = read(saved(book), job())
    assert found.codes == [(line, "cell_error") for line in range(2, 9)]
    errors = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"]
    assert [issue.value for issue in found.issues] == errors
    # Its writer calculates nothing and writes that the result is empty, as Excel does for ="": no reader can tell these apart.
    assert found.rows == {9: ("", "TRUE", "")}


def test_dates_may_be_counted_from_1904() -> None:
    book = xlwt.Workbook()
    book.dates_1904 = True
    sheet = book.add_sheet("S")
    sheet.write(0, 0, "day")
    sheet.write(1, 0, 44653, xlwt.easyxf(num_format_str="dd/mm/yyyy"))
    assert read(saved(book), job(header_row=1)).rows == {2: ("2026-04-03",)}


def test_rows_may_be_written_in_any_order() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S", cell_overwrite_ok=True)
    for row in range(6000, -1, -1):
        for column in (2, 0, 1):
            sheet.write(row, column, f"{row}:{column}" if row else f"h{column}")
    found = read(saved(book), job(), late=[5000])
    assert list(found.rows) == list(range(2, 6002))
    assert found.rows[5000] == ("4999:0", "4999:1", "4999:2")
    assert [late.row.cells for late in found.late] == [found.rows[5000]]


def test_texts_that_are_cut_between_records() -> None:
    texts = [f"{number} {'é' * (number % 97)} {'語' * (number % 89)}" for number in range(3000)] + ["x" * 32000, "語" * 32000]
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("S")
    sheet.write(0, 0, "text")
    for row, text in enumerate(texts, 1):
        sheet.write(row, 0, text)
    assert [row[0] for row in read(saved(book), job()).rows.values()] == texts


def test_a_text_goes_on_in_another_width_and_with_runs() -> None:
    head = b"\x06\x00\x08\x02\x00"  # six characters of one byte, and two runs of a format
    pieces = [head + b"abc", b"\x01d\0e\0" + "語".encode("utf-16-le") + b"\0" * 3, b"\0" * 5 + b"\x01\x00\x00z"]
    reading = Pieces(pieces)
    assert (reading.text(), reading.text()) == ("abcde語", "z")


@pytest.mark.parametrize("count", [1, 2, 99])
def test_texts_may_be_miscounted(count: int) -> None:
    stream = record(biff.SST, struct.pack("<II", 2, count) + b"\1\0\0a" + b"\1\0\0b")
    assert shared_texts(stream, next(biff.records(stream, 0))) == ["a", "b"]


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def texts_of(*found: bytes, encoding: str | None = None) -> list[str]:
    """Given the records of a sheet's cells; returns the cells' texts."""
    stream = record(biff.BOF, b"\0" * 16) + b"".join(found) + record(biff.EOF, b"")
    return [text for cells in XlsCells(stream, 0, encoding).stretches(100) for text in cells.text]


def formula(row: int) -> bytes:
    """A formula whose result is a text, which follows it."""
    return record(biff.FORMULA, struct.pack("<HHH", row, 0, 0) + b"\0" * 6 + b"\xff\xff" + b"\0" * 8)


def test_the_text_of_a_formula_goes_on_in_further_records() -> None:
    text = "é" * 8000 + "語" * 3000 + "x" * 9000
    first = struct.pack("<HB", len(text), 0) + text[:8000].encode("latin-1")
    further = [b"\x01" + text[8000:11000].encode("utf-16-le"), b"\0" + b"x" * 4000, b"\0" + b"x" * 5000]
    continued = b"".join(record(biff.CONTINUE, piece) for piece in further)
    assert texts_of(formula(0), record(biff.STRING, first), continued, formula(1), record(biff.STRING, b"\1\0\0z")) == [text, "z"]
    label = record(biff.LABEL, struct.pack("<HHH", 0, 0, 0) + first)
    assert texts_of(label, continued) == [text]
    old = record(biff.STRING, struct.pack("<H", 300) + b"\xe9" * 200), record(biff.CONTINUE, b"\xe9" * 100)
    assert texts_of(formula(0), *old, encoding="cp1252") == ["é" * 300]


def test_a_text_that_is_cut_short_is_damage_and_no_shorter_text() -> None:
    for encoding, cut in ((None, b"\5\0\0abc"), ("cp1252", b"\5\0abc")):
        with pytest.raises(SenderError) as refused:
            texts_of(formula(0), record(biff.STRING, cut), encoding=encoding)
        assert refused.value.code == "damaged_workbook"
    assert texts_of(formula(0), record(biff.STRING, b"\0\0")) == [""]


def test_a_text_goes_to_the_formula_before_it_and_to_no_other_cell() -> None:
    label = record(biff.LABEL, struct.pack("<HHH", 1, 0, 0) + b"\1\0\0l")
    assert texts_of(formula(0), label, record(biff.STRING, b"\1\0\0z")) == ["", "l"]


def test_a_character_of_two_halves_may_be_cut_between_them() -> None:
    halves = "😀".encode("utf-16-le")
    first = struct.pack("<HB", 4, 1) + "a\0".encode("latin-1") + halves[:2]
    further = record(biff.CONTINUE, b"\x01" + halves[2:]) + record(biff.CONTINUE, b"\0z")
    assert texts_of(formula(0), record(biff.STRING, first), further) == ["a😀z"]


def test_numbers_of_four_bytes() -> None:
    for value, rk in (
        (1.0, 0x3FF00000),
        (-2.0, 0xC0000000),
        (1234.0, (1234 << 2) | 2),
        (12.34, (1234 << 2) | 3),
        (-1.0, 0xFFFFFFFE),
    ):
        assert number_of_rk(rk) == value


def test_hidden_sheets_are_not_read_unless_they_are_named() -> None:
    book = xlwt.Workbook()
    for name in ("secret", "open"):
        sheet = book.add_sheet(name)
        sheet.write(0, 0, "day")
        sheet.write(1, 0, date(2026, 4, 3), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
        sheet.visibility = 1 if name == "secret" else 0
    assert read(saved(book), job()).opened.format.sheet == "open"
    assert read(saved(book), job(sheet="secret")).rows == {2: ("2026-04-03",)}
