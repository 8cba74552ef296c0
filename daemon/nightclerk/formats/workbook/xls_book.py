"""An XLS workbook."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Collection, Iterator

import polars as pl

from nightclerk.core.errors import SenderError
from nightclerk.formats.marks import Places
from nightclerk.formats.workbook import biff
from nightclerk.formats.workbook.archive import protected
from nightclerk.formats.workbook.biff import Pieces, records
from nightclerk.formats.workbook.book import SheetName, WorkbookKind
from nightclerk.formats.workbook.cells import Cells, Dress
from nightclerk.formats.workbook.number_formats import BUILT_IN, number_format
from nightclerk.formats.workbook.ole import CompoundFile
from nightclerk.formats.workbook.xls_cells import XlsCells
from nightclerk.formats.workbook.xml_parts import damaged

_WORKSHEET = 0
_ROWS = 4096


class XlsBook:
    """A ``Book`` of kind ``xls``."""

    kind: WorkbookKind = "xls"

    def __init__(self, file: CompoundFile) -> None:
        name = "workbook" if "workbook" in file.names else "book"
        self._stream = file.stream(name)
        self._encoding: str | None = "cp1252"
        self._sheets: list[tuple[SheetName, int]] = []
        self._formats: dict[int, str] = {}
        self._styles: list[int] = []
        self._strings: list[str] = []
        self._since_1904 = False
        try:
            self._read_globals()
        except (struct.error, IndexError) as error:
            raise damaged() from error
        self._cells: dict[int, XlsCells] = {}

    @property
    def sheets(self) -> tuple[SheetName, ...]:
        return tuple(sheet for sheet, _ in self._sheets)

    def has_cells(self, sheet: int) -> bool:
        return any(len(cells) for cells in self.stretches(sheet))

    def merged(self, sheet: int) -> Places:
        return self._cells[sheet].merged.areas()

    def dress(self) -> Dress:
        written = [self._formats.get(one, BUILT_IN.get(one, "General")) for one in self._styles]
        strings = pl.Series("text", self._strings, dtype=pl.String)
        return Dress(tuple(map(number_format, written)), strings, self._since_1904)

    def stretches(self, sheet: int, wanted: Collection[int] | None = None) -> Iterator[Cells]:
        if sheet not in self._cells:
            try:
                self._cells = {sheet: XlsCells(self._stream, self._sheets[sheet][1], self._encoding)}
            except (struct.error, IndexError) as error:
                raise damaged() from error
        yield from self._cells[sheet].stretches(_ROWS)

    def _read_globals(self) -> None:
        found = records(self._stream, 0)
        record = next(found, None)
        if record is None or record.kind != biff.BOF:
            raise damaged()
        if struct.unpack_from("<H", record.data)[0] >= biff.EXCEL_97:
            self._encoding = None
        for record in found:
            kind, data = record.kind, record.data
            if kind == biff.EOF:
                return
            if kind == biff.FILEPASS:
                raise protected()
            if kind == biff.SST:
                self._strings = shared_texts(self._stream, record)
            else:
                self._take(kind, data)
        raise damaged()

    def _take(self, kind: int, data: bytes) -> None:
        if kind == biff.CODEPAGE and self._encoding is not None:
            self._encoding = _codec(struct.unpack_from("<H", data)[0])
        elif kind == biff.DATEMODE:
            self._since_1904 = data[:2] == b"\x01\x00"
        elif kind == biff.FORMAT:
            length_bytes = 2 if self._encoding is None else 1
            self._formats[struct.unpack_from("<H", data)[0]] = biff.text_of(data, 2, length_bytes, self._encoding)
        elif kind == biff.XF:
            self._styles.append(struct.unpack_from("<H", data, 2)[0])
        elif kind == biff.BOUNDSHEET:
            at, state, sort = struct.unpack_from("<IBB", data)
            if sort == _WORKSHEET:
                name = biff.text_of(data, 6, 1, self._encoding)
                self._sheets.append((SheetName(name, hidden=bool(state & 3)), at))


def shared_texts(stream: bytes, first: biff.Record) -> list[str]:
    """Given the record of the shared texts; returns them all."""
    count = struct.unpack_from("<I", first.data, 4)[0]
    reading = Pieces(biff.continued(stream, first))
    reading.skip(8)
    found: list[str] = []
    while not reading.ended:  # some programs miscount their texts
        try:
            found.append(reading.text())
        except SenderError:
            if len(found) < count:
                raise
            break
    return found


def _codec(page: int) -> str:
    name = {1200: "utf-16-le", 32768: "mac-roman", 32769: "cp1252", 10000: "mac-roman"}.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
