"""Reads one file of any kind: portions of judged rows out. This is what runs in the fenced child.

It opens nothing and knows no name: it is given the file's descriptor and empty scratch files.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import polars as pl

from nightclerk.core.entity import ResolvedEntity
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.filled import Filled
from nightclerk.core.issue import LeftOut
from nightclerk.core.reading import DuplicateKey, Finished, Job, LateRow, Opened
from nightclerk.core.table import TextTable
from nightclerk.core.text_kinds import TextKinds
from nightclerk.core.verdict import KEY_SEPARATOR, Judged, ReadingPlan, judge_rows, split_key
from nightclerk.formats.control_totals import ControlTotals
from nightclerk.formats.corrections import GUARDED
from nightclerk.formats.faulty import with_faults
from nightclerk.formats.finder import Finder
from nightclerk.formats.frame import Rows
from nightclerk.formats.header import BLANK_ROW, DELETED, Header
from nightclerk.formats.key_index import KeyIndex
from nightclerk.formats.late import late_rows
from nightclerk.formats.portion import Portion, as_judged, only, portion
from nightclerk.formats.records import Records

#: How many left-out lines are named; the others are only counted.
MOST_LEFT_OUT = 1000
_OF_HEADERS = frozenset({"column_missing", "column_twice"})
_MOST_RUNS = 100


@contextmanager
def _blaming(header: Header) -> Iterator[None]:
    """Names the header's line in what is said of the columns' names, where it says no line."""
    try:
        yield
    except SenderError as error:
        if error.line is not None or error.code not in _OF_HEADERS:
            raise
        raise SenderError(error.code, error.sentence, header.line) from error


class Reader:
    """One file being read. First ``opened``, then all ``portions``, then ``finished``, then ``late`` as often as needed.

    ``opened`` stands once the reader is made. Raises SenderError wherever the file must be refused as a whole.
    """

    def __init__(
        self,
        records: Records,
        afresh: Callable[[], Records],
        keys: int,
        job: Job,
        feed: Feed | None,
        member: str | None = None,
    ) -> None:
        """Given the file's records, what opens them anew, the descriptor of an empty scratch file, the job, its feed, and which
        member of an archive the records are from."""
        entity = ResolvedEntity.model_validate_json(job.entity) if job.entity is not None else None
        self._records = records
        opening = records.opening
        self._header, self._guarded = opening.header, opening.guarded
        columns = self._header.shape.columns
        self._plan: ReadingPlan | None = None
        self._source: Iterator[Rows] | None = None
        self._finder: Finder | None = None
        if feed is not None and entity is not None:
            with _blaming(self._header):
                finder = Finder(feed, entity, job, self._header, columns)
                self._records, self._source = finder.look_ahead(records, afresh, self._cells)
                self._plan, self._finder = finder.plan(), finder
        self._texts = TextKinds(self._plan) if self._plan is not None else None
        self._only = tuple(key.replace("|", KEY_SEPARATOR) for key in job.only) if job.only is not None else None
        self._keys = KeyIndex(keys, secrets.randbits(64))
        self._most_duplicates = job.most_duplicates
        self._totals = ControlTotals(self._plan.currencies if self._plan else ())
        self._runs: set[int] = set()
        self._filled = Filled()
        self._rows = 0
        self._left_out = len(opening.left_out)
        self._named, self._named_others = min(self._left_out, MOST_LEFT_OUT), 0
        self.opened = Opened(
            format=replace(opening.format, member=member, readings=self._finder.found() if self._finder else ()),
            columns=columns,
            written=self._plan.written if self._plan else columns,
            notes=opening.notes + (self._plan.notes if self._plan else ()),
            left_out=opening.left_out[:MOST_LEFT_OUT],
            corrects=self._header.runs is not None,
        )

    def portions(self) -> Iterator[Portion]:
        """Yields all rows of the file in order, a portion for each stretch or part of one."""
        if self._finder is not None:
            self._finder.check()
        for rows in self._source or self._records.rows():
            made = self._portion(rows)
            self._rows += made.rows
            yield made

    def finished(self) -> Finished:
        """Returns what only the whole file can tell. To be asked once all portions were taken."""
        return Finished(
            rows=self._rows,
            duplicates=self._duplicates(),
            file=self._totals.of(None),
            accepted=self._totals.of("accepted"),
            rejected=self._totals.of("rejected"),
            skipped=self._totals.of("skipped") if self._only is not None else {},
            unreadable=dict(self._totals.unreadable),
            corrected_runs=tuple(sorted(self._runs)),
            left_out_more=self._left_out - self._named - self._named_others,
            notes=self._records.notes(),
            readings=self._finder.found() if self._finder else (),
            contents=self._texts.counts() if self._texts else {},
            filled=self._filled.shares(),
        )

    def late(self, lines: Sequence[int]) -> Iterator[list[LateRow]]:
        """Given start lines in ascending order; yields their records, read once more, stretch by stretch."""
        for rows in self._records.again(np.array(lines, np.int64)):
            cells = self._cells(rows)
            yield late_rows(rows, cells, self._judge(rows, cells), self._plan)

    def _portion(self, rows: Rows) -> Portion:
        cells = self._cells(rows)
        if self._texts is not None:
            self._texts.add(cells)
        judged, damaged, skipped = self._judge(rows, cells), rows.damaged, 0
        if self._only is not None:
            (judged, others), damaged = only(judged, self._only), ()
            self._totals.add(others, skipped=True)
            skipped = len(rows.lines) + len(rows.damaged) - len(judged.lines) - len(judged.rejected)
        self._keys.add(judged.keys)
        self._totals.add(judged.money)
        self._filled.add(judged.values)
        self._note_runs(rows)
        made = portion(rows.lines, cells, judged, damaged, skipped)
        left_out = self._left(rows) if len(rows.blank) or len(rows.deleted) or rows.left_out else ()
        return replace(made, left_out=left_out) if left_out else made

    def _cells(self, rows: Rows) -> pl.DataFrame:
        """Returns the sender's columns alone, named by position, without what a reject file added."""
        if self._header.runs is None:
            return rows.cells
        kept = self._header.shape.kept
        cells = rows.cells.select(pl.col(str(place)).alias(str(number)) for number, place in enumerate(kept))
        return cells.with_columns(pl.all().str.replace(GUARDED, "${1}")) if self._guarded else cells

    def _judge(self, rows: Rows, cells: pl.DataFrame) -> Judged:
        judged = self._judge_cells(TextTable(rows.lines, cells))
        if not rows.faults:
            return judged
        columns, kept = self.opened.columns, self._header.shape.kept
        faults = [fault._replace(column=kept.index(fault.column)) for fault in rows.faults if fault.column in kept]
        return with_faults(judged, faults, columns, self._plan)

    def _judge_cells(self, table: TextTable) -> Judged:
        if self._plan is None or self._finder is None:
            return as_judged(table.lines, table.cells)
        judged = judge_rows(table, self._plan)
        while self._finder.reads_more(table, judged):
            self._plan = self._finder.plan()
            judged = judge_rows(table, self._plan)
        return judged

    def _left(self, rows: Rows) -> tuple[LeftOut, ...]:
        """Given rows; counts the lines that are none and returns those that are still named: blank and deleted ones, of which
        there may be very many, leave room for the others."""
        lines = np.concatenate([rows.blank, rows.deleted])
        deleted = np.isin(lines, rows.deleted)
        order = np.argsort(lines)[: max(0, MOST_LEFT_OUT - self._named)]
        others = rows.left_out[: max(0, MOST_LEFT_OUT - self._named_others)]
        self._left_out += len(lines) + len(rows.left_out)
        self._named += len(order)
        self._named_others += len(others)
        named = [LeftOut(int(lines[at]), DELETED if deleted[at] else BLANK_ROW) for at in order]
        return tuple(sorted([*named, *others], key=lambda one: one.line) if others else named)

    def _note_runs(self, rows: Rows) -> None:
        if self._header.runs is None or len(self._runs) >= _MOST_RUNS:
            return
        found = rows.cells.get_column(str(self._header.runs)).unique().cast(pl.Int64, strict=False).drop_nulls()
        self._runs.update(found.head(_MOST_RUNS - len(self._runs)))

    def _duplicates(self) -> tuple[DuplicateKey, ...]:
        """Returns the keys that stand more than once, by their first line: hashes make suspects, the keys themselves decide."""
        if self._plan is None:
            return ()
        suspects = self._keys.suspects()
        found: dict[str, list[tuple[int, bool]]] = {}
        for rows in self._records.again(suspects) if len(suspects) else ():
            for line, key, accepted in self._judge(rows, self._cells(rows)).keys.rows():
                found.setdefault(key, []).append((line, accepted))
            if self._most_duplicates is not None and _repeated(found) > self._most_duplicates:
                break
        return tuple(
            DuplicateKey(
                key=split_key(self._plan, key),
                lines=tuple(line for line, _ in rows_of_key),
                accepted=tuple(line for line, accepted in rows_of_key if accepted),
            )
            for key, rows_of_key in found.items()
            if len(rows_of_key) > 1
        )


def _repeated(found: dict[str, list[tuple[int, bool]]]) -> int:
    """Returns how many accepted rows share their key with another row."""
    return sum(accepted for rows in found.values() if len(rows) > 1 for _, accepted in rows)
