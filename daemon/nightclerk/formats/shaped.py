"""The rows of a file without what stands around and between them: ``Records`` around the ``Records`` of any kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.headings import ROWS_BELOW, Around, Headings, headings
from nightclerk.core.issue import LeftOut
from nightclerk.core.known_columns import known_columns
from nightclerk.core.left_out_notes import LeftOutNotes, doubted_totals
from nightclerk.core.margin_rows import SAMPLE_ROWS, habit_of
from nightclerk.core.margins import Headed, Margins
from nightclerk.core.sentence import Sentence
from nightclerk.formats.frame import Rows
from nightclerk.formats.held_back import HeldBack
from nightclerk.formats.marked import Marked
from nightclerk.formats.records import Opening, Records
from nightclerk.formats.sifter import FOOTER, Sifter
from nightclerk.formats.totals import TotalsCheck

#: So many damaged records, or records without content, are looked past for the first rows; they stay in memory until then.
_MOST_DAMAGED, _MOST_BLANK = 1 << 15, 1 << 21


class ShapedRecords:
    """``Records`` whose ``rows`` are rows alone; what was left out of them is told with its reasons."""

    def __init__(self, records: Records, margins: Margins, feed: Feed | None, entity: Entity | None) -> None:
        """Given records, what is declared of their margins, the feed and its entity; looks at the first rows."""
        self._records = records
        self._source = records.rows()
        self._peeked = list(self._first())
        self._notes, self._held = LeftOutNotes(), HeldBack()
        self._left_out: set[int] = set()
        self._doubted: tuple[int, ...] = ()
        header = records.opening.header
        first = self._sample()
        self._skipped: dict[int, str] = {}
        found = self._headings(first, margins, feed, entity)
        self.opening: Opening = replace(
            records.opening,
            header=replace(header, shape=replace(header.shape, columns=found.names), also=found.also),
        )
        names, width = found.names, len(found.names)
        known = known_columns(feed, entity, names, found.also)
        in_file = header.at is not None and isinstance(margins, Headed)
        marked = Marked(margins, names, known.mapped, in_file)
        rows = first.slice(len(self._skipped))
        marked.learn(rows)
        places = pl.int_range(len(rows), eager=True)
        rows = rows.filter(~places.is_in(list(marked.reasons(places, rows))))
        line = next((int(rows.lines[0]) for rows in self._peeked if len(rows.lines)), 0)
        totals = self._totals = TotalsCheck(records, margins, names, known, line, lambda: self._left_out)
        self._sifter = Sifter(margins, marked, totals, habit_of(rows, known.key), width)

    def rows(self) -> Iterator[Rows]:
        for rows in chain(self._peeked, self._source):
            sifted = self._sifter.sift(self._without_skipped(rows))
            self._note(sifted.rows.left_out)
            if sifted.real or self._held.too_many:
                yield from self._held.released()
            yield sifted.rows
            if sifted.held is not None:
                self._held.add(sifted.held)
        self._doubted = self._totals.doubted()
        footer = self._held.left_out(FOOTER)
        if footer:
            self._note(footer)
            nothing = np.zeros(0, np.int64)
            yield Rows(pl.Series("line", [], dtype=pl.Int64), self._peeked[0].cells.clear(), (), nothing, left_out=footer)

    def again(self, lines: NDArray[np.int64]) -> Iterator[Rows]:
        return self._records.again(lines)

    def notes(self) -> tuple[Sentence, ...]:
        doubted = (doubted_totals(self._doubted),) if self._doubted else ()
        return (*self._records.notes(), *self._notes.sentences(), *doubted)

    def _first(self) -> Iterator[Rows]:
        """Yields the beginning of the file, up to enough rows to know what they look like, or too much else."""
        count = damaged = blank = 0
        for rows in self._source:
            yield rows
            count += len(rows.lines)
            damaged += len(rows.damaged)
            blank += len(rows.blank) + len(rows.deleted)
            if count >= ROWS_BELOW or damaged >= _MOST_DAMAGED or blank >= _MOST_BLANK:
                return

    def _sample(self) -> pl.DataFrame:
        width = len(self._records.opening.header.shape.columns)
        frames = [rows.cells.head(SAMPLE_ROWS).select(pl.nth(range(width))) for rows in self._peeked if len(rows.lines)]
        return pl.concat(frames) if frames else pl.DataFrame(schema={str(place): pl.String for place in range(width)})

    def _headings(self, first: pl.DataFrame, margins: Margins, feed: Feed | None, entity: Entity | None) -> Headings:
        opening = self._records.opening
        names = opening.header.shape.columns
        if not isinstance(margins, Headed) or opening.header.at is None:
            return Headings(names)
        spellings = feed.spellings() if feed is not None else ()
        key = known_columns(feed, entity, names, ()).key or (0,)
        around = Around(opening.above[-1] if opening.above else (), first.head(ROWS_BELOW).rows(), spellings, key)
        found = headings(names, around, margins.header_rows, margins.description_row == "auto")
        lines = [line for rows in self._peeked for line in rows.lines.head(len(found.skipped))]
        self._skipped = dict(zip(lines, found.skipped, strict=False))
        return found

    def _without_skipped(self, rows: Rows) -> Rows:
        """Returns rows without the headers and descriptions at their beginning."""
        if not self._skipped or not len(rows.lines):
            return rows
        gone = rows.lines.is_in(list(self._skipped))
        left_out = tuple(LeftOut(line, self._skipped[line]) for line in rows.lines.filter(gone))
        faults = tuple(fault for fault in rows.faults if fault.line not in self._skipped)
        self._left_out.update(self._skipped)
        return replace(rows, lines=rows.lines.filter(~gone), cells=rows.cells.filter(~gone), faults=faults, left_out=left_out)

    def _note(self, left_out: tuple[LeftOut, ...]) -> None:
        for reason in dict.fromkeys(one.reason for one in left_out):
            lines = [one.line for one in left_out if one.reason == reason]
            self._notes.add(reason, lines)
            self._left_out.update(lines)
