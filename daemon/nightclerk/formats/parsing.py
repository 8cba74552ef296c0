"""Sound records → columns of text. polars cuts what is regular; what it could understand otherwise is written anew first."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.formats.cutter import cut
from nightclerk.formats.dialect import Dialect
from nightclerk.formats.stretches import Stretch
from nightclerk.formats.text import Text

_BOM = b"\xef\xbb\xbf"


def parse(stretch: Stretch, numbers: NDArray[np.int64], text: Text, dialect: Dialect, width: int) -> pl.DataFrame:
    """Given a stretch and the numbers of records in it that all have ``width`` fields; returns their cells.

    All columns are text, never null, named by their place: ``"0"``, ``"1"``, …
    """
    names = [str(place) for place in range(width)]
    if not len(numbers):
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    data = _regular(stretch, numbers, dialect)
    if text.encoding != "utf-8":
        data = data.decode(text.encoding).encode("utf-8")
    if not data.startswith(_BOM):  # polars would take it off the first cell
        cells = pl.read_csv(
            data,
            has_header=False,
            new_columns=names,
            separator=dialect.delimiter.decode("ascii"),
            quote_char=dialect.quote.decode("ascii") if dialect.quote is not None else None,
            eol_char=dialect.record_end.decode("ascii"),
            infer_schema=False,
            empty_string_is_null=False,
            truncate_ragged_lines=False,
        )
        if cells.shape == (len(numbers), width):
            return _plain(cells, dialect)
    return _plain(_cut_one_by_one(stretch, numbers, text, dialect, names), dialect)


def _plain(cells: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    """Returns cells as they say it, where backslashes escape."""
    return cells if dialect.inner != "backslash" else cells.with_columns(pl.all().str.replace_all("\\\\", "\\", literal=True))


def _regular(stretch: Stretch, numbers: NDArray[np.int64], dialect: Dialect) -> bytes:
    """Returns the bytes of these records, those with literal quotes quoted by the rules."""
    found = stretch.scan
    odd = np.isin(numbers, found.odd) if len(found.odd) else np.zeros(len(numbers), bool)
    if len(numbers) == len(found.starts) and not odd.any():
        return stretch.data
    breaks = np.flatnonzero((np.diff(numbers) != 1) | odd[1:] | odd[:-1]) + 1
    pieces = []
    for run in np.split(numbers, breaks):
        start, end = int(found.starts[run[0]]), int(found.ends[run[-1]])
        piece = stretch.data[start:end]
        if len(found.odd) and np.isin(run[0], found.odd):
            piece = _quoted(cut(stretch.data, start, dialect).cells, dialect)
        elif not piece.endswith(dialect.record_end):
            piece += dialect.record_end
        pieces.append(piece)
    return b"".join(pieces)


def _quoted(cells: list[bytes], dialect: Dialect) -> bytes:
    quote = dialect.quote or b""
    return dialect.delimiter.join(quote + cell.replace(quote, quote * 2) + quote for cell in cells) + dialect.record_end


def _cut_one_by_one(stretch: Stretch, numbers: NDArray[np.int64], text: Text, dialect: Dialect, names: list[str]) -> pl.DataFrame:
    """The exact way, for what polars would not cut into the fields that were counted."""
    rows = [
        [text.decode(cell) for cell in cut(stretch.data, int(stretch.scan.starts[number]), dialect).cells] for number in numbers
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
