"""Where the header stands, which columns it names, and how wide the records are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from nightclerk.core.errors import SenderError
from nightclerk.core.headers import REJECT_COLUMNS, folded
from nightclerk.core.issue import LeftOut
from nightclerk.formats.corrections import as_sent
from nightclerk.formats.cutter import Record
from nightclerk.formats.dialect import Dialect
from nightclerk.formats.frame import Shape
from nightclerk.formats.sniff import HEADER_RECORDS, Sample
from nightclerk.formats.stretches import unbalanced

MOST_COLUMNS = 2000
ABOVE_HEADER, BLANK_ROW = "above the header", "blank row"

#: How many rows must all be equally short to show that they are meant to be.
_ENOUGH_ROWS = 5

_NUMBER_OR_DATE = re.compile(r"[\d\s.,:;/+\-%'()$€£]*\d[\d\s.,:;/+\-%'()$€£]*")


@dataclass(frozen=True)
class Layout:
    """How the text is laid out.

    row: the header's record, counted from 1, blank ones too; None if there is none. offset, line: where the first record
    after it starts. shape: what each of these looks like. runs: at which place the ``_run`` column of a corrected reject file
    stands, or None. left_out: the lines above the header.
    """

    row: int | None
    offset: int
    line: int
    shape: Shape
    runs: int | None
    left_out: tuple[LeftOut, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Returns a sentence where the rows are meant to be shorter than the header."""
        width, names = self.shape.width, self.shape.columns
        if width >= self.shape.named:
            return ()
        absent = ", ".join(f'"{name}"' for name in names[width:])
        return (f"The rows have only the first {width} of {self.shape.named} columns; taken as blank: {absent}.",)


def find_layout(
    sample: Sample, dialect: Dialect, header_row: int | Literal["auto", "none"], spellings: Iterable[str] | None
) -> Layout:
    """Given a sample, its dialect, which record is the header, and the headers a feed maps (None without a feed).

    ``auto`` with a feed: the record that holds most of the mapped headers, else the first that looks like a header, else
    SenderError ``no_header``. ``auto`` without a feed: a file that begins with data has no header.
    Raises SenderError ``too_many_columns`` as well, and ``unbalanced_quote`` when a quote is never closed.
    """
    found = sample.records(dialect)
    _check_quotes(sample, dialect, found)
    at = _header_at(sample, dialect, header_row, spellings)
    if at is None:
        width = _usual_width(found) or 1
        _check_width(width)
        names = tuple(str(number) for number in range(1, width + 1))
        shape = Shape(width, width, names, tuple(range(width)))
        return Layout(None, sample.text.start, 1, shape, None, ())
    header = found[at]
    names = tuple(cell.strip().lstrip("\ufeff") for cell in sample.cells(header))
    named = max((place + 1 for place, name in enumerate(names) if name), default=0)
    if named == 0:
        raise SenderError("no_header", f"Record {at + 1} is given as the header, but it is blank.")
    _check_width(len(names))
    width = _width_under(found[at + 1 :], len(names), named)
    if spellings is None and width == len(names):
        named = width  # nobody has said which columns matter: what stands under a blank header is shown as well
    shape, runs = _shape(names[:named], width)
    lines = _lines(sample, dialect, found)
    left_out = tuple(
        LeftOut(lines[number], BLANK_ROW if record.blank else ABOVE_HEADER) for number, record in enumerate(found[:at])
    )
    return Layout(at + 1, sample.text.start + header.end, lines[at + 1], shape, runs, left_out)


def _check_quotes(sample: Sample, dialect: Dialect, found: list[Record]) -> None:
    if found:
        return
    if not sample.data:
        raise SenderError("no_header", "The file is empty: it has no header and no rows.")
    if sample.whole:
        quote = sample.data.find(dialect.quote or b"")
        raise unbalanced(1 + sample.data.count(dialect.record_end, 0, quote))
    raise SenderError("no_header", "The first line does not end where a line of a table would; this is no delimited text.", 1)


def _header_at(
    sample: Sample, dialect: Dialect, header_row: int | Literal["auto", "none"], spellings: Iterable[str] | None
) -> int | None:
    """Returns the index of the header among the records, or None if there is none."""
    found = sample.records(dialect)
    if {cell.strip() for cell in sample.cells(found[0])} >= REJECT_COLUMNS:
        return 0  # a reject file of ours begins with its header, whatever the sender's files do
    if header_row == "none":
        return None
    if isinstance(header_row, int):
        if header_row > len(found):
            raise SenderError("no_header", f"Record {header_row} is given as the header, but there are only {len(found)}.")
        return header_row - 1
    first = found[:HEADER_RECORDS]
    matches = sample.matches(dialect, {folded(spelling) for spelling in spellings or ()})
    if any(matches):
        return matches.index(max(matches))
    at = _looks_like_header(sample, found)
    if all(record.blank for record in found) and sample.whole:
        raise SenderError("no_header", "The file holds nothing but blank lines: it has no header and no rows.")
    if at is None and spellings is not None:
        wanted = ", ".join(f'"{spelling}"' for spelling in list(dict.fromkeys(spellings))[:10])
        raise SenderError(
            "no_header", f"None of the first {len(first)} records holds the columns' headers. The feed knows {wanted}."
        )
    return at


def _looks_like_header(sample: Sample, found: list[Record]) -> int | None:
    """Returns the first record of full width that is mostly filled, when it holds nothing but words."""
    width = _usual_width(found)
    for at, record in enumerate(found[:HEADER_RECORDS]):
        cells = [cell.strip() for cell in sample.cells(record)]
        while cells and not cells[-1]:
            cells.pop()
        filled = [cell for cell in cells if cell]
        narrow = len(record.cells) < width and not _nothing_beyond(found, width, len(record.cells))
        if narrow or len(filled) * 2 < min(width, len(cells)) or (width > 1 and len(filled) < 2):
            continue
        words = bool(filled) and all(cells) and not any(_NUMBER_OR_DATE.fullmatch(cell) for cell in cells)
        return at if words else None
    return None


def _nothing_beyond(found: list[Record], width: int, named: int) -> bool:
    """Whether all records of this width are blank behind so many cells."""
    return not any(cell.strip() for record in found if len(record.cells) == width for cell in record.cells[named:])


def _usual_width(found: list[Record]) -> int:
    """Returns how many fields most records have; 0 when all are blank."""
    counts = Counter(len(record.cells) for record in found if not record.blank)
    return max(counts.items(), key=lambda item: (item[1], item[0]))[0] if counts else 0


def _width_under(below: list[Record], header: int, named: int) -> int:
    """Returns how many fields the rows must have: as many as the header has. There are two exceptions.

    Most rows differ by columns at their end that have no header and hold nothing: then as many as these rows have. All of
    several rows lack the same columns at their end: that is how their writer leaves blank columns out, and no damage.
    """
    usual = _usual_width(below)
    if usual in (0, header):
        return header
    filled = [record for record in below if not record.blank]
    if usual < named:
        return usual if len(filled) >= _ENOUGH_ROWS and all(len(record.cells) == usual for record in filled) else header
    most = sum(len(record.cells) == usual for record in filled) * 2 > len(filled)
    return usual if most and _nothing_beyond(filled, usual, named) else header


def _check_width(width: int) -> None:
    if width > MOST_COLUMNS:
        raise SenderError("too_many_columns", f"The file has {width} columns; at most {MOST_COLUMNS} are accepted.")


def _shape(names: tuple[str, ...], width: int) -> tuple[Shape, int | None]:
    """Returns the shape, without the columns that our own reject files append, and where their ``_run`` stands."""
    plain = [name.lower() for name in names]
    if "_run" not in plain:
        return Shape(width, len(names), names, tuple(range(len(names)))), None
    kept = tuple(place for place, name in enumerate(plain) if name not in REJECT_COLUMNS)
    return Shape(width, len(names), tuple(as_sent(names[place]) for place in kept), kept), plain.index("_run")


def _lines(sample: Sample, dialect: Dialect, found: list[Record]) -> list[int]:
    """Returns the line in which each record starts, and at the end that of the next one."""
    lines, line = [], 1
    for record in found:
        lines.append(line)
        line += sample.data.count(dialect.record_end, record.start, record.end)
    return [*lines, line]
