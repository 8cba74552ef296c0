"""Rejected rows as delimited text, as the sender's file writes it.

A row with too few cells is filled up with blank ones, and cells beyond the last header stand behind the last column of ours,
so that every column of ours stands under its header. A first line that tells the year of the days goes out above the headers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.reading import FormatFound
from nightclerk.core.report import RejectFile
from nightclerk.core.sentence import Sentence
from nightclerk.formats.corrections import guarded
from nightclerk.formats.reject_columns import COLUMNS, told


def reject_text(
    format: FormatFound,
    columns: tuple[str, ...],
    name: str,
    rows: Iterable[tuple[RejectedRow, Sequence[Issue]]],
    run: int,
    say: Callable[[Sentence], str],
    limit: int,
) -> RejectFile:
    """Given how the sender's file reads and its columns, the reject file's name, the rejected rows each with its issues, the
    run, how a sentence is said, and the most bytes; returns the reject file."""
    writer = _Writer(format)
    content = bytearray(writer.mark)
    if format.first_line is not None:
        content += writer.line(format.first_line)
    content += writer.record([*columns, *COLUMNS], len(columns))
    written, complete = 0, True
    for row, issues in rows:
        cells = list(row.cells[: len(columns)])
        cells += [""] * (len(columns) - len(cells))
        ours = told(row.line, issues, run, say)
        record = writer.record([*cells, *ours, *row.cells[len(columns) :]], len(columns))
        if len(content) + len(record) > limit:
            complete = False
            break
        content += record
        written += 1
    return RejectFile(name, bytes(content), written, complete)


class _Writer:
    """Writes records as the sender's file writes them."""

    def __init__(self, found: FormatFound) -> None:
        if found.encoding is None or found.delimiter is None or found.line_end is None:
            raise ValueError(f"the rejected rows of a file of kind {found.kind} cannot be written as text")
        self._encoding = found.encoding
        self._delimiter = found.delimiter
        self._quote = found.quote
        self._line_end = found.line_end
        self._special = {found.delimiter, "\r", "\n", *(found.quote or "")}
        self.mark = "\ufeff".encode(found.encoding) if found.bom else b""

    def line(self, text: str) -> bytes:
        """Given a line of the sender's file as it stands; returns it with its line end."""
        return (text + self._line_end).encode(self._encoding)

    def record(self, cells: Sequence[str], sent: int) -> bytes:
        """Given cells, of which the first ``sent`` are the sender's own; returns them as one record with its line end."""
        written = [self._cell(guarded(cell)) for cell in cells]
        text = self._delimiter.join(written) + self._line_end
        try:
            return text.encode(self._encoding)
        except UnicodeEncodeError:
            own = [self._plainer(cell) if place >= sent else cell for place, cell in enumerate(written)]
            return (self._delimiter.join(own) + self._line_end).encode(self._encoding, "replace")

    def _cell(self, cell: str) -> str:
        if self._special.isdisjoint(cell):
            return cell
        if self._quote is None:
            return "".join(" " if character in self._special else character for character in cell)
        return f"{self._quote}{cell.replace(self._quote, self._quote * 2)}{self._quote}"

    def _plainer(self, text: str) -> str:
        """Returns text of ours in characters that the sender's encoding has."""
        return "".join(character if self._has(character) else _nearest(character) for character in text)

    def _has(self, character: str) -> bool:
        try:
            character.encode(self._encoding)
        except UnicodeEncodeError:
            return False
        return True


def _nearest(character: str) -> str:
    """Returns the letters an accented letter is made of, or a question mark."""
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode("ascii")
    return plain or "?"
