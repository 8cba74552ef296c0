"""The rows of an XLSX sheet as stretches of whole rows, cut out of the unpacked part as it comes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from nightclerk.formats.workbook.cells import LAST_COLUMN, Cells
from nightclerk.formats.workbook.exact import exact_cells
from nightclerk.formats.workbook.merged import Merged, MergedScanner
from nightclerk.formats.workbook.quick import QuickScanner
from nightclerk.formats.workbook.xml_parts import damaged

_BEGIN = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)sheetData\s*(/?)>")
_LONGEST_HEAD = 8 << 20
#: A row of 16384 cells takes some megabytes; one that takes more is none.
_LONGEST_ROW = 64 << 20


@dataclass(frozen=True)
class _Known:
    """The rows of a stretch, as they were found when it was read first. before: the row before it."""

    before: int
    first: int
    last: int


class XlsxSheet:
    """One sheet. It may be read several times; what is not wanted then is only unpacked and cut."""

    def __init__(self, zero_if_not_calculated: bool = False) -> None:
        """``zero_if_not_calculated``: whether a formula of value 0 was never calculated, where no other one of its column has a
        value."""
        self._no_zeros = zero_if_not_calculated
        self._scanner = QuickScanner(zero_if_not_calculated)
        self._known: list[_Known] = []
        self.merged = Merged()

    def stretches(self, chunks: Iterable[bytes], wanted: Collection[int] | None) -> Iterator[Cells]:
        """Given the unpacked part, always in the same chunks, and the rows that are wanted; yields the cells."""
        before, merged = 0, Merged()
        for number, (prefix, data) in enumerate(_cut(chunks, MergedScanner(merged))):
            if wanted is not None and number < len(self._known):
                known = self._known[number]
                if not any(known.first <= line <= known.last for line in wanted):
                    before = known.last
                    continue
            cells = self._scanner.scan(data) if not prefix else None
            if cells is None or (len(cells.lines) and cells.lines[0] <= before):
                cells = exact_cells(data, prefix, before, self._no_zeros)
            if _is_twice(cells):
                raise damaged()
            if number == len(self._known):
                first = int(cells.lines[0]) if len(cells.lines) else 0
                self._known.append(_Known(before, first, int(cells.lines[-1]) if len(cells.lines) else before))
            before = self._known[number].last
            yield cells
        self.merged = merged


def _is_twice(cells: Cells) -> bool:
    """Returns whether any cell is there twice, so that nobody knows its value."""
    places = cells.row * LAST_COLUMN + cells.column
    return bool((np.diff(places) <= 0).any()) and len(np.unique(places)) < len(places)


def _cut(chunks: Iterable[bytes], behind: MergedScanner) -> Iterator[tuple[bytes, bytes]]:
    """Given the bytes of a sheet; yields the prefix of its elements with whole rows, until the rows end. All bytes are taken,
    those behind the rows by ``behind``."""
    data, prefix, begun, ended = b"", b"", False, False
    for chunk in chunks:
        if ended:
            behind.feed(chunk)
            continue
        data += chunk
        if not begun:
            found = _begin(data)
            if found is None:
                continue
            begun, prefix, data = True, found[1], data[found.end() :]
            ended = bool(found[2])
        if ended:
            continue
        end = data.find(b"</" + prefix + b"sheetData")
        ended = end >= 0
        cut = end if ended else data.rfind(b"<" + prefix + b"row")
        if cut > 0:
            yield prefix, data[:cut]
            data = data[cut:]
        elif not ended and len(data) > _LONGEST_ROW:
            raise damaged()
        if ended:
            behind.feed(data)
    if not ended:
        raise damaged()


def _begin(data: bytes) -> re.Match[bytes] | None:
    found = _BEGIN.search(data)
    head = data[: found.start()] if found else data
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or len(head) > _LONGEST_HEAD:
        raise damaged()
    return found
