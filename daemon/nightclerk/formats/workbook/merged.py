"""Merged cells of a sheet: one value that stands beside several rows, and is stored in the first of them alone."""

from __future__ import annotations

import re
from array import array

import numpy as np

from nightclerk.core.sentence import Sentence
from nightclerk.formats.marks import Flags, Places
from nightclerk.formats.workbook.exact import column_of, letters_of

#: More merged cells than this are as many as a person would want to know of.
_MOST = 100_000
_AREA = re.compile(
    rb"<(?:[\w.-]+:)?mergeCell\s[^>]*?\bref\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7}):([A-Za-z]{1,3})([0-9]{1,7})[\"']"
)
#: No tag of a merged cell is longer, so that one that is cut is whole with so much of what came before.
_LONGEST_TAG = 200


class Merged:
    """The merged cells of a sheet that go over several rows."""

    def __init__(self) -> None:
        self._numbers = array("q")

    def add(self, first: int, last: int, column: int, last_column: int) -> None:
        """Given an area's first and last row, counted from 1, and its first and last column, from 0; remembers it."""
        if last > first and len(self._numbers) < 4 * _MOST:
            self._numbers.extend((first, last, column, last_column))

    def areas(self) -> Places:
        """Returns them, one in each line, from the top: first and last row, first and last column."""
        found = np.array(self._numbers, np.int64).reshape(-1, 4)
        return found[np.lexsort((found[:, 2], found[:, 0]))]


class MergedScanner:
    """Takes in the bytes behind the rows of an XLSX sheet, where the merged cells are listed."""

    def __init__(self, merged: Merged) -> None:
        """Given where to put them."""
        self._merged = merged
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Given the next bytes; takes them in."""
        data = self._rest + data
        end = 0
        for found in _AREA.finditer(data):
            end = found.end()
            self._merged.add(int(found[2]), int(found[4]), column_of(found[1].decode()), column_of(found[3].decode()))
        self._rest = data[max(end, len(data) - _LONGEST_TAG) :]


class RowsThere:
    """Which rows of a sheet hold anything: some numbers for each stretch of rows without a gap."""

    def __init__(self) -> None:
        self._firsts: list[Places] = []
        self._lasts: list[Places] = []

    def add(self, lines: Places) -> None:
        """Given rows, ascending and below those before; remembers them."""
        if len(lines):
            gaps = np.flatnonzero(np.diff(lines) > 1)
            self._firsts.append(lines[np.append(0, gaps + 1)])
            self._lasts.append(lines[np.append(gaps, len(lines) - 1)])

    def any_between(self, first: Places, last: Places) -> Flags:
        """Given first and last rows; returns which of these spans hold any row."""
        if not self._firsts:
            return np.zeros(len(first), bool)
        firsts, lasts = np.concatenate(self._firsts), np.concatenate(self._lasts)
        at = np.searchsorted(lasts, first)  # the first stretch that ends where the span begins, or below
        return (at < len(firsts)) & (firsts[np.minimum(at, len(firsts) - 1)] <= last)


def notes_of(areas: Places, there: RowsThere, below: int, columns: int) -> tuple[Sentence, ...]:
    """Given merged areas, the rows that hold anything, the header's row and how many columns are read; returns what is to be told
    of the areas whose value stands beside several rows."""
    areas = areas[(areas[:, 0] > below) & (areas[:, 2] < columns)]
    areas = areas[there.any_between(areas[:, 0] + 1, areas[:, 1])]
    if not len(areas):
        return ()
    first, last, column, last_column = areas[0].tolist()
    return (
        Sentence.counted(
            "A merged cell stands beside several rows, but its value is that of the first of them alone, and blank in the others:"
            " %(cell)s.",
            "%(n)s merged cells stand beside several rows, but each value is that of the first of them alone, and blank in the"
            " others; the first is %(cell)s.",
            len(areas),
            cell=f"{letters_of(column)}{first}:{letters_of(last_column)}{last}",
        ),
    )
