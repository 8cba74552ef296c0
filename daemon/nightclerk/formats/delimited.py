"""Reads one delimited file: bytes in, portions of judged rows out. This is what runs in the fenced child.

It opens nothing and knows no name: it is given the file's descriptor and two empty scratch files.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Delimited, Feed
from nightclerk.core.issue import LeftOut
from nightclerk.core.reading import DuplicateKey, Finished, FormatFound, Job, LateRow, Opened
from nightclerk.core.table import TextTable
from nightclerk.core.verdict import KEY_SEPARATOR, Judged, ReadingPlan, judge_rows, plan_reading, split_key
from nightclerk.formats.control_totals import ControlTotals
from nightclerk.formats.corrections import GUARDED
from nightclerk.formats.encoding import find_encoding
from nightclerk.formats.frame import Framer, Rows
from nightclerk.formats.header import BLANK_ROW, find_layout
from nightclerk.formats.key_index import KeyIndex
from nightclerk.formats.late import late_rows
from nightclerk.formats.portion import Portion, as_judged, only, portion
from nightclerk.formats.sniff import find_dialect, sample_of, written_line_end
from nightclerk.formats.stretches import again, stretches
from nightclerk.formats.text import without_end_mark

#: How many left-out lines are named; the others are only counted.
MOST_LEFT_OUT = 1000
_MOST_RUNS = 100


class _Place(NamedTuple):
    """Where a stretch lies in the text, to read it once more."""

    offset: int
    end: int
    line: int
    overlong: bool


class DelimitedReader:
    """One file being read. First ``opened``, then all ``portions``, then ``finished``, then ``late`` as often as needed.

    ``opened`` stands once the reader is made. Raises SenderError wherever the file must be refused as a whole.
    """

    def __init__(self, file: int, keys: int, copy: int, job: Job) -> None:
        """Given the descriptors of the file and of two empty scratch files, and the job; finds out how the file reads."""
        feed = Feed.model_validate_json(job.feed) if job.feed is not None else None
        entity = Entity.model_validate_json(job.entity) if job.entity is not None else None
        declared = feed.format if feed is not None else Delimited.model_validate_json(job.format or "{}")
        spellings = _spellings(feed) if feed is not None else None
        self._text = without_end_mark(find_encoding(file, declared.encoding, job.language, copy))
        sample = sample_of(self._text)
        self._dialect = find_dialect(sample, declared.delimiter, declared.quote, spellings or ())
        self._layout = find_layout(sample, self._dialect, declared.header_row, spellings)
        shape = self._layout.shape
        self._framer = Framer(self._text, self._dialect, shape)
        self._plan: ReadingPlan | None = None
        if feed is not None and entity is not None:
            self._plan = plan_reading(feed, entity, shape.columns, job.timezone)
        self._only = tuple(key.replace("|", KEY_SEPARATOR) for key in job.only) if job.only is not None else None
        self._block_bytes = job.block_bytes
        self._keys = KeyIndex(keys, secrets.randbits(64))
        self._totals = ControlTotals(self._plan.currencies if self._plan else ())
        self._places: list[_Place] = []
        self._runs: set[int] = set()
        self._rows = 0
        self._left_out = 0
        self.opened = Opened(
            format=FormatFound(
                kind="delimited",
                encoding=self._text.written,
                delimiter=self._dialect.delimiter.decode("ascii"),
                quote=self._dialect.quote.decode("ascii") if self._dialect.quote else None,
                header_row=self._layout.row,
                line_end=written_line_end(sample, self._dialect.record_end),
                bom=self._text.bom,
            ),
            columns=shape.columns,
            written=self._plan.written if self._plan else shape.columns,
            notes=self._layout.notes + (self._plan.notes if self._plan else ()),
            left_out=self._named(self._layout.left_out),
            corrects=self._layout.runs is not None,
        )

    def portions(self) -> Iterator[Portion]:
        """Yields all rows of the file in order, a portion for each stretch or part of one."""
        layout = self._layout
        for stretch in stretches(self._text, self._dialect, layout.offset, layout.line, self._block_bytes):
            self._places.append(_Place(stretch.offset, stretch.end, stretch.line, stretch.overlong))
            for rows in self._framer.rows(stretch):
                made = self._portion(rows)
                self._rows += made.rows
                yield made

    def finished(self) -> Finished:
        """Returns what only the whole file can tell. To be asked once all portions were taken."""
        return Finished(
            rows=self._rows,
            duplicates=self._duplicates(),
            file=self._totals.of(None),
            accepted=self._totals.of(True),
            rejected=self._totals.of(False),
            unreadable=dict(self._totals.unreadable),
            corrected_runs=tuple(sorted(self._runs)),
            left_out_more=max(0, self._left_out - MOST_LEFT_OUT),
        )

    def late(self, lines: Sequence[int]) -> Iterator[list[LateRow]]:
        """Given start lines in ascending order; yields their records, read once more, stretch by stretch."""
        for rows in self._again(np.array(lines, np.int64)):
            cells = self._cells(rows)
            yield late_rows(rows, cells, self._judge(rows.lines, cells))

    def _portion(self, rows: Rows) -> Portion:
        cells = self._cells(rows)
        judged, damaged, skipped = self._judge(rows.lines, cells), rows.damaged, 0
        if self._only is not None:
            judged, damaged = only(judged, self._only), ()
            skipped = len(rows.lines) + len(rows.damaged) - len(judged.lines) - len(judged.rejected)
        self._keys.add(judged.keys)
        self._totals.add(judged.money)
        self._note_runs(rows)
        made = portion(rows.lines, cells, judged, damaged, skipped)
        if not len(rows.blank):
            return made
        return replace(made, left_out=self._named([LeftOut(int(line), BLANK_ROW) for line in rows.blank]))

    def _cells(self, rows: Rows) -> pl.DataFrame:
        """Returns the sender's columns alone, named by position, without what a reject file added."""
        kept = self._framer.shape.kept
        if self._layout.runs is None:
            return rows.cells
        cells = rows.cells.select(pl.col(str(place)).alias(str(number)) for number, place in enumerate(kept))
        return cells.with_columns(pl.all().str.replace(GUARDED, "${1}"))

    def _judge(self, lines: pl.Series, cells: pl.DataFrame) -> Judged:
        return as_judged(lines, cells) if self._plan is None else judge_rows(TextTable(lines, cells), self._plan)

    def _named(self, left_out: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
        """Given lines that were left out; counts them all and returns those that are still named."""
        room = max(0, MOST_LEFT_OUT - self._left_out)
        self._left_out += len(left_out)
        return tuple(left_out[:room])

    def _note_runs(self, rows: Rows) -> None:
        if self._layout.runs is None or len(self._runs) >= _MOST_RUNS:
            return
        found = rows.cells.get_column(str(self._layout.runs)).unique().cast(pl.Int64, strict=False).drop_nulls()
        self._runs.update(found.head(_MOST_RUNS - len(self._runs)))

    def _again(self, lines: np.ndarray) -> Iterator[Rows]:
        """Given lines, ascending; yields the rows that start there, reading only the stretches that hold any."""
        starts = [place.line for place in self._places]
        holders = np.searchsorted(starts, lines, side="right") - 1
        for holder in np.unique(holders[holders >= 0]):
            stretch = again(self._text, self._dialect, *self._places[holder])
            yield self._framer.some(stretch, lines[holders == holder])

    def _duplicates(self) -> tuple[DuplicateKey, ...]:
        """Returns the keys that stand more than once, by their first line: hashes make suspects, the keys themselves decide."""
        if self._plan is None:
            return ()
        found: dict[str, list[tuple[int, bool]]] = {}
        for rows in self._again(self._keys.suspects()):
            for line, key, accepted in self._judge(rows.lines, self._cells(rows)).keys.rows():
                found.setdefault(key, []).append((line, accepted))
        return tuple(
            DuplicateKey(
                key=split_key(self._plan, key),
                lines=tuple(line for line, _ in rows_of_key),
                accepted=tuple(line for line, accepted in rows_of_key if accepted),
            )
            for key, rows_of_key in found.items()
            if len(rows_of_key) > 1
        )


def _spellings(feed: Feed) -> tuple[str, ...]:
    """Returns all headers that the feed's mapping knows."""
    return tuple(spelling for rule in feed.mapping.values() for one in rule.alternatives() for spelling in one)
