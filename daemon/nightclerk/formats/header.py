"""Which of the first records is the header, which columns it names, and how wide the records are: of any kind of file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from nightclerk.core.errors import SenderError
from nightclerk.core.headers import EXPORT_COLUMN, OUR_COLUMNS, REJECT_COLUMNS, folded
from nightclerk.core.issue import LeftOut
from nightclerk.core.margin_words import RULE
from nightclerk.core.sentence import Sentence
from nightclerk.formats.corrections import as_sent
from nightclerk.formats.frame import Shape
from nightclerk.formats.sniff import HEADER_RECORDS, matching

MOST_COLUMNS = 2000
ABOVE_HEADER, BLANK_ROW, DELETED = "above the header", "blank row", "deleted record"

#: How many rows must all be equally short to show that they are meant to be.
_ENOUGH_ROWS = 5
_ENOUGH_NUMBERS = 2
#: DATEV's format begins with a line about the file itself, which says so in its first field.
_BELOW_A_LINE_OF_ITS_FORMAT = (["EXTF"], ["DTVF"])
#: What makes a cell no less blank.
_WHITE = " \t\r\n\x0b\x0c"

_NUMBER_OR_DATE = re.compile(r"[\d\s.,:;/+\-%'()$€£]*\d[\d\s.,:;/+\-%'()$€£]*")
_DRAWN = re.compile(RULE)


@dataclass(frozen=True)
class Header:
    """at: the header's place among the records, from 0, blank ones too; None if there is none. shape: what each record below
    it looks like. runs: at which place the ``_run`` column of a corrected reject file stands, or None. also: what else the
    columns may be called, as many as the shape has, or nothing. line: where the header starts, where that is known.
    """

    at: int | None
    shape: Shape
    runs: int | None
    also: tuple[str, ...] = ()
    line: int | None = None

    @property
    def notes(self) -> tuple[Sentence, ...]:
        """Returns a sentence where the rows are meant to be shorter than the header."""
        width, names = self.shape.width, self.shape.columns
        if width >= self.shape.named:
            return ()
        return (
            Sentence(
                "The rows have only the first %(width)s of %(columns)s columns; taken as blank: %(headers)s.",
                width=width,
                columns=self.shape.named,
                headers=tuple(names[width:]),
            ),
        )


def find_header(
    found: Sequence[Sequence[str]], header_row: int | Literal["auto", "none"], spellings: Iterable[str] | None, whole: bool
) -> Header:
    """Given the first records as cells, which of them is the header, the headers a feed maps (None without a feed), and whether
    these are all records.

    ``auto`` with a feed: the record that holds most of the mapped headers, else the first that looks like a header, else
    SenderError ``no_header``. ``auto`` without a feed: a file that begins with data has no header.
    Raises SenderError ``too_many_columns`` as well.
    """
    at = _header_at(found, header_row, spellings, whole)
    if at is None:
        width = _usual_width(found) or 1
        check_width(width)
        names = tuple(str(number) for number in range(1, width + 1))
        return Header(None, Shape(width, width, names, tuple(range(width))), None)
    names = tuple(cell.strip().lstrip("\ufeff") for cell in found[at])
    named = max(_filled(names), _filled(_lower_header(found, at)))
    if named == 0 or not any(names):
        blank = Sentence("Row %(record)s is given as the header, but it is blank.", record=str(at + 1))
        raise SenderError("no_header", blank)
    check_width(len(names))
    width = _width_under(found[at + 1 :], len(names), named)
    if spellings is None and width == len(names):
        named = width  # nobody has said which columns matter: what stands under a blank header is shown as well
    return Header(at, *_shape(names[:named], width))


def _filled(cells: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)


def _lower_header(found: Sequence[Sequence[str]], at: int) -> Sequence[str]:
    """Returns the record below the header where that has blanks and this holds words alone: both may name the columns."""
    below = found[at + 1] if at + 1 < len(found) else ()
    last = _filled(found[at])
    if any(above.strip() and not cell.strip() for above, cell in zip(found[at], below, strict=False)):
        last = max(last, _filled(below[: len(found[at])]))  # merged cells: the last group's label stands over its first column
    if all(cell.strip() for cell in found[at][:last]) or any(_NUMBER_OR_DATE.fullmatch(cell.strip()) for cell in below):
        return ()
    return below[: len(found[at])]


def lines_above(lines: Sequence[int], blank: Sequence[bool]) -> tuple[LeftOut, ...]:
    """Given the lines of the records above the header, and which of these are blank; returns them as left out."""
    return tuple(LeftOut(line, BLANK_ROW if nothing else ABOVE_HEADER) for line, nothing in zip(lines, blank, strict=False))


def is_of_rejects(cells: Sequence[str]) -> bool:
    """Whether these are the headers of a reject file of ours, or of an export that is ready to be read again."""
    names = {cell.strip() for cell in cells}
    return names >= REJECT_COLUMNS or EXPORT_COLUMN in names


def is_blank(cells: Sequence[str]) -> bool:
    """Whether no cell holds anything but white space."""
    return not any(cell.strip(_WHITE) for cell in cells)


def _header_at(
    found: Sequence[Sequence[str]], header_row: int | Literal["auto", "none"], spellings: Iterable[str] | None, whole: bool
) -> int | None:
    """Returns the index of the header among the records, or None if there is none."""
    if found and is_of_rejects(found[0]):
        return 0  # a reject file of ours begins with its header, whatever the sender's files do
    if header_row == "none":
        return None
    if isinstance(header_row, int):
        if header_row > len(found):
            raise SenderError("no_header", too_few_records(header_row, len(found)))
        return header_row - 1
    first = found[:HEADER_RECORDS]
    matches = matching(first, {folded(spelling) for spelling in spellings or ()})
    if any(matches):
        return matches.index(max(matches))
    at = 1 if len(found) > 1 and found[0][:1] in _BELOW_A_LINE_OF_ITS_FORMAT else _looks_like_header(found)
    if all(map(is_blank, found)) and whole:
        raise SenderError("no_header", Sentence("The file holds nothing but blank lines: it has no header and no rows."))
    if at is None and spellings is not None:
        raise SenderError("no_header", _not_among(len(first), spellings))
    return at


def too_few_records(wanted: int, found: int) -> Sentence:
    """Given which record is the header, and how many there are, fewer than that; returns what is said."""
    return Sentence.counted(
        "Row %(record)s is given as the header, but there is only %(n)s row.",
        "Row %(record)s is given as the header, but there are only %(n)s rows.",
        found,
        record=str(wanted),
    )


def _not_among(records: int, spellings: Iterable[str]) -> Sentence:
    return Sentence.counted(
        "The first row does not hold the columns' headers. Known headers are %(wanted)s.",
        "None of the first %(n)s rows holds the columns' headers. Known headers are %(wanted)s.",
        records,
        wanted=tuple(dict.fromkeys(spellings))[:10],
    )


def _looks_like_header(found: Sequence[Sequence[str]]) -> int | None:
    """Returns the first record of full width that is mostly filled, when it holds nothing but words.

    Columns that nobody named may stand between the others, as QuickBooks writes one, as long as nothing is in them, or as others
    show below their names that these are names.
    """
    width = _usual_width(found)
    for at, record in enumerate(found[:HEADER_RECORDS]):
        cells = [cell.strip() for cell in record]
        while cells and not cells[-1]:
            cells.pop()
        filled = [cell for cell in cells if cell]
        narrow = len(record) < width and not _nothing_beyond(found, width, len(record))
        if narrow or len(filled) * 2 < min(width, len(cells)) or (width > 1 and len(filled) < 2):
            continue
        unnamed = [place for place, cell in enumerate(cells) if not cell]
        words = bool(filled) and not any(map(_NUMBER_OR_DATE.fullmatch, filled))
        named = words and (_nothing_in(found[at:], unnamed) or _names_numbers(found[at:]))
        return at if named else None
    return None


def _nothing_in(found: Sequence[Sequence[str]], places: Sequence[int]) -> bool:
    """Whether several records hold nothing at these places, texts around the rows aside; of one alone nothing is known.

    Totals and the names of groups may stand there, as QuickBooks writes them: in rows that hold little else.
    """
    rows = [record for record in found if len(record) > 1 and not _DRAWN.match("".join(record))] if places else []
    whole = [record for record in rows[1:] if not _is_total(record, places)]
    rows = [*rows[:1], *(whole if len(whole) * 2 > len(rows) else rows[1:])]
    return not places or (len(rows) > 1 and is_blank([record[at] for record in rows for at in places if at < len(record)]))


def _is_total(record: Sequence[str], places: Sequence[int]) -> bool:
    """Whether a record holds words where the header has no name, and in fewer than half of the other places anything."""
    cells = [cell.strip() for cell in record]
    words = any(cells[at] and not _NUMBER_OR_DATE.fullmatch(cells[at]) for at in places if at < len(cells))
    others = [cell for at, cell in enumerate(cells) if at not in places]
    return words and sum(map(bool, others)) * 2 < len(others)


def _names_numbers(found: Sequence[Sequence[str]]) -> bool:
    """Whether a record's words stand over numbers or dates in some column: in all of several rows, each as wide as the record."""
    names, below = found[0], [record for record in found[1:] if not is_blank(record)]
    if len(below) < _ENOUGH_NUMBERS or any(len(record) != len(names) for record in below):
        return False
    columns = zip(*below, strict=True)
    return any(
        name.strip() and all(_NUMBER_OR_DATE.fullmatch(cell.strip()) for cell in column)
        for name, column in zip(names, columns, strict=True)
    )


def _nothing_beyond(found: Sequence[Sequence[str]], width: int, named: int) -> bool:
    """Whether all records of this width are blank behind so many cells."""
    return not any(cell.strip(_WHITE) for record in found if len(record) == width for cell in record[named:])


def _usual_width(found: Sequence[Sequence[str]]) -> int:
    """Returns how many fields most records have, drawn lines aside; 0 when there are no others."""
    counts = Counter(len(record) for record in found if not is_blank(record) and not _DRAWN.match("".join(record)))
    return max(counts.items(), key=lambda item: (item[1], item[0]))[0] if counts else 0


def _width_under(below: Sequence[Sequence[str]], header: int, named: int) -> int:
    """Returns how many fields the rows must have: as many as the header has. There are two exceptions.

    Most rows differ by columns at their end that have no header and hold nothing: then as many as these rows have. All of
    several rows lack the same columns at their end: that is how their writer leaves blank columns out, and no damage.
    """
    usual = _usual_width(below)
    if usual in (0, header):
        return header
    filled = [record for record in below if not is_blank(record)]
    if usual < named:
        return usual if len(filled) >= _ENOUGH_ROWS and all(len(record) == usual for record in filled) else header
    most = sum(len(record) == usual for record in filled) * 2 > len(filled)
    return usual if most and _nothing_beyond(filled, usual, named) else header


def check_width(width: int) -> None:
    """Given how many columns a file has; raises SenderError ``too_many_columns`` where these are too many."""
    if width > MOST_COLUMNS:
        told = Sentence("The file has %(columns)s columns; at most %(most)s are accepted.", columns=width, most=MOST_COLUMNS)
        raise SenderError("too_many_columns", told)


def _shape(names: tuple[str, ...], width: int) -> tuple[Shape, int | None]:
    """Returns the shape, without the columns that our own files append, and where their ``_run`` stands, or an export's mark."""
    plain = [name.lower() for name in names]
    mark = next((name for name in ("_run", EXPORT_COLUMN) if name in plain), None)
    if mark is None:
        return Shape(width, len(names), names, tuple(range(len(names)))), None
    kept = tuple(place for place, name in enumerate(plain) if name not in OUR_COLUMNS)
    return Shape(width, len(names), tuple(as_sent(names[place]) for place in kept), kept), plain.index(mark)
