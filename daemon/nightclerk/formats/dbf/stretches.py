"""The records of a DBF table, some at a time: their bytes by column, those that are deleted told apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nightclerk.core.sentence import Sentence
from nightclerk.formats.dbf.table import Column, Table, damaged, missing
from nightclerk.formats.dbf.values import Bytes, is_text
from nightclerk.formats.frame import MOST_RECORDS
from nightclerk.formats.marks import Flags, Places
from nightclerk.formats.scanner import SEPARATORS
from nightclerk.formats.text import read_at

_STANDS, _DELETED, _END = 0x20, 0x2A, 0x1A


@dataclass(frozen=True)
class Stretch:
    """Records that follow each other. numbers: of those that stand, from 1; deleted: of those that do not. data: the bytes of the
    standing ones, a row for each. separators: which of these held characters that no text may hold, blanked here; nul: whether
    any text holds a NUL byte, if only to fill it up."""

    numbers: Places
    deleted: Places
    data: Bytes
    separators: Flags
    nul: bool

    def of(self, column: Column) -> Bytes:
        """Given a column; returns its bytes."""
        return self.data[:, column.offset : column.offset + column.length]


class Stretches:
    """All records of a table."""

    def __init__(self, file: int, table: Table, block_bytes: int) -> None:
        """Given a file's descriptor, its table, and about how many bytes go together."""
        self._file = file
        self._table = table
        self._records = max(1, min(MOST_RECORDS, block_bytes // table.length))
        within = np.zeros(table.length, bool)
        for column in table.columns:
            within[column.offset : column.offset + column.length] = is_text(column) and column.is_read
        self._text = np.flatnonzero(within)

    def all(self) -> Iterator[Stretch]:
        """Yields all records, in order. Raises SenderError ``incomplete`` or ``damaged_table``."""
        for first in range(0, self._table.records, self._records):
            yield self._stretch(first)

    def some(self, numbers: NDArray[np.int64]) -> Iterator[Stretch]:
        """Given numbers of records, ascending; yields these alone, in stretches."""
        holders = (numbers - 1) // self._records
        for holder in np.unique(holders).tolist():
            found = self._stretch(holder * self._records)
            chosen = np.isin(found.numbers, numbers[holders == holder])
            yield Stretch(found.numbers[chosen], found.deleted[:0], found.data[chosen], found.separators[chosen], found.nul)

    def lines(self) -> Iterator[bytes]:
        """Yields the text of all records, each on a line of its own that begins with a space; what is none is blank."""
        for first in range(0, self._table.records, self._records):
            data = self._stretch(first, renumbered=True).data
            lines = np.full((len(data), len(self._text) + 2), ord(" "), np.uint8)
            lines[:, 1:-1] = data[:, self._text]
            lines[lines < ord(" ")] = ord(" ")
            lines[:, -1] = ord("\n")
            yield lines.tobytes()

    def _stretch(self, first: int, renumbered: bool = False) -> Stretch:
        """Returns the records from one on; ``renumbered``: the deleted ones as blank ones among them."""
        table = self._table
        count = min(self._records, table.records - first)
        read = read_at(self._file, table.start + first * table.length, count * table.length)
        data = np.frombuffer(read[: len(read) // table.length * table.length], np.uint8).reshape(-1, table.length)
        flags = data[:, 0]
        wrong = np.flatnonzero((flags != _STANDS) & (flags != _DELETED))
        if len(wrong) and flags[wrong[0]] != _END:
            begins = Sentence("record %(line)s does not begin where it should", line=str(first + int(wrong[0]) + 1))
            raise damaged(begins)
        if len(wrong) or len(data) < count:
            raise missing(table, first + (int(wrong[0]) if len(wrong) else len(data)))
        gone = flags == _DELETED
        numbers = np.arange(first + 1, first + 1 + count)
        if gone.any():
            data = np.where(gone[:, None], np.uint8(_STANDS), data) if renumbered else data[~gone]
        return self._blanked(numbers[~gone], numbers[gone], data)

    def _blanked(self, numbers: Places, deleted: Places, data: Bytes) -> Stretch:
        text = data[:, self._text]
        special = (text >= SEPARATORS.start) & (text < SEPARATORS.stop)
        held: Flags = np.logical_or.reduce(special, axis=1)
        if held.any():
            data, text = data.copy(), text.copy()
            text[special] = _STANDS
            data[:, self._text] = text
        return Stretch(numbers, deleted, data, held, bool((text == 0).any()))
