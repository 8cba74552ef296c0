"""What the records around a header say about the columns: groups above them, second headers, descriptions."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from nightclerk.core.headers import folded
from nightclerk.core.margin_rows import shape_of

#: So many of the rows below a header are looked at.
ROWS_BELOW = 50
_VALUE = re.compile(r"[\d\s.,:;/+\-%'()$€£]*\d[\d\s.,:;/+\-%'()$€£]*")
_MOSTLY = 0.8
_LONGER = 10


@dataclass(frozen=True)
class Headings:
    """names: the columns'. also: what else they may be called, or nothing. skipped: why each of the first records below the
    header is left out, in order."""

    names: tuple[str, ...]
    also: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """above: the cells of the record right above the header, or nothing; below: those of the first records under it. spellings:
    the headers that a feed maps. key: the columns of its key, by their places, if they are known."""

    above: Sequence[str]
    below: Sequence[Sequence[str]]
    spellings: Collection[str] = ()
    key: Sequence[int] = (0,)


SECOND_HEADER, DESCRIPTION = "second header", "description of the columns"


def headings(names: Sequence[str], around: Around, rows: Literal["auto"] | int, description: bool) -> Headings:
    """Given a header's names, what stands around it, how many records hold headers, and whether a description may stand below;
    returns what the columns are called."""
    names = tuple(names)
    if rows == 1:
        return _described(names, around) if description else Headings(names)
    below = _padded(around.below[0], len(names)) if around.below else ()
    rest = around.below[1:]
    if below and _grouped(names, below, rest, around.spellings, rows == 2):
        return Headings(_joined(names, below), below, (SECOND_HEADER,))
    above = _padded(around.above, len(names))
    if rows == "auto" and any(above) and _grouped(above, names, around.below, around.spellings, sure=False):
        return Headings(_joined(above, names), names)
    if rows == 2 and below:
        return Headings(names, below, (SECOND_HEADER,))
    found = _described(names, around) if description else Headings(names)
    return found if found.skipped or not _whole(above, names) else Headings(names, above)


def _described(names: tuple[str, ...], around: Around) -> Headings:
    """The record below the header as a description, or as headers for programs: it does not look like the others."""
    if len(around.below) < 2:
        return Headings(names)
    first, *rest = (_padded(record, len(names)) for record in around.below)
    filled = [place for place, cell in enumerate(first) if cell]
    if len(filled) < 2 or any(_VALUE.fullmatch(first[place]) for place in filled):
        return Headings(names)
    if any(first[place] and _like_others(first[place], [record[place] for record in rest]) for place in around.key):
        return Headings(names)
    columns = [(first[place], [record[place] for record in rest if record[place]]) for place in filled]
    odd = sum(len(others) > 1 and all(map(_VALUE.fullmatch, others)) for _, others in columns)
    long = sum(len(cell) > 2 * max(map(len, others), default=0) + _LONGER and " " in cell for cell, others in columns)
    if not odd and long * 2 < len(filled):
        return Headings(names)
    technical = len({*map(folded, first)} - {""}) == len(filled) >= len([name for name in names if name]) * _MOSTLY and not long
    return Headings(names, first if technical else (), (SECOND_HEADER if technical else DESCRIPTION,))


def _like_others(cell: str, others: Sequence[str]) -> bool:
    return shape_of(cell) in {shape_of(other) for other in others}


def _grouped(
    upper: Sequence[str], lower: Sequence[str], below: Sequence[Sequence[str]], spellings: Collection[str], sure: bool
) -> bool:
    """Whether the upper of two headers names groups of the lower one's columns."""
    filled = [place for place, cell in enumerate(lower) if cell]
    carried = [place for place in filled if not upper[place] and any(upper[:place])]
    if len(filled) < 2 or not carried:
        return False
    if sure:
        return True
    if any(_VALUE.fullmatch(cell) for cell in (*upper, *lower) if cell):
        return False
    joined = _joined(upper, lower)
    if len({folded(name) for name in joined if name}) < sum(map(bool, joined)):
        return False
    wanted = {folded(spelling) for spelling in spellings}
    known = {folded(name) for name in joined} & wanted
    if len(known) > len({folded(name) for name in upper} & wanted) and len(known) > len(
        {folded(name) for name in lower} & wanted
    ):
        return True
    repeated = len({folded(lower[place]) for place in filled}) < len(filled)
    numbers = any(_all_values([_padded(record, len(lower))[place] for record in below]) for place in filled)
    return repeated and numbers


def _joined(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    names, group = [], ""
    for above, label in zip(upper, lower, strict=True):
        group = above or (group if label else "")
        names.append(" ".join(filter(None, (group, label))))
        if not label:
            group = ""  # a header over both rows, which is no group of what follows
    return tuple(names)


def _whole(above: Sequence[str], names: Sequence[str]) -> bool:
    """Whether the record above a header is a header as well: different words over nearly all columns."""
    filled = [cell for cell, name in zip(above, names, strict=True) if cell and name]
    words = not any(_VALUE.fullmatch(cell) for cell in filled)
    return len(filled) >= max(2, _MOSTLY * len([name for name in names if name])) and words and len(set(filled)) == len(filled)


def _all_values(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and all(map(_VALUE.fullmatch, filled))


def _padded(record: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in [*record, *[""] * width][:width])
