"""The records of a DBF table as frames of text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.format import Dbf
from nightclerk.core.headers import folded
from nightclerk.core.issue import RejectedRow
from nightclerk.core.reading import FormatFound, Job
from nightclerk.core.sentence import Sentence
from nightclerk.formats.damage import damage_issues
from nightclerk.formats.dbf.code_page import drawing, find_page, has_frames, unnamed
from nightclerk.formats.dbf.null_bits import NullBits
from nightclerk.formats.dbf.stretches import Stretch, Stretches
from nightclerk.formats.dbf.table import Column, open_table
from nightclerk.formats.dbf.values import values
from nightclerk.formats.frame import CellFault, Damaged, Rows, Shape
from nightclerk.formats.header import Header
from nightclerk.formats.marks import Flags
from nightclerk.formats.own_decimals import comma_columns
from nightclerk.formats.records import Opening

_NUMBERS = frozenset("NFIBY+")
#: What a program writes in place of a number that has more digits than its column.
_NO_ROOM = r"^\*+$"


class DbfRecords:
    """The ``Records`` of a DBF table. Its lines are the numbers of its records, deleted ones counted."""

    def __init__(self, file: int, copy: int, job: Job, declared: Dbf, feed: Feed | None) -> None:
        """Given the descriptors of the file and of an empty scratch file, the job, how the table is declared to be read, and the
        feed; finds out how it reads."""
        table = self._table = open_table(file)
        self._stretches = Stretches(file, table, job.block_bytes)
        self._encoding, evidence = find_page(table, declared.encoding, self._stretches.lines(), job, copy)
        names = tuple(_name(column, self._encoding) for column in table.columns)
        unread = tuple(name for name, column in zip(names, table.columns, strict=True) if not column.is_read)
        if feed is not None:
            _check_mapping(feed, names, set(map(folded, unread)))
        places = tuple(range(len(names)))
        self._commas = comma_columns(names, places, feed)
        self._drawing = ""
        self._named = evidence.by == "header" and has_frames(self._encoding)
        self.opening = Opening(
            format=FormatFound("dbf", self._encoding, None, None, None, None, evidence=evidence),
            header=Header(None, Shape(len(names), len(names), names, places), None),
            notes=(*unnamed(self._encoding, evidence), *_unread(unread)),
            left_out=(),
            guarded=False,
        )

    def rows(self) -> Iterator[Rows]:
        for stretch in self._stretches.all():
            yield self._rows(stretch)

    def again(self, lines: NDArray[np.int64]) -> Iterator[Rows]:
        for stretch in self._stretches.some(lines) if len(lines) else ():
            yield self._rows(stretch)

    def notes(self) -> tuple[Sentence, ...]:
        if not self._drawing:
            return ()
        told = Sentence(
            "The DBF table names %(encoding)s as its code page, in which its texts hold frames and blocks: %(value)s. It is"
            " probably written in another one.%(setting)s",
            encoding=self._encoding,
            value=self._drawing,
            setting=" The feed's format names the right one: `encoding: …`.",
        )
        return (told,)

    def _rows(self, stretch: Stretch) -> Rows:
        cells = self._cells(stretch)
        blank = cells.select(pl.all_horizontal(pl.all() == "")).to_series().to_numpy() & ~stretch.separators
        nul = self._with_nul(cells, stretch.nul)
        wrong = stretch.separators | nul
        sound = ~blank & ~wrong
        kept = pl.Series(sound)
        return Rows(
            lines=pl.Series("line", stretch.numbers[sound], dtype=pl.Int64),
            cells=cells.filter(kept),
            damaged=tuple(_damaged(stretch, cells, nul, int(at)) for at in np.flatnonzero(wrong)),
            blank=stretch.numbers[blank],
            faults=tuple(self._faults(stretch.numbers[sound], cells.filter(kept))),
            deleted=stretch.deleted,
        )

    def _cells(self, stretch: Stretch) -> pl.DataFrame:
        table = self._table
        bits = NullBits(stretch.of(table.nulls), table.columns) if table.nulls is not None else None
        found: dict[str, pl.Series] = {}
        for place, column in enumerate(table.columns):
            if not column.is_read:
                found[str(place)] = pl.Series([""], dtype=pl.String).new_from_index(0, len(stretch.numbers))
                continue
            data = stretch.of(column) if bits is None else bits.cut(column, stretch.of(column))
            text = values(column, data, self._encoding, stretch.numbers, table.is_dbase_7)
            missing = bits.missing(column) if bits is not None else None
            if missing is not None:
                text = text.set(pl.Series(missing), "")
            if place in self._commas and column.type in _NUMBERS:
                text = text.str.replace(".", ",", literal=True)
            found[str(place)] = text
        return pl.DataFrame(found)

    def _with_nul(self, cells: pl.DataFrame, suspected: bool) -> Flags:
        """Returns which records hold a NUL byte within a text, and looks at the texts for signs of another code page."""
        held = np.zeros(len(cells), bool)
        for place, column in enumerate(self._table.columns):
            if column.type in "CV":
                texts = cells.get_column(str(place))
                if suspected:
                    held |= texts.str.contains("\0", literal=True).to_numpy()
                if self._named and not self._drawing:
                    self._drawing = drawing(texts)
        return held

    def _faults(self, numbers: NDArray[np.int64], cells: pl.DataFrame) -> Iterator[CellFault]:
        for place, column in enumerate(self._table.columns):
            if column.type in "NF":
                texts = cells.get_column(str(place))
                for at in texts.str.contains(_NO_ROOM).arg_true():
                    yield CellFault(int(numbers[at]), place, "number_overflow", texts[int(at)])


def _damaged(stretch: Stretch, cells: pl.DataFrame, nul: Flags, at: int) -> Damaged:
    codes = {"control_character"} if stretch.separators[at] else set()
    codes |= {"nul_byte"} if nul[at] else set()
    line = int(stretch.numbers[at])
    return Damaged(RejectedRow(line, cells.row(at)), damage_issues(line, codes, 0, 0))


def _name(column: Column, encoding: str) -> str:
    try:
        return column.name.decode(encoding)
    except UnicodeDecodeError:
        return column.name.decode("ascii", "backslashreplace")


def _unread(names: tuple[str, ...]) -> tuple[Sentence, ...]:
    if not names:
        return ()
    return (
        Sentence.counted(
            "Column %(headers)s was not read: what it holds is in a second file, or no text.",
            "Columns %(headers)s were not read: what they hold is in a second file, or no text.",
            len(names),
            headers=names,
        ),
    )


def _check_mapping(feed: Feed, names: tuple[str, ...], unread: set[str]) -> None:
    """Raises SenderError ``column_missing`` where the feed would read a column whose content is not in the file."""
    there = {folded(name): name for name in names}
    for rule in feed.mapping.values():
        for spellings in rule.alternatives():
            wanted = next((folded(one) for one in spellings if folded(one) in there), None)
            if wanted in unread:
                told = Sentence(
                    'The content of column "%(column)s" is in a second file (a memo), which is not read. Export the table with'
                    " this column as text, or as CSV.",
                    column=there[wanted],
                )
                raise SenderError("column_missing", told)
