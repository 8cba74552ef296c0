"""Exported rows as a workbook: for readers, with typed cells and sums, or ready to be read again, all cells text.

Written row by row into temporary files, so that memory stays small whatever comes. Nothing in a cell becomes a formula or a link.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]  # it comes without types
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # likewise

from nightclerk.core.entity import FieldType
from nightclerk.core.lists import as_read
from nightclerk.core.printout import PrintedColumn, Printout, Sum
from nightclerk.core.reading import Cell
from nightclerk.formats.sheet_cell import exactly
from nightclerk.formats.sheet_title import LONGEST_CELL, longest_start, sheet_title

MOST_ROWS = 1_048_576 - 100
"""A sheet holds so many, with some room for the sums."""

_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_HEADER = {
    "bold": True,
    "valign": "vcenter",
    "border": 1,
    "border_color": "#8A99A8",
    "bg_color": "#1F4E79",
    "font_color": "#FFFFFF",
}
_NARROWEST, _WIDEST = 8, 48
_FORMATS: dict[FieldType, str] = {
    "integer": "0", "decimal": "#,##0.00##", "money": "#,##0.00##", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"
}  # fmt: skip
_OF_LANGUAGES: dict[str, dict[FieldType, str]] = {
    "fr": {"date": "dd/mm/yyyy", "datetime": "dd/mm/yyyy hh:mm:ss"},
    "es": {"date": "dd/mm/yyyy", "datetime": "dd/mm/yyyy hh:mm:ss"},
}
_FIRST_DAY = date(1900, 3, 1)
_EXACT_DIGITS = 15


class ReaderSheet:
    """A workbook for readers. The header stays in sight, each column can be filtered, and money is summed by currency below.

    local: given a moment in canonical form, the same in the reader's zone, without it.
    """

    def __init__(self, path: Path, printout: Printout, created: datetime, local: Callable[[str], datetime]) -> None:
        self._book = Workbook(str(path), _OPTIONS)
        self._book.set_properties({"title": printout.title, "author": "Nightclerk", "created": created.replace(tzinfo=None)})
        self._sheet: Worksheet = self._book.add_worksheet(sheet_title(printout.title))
        self._printout = printout
        self._local = local
        self._formats = self._made_formats()
        self._widths = [float(len(column.title) + 3) for column in printout.columns]
        self.rows = 0
        header = self._book.add_format(_HEADER)
        for place, column in enumerate(printout.columns):
            self._sheet.write_string(0, place, _held(column.title), header)

    def add(self, columns: Sequence[Sequence[Cell]]) -> None:
        """Given a portion, one list for each column, in canonical form; writes it."""
        writers = [self._writer(column) for column in self._printout.columns]
        for cells in zip(*columns, strict=True):
            self.rows += 1
            for place, cell in enumerate(cells):
                if cell is not None:
                    writers[place](self.rows, place, cell)
        for place, column in enumerate(columns):
            longest = max((len(str(cell)) for cell in column[:1000] if cell is not None), default=0)
            self._widths[place] = max(self._widths[place], longest + 2)

    def finish(self, sums: Sequence[Sum]) -> None:
        """Given the sums; writes them below the rows, and the file."""
        self._write_sums(sums)
        sheet, last = self._sheet, len(self._printout.columns) - 1
        for place, width in enumerate(self._widths):
            sheet.set_column(place, place, min(max(width, _NARROWEST), _WIDEST))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, self.rows), last)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{self.rows + 1}"})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        about = "  ".join(self._printout.line(word, text) for word, text in self._printout.about).replace("&", "&&")
        sheet.set_footer(f"&L{about[:180]}&R&P / &N")
        self._book.close()

    def _write_sums(self, sums: Sequence[Sum]) -> None:
        places = {column.field: place for place, column in enumerate(self._printout.columns)}
        bold = self._book.add_format({"bold": True, "num_format": _FORMATS["money"], "top": 1})
        word = self._book.add_format({"bold": True, "top": 1})
        currencies = sorted({one.currency for one in sums})
        for line, currency in enumerate(currencies, self.rows + 2):
            mine = {places[one.field]: one.amount for one in sums if one.currency == currency}
            label = next((place for place in range(len(places)) if place not in mine), None)
            for place in sorted({*mine, label} - {None}):  # type: ignore[type-var]
                if place in mine:
                    self._write_number(line, place, mine[place], bold)
                else:
                    self._sheet.write_string(line, place, f"{self._printout.words['sum']} {currency}".strip(), word)

    def _made_formats(self) -> dict[FieldType, Any]:
        own = _FORMATS | _OF_LANGUAGES.get(self._printout.language, {})
        return {kind: self._book.add_format({"num_format": shape}) for kind, shape in own.items()}

    def _writer(self, column: PrintedColumn) -> Callable[[int, int, Any], None]:
        kind = column.type
        if kind in ("integer", "decimal", "money"):
            return lambda line, place, cell: self._write_number(line, place, str(cell), self._formats[kind])
        if kind in ("date", "datetime"):
            return lambda line, place, cell: self._write_day(line, place, str(cell), kind)
        if kind == "boolean":
            return self._write_boolean
        return self._write_text

    def _write_text(self, line: int, place: int, cell: Any) -> None:
        self._sheet.write_string(line, place, _held(str(as_read(cell))))

    def _write_boolean(self, line: int, place: int, cell: Any) -> None:
        if isinstance(cell, bool):
            self._sheet.write_boolean(line, place, cell)
        else:
            self._write_text(line, place, cell)

    def _write_number(self, line: int, place: int, cell: str, shape: Any) -> None:
        """A number that a spreadsheet cannot hold exactly stays text."""
        try:
            number = Decimal(cell)
        except InvalidOperation:
            return self._write_text(line, place, cell)
        if not number.is_finite() or len(number.normalize().as_tuple().digits) > _EXACT_DIGITS:
            return self._write_text(line, place, cell)
        return self._sheet.write_number(line, place, float(number), shape)  # type: ignore[no-any-return]

    def _write_day(self, line: int, place: int, cell: str, kind: FieldType) -> None:
        """A day that a spreadsheet does not know stays text."""
        try:
            moment = datetime.fromisoformat(cell) if kind == "date" else self._local(cell)
        except ValueError:
            return self._write_text(line, place, cell)
        if moment.date() < _FIRST_DAY:
            return self._write_text(line, place, cell)
        return self._sheet.write_datetime(line, place, moment, self._formats[kind])  # type: ignore[no-any-return]


class TextSheet:
    """A workbook that is ready to be read again: one sheet of texts."""

    def __init__(self, path: Path, sheet: str, headers: Sequence[str]) -> None:
        self._book = Workbook(str(path), _OPTIONS)
        self._sheet: Worksheet = self._book.add_worksheet(sheet_title(sheet))
        self._text = self._book.add_format({"num_format": "@"})
        self._headers = headers
        self.rows = 0
        header = self._book.add_format(_HEADER | {"num_format": "@"})
        self._sheet.set_column(0, len(headers) - 1, 18, self._text)
        for place, name in enumerate(headers):
            self._sheet.write_string(0, place, exactly(name), header)

    def add(self, columns: Sequence[Sequence[str]]) -> None:
        """Given a portion, one list for each header; writes it. Raises ValueError for a text that no cell can hold."""
        for cells in zip(*columns, strict=True):
            self.rows += 1
            for place, cell in enumerate(cells):
                if cell and longest_start(cell, LONGEST_CELL) != cell:
                    raise ValueError(
                        f"a value in column {self._headers[place]} is longer than the {LONGEST_CELL:,} characters of a cell"
                    )
                if cell:
                    self._sheet.write_string(self.rows, place, exactly(cell), self._text)

    def finish(self) -> None:
        """Writes the file."""
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, max(1, self.rows), len(self._headers) - 1)
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{self.rows + 1}"})
        self._book.close()


def _held(text: str) -> str:
    """As much of a text as a cell holds, exactly as it is."""
    return exactly(longest_start(text, LONGEST_CELL))
