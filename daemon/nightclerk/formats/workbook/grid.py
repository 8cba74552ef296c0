"""Cells of a workbook → rows of text: each column one column of text, each cell as its number format means it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import Sentence
from nightclerk.formats.frame import CellFault
from nightclerk.formats.marks import Flags, Places
from nightclerk.formats.workbook import numbers
from nightclerk.formats.workbook.cells import BOOLEAN, ERROR, NUMBER, SHARED, UNCOMPUTED, Cells, Dress
from nightclerk.formats.workbook.number_formats import NumberFormat

#: How much text is made of one stretch at a time: a sheet may repeat one long text in every cell.
_MOST_TEXT = 16 << 20
_Write = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True)
class Grid:
    """Rows of a sheet. lines: their numbers in it; cells: one column of text for each column, ``"0"``, ``"1"``, …, never null.

    faults: by line and column. bytes: how much text all its cells hold together. beyond: the place (line, column) of each cell
    behind the last column that was wanted.
    """

    lines: Places
    cells: pl.DataFrame
    faults: tuple[CellFault, ...]
    bytes: int
    beyond: tuple[tuple[int, int], ...]


def grids(cells: Cells, dress: Dress, width: int, commas: Collection[int] = ()) -> Iterator[Grid]:
    """Given cells, what they need to become text, how many columns are wanted, and the columns whose numbers are written with a
    decimal comma; yields their rows, in parts where they hold much text.

    Raises SenderError ``damaged_workbook`` when a shared text is not there.
    """
    shared = _shared_places(cells, dress)
    for first, last in _parts(cells, dress, shared):
        yield _grid(cells.rows(first, last), dress, width, commas)


def _grid(cells: Cells, dress: Dress, width: int, commas: Collection[int]) -> Grid:
    texts, at = _texts(cells, dress, commas)
    inside = cells.column < width
    places = np.full((width, len(cells.lines)), len(texts) - 1, np.int64)
    places[cells.column[inside], cells.row[inside]] = at[inside]
    columns = {str(number): texts.gather(places[number]) for number in range(width)}
    faults = tuple(_faults(cells, texts, at))
    return Grid(cells.lines, pl.DataFrame(columns), faults, _size(texts, at), _beyond(cells, inside))


def _texts(cells: Cells, dress: Dress, commas: Collection[int]) -> tuple[pl.Series, Places]:
    """Returns texts, of which the last is blank, and for each cell where its own stands among them."""
    at = np.arange(len(cells))
    found, count = [cells.text], len(cells)
    for which, write in _groups(cells, dress, commas):
        if which.any():
            written = write(cells.text.filter(pl.Series(which)))
            at[which] = np.arange(count, count + len(written))
            found.append(written)
            count += len(written)
    return pl.concat([*found, pl.Series([""], dtype=pl.String)], rechunk=True), at


def _groups(cells: Cells, dress: Dress, commas: Collection[int]) -> Iterator[tuple[Flags, _Write]]:
    """Yields which cells become text in another way than as they stand, and how; each cell is in one group at most."""
    yield cells.kind == SHARED, lambda some: dress.strings.gather(some.cast(pl.UInt32))
    yield cells.kind == BOOLEAN, lambda some: some.replace({"1": "TRUE", "0": "FALSE"})
    left = cells.kind == NUMBER
    with_comma = np.isin(cells.column, list(commas))
    dressed = [style for style, found in enumerate(dress.formats) if found.kind != "plain"]
    for style in np.intersect1d(cells.style[left], dressed) if dressed else ():
        which = left & (cells.style == style)
        left &= ~which
        write = _writer(dress.formats[style], dress.since_1904)
        yield which & ~with_comma, write
        yield which & with_comma, partial(_with_comma, write)
    yield left & ~with_comma, numbers.tidy
    yield left & with_comma, lambda some: _comma(numbers.tidy(some))


def _with_comma(write: _Write, some: pl.Series) -> pl.Series:
    """Returns what numbers are written as, with a decimal comma where they stay numbers: a code keeps its points."""
    written, plain = write(some), numbers.tidy(some)
    return _comma(plain).zip_with(written == plain, written)


def _comma(plain: pl.Series) -> pl.Series:
    return plain.str.replace(".", ",", literal=True)


def _writer(found: NumberFormat, since_1904: bool) -> _Write:
    match found.kind:
        case "date":
            return lambda some: numbers.days(some, since_1904)
        case "moment":
            return lambda some: numbers.moments(some, since_1904)
        case "time":
            return numbers.times
        case "duration":
            return numbers.durations
        case _:
            return lambda some: numbers.codes(numbers.tidy(some), found.written)


def _faults(cells: Cells, texts: pl.Series, places: Places) -> Iterator[CellFault]:
    faulty = np.flatnonzero((cells.kind == ERROR) | (cells.kind == UNCOMPUTED))
    for at in faulty:
        code = "cell_error" if cells.kind[at] == ERROR else "formula_uncomputed"
        yield CellFault(int(cells.lines[cells.row[at]]), int(cells.column[at]), code, texts[int(places[at])])


def _beyond(cells: Cells, inside: Flags) -> tuple[tuple[int, int], ...]:
    return tuple((int(cells.lines[cells.row[at]]), int(cells.column[at])) for at in np.flatnonzero(~inside))


def _shared_places(cells: Cells, dress: Dress) -> pl.Series:
    """Returns which shared text each shared cell holds, and refuses a workbook where one is not there."""
    places = cells.text.filter(pl.Series(cells.kind == SHARED)).cast(pl.UInt32, strict=False)
    if places.null_count() or (len(places) and int(places.max()) >= len(dress.strings)):  # type: ignore[arg-type]  # numbers
        raise SenderError(
            "damaged_workbook",
            Sentence("The workbook is damaged: a cell names a text that is not in it. Open it, save it anew and send it again."),
        )
    return places


def _parts(cells: Cells, dress: Dress, shared: pl.Series) -> Iterator[tuple[int, int]]:
    """Yields from which row to which the rows go together, so that no part makes too much text."""
    rows = len(cells.lines)
    lengths = np.zeros(len(cells), np.int64)
    lengths[cells.kind == SHARED] = dress.strings.gather(shared).str.len_bytes().to_numpy() if len(shared) else 0
    if lengths.sum() <= _MOST_TEXT:
        yield 0, rows
        return
    by_row = np.bincount(cells.row, lengths, rows).cumsum()
    first = 0
    while first < rows:
        before = by_row[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(by_row, before + _MOST_TEXT, side="right")))
        yield first, last
        first = last


def _size(texts: pl.Series, at: Places) -> int:
    """Returns how many bytes the cells' texts take together."""
    return int(texts.str.len_bytes().to_numpy()[at].sum())
