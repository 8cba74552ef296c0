"""The reject file: rejected rows in the sender's own format, to be corrected and dropped back as it is.

Each row has the sender's cells in the sender's columns, then ``_line _code _field _value _message _run``. A row with too few
cells is filled up with blank ones, and cells beyond the last header stand behind the last column of ours, so that every
column of ours stands under its header. Several issues of one row are joined by `` | `` in each of these cells, in one order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.reading import FormatFound
from nightclerk.core.report import RejectFile
from nightclerk.formats.corrections import guarded

COLUMNS = ("_line", "_code", "_field", "_value", "_message", "_run")
_BETWEEN = " | "
_CONTROLS = dict.fromkeys([*range(32), 127], " ")


def reject_file(
    name: str,
    format: FormatFound,
    columns: tuple[str, ...],
    rows: Iterable[RejectedRow],
    issues: Mapping[int, list[Issue]],
    run: int,
    limit: int,
) -> RejectFile:
    """Given the file's name, how the sender's file reads and its columns, the rejected rows, the issues of each by its line,
    the run, and the most bytes; returns the reject file. It ends before the first row that would pass the limit.

    A file that had no header gets one, so that the columns of ours can be told when it comes back.
    """
    writer = _Writer(format)
    content = bytearray(writer.mark)
    content += writer.record([*columns, *COLUMNS], len(columns))
    written, complete = 0, True
    for row in rows:
        told = _told(row.line, issues.get(row.line, []), run)
        cells = list(row.cells[: len(columns)])
        cells += [""] * (len(columns) - len(cells))
        record = writer.record([*cells, *told, *row.cells[len(columns) :]], len(columns))
        if len(content) + len(record) > limit:
            complete = False
            break
        content += record
        written += 1
    return RejectFile(name, bytes(content), written, complete)


def _told(line: int, issues: Sequence[Issue], run: int) -> list[str]:
    """Returns our cells of one row, on one line each and without anything that could damage the row once more."""
    cells = (
        [issue.code for issue in issues],
        [issue.field or issue.column or "" for issue in issues],
        [issue.value or "" for issue in issues],
        [issue.message for issue in issues],
    )
    return [str(line), *(_BETWEEN.join(told).translate(_CONTROLS) for told in cells), str(run)]


class _Writer:
    """Writes records as the sender's file writes them."""

    def __init__(self, found: FormatFound) -> None:
        self._encoding = found.encoding
        self._delimiter = found.delimiter
        self._quote = found.quote
        self._line_end = found.line_end
        self._special = {found.delimiter, "\r", "\n", *(found.quote or "")}
        self.mark = "\ufeff".encode(found.encoding) if found.bom else b""

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
