"""The cells of one sheet of an XLS workbook."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.formats.workbook import biff
from nightclerk.formats.workbook.biff import number_of_rk, records
from nightclerk.formats.workbook.cells import BOOLEAN, ERROR, NUMBER, SHARED, TEXT, Cells
from nightclerk.formats.workbook.merged import Merged
from nightclerk.formats.workbook.xml_parts import damaged

_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_PLACE = struct.Struct("<HHH")
_EXACT_WHOLE = 2.0**53


class XlsCells:
    """All cells of a sheet, held in a few bytes each: programs may write them in any order."""

    def __init__(self, stream: bytes, at: int, encoding: str | None) -> None:
        """Given the workbook's stream, where the sheet begins in it, and the encoding of an old workbook (None for Excel 97 and
        later)."""
        self._encoding = encoding
        self._rows, self._columns = array("H"), array("H")
        self._kinds, self._styles = array("B"), array("H")
        self._values = array("d")
        self._texts: list[str] = []
        self._awaiting: int | None = None
        self._there: set[int] = set()
        self.merged = Merged()
        depth = 0
        for record in records(stream, at):
            if record.kind == biff.BOF:
                depth += 1
            elif record.kind == biff.EOF:
                depth -= 1
                if depth <= 0:
                    break
            elif depth == 1:
                self._take(stream, record)
        else:
            raise damaged()
        self._order = np.lexsort((np.frombuffer(self._columns, np.uint16), np.frombuffer(self._rows, np.uint16)))

    def stretches(self, rows: int) -> Iterator[Cells]:
        """Given how many rows; yields the cells in stretches of so many."""
        row_of = np.frombuffer(self._rows, np.uint16)[self._order].astype(np.int64) + 1
        there = np.array(sorted(self._there), np.int64) + 1
        lines = np.union1d(row_of, there)
        for first in range(0, len(lines), rows):
            some = lines[first : first + rows]
            begin, end = np.searchsorted(row_of, some[0], "left"), np.searchsorted(row_of, some[-1], "right")
            yield self._some(some, row_of[begin:end], self._order[begin:end])

    def _some(self, lines: NDArray[np.int64], row_of: NDArray[np.int64], order: NDArray[np.int64]) -> Cells:
        kind = np.frombuffer(self._kinds, np.uint8)[order]
        return Cells(
            lines=lines,
            row=np.searchsorted(lines, row_of),
            column=np.frombuffer(self._columns, np.uint16)[order].astype(np.int64),
            kind=kind,
            style=np.frombuffer(self._styles, np.uint16)[order].astype(np.int32),
            text=self._text(kind, np.frombuffer(self._values, np.float64)[order]),
        )

    def _text(self, kind: NDArray[np.uint8], values: NDArray[np.float64]) -> pl.Series:
        """Returns each cell's text: whole numbers and fractions as text, single texts from the list of these."""
        numbers = pl.Series("text", values)
        whole = (np.abs(values) < _EXACT_WHOLE) & (values == np.floor(values))
        integers = pl.Series("text", np.where(whole, values, 0).astype(np.int64)).cast(pl.String)
        text = integers.zip_with(pl.Series(whole), numbers.cast(pl.String))
        own = (kind == TEXT) | (kind == ERROR)
        if own.any():
            places = np.where(own, values, -1).astype(np.int64)
            found = pl.Series("text", [self._texts[place] if place >= 0 else "" for place in places], dtype=pl.String)
            text = found.zip_with(pl.Series(own), text)
        return text

    def _take(self, stream: bytes, record: biff.Record) -> None:
        kind, data = record.kind, record.data
        if kind == biff.LABELSST:
            self._add(data, SHARED, struct.unpack_from("<I", data, 6)[0])
        elif kind == biff.NUMBER:
            self._add(data, NUMBER, struct.unpack_from("<d", data, 6)[0])
        elif kind == biff.RK:
            self._add(data, NUMBER, number_of_rk(struct.unpack_from("<I", data, 6)[0]))
        elif kind == biff.MULRK:
            self._many(data)
        elif kind in (biff.LABEL, biff.RSTRING):
            self._add_text(data, biff.cell_text(stream, record, 6, self._encoding))
        elif kind == biff.BOOLERR:
            self._boolean_or_error(data, data[6], data[7])
        elif kind == biff.FORMULA:
            self._formula(data)
        elif kind == biff.STRING and self._awaiting is not None:
            self._texts[self._awaiting] = biff.cell_text(stream, record, 0, self._encoding)
            self._awaiting = None
        elif kind == biff.ROW:
            self._there.add(struct.unpack_from("<H", data)[0])
        elif kind == biff.MERGEDCELLS:
            for number in range(struct.unpack_from("<H", data)[0]):
                first, last, column, last_column = struct.unpack_from("<HHHH", data, 2 + 8 * number)
                self.merged.add(first + 1, last + 1, column, last_column)

    def _formula(self, data: bytes) -> None:
        result = data[6:14]
        if result[6:] != b"\xff\xff":
            self._add(data, NUMBER, struct.unpack("<d", result)[0])
        elif result[0] == 0:
            self._add_text(data, "")
            self._awaiting = len(self._texts) - 1  # its text follows
        elif result[0] in (1, 2):
            self._boolean_or_error(data, result[2], result[0] - 1)

    def _boolean_or_error(self, data: bytes, value: int, is_error: int) -> None:
        if is_error:
            self._texts.append(_ERRORS.get(value, "#N/A"))
            self._add(data, ERROR, len(self._texts) - 1)
        else:
            self._add(data, BOOLEAN, 1 if value else 0)

    def _many(self, data: bytes) -> None:
        row, first = struct.unpack_from("<HH", data)
        for number in range((len(data) - 6) // 6):
            style, rk = struct.unpack_from("<HI", data, 4 + 6 * number)
            self._append(row, first + number, style, NUMBER, number_of_rk(rk))

    def _add_text(self, data: bytes, text: str) -> None:
        self._texts.append(text)
        self._add(data, TEXT, len(self._texts) - 1)

    def _add(self, data: bytes, kind: int, value: float) -> None:
        row, column, style = _PLACE.unpack_from(data)
        self._append(row, column, style, kind, value)

    def _append(self, row: int, column: int, style: int, kind: int, value: float) -> None:
        self._awaiting = None
        self._rows.append(row)
        self._columns.append(column)
        self._styles.append(style)
        self._kinds.append(kind)
        self._values.append(value)
