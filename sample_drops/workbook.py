"""Sheets as an XLSX workbook: numbers, dates and codes as cells of their own kind, as accounting software writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from planting import Sheet
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet


@dataclass(frozen=True)
class Code:
    """A number that its format shows with leading zeros."""

    number: int
    width: int


@dataclass(frozen=True)
class Formula:
    """A formula. value: what it came to (``#N/A`` for an error); None: nobody has calculated it yet."""

    written: str
    value: float | str | None


class _Uncalculated:
    """The library writes a formula's value as it prints: this one prints as nothing."""

    def __str__(self) -> str:
        return ""


@dataclass
class Workbook:
    """One file. tabs: the sheets by their names; dates: how its dates are shown; cover: a sheet of text before the others."""

    file: str
    tabs: dict[str, Sheet]
    dates: str
    made: datetime
    cover: tuple[str, list[str]] | None = None

    @property
    def sheets(self) -> list[Sheet]:
        """The sheets that feeds read."""
        return list(self.tabs.values())

    def write(self, night: Path) -> None:
        """Writes the file, and beside it in ``expected/`` for each sheet the booking that must follow."""
        night.mkdir(parents=True, exist_ok=True)
        with xlsxwriter.Workbook(night / self.file, {"in_memory": True}) as book:
            book.set_properties({"created": self.made})
            dress = _Dress(book, self.dates)
            if self.cover is not None:
                page = book.add_worksheet(self.cover[0])
                page.write_column(0, 0, self.cover[1])
            for name, sheet in self.tabs.items():
                _fill(book.add_worksheet(name), sheet, dress)
        for sheet in self.sheets:
            lines = range(2, 2 + len(sheet.rows))
            sheet.foretell(night, self.file, lines, self.file if len(self.tabs) == 1 else f"{self.file}.{sheet.feed}")


class _Dress:
    """The cell formats of a workbook, each made once."""

    def __init__(self, book: Any, dates: str) -> None:
        self._book = book
        self._made: dict[str, Format] = {}
        self.dates = dates
        self.heads = book.add_format({"bold": True})

    def shown_as(self, number_format: str) -> Format:
        if number_format not in self._made:
            self._made[number_format] = self._book.add_format({"num_format": number_format})
        return self._made[number_format]


def _fill(page: Worksheet, sheet: Sheet, dress: _Dress) -> None:
    page.freeze_panes(1, 0)
    page.write_row(0, 0, sheet.header, dress.heads)
    for at, column in enumerate(sheet.header):
        page.set_column(at, at, max(10, len(column) + 2))
        for line, row in enumerate(sheet.rows, 1):
            _put(page, line, at, row.cells.get(column), dress)


def _put(page: Worksheet, line: int, column: int, cell: Any, dress: _Dress) -> None:
    match cell:
        case None | "":
            return
        case bool():
            page.write_boolean(line, column, cell)
        case str():
            page.write_string(line, column, cell)
        case Code():
            page.write_number(line, column, cell.number, dress.shown_as("0" * cell.width))
        case Decimal():
            page.write_number(line, column, float(cell), dress.shown_as("#,##0.00"))
        case date():
            page.write_datetime(line, column, datetime(cell.year, cell.month, cell.day), dress.shown_as(dress.dates))  # noqa: DTZ001 - a day
        case Formula():
            value: Any = _Uncalculated() if cell.value is None else cell.value
            page.write_formula(line, column, cell.written, None, value)
        case _:
            page.write_number(line, column, cell)
