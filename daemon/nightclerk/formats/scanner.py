"""The strict block scanner: where the records of a block begin and end, how many fields each has, what is wrong with it.

Everything is computed for the whole block at once; only single damaged or doubtful records are looked at one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nightclerk.formats.cutter import cut
from nightclerk.formats.dialect import LONGEST_FIELD, LONGEST_RECORD, Dialect
from nightclerk.formats.marks import CR, LF, Flags, Marks, Places, marks

#: File, group, record and unit separator: keys of several parts are joined by them, so that two keys would look alike.
SEPARATORS = range(28, 32)
#: A byte order mark in UTF-8; in every encoding where these are other characters, they are none that a row begins with.
MARK = b"\xef\xbb\xbf"
_FEW = 64


@dataclass(frozen=True)
class Scan:
    """The records of a block.

    starts, stops: the content of each, without its line end; ends: where the next one starts. lines: the physical line each
    starts in, counted from 0 at the block's start. fields: how many each has. blank: those without content.
    odd: numbers of the records with literal quotes (legal, but not for every parser): in unquoted fields, or in any where the
    file leaves those inside its fields as they are.
    several: numbers of the records of several lines; spans: how many lines each of these has, and signs: how many delimiters,
    inside quotes or not.
    faults: code of ``core.issue.ROW_CODES`` → numbers of the records that have it.
    consumed: how many bytes the records take; line_ends: how many line ends stand in these.
    open_quote: where the quote stands that is still open at the block's end.
    """

    starts: Places
    stops: Places
    ends: Places
    lines: Places
    fields: Places
    blank: Flags
    odd: Places
    several: Places
    spans: Places
    signs: Places
    faults: dict[str, Places]
    consumed: int
    line_ends: int
    open_quote: int | None


def scan(data: bytes, dialect: Dialect, final: bool) -> Scan:
    """Given regular bytes (``Dialect.regular``) that start at a record's start; returns their complete records, and with
    ``final`` the rest as the last one."""
    block = np.frombuffer(data, np.uint8)
    found = marks(block, dialect)
    ends = found.outside_of(dialect.record_end[0]) + 1
    if final and len(data) and not (len(ends) and ends[-1] == len(data)):
        ends = np.append(ends, len(data))
    consumed = int(ends[-1]) if len(ends) else 0
    starts = np.concatenate((ends[:0], [0], ends[:-1])) if len(ends) else ends
    stops = _stops(block, starts, ends, dialect)
    delimiters = found.outside_of(dialect.delimiter[0])
    line_ends = found.of(dialect.record_end[0])
    odd = _numbers(ends, found.literal)
    lines = np.searchsorted(line_ends, starts)
    consumed_lines = int(np.searchsorted(line_ends, consumed))
    several, spans = _several(lines, consumed_lines, stops, ends)
    faults = _faults(block, found, dialect, ends) | _too_long(starts, stops, delimiters) | _late_marks(data, block, starts)
    return Scan(
        starts,
        stops,
        ends,
        lines=lines,
        fields=np.diff(np.searchsorted(delimiters, ends), prepend=0) + 1,
        blank=_blank(data, block, starts, stops, odd, dialect),
        odd=odd,
        several=several,
        spans=spans,
        signs=_signs(found, dialect, starts[several], ends[several]),
        faults=faults,
        consumed=consumed,
        line_ends=consumed_lines,
        open_quote=found.open_quote,
    )


def _numbers(ends: Places, places: Places) -> Places:
    """Given where records end, and places in a block; returns the numbers of the records in which they stand."""
    if not len(places) or not len(ends):
        return places[:0]
    return np.unique(np.searchsorted(ends, places[places < ends[-1]], side="right"))


def _several(lines: Places, line_ends: int, stops: Places, ends: Places) -> tuple[Places, Places]:
    """Given the line each record starts in, and how many line ends there are; returns which records are of several lines, and
    of how many."""
    spans = np.diff(lines, append=line_ends)
    if len(spans) and stops[-1] == ends[-1]:
        spans[-1] += 1  # its last line has no end
    several = np.flatnonzero(spans > 1)
    return several, spans[several]


def _signs(found: Marks, dialect: Dialect, starts: Places, ends: Places) -> Places:
    """Given where some records start and end; returns how many delimiters each of them holds, inside quotes or not."""
    if not len(starts):
        return starts
    delimiters = found.of(dialect.delimiter[0])
    counts: Places = np.searchsorted(delimiters, ends) - np.searchsorted(delimiters, starts)
    return counts


def _late_marks(data: bytes, block: NDArray[np.uint8], starts: Places) -> dict[str, Places]:
    """Returns which records begin with a byte order mark, which belongs to the beginning of a file alone."""
    if not len(starts):
        return {}
    suspects = np.flatnonzero(block[starts] == MARK[0]).tolist()
    numbers = [number for number in suspects if data.startswith(MARK, int(starts[number]))]
    return {"byte_order_mark": np.array(numbers, np.int64)} if numbers else {}


def _stops(block: NDArray[np.uint8], starts: Places, ends: Places, dialect: Dialect) -> Places:
    """Returns where the content of each record stops: before its LF, CRLF or CR, which the last one may lack."""
    if not len(ends):
        return ends
    stops: Places = ends - (block[ends - 1] == dialect.record_end[0])
    if dialect.record_end[0] == LF:
        stops = stops - ((stops > starts) & (stops < ends) & (block[stops - 1] == CR))
    return stops


def _faults(block: NDArray[np.uint8], found: Marks, dialect: Dialect, ends: Places) -> dict[str, Places]:
    """Returns which records hold what no text should hold."""
    special = found.kinds == 0
    for separator in SEPARATORS:
        here = found.kinds == separator
        special |= here & ~found.outside if separator == dialect.delimiter[0] else here
    places = {"nul_byte": found.of(0), "stray_quote" if dialect.inner == "bare" else "text_after_quote": found.strays}
    if dialect.record_end[0] == LF:
        returns = found.outside_of(CR)
        followed = block[np.minimum(returns + 1, len(block) - 1)] == LF
        places["bare_cr"] = returns[~(followed & (returns + 1 < len(block)))]
        stray_feeds = returns[:0]
    else:
        stray_feeds = found.outside_of(LF)
    if special.any() or len(stray_feeds):
        separators = found.places[special & (found.kinds != 0)]
        places["control_character"] = np.concatenate((separators, stray_feeds))
    numbers = {code: _numbers(ends, where) for code, where in places.items() if len(where)}
    return {code: which for code, which in numbers.items() if len(which)}


def _too_long(starts: Places, stops: Places, delimiters: Places) -> dict[str, Places]:
    """Returns which records, or fields of them, are longer than is accepted."""
    lengths = stops - starts
    long_fields = []
    for number in np.flatnonzero(lengths > LONGEST_FIELD):
        inside = delimiters[(delimiters >= starts[number]) & (delimiters < stops[number])]
        edges = np.concatenate(([starts[number] - 1], inside, [stops[number]]))
        if (np.diff(edges) - 1).max() > LONGEST_FIELD:
            long_fields.append(number)
    found = {"field_too_long": np.array(long_fields, np.int64), "record_too_long": np.flatnonzero(lengths > LONGEST_RECORD)}
    return {code: which for code, which in found.items() if len(which)}


def _blank(data: bytes, block: NDArray[np.uint8], starts: Places, stops: Places, odd: Places, dialect: Dialect) -> Flags:
    """Returns which records have no content: nothing at all, or delimiters, quotes and white space only."""
    contentless = np.zeros(256, bool)
    contentless[list(dialect.blank_bytes)] = True
    blank: Flags = stops == starts
    doubtful = np.flatnonzero(~blank & contentless[block[starts]]) if len(starts) else starts
    if len(doubtful) > _FEW:
        has_content = np.logical_or.reduceat(~contentless[block], starts)
        doubtful = doubtful[~has_content[doubtful]]
        blank[doubtful] = True
    else:
        for number in doubtful:
            inside = dialect.blank.match(data, int(starts[number]), int(stops[number]))
            blank[number] = inside is not None and inside.end() == stops[number]
    if dialect.quote is not None:
        for number in doubtful[blank[doubtful]]:
            record = data[starts[number] : stops[number]]
            if dialect.quote in record and (number in odd or _doubts(record, dialect.quote)):
                blank[number] = cut(data, int(starts[number]), dialect).blank
    return blank


def _doubts(record: bytes, quote: bytes) -> bool:
    """Whether a record of delimiters, quotes and white space may have content: anything but empty quoted fields."""
    return quote * 3 in record or quote in record.replace(quote * 2, b"")
