"""The rows of a file on their way from the parser to the reader: blocks of columns in a scratch file, to be read twice."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.formats.frame import MOST_RECORDS
from nightclerk.formats.text import read_at
from nightclerk.formats.xml.tree import Tree
from nightclerk.formats.xml.walk import Fault

#: The most cells of one block, blank ones too.
_MOST_CELLS = 1 << 20
_LINE, _BLANK = "line", "blank"
#: How much of a text is told of a fault.
_SHOWN = 1000


@dataclass(frozen=True)
class Block:
    """Rows one after the other. first: the number of the first in the file, from 1. lines: where they start; blank: which hold
    nothing. cells: their values by column, never null, as many columns as were known then. faults: by the row's place here."""

    first: int
    lines: NDArray[np.int64]
    blank: NDArray[np.bool_]
    cells: pl.DataFrame
    faults: tuple[tuple[int, Fault], ...]


@dataclass(frozen=True)
class _Place:
    first: int
    first_line: int
    at: int
    cells: int
    faults: int


class Store:
    """Takes rows, then gives them back. ``rows``: how many. ``by_line``: whether no two of them start in one line."""

    def __init__(self, scratch: int, at: int, block_bytes: int) -> None:
        """Given a scratch file, from where on it may be written to, and how many bytes of a file make a block."""
        self._scratch, self._at, self._block_bytes = scratch, at, block_bytes
        self._places: list[_Place] = []
        self.rows = 0
        self.by_line = True
        self._line = 0
        self._began = 0
        self._forget()

    def tree(self, tree: Tree) -> None:
        """Given the tree that tells how many columns there are."""
        self._tree = tree

    def take(self, line: int, end: int, values: dict[int, str], faults: list[Fault], blank: bool) -> None:
        """Takes a row as ``walk.TakeRow`` says."""
        if line <= self._line:
            self.by_line = False
        self._line = line
        self._faults += [(len(self._rows), (column, code, text[:_SHOWN])) for column, code, text in faults]
        self._rows.append(values)
        self._lines.append(line)
        self._blanks.append(blank)
        full = len(self._rows) >= MOST_RECORDS or len(self._rows) * len(self._tree.columns) > _MOST_CELLS
        if full or end - self._began > self._block_bytes:
            self.close()
            self._began = end

    def close(self) -> None:
        """Writes what was taken last."""
        rows = self._rows
        if not rows:
            return
        columns = {str(number): [row.get(number, "") for row in rows] for number in range(len(self._tree.columns))}
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
            pl.Series(_LINE, self._lines, dtype=pl.Int64), pl.Series(_BLANK, self._blanks, dtype=pl.Boolean)
        )
        written = io.BytesIO()
        frame.write_ipc(written, compression="lz4")
        faults = json.dumps(self._faults).encode() if self._faults else b""
        self._places.append(_Place(self.rows + 1, self._lines[0], self._at, written.tell(), len(faults)))
        for data in (written.getbuffer(), memoryview(faults)):
            while len(data):
                done = os.pwrite(self._scratch, data, self._at)
                self._at, data = self._at + done, data[done:]
        self.rows += len(rows)
        self._forget()

    def blocks(self) -> Iterator[Block]:
        """Yields all rows, in order."""
        yield from map(self._read, self._places)

    def holding(self, numbers: NDArray[np.int64]) -> Iterator[Block]:
        """Given numbers of rows, or the lines they start in where that is how they are told apart; yields the blocks they are
        in."""
        starts = [place.first_line if self.by_line else place.first for place in self._places]
        holders = np.unique(np.searchsorted(starts, numbers, side="right") - 1)
        for holder in holders[holders >= 0]:
            yield self._read(self._places[holder])

    def _read(self, place: _Place) -> Block:
        frame = pl.read_ipc(io.BytesIO(read_at(self._scratch, place.at, place.cells)))
        faults = json.loads(read_at(self._scratch, place.at + place.cells, place.faults) or b"[]")
        return Block(
            first=place.first,
            lines=frame.get_column(_LINE).to_numpy(),
            blank=frame.get_column(_BLANK).to_numpy(),
            cells=frame.drop(_LINE, _BLANK),
            faults=tuple((row, (column, code, text)) for row, (column, code, text) in faults),
        )

    def _forget(self) -> None:
        self._rows: list[dict[int, str]] = []
        self._lines: list[int] = []
        self._blanks: list[bool] = []
        self._faults: list[tuple[int, Fault]] = []
