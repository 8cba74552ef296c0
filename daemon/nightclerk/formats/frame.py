"""A stretch of records as a frame of text columns with line numbers; damaged records as issues with their cells."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.core.issue import Issue, LeftOut, RejectedRow
from nightclerk.formats.cutter import cut
from nightclerk.formats.damage import damage_issues
from nightclerk.formats.dialect import SHOWN_OF_OVERLONG, Dialect
from nightclerk.formats.marks import Flags, Places
from nightclerk.formats.mixed import in_utf8
from nightclerk.formats.parsing import parse
from nightclerk.formats.stretches import Stretch
from nightclerk.formats.swallowed import cells_alone, enclosing
from nightclerk.formats.text import Text
from nightclerk.formats.torn import torn

#: The most records that are worked on at once, so that a block of very short damaged ones stays small in memory too.
MOST_RECORDS = 1 << 15


@dataclass(frozen=True)
class Shape:
    """What each record looks like. width: how many fields it must have. named: how many of these stand under a header or
    before one; what stands behind them must be blank. columns: the headers that are kept; kept: at which places they stand.
    """

    width: int
    named: int
    columns: tuple[str, ...]
    kept: tuple[int, ...]

    @property
    def plain(self) -> bool:
        """Whether all columns are kept, so that nothing needs to be picked out."""
        return len(self.kept) == self.named


@dataclass(frozen=True)
class Damaged:
    """A record that cannot be read as a row, with everything that is wrong with it."""

    row: RejectedRow
    issues: tuple[Issue, ...]


class CellFault(NamedTuple):
    """A cell of a workbook or a table without a value. column: its place, from 0. code: one of ``WITHOUT_VALUE``, or, of XML,
    ``field_too_long``; text: the error as the sheet shows it, or the values."""

    line: int
    column: int
    code: str
    text: str


@dataclass(frozen=True)
class Rows:
    """Up to ``MOST_RECORDS`` records of a stretch. lines and cells: the sound ones, all columns as text, never null.

    damaged: the others, by ascending line. blank: the lines of records without content, which are no rows; deleted: of those that
    a table marks as deleted. left_out: other lines that are no rows, each with its reason.
    faults: cells of the sound ones that have no value, though something stands there.
    """

    lines: pl.Series
    cells: pl.DataFrame
    damaged: tuple[Damaged, ...]
    blank: Places
    faults: tuple[CellFault, ...] = ()
    deleted: Places = field(default_factory=lambda: np.zeros(0, np.int64))
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class Framer:
    """Makes rows of stretches."""

    text: Text
    dialect: Dialect
    shape: Shape

    def rows(self, stretch: Stretch) -> Iterator[Rows]:
        """Given a stretch; yields its records, in order."""
        if stretch.overlong or stretch.unclosed:
            yield self._no_row(stretch)
            return
        count = len(stretch.scan.starts)
        for first in range(0, count, MOST_RECORDS):
            yield self._some(stretch, np.arange(first, min(first + MOST_RECORDS, count)))

    def some(self, stretch: Stretch, lines: NDArray[np.int64]) -> Rows:
        """Given a stretch and the lines in which some of its records start; returns these alone."""
        if stretch.overlong or stretch.unclosed:
            return self._no_row(stretch)
        return self._some(stretch, np.flatnonzero(np.isin(stretch.scan.lines + stretch.line, lines)))

    def _some(self, stretch: Stretch, numbers: Places) -> Rows:
        found, shape = stretch.scan, self.shape
        blank = found.blank[numbers]
        sound = ~blank & (found.fields[numbers] == shape.width)
        faults = self._faults(stretch)
        for faulty in faults.values():
            sound &= ~np.isin(numbers, faulty)
        cells = parse(stretch, numbers[sound], self.text, self.dialect, shape.width)
        overfull = _overfull(cells, shape.named)
        if overfull.any():
            sound[np.flatnonzero(sound)[overfull]] = False
            cells = cells.filter(pl.Series(~overfull))
        damaged = numbers[~blank & ~sound]
        wrong = {code: set(np.intersect1d(damaged, faulty).tolist()) for code, faulty in faults.items()}
        lines = found.lines + stretch.line
        return Rows(
            lines=pl.Series("line", lines[numbers[sound]], dtype=pl.Int64),
            cells=_under_headers(cells, shape.named),
            damaged=tuple(self._damaged(stretch, number, wrong) for number in damaged.tolist()),
            blank=lines[numbers[blank]],
        )

    def _faults(self, stretch: Stretch) -> dict[str, Places]:
        """Returns all that is wrong with the stretch's records, but for how many fields they have."""
        found = stretch.scan
        more = {"rows_in_quotes": enclosing(stretch.data, found, self.dialect, self.shape.width)}
        more["quote_not_opened"] = torn(stretch.data, found, self.dialect, self.shape.width)
        more["other_encoding"] = in_utf8(stretch.data, found, self.text.encoding)
        if len(found.odd):
            more["stray_quote"] = self._stray_quotes(stretch)
        return found.faults | {code: numbers for code, numbers in more.items() if len(numbers)}

    def _stray_quotes(self, stretch: Stretch) -> Places:
        """Returns the records with a quote that is not text: all with a literal one where the file is strict, else those behind
        a damaged record, of whose text they may be the end."""
        odd, stray = stretch.scan.odd, stretch.scan.faults.get("text_after_quote", stretch.scan.odd[:0])
        if self.dialect.strict:
            return np.setdiff1d(odd, stray)
        before = np.concatenate(([stretch.behind_damage], stretch.damaged(self.shape.width)[:-1]))
        return np.setdiff1d(odd[before[odd]], stray)

    def _damaged(self, stretch: Stretch, number: int, faults: dict[str, set[int]]) -> Damaged:
        found = stretch.scan
        codes = {code for code, faulty in faults.items() if number in faulty}
        return self._rejected(stretch, int(found.starts[number]), stretch.line + int(found.lines[number]), codes)

    def _no_row(self, stretch: Stretch) -> Rows:
        nothing = parse(stretch, np.zeros(0, np.int64), self.text, self.dialect, self.shape.named)
        overlong = {"record_too_long"}
        damaged = self._unclosed(stretch) if stretch.unclosed else self._rejected(stretch, 0, stretch.line, overlong)
        return Rows(pl.Series("line", [], dtype=pl.Int64), nothing, (damaged,), np.zeros(0, np.int64))

    def _unclosed(self, stretch: Stretch) -> Damaged:
        cells = [codecs.decode(cell, self.text.encoding, "ignore") for cell in cells_alone(stretch.data, self.dialect)]
        shown = tuple(self.dialect.plain(cell) for place, cell in enumerate(cells) if place in set(self.shape.kept))
        return Damaged(RejectedRow(stretch.line, shown), damage_issues(stretch.line, {"quote_not_closed"}, len(cells), 0))

    def _rejected(self, stretch: Stretch, start: int, line: int, codes: set[str]) -> Damaged:
        data, overlong = stretch.data, "record_too_long" in codes
        if overlong:
            codes = {"record_too_long"}  # whatever else is wrong with it depends on how much of it was looked at
            data, start = data[start : start + SHOWN_OF_OVERLONG], 0
        cut_cells = cut(data, start, self.dialect).cells
        if overlong:
            cut_cells = cut_cells[:-1]  # the last was cut through, perhaps within a character
        cells = tuple(self.dialect.plain(self.text.decode(cell)) for cell in cut_cells)
        width, named, fields = self.shape.width, self.shape.named, len(cells)
        if not overlong:
            if len(cells) < width:
                codes.add("too_few_fields")
            elif len(cells) > width or any(cell.strip() for cell in cells[named:]):
                codes.add("too_many_fields")
        if len(cells) <= width and not any(cells[named:]):
            cells = cells[:named]
        kept = set(self.shape.kept)
        shown = tuple(cell for place, cell in enumerate(cells) if place in kept or place >= named)
        return Damaged(RejectedRow(line, shown), damage_issues(line, codes, fields, named if fields >= width else width))


def _under_headers(cells: pl.DataFrame, named: int) -> pl.DataFrame:
    """Returns the columns that have a header; those that all rows leave out are blank."""
    if cells.width == named:
        return cells
    if cells.width > named:
        return cells.select(cells.columns[:named])
    return cells.with_columns(pl.lit("").alias(str(place)) for place in range(cells.width, named))


def _overfull(cells: pl.DataFrame, named: int) -> Flags:
    """Given cells and how many columns have a header; returns which rows have content behind these."""
    beyond = cells.columns[named:]
    if not beyond or not len(cells):
        return np.zeros(len(cells), bool)
    wrong = cells.select(pl.any_horizontal(pl.col(beyond).str.strip_chars() != "")).to_series()
    return wrong.to_numpy()
