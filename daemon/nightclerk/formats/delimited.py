"""Reads one delimited file: its bytes, cut into stretches of records, as rows of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nightclerk.core.feed import Feed
from nightclerk.core.format import Delimited
from nightclerk.core.reading import FormatFound, Job
from nightclerk.core.sentence import Sentence
from nightclerk.formats.doubled_returns import with_single_returns
from nightclerk.formats.encoding import find_encoding
from nightclerk.formats.frame import Framer, Rows
from nightclerk.formats.layout import find_layout
from nightclerk.formats.quoting import find_quoting, quote_of
from nightclerk.formats.records import Opening
from nightclerk.formats.sniff import find_dialect, sample_of, written_line_end
from nightclerk.formats.spaced import NOTE
from nightclerk.formats.stretches import again, stretches
from nightclerk.formats.text import without_end_mark


class _Place(NamedTuple):
    """Where a stretch lies in the text, to read it once more."""

    offset: int
    end: int
    line: int
    overlong: bool
    unclosed: bool
    behind_damage: bool


class DelimitedRecords:
    """The ``Records`` of a delimited file."""

    def __init__(self, file: int, copy: int, job: Job, declared: Delimited, feed: Feed | None) -> None:
        """Given the descriptors of the file and of an empty scratch file, the job, how the file is declared to be written, and
        the feed; finds out how the file reads."""
        spellings = feed.spellings() if feed is not None else None
        text = without_end_mark(find_encoding(file, declared.encoding, job.language, copy, job.remembered))
        self._text, told = with_single_returns(text, copy)
        sample = sample_of(self._text)
        quote, notes = quote_of(sample, declared.quote)
        dialect = find_dialect(sample, declared.delimiter, quote, spellings or ())
        self._dialect, more = find_quoting(sample, dialect, declared.quote, declared.inner_quotes)
        self._layout = find_layout(sample, self._dialect, declared.header_row, spellings)
        header = self._layout.header
        self._framer = Framer(self._text, self._dialect, header.shape)
        self._block_bytes = job.block_bytes
        self._places: list[_Place] = []
        self.opening = Opening(
            format=FormatFound(
                kind="delimited",
                encoding=self._text.written,
                delimiter=self._dialect.delimiter.decode("ascii"),
                quote=self._dialect.quote.decode("ascii") if self._dialect.quote else None,
                header_row=header.at + 1 if header.at is not None else None,
                line_end=written_line_end(sample, self._dialect.record_end),
                bom=self._text.bom,
                evidence=self._text.evidence,
            ),
            header=header,
            notes=(*told, *notes, *more, *((NOTE,) if self._dialect.spaced else ()), *header.notes),
            left_out=self._layout.left_out,
            guarded=True,
            above=self._layout.above,
        )

    def rows(self) -> Iterator[Rows]:
        layout = self._layout
        width = layout.header.shape.width
        for stretch in stretches(self._text, self._dialect, layout.offset, layout.line, self._block_bytes, width):
            flags = (stretch.overlong, stretch.unclosed, stretch.behind_damage)
            self._places.append(_Place(stretch.offset, stretch.end, stretch.line, *flags))
            yield from self._framer.rows(stretch)

    def again(self, lines: NDArray[np.int64]) -> Iterator[Rows]:
        """Reads only the stretches that hold any of the lines."""
        starts = [place.line for place in self._places]
        holders = np.searchsorted(starts, lines, side="right") - 1
        for holder in np.unique(holders[holders >= 0]):
            stretch = again(self._text, self._dialect, *self._places[holder])
            yield self._framer.some(stretch, lines[holders == holder])

    def notes(self) -> tuple[Sentence, ...]:
        return ()
