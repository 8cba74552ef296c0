"""Rows of an XLSX sheet through an XML parser: right for everything that XML allows, and several times slower than ``quick``."""

from __future__ import annotations

import re

from nightclerk.formats.workbook.cells import (
    BOOLEAN,
    ERROR,
    LAST_COLUMN,
    MOST_ROWS,
    NUMBER,
    SHARED,
    TEXT,
    UNCOMPUTED,
    Cell,
    Cells,
    cells_of,
)
from nightclerk.formats.workbook.xml_parts import Attributes, Parser, damaged
from nightclerk.formats.workbook.xml_text import unescaped

_KINDS = {"": NUMBER, "n": NUMBER, "s": SHARED, "str": TEXT, "inlineStr": TEXT, "b": BOOLEAN, "e": ERROR, "d": TEXT}
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
#: Elements within a cell that are no part of what it holds: how a text is spoken, and what other programs add.
_BESIDE = frozenset({"rPh", "extLst"})
_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T00:00:00(?:\.0*)?Z?|T([0-9:]{8})(?:\.[0-9]*)?Z?)?")


def exact_cells(data: bytes, prefix: bytes, line: int, zero_if_not_calculated: bool = False) -> Cells:
    """Given whole rows, the prefix of their elements, and the number of the row before them; returns their cells.

    ``zero_if_not_calculated``: whether a formula of value 0 was never calculated, where no other one of its column has a value.

    Raises SenderError ``damaged_workbook`` where they are no XML, or rows do not ascend.
    """
    rows = _Rows(line)
    parser = Parser(rows.start, rows.end, rows.text)
    parser.feed(b"<" + prefix + b"sheetData>" + data + b"</" + prefix + b"sheetData>", last=True)
    if zero_if_not_calculated:
        rows.leave_out_zeros()
    return cells_of(rows.lines, rows.cells)


class _Rows:
    """Takes in the elements of rows."""

    def __init__(self, line: int) -> None:
        self.lines: list[int] = []
        self.cells: list[Cell] = []
        self._line = line
        self._column = -1
        self._kind = self._style = 0
        self._type = ""
        self._formula = False
        self._text = self._inline = ""
        self._taking = ""
        self._beside = 0
        self._formulas: list[int] = []

    def leave_out_zeros(self) -> None:
        """Takes formulas of value 0 for uncomputed, where no other formula of their column has a value."""
        calculated = {cell.column for cell in map(self.cells.__getitem__, self._formulas) if cell.text not in ("", "0")}
        for at in self._formulas:
            cell = self.cells[at]
            if cell.kind == NUMBER and cell.text == "0" and cell.column not in calculated:
                self.cells[at] = cell._replace(kind=UNCOMPUTED, text="")

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            self._begin_row(attributes)
        elif name == "c":
            self._begin_cell(attributes)
        elif name == "f":
            self._formula = True
        elif name in _BESIDE:
            self._beside += 1
        elif name in ("v", "t") and not self._beside:
            self._taking = name

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._taking = ""
        elif name in _BESIDE:
            self._beside -= 1
        elif name == "c":
            self._end_cell()

    def text(self, text: str) -> None:
        if self._taking == "t":
            self._inline += text
        elif self._taking:
            self._text += text

    def _begin_row(self, attributes: Attributes) -> None:
        written = attributes.get("r", str(self._line + 1))
        if not (written.isascii() and written.isdigit() and self._line < int(written) <= MOST_ROWS):
            raise damaged()
        self._line, self._column = int(written), -1
        self.lines.append(self._line)

    def _begin_cell(self, attributes: Attributes) -> None:
        self._column += 1
        reference = attributes.get("r")
        if reference is not None:
            read = _REFERENCE.fullmatch(reference)
            if read is None:
                raise damaged()
            self._column = column_of(read[1])
        self._type = attributes.get("t", "")
        style = attributes.get("s") or "0"
        if self._type not in _KINDS or not (style.isascii() and style.isdigit()) or self._column >= LAST_COLUMN or not self.lines:
            raise damaged()
        self._style, self._text, self._inline = int(style), "", ""
        self._formula = False

    def _end_cell(self) -> None:
        kind, text = _KINDS[self._type], self._text or self._inline
        if self._type == "inlineStr":  # some programs write a value beside it, which is not shown
            text = self._inline or self._text
        if self._formula and not text and kind != TEXT:
            kind = UNCOMPUTED
        elif not text:
            return
        if self._type == "d":
            text = _iso(text)
        elif kind == TEXT:
            text = unescaped(text)
        elif kind != UNCOMPUTED:
            text = text.strip()
        if self._formula:
            self._formulas.append(len(self.cells))
        self.cells.append(Cell(self._line, self._column, kind, self._style, text))


def column_of(letters: str) -> int:
    """Given the letters of a column, ``A`` to ``XFD``; returns its place from 0."""
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def letters_of(column: int) -> str:
    """Given a column's place from 0; returns its letters."""
    letters, place = "", column + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _iso(text: str) -> str:
    read = _ISO.fullmatch(text)
    if read is None:
        return text
    return f"{read[1]} {read[2]}" if read[2] else read[1]
