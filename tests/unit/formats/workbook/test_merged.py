"""Merged cells: what they hold stands in their first cell, and where that hides something it is told."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from tests.unit.formats.reading import job, read
from tests.unit.formats.workbook.files import archive, sheet_parts
from tests.unit.formats.workbook.test_feed import feed_job

from nightclerk.formats.workbook.merged import Merged, MergedScanner

Area = tuple[int, int, int, int]
"""First and last row, first and last column, from 0."""
Rows = list[list[str]]


def as_xlsx(rows: Rows, areas: list[Area]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append([cell or None for cell in row])
    for first, last, column, last_column in areas:
        sheet.merge_cells(start_row=first + 1, end_row=last + 1, start_column=column + 1, end_column=last_column + 1)
    return _saved(book.save)


def as_xls(rows: Rows, areas: list[Area]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    covered = {(row, column) for f, last, c, end in areas for row in range(f, last + 1) for column in range(c, end + 1)}
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if cell and (at, place) not in covered:
                sheet.write(at, place, cell)
    for first, last, column, last_column in areas:
        sheet.write_merge(first, last, column, last_column, rows[first][column])
    return _saved(book.save)


def as_ods(rows: Rows, areas: list[Area]) -> bytes:
    book = OpenDocumentSpreadsheet()
    table = Table(name="S")
    tops = {(first, column): (last - first + 1, end - column + 1) for first, last, column, end in areas}
    covered = {(row, column) for f, last, c, end in areas for row in range(f, last + 1) for column in range(c, end + 1)}
    for at, row in enumerate(rows):
        line = TableRow()
        for place, text in enumerate(row):
            spans = tops.get((at, place))
            spanned = {} if spans is None else {"numberrowsspanned": spans[0], "numbercolumnsspanned": spans[1]}
            hidden = spans is None and (at, place) in covered
            cell = CoveredTableCell() if hidden else TableCell(valuetype="string", **spanned)
            if text:
                cell.addElement(P(text=text))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    return _saved(book.write)


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    stream = io.BytesIO()
    save(stream)
    return stream.getvalue()


every_kind = pytest.mark.parametrize("write", [as_xlsx, as_xls, as_ods])
Write = Callable[[Rows, list[Area]], bytes]
ROWS = [["Code", "Name", "Country"], ["C1", "Ann", "FR"], ["C2", "Bob", ""], ["C3", "Cyd", ""], ["C4", "Dot", "DE"]]


@every_kind
def test_a_value_that_stands_beside_several_rows_is_told(write: Write) -> None:
    found = read(write(ROWS, [(1, 3, 2, 2)]), job())
    assert found.rows == {at: tuple(row) for at, row in enumerate(ROWS[1:], 2)}
    assert found.finished.notes == (
        "A merged cell stands beside several rows, but its value is that of the first of them alone, and blank in the others: "
        "C2:C4.",
    )


@every_kind
def test_the_first_of_several_is_named(write: Write) -> None:
    rows = [*ROWS, ["C5", "", ""], ["C6", "x", ""], ["C7", "", ""]]
    found = read(write(rows, [(4, 5, 1, 2), (1, 3, 2, 2), (6, 7, 1, 1)]), job())
    assert found.finished.notes == (
        "3 merged cells stand beside several rows, but each value is that of the first of them alone, and blank in the others; "
        "the first is C2:C4.",
    )


@every_kind
@pytest.mark.parametrize(
    ("rows", "areas"),
    [
        ([["Clients Acme", "", ""], ["", "", ""], *ROWS], [(0, 1, 0, 2)]),  # a title
        (ROWS, [(1, 1, 1, 2)]),  # within one row
        ([*ROWS, ["", "", ""], ["Note: x", "", ""], ["", "", ""]], [(6, 7, 0, 2)]),  # a footer over two rows
        ([*ROWS, ["C5", "Eve", "FR"], ["", "", ""]], [(5, 6, 2, 2)]),  # a row and the blank one below
    ],
)
def test_what_hides_nothing_is_not_told(write: Write, rows: Rows, areas: list[Area]) -> None:
    assert not any("merged" in note for note in read(write(rows, areas), job()).finished.notes)


@every_kind
def test_a_key_that_stands_beside_several_rows_rejects_them(write: Write) -> None:
    rows = [["Code", "Nom"], ["A", "Ann"], ["", "Bob"], ["C", ""], ["D", "Dot"]]
    kind = {as_xlsx: "xlsx", as_xls: "xls", as_ods: "ods"}[write]
    found = read(write(rows, [(1, 2, 0, 0)]), feed_job(kind, mapping={"code": "Code", "name": "Nom"}))
    assert found.codes == [(3, "required"), (4, "required")]
    assert any("A2:A3" in note for note in found.finished.notes)


@every_kind
def test_two_header_rows_with_merged_cells(write: Write) -> None:
    rows = [["Code", "Nom", "Montant", ""], ["", "", "Solde", "Jours"], ["A", "Ann", "1", "30"], ["B", "Bob", "2", "60"]]
    areas = [(0, 1, 0, 0), (0, 1, 1, 1), (0, 0, 2, 3)]
    mapping = {"code": "Code", "name": "Nom", "balance": "Montant Solde", "days": "Montant Jours"}
    kind = {as_xlsx: "xlsx", as_xls: "xls", as_ods: "ods"}[write]
    found = read(write(rows, areas), feed_job(kind, mapping=mapping))
    assert set(found.rows) == {3, 4}
    assert found.rows[3] == ("A", "Ann", "1.0000", 30)
    assert not any("merged" in note for note in found.finished.notes)


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_areas_are_found_however_the_bytes_come(size: int) -> None:
    merged = Merged()
    scanner = MergedScanner(merged)
    data = (
        b"</sheetData><x:mergeCells count='3'><x:mergeCell ref='C2:D4'/><mergeCell  ref=\"A1:B1\"/><mergeCell ref='AA9:AB10' />"
    )
    for at in range(0, len(data), size):
        scanner.feed(data[at : at + size])
    assert merged.areas().tolist() == [[2, 4, 2, 3], [9, 10, 26, 27]]


def test_a_sheet_of_nothing_but_merged_cells_costs_little() -> None:
    areas = "".join(f'<mergeCell ref="A{row}:A{row + 1}"/>' for row in range(2, 400_000, 2))
    parts = sheet_parts('<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="3"><c r="A3"><v>1</v></c></row>')
    parts["xl/worksheets/s.xml"] = str(parts["xl/worksheets/s.xml"]).replace("</sheetData>", f"</sheetData>{areas}")
    assert read(archive(parts), job()).finished.notes[0].startswith("A merged cell stands")
    merged = Merged()
    for row in range(300_000):
        merged.add(row, row + 1, 0, 0)
    assert len(np.unique(merged.areas()[:, 0])) == 100_000
