"""An XLSX workbook."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property

import polars as pl

from nightclerk.formats.marks import Places
from nightclerk.formats.workbook.archive import Archive
from nightclerk.formats.workbook.book import SheetName, WorkbookKind
from nightclerk.formats.workbook.cells import Cells, Dress
from nightclerk.formats.workbook.part_encoding import in_one_encoding
from nightclerk.formats.workbook.shared_strings import shared_strings
from nightclerk.formats.workbook.unpacking import unpacked_ahead
from nightclerk.formats.workbook.xlsx_parts import number_formats, outline
from nightclerk.formats.workbook.xlsx_sheet import XlsxSheet

_CHUNK = 2 << 20


class XlsxBook:
    """A ``Book`` of kind ``xlsx``."""

    kind: WorkbookKind = "xlsx"

    def __init__(self, archive: Archive) -> None:
        """Given the archive."""
        self._archive = archive
        self._outline = outline(archive)
        self._sheets = {at: XlsxSheet(self._outline.zero_if_not_calculated) for at in range(len(self._outline.sheets))}

    @property
    def sheets(self) -> tuple[SheetName, ...]:
        return self._outline.sheets

    def has_cells(self, sheet: int) -> bool:
        return any(len(cells) for cells in self.stretches(sheet))

    def merged(self, sheet: int) -> Places:
        return self._sheets[sheet].merged.areas()

    def dress(self) -> Dress:
        return self._dress

    def stretches(self, sheet: int, wanted: Collection[int] | None = None) -> Iterator[Cells]:
        place = self._outline.places[sheet]
        chunks = unpacked_ahead(in_one_encoding(self._archive.chunks(place, _CHUNK)))
        yield from self._sheets[sheet].stretches(chunks, wanted)

    @cached_property
    def _dress(self) -> Dress:
        found = self._outline
        formats = number_formats(self._archive, found.styles)
        has_strings = found.strings is not None and found.strings in self._archive
        strings = (
            shared_strings(in_one_encoding(self._archive.chunks(found.strings))) if found.strings and has_strings else _NO_STRINGS
        )
        return Dress(formats, strings, found.since_1904)


_NO_STRINGS = pl.Series("text", [], dtype=pl.String)
