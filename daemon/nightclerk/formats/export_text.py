"""Exported rows as delimited text: cells in, bytes out, a portion at a time. Columns, not cells.

A cell that a spreadsheet would take for a formula gets a leading ``'``, as in the files of rejected rows; reading an export of
ours takes it off again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, TypeAlias

import polars as pl

from nightclerk.formats.corrections import PLAIN_NUMBER, STARTS_FORMULA, guarded

Cells: TypeAlias = pl.DataFrame
"""Columns of text, named by their places from 0."""


def text_columns(columns: Sequence[Sequence[str]]) -> Cells:
    """Given the texts of each column; returns them as cells."""
    return pl.DataFrame([pl.Series(str(at), cells, dtype=pl.String) for at, cells in enumerate(columns)])


def with_blank_column(cells: Cells) -> Cells:
    """Given cells; returns them with a column more, which holds nothing."""
    return cells.with_columns(pl.lit("").alias(str(cells.width)))


@dataclass(frozen=True, slots=True)
class TextForm:
    """How the text is written. encoding: a Python codec name; mark: whether a byte order mark goes first. quote: None where the
    reader knows none."""

    encoding: str = "utf-8"
    mark: bool = True
    delimiter: str = ","
    quote: str | None = '"'


class ExportText:
    """Writes into a file that is open for bytes. rows: how many have been written, the header aside."""

    def __init__(self, file: IO[bytes], form: TextForm, headers: Sequence[str]) -> None:
        self._file = file
        self._form = form
        self.rows = 0
        if form.mark:
            file.write("\ufeff".encode(form.encoding))
        self._write(pl.DataFrame({str(at): [guarded(header)] for at, header in enumerate(headers)}))

    def add(self, cells: pl.DataFrame) -> None:
        """Given columns of text; writes their rows. Raises ValueError for what cannot stand in such a text."""
        safe = cells.select(_safe(pl.col(name)).alias(name) for name in cells.columns)
        self._write(safe)
        self.rows += len(cells)

    def _write(self, cells: pl.DataFrame) -> None:
        if self._form.quote is None and cells.select(pl.any_horizontal(pl.all().str.contains(self._special())).any()).item():
            raise ValueError("a value holds the delimiter or a line end, and the feed reads no quotes around values")
        text = cells.select(pl.when(pl.all() != "").then(pl.all())).write_csv(
            separator=self._form.delimiter,
            quote_char=self._form.quote or '"',
            quote_style="necessary" if self._form.quote is not None else "never",
            line_terminator="\r\n",
            include_header=False,
        )
        self._file.write(text.encode(self._form.encoding))

    def _special(self) -> str:
        return f"[\\r\\n\\x{ord(self._form.delimiter):02x}]"


def _safe(cell: pl.Expr) -> pl.Expr:
    formula = cell.str.contains(STARTS_FORMULA) & ~cell.str.contains(PLAIN_NUMBER)
    return pl.when(formula).then(pl.concat_str(pl.lit("'"), cell)).otherwise(cell)
