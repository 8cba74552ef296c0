"""Rows whose last text has lost its opening quote, or has a closing one too early: its first line makes a whole row, and its
others are damaged records."""

from __future__ import annotations

import numpy as np

from nightclerk.formats.dialect import Dialect
from nightclerk.formats.marks import Flags, Places
from nightclerk.formats.scanner import Scan

#: How many lines a text may go on for.
_MOST_LINES = 50


def torn(data: bytes, found: Scan, dialect: Dialect, width: int) -> Places:
    """Given regular bytes, what stands in them, and how many fields a row has; returns the numbers of the rows whose text goes on
    in records with too few fields, the last of which ends with a quote that none opens. An earlier stretch is not looked into."""
    quote, none = dialect.quote, found.starts[:0]
    if quote is None or not len(found.odd) or not _opens_any(data, quote, dialect.delimiter):
        return none
    short = found.blank | (found.fields < width)
    ends = found.odd[short[found.odd]]
    block = np.frombuffer(data, np.uint8)
    ends = ends[block[found.stops[ends] - 1] == quote[0]]
    numbers = []
    for number in ends.tolist():
        if data.count(quote, found.starts[number], found.stops[number]) % 2:
            above = _above(number, short)
            if above is not None and found.fields[above] == width and block[found.stops[above] - 1] != dialect.delimiter[0]:
                numbers.append(above)  # its last field is not blank
    return np.array(numbers, np.int64)


def _opens_any(data: bytes, quote: bytes, delimiter: bytes) -> bool:
    """Whether a quote opens any field: in a file without such, one at the end of a row is the sign of inches."""
    return data.startswith(quote) or any(sign + quote in data for sign in (delimiter, b"\n", b"\r"))


def _above(number: int, short: Flags) -> int | None:
    """Returns the number of the record above a run of short ones, or None."""
    least = max(0, number - _MOST_LINES)
    whole = np.flatnonzero(~short[least:number])
    return least + int(whole[-1]) if len(whole) else None
