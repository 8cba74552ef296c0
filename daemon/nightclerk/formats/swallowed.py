"""Rows that a stray quote has swallowed: told from text of several lines by whether its lines look like rows.

See docs/decisions: a record that keeps to the rules is never taken apart, only turned away; one that does not is left behind at
the first line end after which sound rows follow.
"""

from __future__ import annotations

import numpy as np

from nightclerk.formats.cutter import cut
from nightclerk.formats.dialect import Dialect
from nightclerk.formats.marks import Places
from nightclerk.formats.scanner import Scan, scan
from nightclerk.formats.text import Text

#: How much behind a stray quote is looked at, at most: bytes, records, and line ends after which rows may go on.
_WINDOW = 64 << 10
_MOST_RECORDS = 100
_MOST_LINES = 8
_LEAST_WINDOW = 1 << 10


def enclosing(data: bytes, found: Scan, dialect: Dialect, width: int) -> Places:
    """Given regular bytes, what stands in them, and how many fields a row has; returns the numbers of the records of several
    lines that each look like a row of their own."""
    if width < 2 or not len(found.several):
        return found.several[:0]
    suspects = found.several[found.signs >= found.spans * (width - 1)].tolist()
    numbers = [n for n in suspects if _looks_like_rows(data[found.starts[n] : found.stops[n]], dialect, width)]
    return np.array(numbers, np.int64)


def _looks_like_rows(record: bytes, dialect: Dialect, width: int) -> bool:
    """Whether each line of a record has the fields of a row, and its quotes hold no prose: a delimiter followed by a space."""
    end = dialect.record_end
    if not all(fields_alone(line + end, dialect) == width for line in record.split(end)):
        return False
    apart = dialect.delimiter + b" "
    return apart not in record or apart in record[: record.find(dialect.quote or end)]


def fields_alone(line: bytes, dialect: Dialect) -> int:
    """Given a line with its line end; returns how many fields it has when a quote that is not closed in it is plain text."""
    record = cut(line, 0, dialect)
    if record.open_quote is None:
        return len(record.cells)
    return len(record.cells) + line.count(dialect.delimiter, record.open_quote)


def cells_alone(line: bytes, dialect: Dialect) -> list[bytes]:
    """Given a line in which a quote is opened and not closed; returns its cells, that quote and what follows it as plain text."""
    line = line.rstrip(b"\r\n")
    record = cut(line, 0, dialect)
    if record.open_quote is None:
        return record.cells
    return [*record.cells[:-1], *line[record.open_quote :].split(dialect.delimiter)]


def resumes_at(text: Text, dialect: Dialect, width: int, start: int, end: int) -> int | None:
    """Given a text, how many fields a row has, and from where to where a damaged record reaches; returns where its rows go on.

    That is behind the first of its line ends after which sound records follow: the very next one, and nine of ten up to the
    record's end or the hundredth. None if there is no such place.
    """
    if width < 2:
        return None
    at = start
    window = text.read(start, min(_WINDOW, max(2 * (end - start), _LEAST_WINDOW)))
    for _ in range(_MOST_LINES):
        line_end = window.find(dialect.record_end, at - start)
        if line_end < 0 or start + line_end + 1 >= end:
            return None
        at = start + line_end + 1
        if _sound_from(window[at - start :], at + len(window) - (at - start) >= text.size, dialect, width, end - at):
            return at
    return None


def _sound_from(data: bytes, final: bool, dialect: Dialect, width: int, reach: int) -> bool:
    """Given bytes that may begin with a row, and how far a damaged record reaches into them; returns whether rows stand there."""
    regular = dialect.regular(data)
    found = scan(regular, dialect, final)
    count = min(int(found.starts.searchsorted(reach)), _MOST_RECORDS)
    sound = found.fields[:count] == width
    for wrong in (*found.faults.values(), found.odd, enclosing(regular, found, dialect, width)):
        sound[wrong[wrong < count]] = False
    if final and found.open_quote is not None and count == len(found.starts):
        sound[-1:] = False
    blank = found.blank[:count]
    rows = sound[~blank]
    return bool(len(rows)) and bool(rows[0]) and int(rows.sum()) * 10 >= len(rows) * 9
