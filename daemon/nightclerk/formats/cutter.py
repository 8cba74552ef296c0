"""The exact cutter: one record at a time, into cells. For samples, damaged records and whatever the fast path leaves over.

Damage is followed as far as it goes: text after a closing quote stays part of its field up to the next delimiter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nightclerk.formats.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Record:
    """One record. start, end: where it begins and where the next one does. stray: text stood after a closing quote.

    open_quote: where a quote was opened that is never closed (the record then goes on to the end of the bytes).
    ended: False when the bytes ran out before its line end.
    """

    start: int
    end: int
    cells: list[bytes]
    stray: bool = False
    open_quote: int | None = None
    ended: bool = True

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything but white space."""
        return not any(cell.strip() for cell in self.cells)


def cut(data: bytes, start: int, dialect: Dialect) -> Record:
    """Given regular bytes (``Dialect.regular``) and where a record starts in them; returns the record."""
    cells: list[bytes] = []
    at, stray, quote = start, False, dialect.quote
    while True:
        cell = b""
        if quote is not None and data[at : at + 1] == quote:
            closing = dialect.closing(data, at + 1)
            cell = dialect.unescaped(data[at + 1 : closing])
            if closing == len(data):
                return Record(start, closing, [*cells, cell], stray, at, ended=False)
            at = closing + 1
            rest, end = _unquoted(data, at, dialect)
            stray = stray or bool(rest)
            cell += rest
        else:
            cell, end = _unquoted(data, at, dialect)
        cells.append(cell)
        if end == len(data):
            return Record(start, end, cells, stray, ended=False)
        at = end + 1
        if data[end : end + 1] == dialect.record_end:
            return Record(start, at, cells, stray)


def records(data: bytes, dialect: Dialect, start: int = 0) -> Iterator[Record]:
    """Given bytes and where the first record starts; yields all records in them."""
    while start < len(data):
        record = cut(data, start, dialect)
        yield record
        start = record.end


def _unquoted(data: bytes, at: int, dialect: Dialect) -> tuple[bytes, int]:
    """Returns the text from ``at`` to the next delimiter or record end, and where that stands."""
    found = dialect.field_end.search(data, at)
    end = found.start() if found else len(data)
    text = data[at:end]
    if dialect.record_end == b"\n" and data[end : end + 1] == b"\n" and text.endswith(b"\r"):
        text = text[:-1]
    return text, end
