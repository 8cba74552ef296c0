"""Workbooks for tests, written by the libraries that others write them with: the same sheets in each kind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P


@dataclass(frozen=True)
class Shown:
    """A value with a number format."""

    value: Any
    format: str


Value = str | int | float | Decimal | bool | date | datetime | None | Shown
Sheets = Mapping[str, Sequence[Sequence[Value]]]

DAY, MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm:ss"


def _format(value: Value) -> tuple[Any, str | None]:
    if isinstance(value, Shown):
        return value.value, value.format
    if isinstance(value, datetime):
        return value, MOMENT
    return value, DAY if isinstance(value, date) else None


def by_openpyxl(sheets: Sheets) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for at, row in enumerate(rows, 1):
            for column, given in enumerate(row, 1):
                value, written = _format(given)
                if value is None:
                    continue
                cell = sheet.cell(at, column)
                cell.value = float(value) if isinstance(value, Decimal) else value
                if isinstance(value, str):
                    cell.data_type = "s"  # not a formula, whatever it begins with
                if written is not None:
                    cell.number_format = written
    return _saved(book.save)


def by_xlsxwriter(sheets: Sheets, **options: Any) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **options}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, given in enumerate(row):
                    value, written = _format(given)
                    dressed = book.add_format({"num_format": written}) if written is not None else None
                    if isinstance(value, str):
                        sheet.write_string(at, column, value, dressed)
                    elif value is not None:
                        sheet.write(at, column, value, dressed)
    return stream.getvalue()


def by_xlwt(sheets: Sheets) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    styles: dict[str, Any] = {}
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for column, given in enumerate(row):
                value, written = _format(given)
                if value is None:
                    continue
                if written is None:
                    sheet.write(at, column, value)
                else:
                    style = styles.setdefault(written, xlwt.easyxf(num_format_str=written))
                    sheet.write(at, column, value, style)
    return _saved(book.save)


def by_odfpy(sheets: Sheets) -> bytes:
    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for row in rows:
            line = TableRow()
            for given in row:
                line.addElement(_ods_cell(*_format(given)))
            table.addElement(line)
        book.spreadsheet.addElement(table)
    return _saved(book.write)


def _ods_cell(value: Any, written: str | None) -> Any:
    if value is None:
        return TableCell()
    if isinstance(value, bool):
        cell, shown = TableCell(valuetype="boolean", booleanvalue=str(value).lower()), str(value).upper()
    elif isinstance(value, datetime):
        cell, shown = TableCell(valuetype="date", datevalue=value.isoformat()), f"{value:%d/%m/%Y %H:%M:%S}"
    elif isinstance(value, date):
        cell, shown = TableCell(valuetype="date", datevalue=value.isoformat()), f"{value:%d/%m/%Y}"
    elif isinstance(value, str):
        cell, shown = TableCell(valuetype="string"), value
    else:
        shown = str(value).zfill(len(written)) if written is not None and set(written) == {"0"} else str(value)
        cell = TableCell(valuetype="float", value=repr(value) if isinstance(value, float) else str(value))
    for paragraph in shown.split("\n"):
        cell.addElement(P(text=paragraph))
    return cell


def _saved(save: Callable[[Any], None]) -> bytes:
    stream = io.BytesIO()
    save(stream)
    return stream.getvalue()


WRITERS: dict[str, tuple[str, Callable[[Sheets], bytes]]] = {
    "openpyxl": ("xlsx", by_openpyxl),
    "xlsxwriter": ("xlsx", by_xlsxwriter),
    "xlwt": ("xls", by_xlwt),
    "odfpy": ("ods", by_odfpy),
}
"""Who writes → the kind, and how."""


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def sheet_parts(rows: str, head: str = "", strings: str = "", styles: str = "", workbook: str = "") -> dict[str, str | bytes]:
    """Given the rows of a sheet as XML, and what to put beside them; returns the parts of the smallest XLSX workbook."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    related = [("s", "worksheet", "worksheets/s.xml"), ("t", "sharedStrings", "t.xml"), ("y", "styles", "/xl/y.xml")]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types><Override ContentType="{kind}"/></Types>',
        "_rels/.rels": _relations([("r", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{workbook}'
        '<sheets><sheet name="S" sheetId="1" r:id="s"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(related),
        "xl/worksheets/s.xml": f'{head}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    if strings:
        parts["xl/t.xml"] = f'<sst xmlns="{_MAIN}">{strings}</sst>'
    if styles:
        parts["xl/y.xml"] = f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>'
    return parts


def _relations(listed: Sequence[tuple[str, str, str]]) -> str:
    each = "".join(f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{place}"/>' for name, kind, place in listed)
    return f'<Relationships xmlns="{_PACKAGE}">{each}</Relationships>'


def sheet_xml(rows: str, **beside: str) -> bytes:
    """Given the rows of a sheet as XML, and what to put beside them; returns the smallest XLSX workbook."""
    return archive(sheet_parts(rows, **beside))


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """Given names and contents; returns them as a zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()
