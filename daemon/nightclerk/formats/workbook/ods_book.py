"""An ODS workbook."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from nightclerk.formats.marks import Places
from nightclerk.formats.workbook.archive import Archive
from nightclerk.formats.workbook.book import SheetName, WorkbookKind
from nightclerk.formats.workbook.cells import Cells, Dress
from nightclerk.formats.workbook.merged import Merged
from nightclerk.formats.workbook.ods_cells import OdsNames, OdsRows
from nightclerk.formats.workbook.part_encoding import in_one_encoding
from nightclerk.formats.workbook.xml_parts import Parser

_CONTENT = "content.xml"
_CHUNK = 1 << 19


class OdsBook:
    """A ``Book`` of kind ``ods``. Its cells say what they are, so that their texts are made where they are read."""

    kind: WorkbookKind = "ods"

    def __init__(self, archive: Archive) -> None:
        """Given the archive."""
        self._archive = archive
        names = OdsNames()
        for chunk in in_one_encoding(archive.chunks(_CONTENT, _CHUNK)):
            names.feed(chunk)
        self.sheets: tuple[SheetName, ...] = names.sheets()
        self._merged: dict[int, Merged] = {}

    def has_cells(self, sheet: int) -> bool:
        return any(len(cells) for cells in self.stretches(sheet))

    def merged(self, sheet: int) -> Places:
        return self._merged.get(sheet, Merged()).areas()

    def dress(self) -> Dress:
        return Dress((), pl.Series("text", [], dtype=pl.String))

    def stretches(self, sheet: int, wanted: Collection[int] | None = None) -> Iterator[Cells]:
        rows = OdsRows(sheet)
        parser = Parser(rows.start, rows.end, rows.text)
        for chunk in in_one_encoding(self._archive.chunks(_CONTENT, _CHUNK)):
            parser.feed(chunk)
            yield from rows.taken()
        parser.feed(b"", last=True)
        yield from rows.taken()
        self._merged[sheet] = rows.merged
