"""The records of a workbook: the rows of one sheet as frames of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.format import Workbook
from nightclerk.core.issue import LeftOut
from nightclerk.core.reading import FormatFound
from nightclerk.core.routing import is_sheet_pattern
from nightclerk.core.sentence import Sentence
from nightclerk.formats.frame import Rows
from nightclerk.formats.header import MOST_COLUMNS, Header, check_width, find_header, is_blank, is_of_rejects, lines_above
from nightclerk.formats.marks import Flags, Places
from nightclerk.formats.own_decimals import comma_columns
from nightclerk.formats.records import Opening
from nightclerk.formats.workbook.archive import too_much
from nightclerk.formats.workbook.book import Book
from nightclerk.formats.workbook.cells import Cells
from nightclerk.formats.workbook.exact import letters_of
from nightclerk.formats.workbook.grid import Grid, grids
from nightclerk.formats.workbook.merged import RowsThere, notes_of
from nightclerk.formats.workbook.returned import begins_with_ours, code_place, still_without_value
from nightclerk.formats.workbook.sheets import find_sheet

#: How many rows with content are looked at to find the header and the columns.
_SAMPLE_ROWS = 100
#: The most bytes of text that all cells of a sheet may hold together.
_MOST_TEXT = 1 << 30


class WorkbookRecords:
    """The ``Records`` of one sheet of a workbook."""

    def __init__(self, book: Book, declared: Workbook, sheet: str | int | None, feed: Feed | None) -> None:
        """Given a workbook, how it is declared to be read, which sheet is meant, and the feed; finds out how the sheet reads."""
        self._book = book
        # Of a workbook with several sheets, rejected rows come back as the only one: it has its name, which may be cut, but not
        # its number.
        loose = feed is not None and (isinstance(sheet, int) or is_sheet_pattern(sheet))
        self._sheet = 0 if loose and begins_with_ours(book) else find_sheet(book, sheet)
        self._dress = book.dress()
        self._wide: dict[int, int] = {}
        row = declared.header_row
        lines, found, whole = self._sample(max(_SAMPLE_ROWS, row if isinstance(row, int) else 0))
        self._header = _find_header(lines, found, declared, feed, whole)
        shape = self._header.shape
        at = self._header.at
        self._below = lines[at] if at is not None else 0
        self._header = replace(self._header, line=self._below or None)
        if self._below in self._wide:
            check_width(self._wide[self._below])
        self._code = code_place(found[at]) if at is not None and self._header.runs is not None else None
        self._commas = comma_columns(shape.columns, shape.kept, feed)
        self._named = shape.named
        self._text = 0
        self._beyond: list[tuple[int, int]] = []
        self._beyond_count = 0
        self._there = RowsThere()
        self.opening = Opening(
            format=FormatFound(book.kind, None, None, None, self._below or None, None, book.sheets[self._sheet].name),
            header=self._header,
            notes=self._notes(sheet if feed is not None else None),
            left_out=_above(lines[:at], found[:at], self._below) if at is not None else (),
            guarded=False,
            above=tuple(tuple(row) for row in found[:at]) if at is not None else (),
        )

    def rows(self) -> Iterator[Rows]:
        before = self._below
        for cells in self._book.stretches(self._sheet):
            for grid in self._grids(cells, self._below):
                yield self._rows(grid, before)
                before = int(grid.lines[-1]) if len(grid.lines) else before

    def again(self, lines: NDArray[np.int64]) -> Iterator[Rows]:
        wanted = lines[lines > self._below]
        for cells in self._book.stretches(self._sheet, wanted) if len(wanted) else ():
            for grid in self._grids(cells, self._below):
                chosen = np.isin(grid.lines, wanted)
                if chosen.any():
                    kept = set(grid.lines[chosen].tolist())
                    faults = tuple(fault for fault in grid.faults if fault.line in kept)
                    some = Grid(grid.lines[chosen], grid.cells.filter(pl.Series(chosen)), faults, 0, ())
                    yield self._rows(some, None)

    def notes(self) -> tuple[Sentence, ...]:
        merged = notes_of(self._book.merged(self._sheet), self._there, self._below, self._named)
        return (*merged, *self._notes_beyond())

    def _notes_beyond(self) -> tuple[Sentence, ...]:
        if not self._beyond_count:
            return ()
        line, column = self._beyond[0]
        return (
            Sentence.counted(
                "%(n)s cell to the right of the last header was not read: %(cell)s.",
                "%(n)s cells to the right of the last header were not read; the first is %(cell)s.",
                self._beyond_count,
                cell=f"{letters_of(column)}{line}",
            ),
        )

    def _sample(self, rows: int) -> tuple[list[int], list[list[str]], bool]:
        """Returns the first rows that hold anything: their numbers and cells, all of one width; and whether these are all."""
        lines: list[int] = []
        found: list[list[str]] = []
        for cells in self._book.stretches(self._sheet):
            if not len(cells):
                continue
            width = min(int(cells.column.max()) + 1, MOST_COLUMNS + 1)
            for first in range(0, len(cells.lines), rows):
                for grid in grids(cells.rows(first, min(first + rows, len(cells.lines))), self._dress, width):
                    filled = [(line, row) for line, row in zip(grid.lines.tolist(), grid.cells.rows(), strict=True) if any(row)]
                    there = {line for line, _ in filled}
                    self._wide.update((line, column + 1) for line, column in grid.beyond if line in there)
                    lines += [line for line, row in filled if not is_blank(row)]
                    found += [list(row) for _, row in filled if not is_blank(row)]
                if len(found) > rows:
                    break
            if len(found) > rows:
                break
        whole = len(found) <= rows
        del lines[rows:], found[rows:]
        widest = max((_filled(row) for row in found), default=0)
        return lines, [[*row, *[""] * widest][:widest] for row in found], whole

    def _grids(self, cells: Cells, below: int) -> Iterator[Grid]:
        if len(cells.lines) and cells.lines[0] <= below:
            cells = cells.rows(int(np.searchsorted(cells.lines, below, side="right")), len(cells.lines))
        yield from grids(cells, self._dress, self._named, self._commas)

    def _rows(self, grid: Grid, before: int | None) -> Rows:
        """Given a part of the sheet, and the row before it (None where rows are read once more); returns its rows."""
        empty = _empty(grid)
        blank = grid.lines[empty]
        if before is not None:
            self._count(grid)
            self._there.add(grid.lines[~empty])
            blank = np.sort(np.concatenate([blank, _absent(grid.lines, before)]))
        faults = grid.faults if self._code is None else grid.faults + still_without_value(grid, self._code)
        lines = pl.Series("line", grid.lines, dtype=pl.Int64)
        cells = grid.cells
        if empty.any():
            filled = pl.Series(~empty)
            lines, cells = lines.filter(filled), cells.filter(filled)
        return Rows(lines, cells, (), blank, faults)

    def _count(self, grid: Grid) -> None:
        self._beyond_count += len(grid.beyond)
        self._beyond = self._beyond or list(grid.beyond[:1])
        self._text += grid.bytes
        if self._text > _MOST_TEXT:
            raise too_much()

    def _notes(self, asked: str | int | None) -> tuple[Sentence, ...]:
        sheets, sheet = self._book.sheets, self._book.sheets[self._sheet]
        others = tuple(other.name for other in sheets if other is not sheet)
        notes = self._header.notes
        if asked is not None or not others:
            return notes
        return (
            *notes,
            Sentence.counted(
                'The workbook has one more sheet; "%(header)s" was read, not %(headers)s.',
                'The workbook has %(n)s more sheets; "%(header)s" was read, not %(headers)s.',
                len(others),
                header=sheet.name,
                headers=others[:10] if len(others) <= 10 else (*others[:10], "…"),
            ),
        )


def _find_header(lines: list[int], found: list[list[str]], declared: Workbook, feed: Feed | None, whole: bool) -> Header:
    """Returns the header, by its place among the rows that hold anything."""
    row = declared.header_row
    if isinstance(row, int) and not (found and is_of_rejects(found[0])):
        if row not in lines:
            told = Sentence("Row %(record)s of the sheet is given as the header, but it is blank.", record=str(row))
            raise SenderError("no_header", told)
        row = lines.index(row) + 1
    return find_header(found, row, feed.spellings() if feed is not None else None, whole)


def _above(lines: list[int], found: list[list[str]], header: int) -> tuple[LeftOut, ...]:
    """Returns the rows above the header, those that hold nothing as well."""
    filled = set(lines)
    return lines_above(range(1, header), [line not in filled for line in range(1, header)])


def _empty(grid: Grid) -> Flags:
    """Returns which rows hold nothing: neither text nor a cell without a value."""
    left = np.arange(len(grid.lines))
    for column in grid.cells:  # nearly always the first one settles it
        left = left[(column.gather(left).str.strip_chars() == "").to_numpy()]
        if not len(left):
            break
    empty = np.zeros(len(grid.lines), bool)
    empty[left] = True
    empty[np.searchsorted(grid.lines, np.array([fault.line for fault in grid.faults], np.int64))] = False
    return empty


def _absent(lines: Places, before: int) -> Places:
    """Given rows and the one before them; returns those between them that are not there."""
    if not len(lines) or lines[-1] - before == len(lines):
        return lines[:0]
    return np.setdiff1d(np.arange(before + 1, lines[-1]), lines, assume_unique=True)


def _filled(row: list[str]) -> int:
    return max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0)
