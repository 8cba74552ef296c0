"""The records of a text of fixed width: its lines as frames of text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.core.errors import SenderError
from nightclerk.core.format import FixedWidth
from nightclerk.core.issue import LeftOut, RejectedRow
from nightclerk.core.reading import FormatFound, Job
from nightclerk.core.sentence import Sentence
from nightclerk.formats.encoding import find_encoding
from nightclerk.formats.fixed_width.columns import Columns
from nightclerk.formats.fixed_width.evidence import Evidence, full_length
from nightclerk.formats.fixed_width.header import compare_header
from nightclerk.formats.fixed_width.lines import EndedLines, EqualRecords, Lines, Source
from nightclerk.formats.fixed_width.pages import Pages
from nightclerk.formats.frame import MOST_RECORDS, Damaged, Rows, Shape
from nightclerk.formats.header import Header, lines_above, too_few_records
from nightclerk.formats.marks import Flags
from nightclerk.formats.records import Opening
from nightclerk.formats.sniff import find_record_end, sample_of, written_line_end
from nightclerk.formats.text import Text, without_end_mark

_SAMPLE_LINES = 100
_WHITE = " \t\r\n\x0b\x0c"


class FixedWidthRecords:
    """The ``Records`` of a text of fixed width."""

    def __init__(self, file: int, copy: int, job: Job, declared: FixedWidth) -> None:
        """Given the descriptors of the file and of an empty scratch file, the job, and how the file is declared to be written;
        finds out how the file reads."""
        text = without_end_mark(find_encoding(file, declared.encoding, job.language, copy, job.remembered))
        if text.start >= text.size:
            raise SenderError("no_header", Sentence("The file is empty: it has no header and no rows."))
        self._columns = Columns.declared(declared)
        self._below = declared.header_row if isinstance(declared.header_row, int) else 0
        self._source, line_end = _source(text, declared, job.block_bytes)
        first = self._first(self._below + _SAMPLE_LINES)
        names = tuple(declared.columns)
        self._pages = Pages(first.head(self._below).to_list(), declared.footer == "auto")
        self._full = full_length(first.slice(self._below))
        self._evidence = Evidence()
        self._early: int | None = None
        self._gaps, self._gap = 0, (0, 0)
        shape = Shape(len(names), len(names), names, tuple(range(len(names))))
        self.opening = Opening(
            format=FormatFound(
                "fixed_width", text.written, None, None, self._below or None, line_end, bom=text.bom, evidence=text.evidence
            ),
            header=Header(self._below - 1 if self._below else None, shape, None),
            notes=self._compared(first, names),
            left_out=lines_above(range(1, self._below), [not line.strip(_WHITE) for line in first.head(self._below)[:-1]]),
            guarded=False,
        )

    def rows(self) -> Iterator[Rows]:
        for lines in self._source.stretches():
            below = lines if lines.first > self._below else _behind(lines, self._below)
            self._look_at(below)
            yield from self._rows(below, None)
        self._evidence.check()

    def again(self, lines: NDArray[np.int64]) -> Iterator[Rows]:
        wanted = lines[lines > self._below]
        for found in self._source.again(wanted) if len(wanted) else ():
            yield from self._rows(found, wanted)

    def notes(self) -> tuple[Sentence, ...]:
        if not self._gaps:
            return ()
        line, position = self._gap
        return (
            Sentence.counted(
                "%(n)s row holds text between the columns that was not read: in line %(line)s, from position %(position)s on.",
                "%(n)s rows hold text between the columns that was not read, the first in line %(line)s from position"
                " %(position)s on.",
                self._gaps,
                line=str(line),
                position=str(position),
            ),
        )

    def _first(self, wanted: int) -> pl.Series:
        """Returns the first lines of the file, as many as are wanted or as there are."""
        found = pl.Series("line", [], dtype=pl.String)
        for lines in self._source.stretches():
            found = pl.concat([found, lines.texts.alias("line")])
            if len(found) >= wanted:
                break
        if len(found) < self._below:
            raise SenderError("no_header", too_few_records(self._below, len(found)))
        return found.head(wanted)

    def _compared(self, first: pl.Series, names: tuple[str, ...]) -> tuple[Sentence, ...]:
        if not self._below:
            return ()
        return compare_header(self._below, self._columns.cells(first.slice(self._below - 1, 1)).row(0), names)

    def _look_at(self, lines: Lines) -> None:
        """Gathers what only all lines can tell: how long they are, and what stands between their columns."""
        last = lines.texts.tail(1) if lines.unended else lines.texts.clear()
        self._evidence.add(lines.texts.head(len(lines.texts) - len(last)))
        if len(last) and self._evidence.cuts(last[0]):
            self._early = lines.first + len(lines.texts) - 1
        self._evidence.add(last)
        if self._columns.gaps:
            held = np.flatnonzero(self._columns.in_gaps(lines.texts))
            if len(held) and not self._gaps:
                self._gap = (lines.first + int(held[0]), self._columns.first_in_gap(lines.texts[int(held[0])]))
            self._gaps += len(held)

    def _rows(self, lines: Lines, wanted: NDArray[np.int64] | None) -> Iterator[Rows]:
        """Yields the lines as rows, those alone that are wanted (None: all)."""
        out = self._pages.left_out(lines.texts)
        reasons = {lines.first + at: reason for at, reason in out.items()}
        for first in range(0, len(lines.texts), MOST_RECORDS):
            numbers = np.arange(first, min(first + MOST_RECORDS, len(lines.texts)))
            if wanted is not None:
                numbers = numbers[np.isin(numbers + lines.first, wanted)]
            if len(numbers):
                texts, too_long = lines.texts.gather(numbers), np.isin(numbers, lines.too_long)
                yield self._some(lines.first + numbers, texts, too_long, reasons)

    def _some(self, numbers: NDArray[np.int64], texts: pl.Series, too_long: Flags, reasons: dict[int, str]) -> Rows:
        blank = (texts.str.strip_chars(_WHITE) == "").to_numpy() & ~too_long
        faults = self._columns.faults(texts, self._full) | {"record_too_long": too_long}
        if self._early is not None and self._full is None:
            faults["ends_early"] = numbers == self._early
        out = np.isin(numbers, list(reasons)) & ~blank if reasons else np.zeros(len(numbers), bool)
        wrong = np.logical_or.reduce(list(faults.values())) & ~blank & ~out
        sound = ~blank & ~wrong & ~out
        return Rows(
            lines=pl.Series("line", numbers[sound], dtype=pl.Int64),
            cells=self._columns.cells(texts.filter(pl.Series(sound))),
            damaged=tuple(self._damaged(int(numbers[at]), texts[at], faults, at) for at in np.flatnonzero(wrong).tolist()),
            blank=numbers[blank],
            left_out=tuple(LeftOut(line, reasons[line]) for line in numbers[out].tolist()),
        )

    def _damaged(self, line: int, text: str, faults: dict[str, Flags], at: int) -> Damaged:
        codes = {code for code, found in faults.items() if found[at]}
        if "record_too_long" in codes:
            codes = {"record_too_long"}  # whatever else is wrong with it depends on how much of it was looked at
        issues = self._columns.issues(line, text, codes, self._full or self._evidence.longest)
        return Damaged(RejectedRow(line, self._columns.shown(text)), issues)


def _source(text: Text, declared: FixedWidth, block_bytes: int) -> tuple[Source, str | None]:
    """Returns the lines of a text, and what they end with."""
    if declared.record_length is not None:
        return EqualRecords(text, declared.record_length, block_bytes), None
    sample = sample_of(text)
    record_end = find_record_end(sample, None)
    return EndedLines(text, record_end, block_bytes), written_line_end(sample, record_end)


def _behind(lines: Lines, line: int) -> Lines:
    """Returns the lines behind one of them."""
    gone = min(line - lines.first + 1, len(lines.texts))
    too_long = tuple(at - gone for at in lines.too_long if at >= gone)
    return Lines(lines.first + gone, lines.texts.slice(gone), too_long, lines.unended)
