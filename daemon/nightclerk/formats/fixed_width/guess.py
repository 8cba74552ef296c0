"""Whether text that was taken for delimited has its columns at fixed positions, and how a feed would say so."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from nightclerk.core.format import FixedWidth
from nightclerk.core.sentence import Sentence
from nightclerk.formats.records import Opening

_HEAD = 1 << 16
#: Fewer lines, or shorter ones, show nothing; one position that is blank in all of them may be chance.
_LINES, _LENGTH, _GAP = 5, 20, 2
_FEWEST_COLUMNS, _MOST_COLUMNS = 3, 100
_AMOUNT = re.compile(r"[-+]?\d[\d.,' ]*[.,]\d+")
_LAST_HEADER = re.compile(r"\S+(?: \S+)* +")
_BLANKS = (
    "The columns seem to stand at fixed positions, with blanks at the same places of every line and no headers above them: is it"
    " text of fixed width? A feed then names the columns by their positions, as in"
    " `format: {kind: fixed_width, columns: {Code: 1-8, Name: 9-38}}`."
)


@dataclass(frozen=True)
class Guess:
    """format: how a feed reads the text; None where it seems to be of fixed width, but nothing tells where its columns begin.
    note: what people should know of it."""

    format: FixedWidth | None
    note: Sentence

    @property
    def positions(self) -> tuple[tuple[str, int, int], ...]:
        """Returns each column's name with its first and last position, from 1."""
        return tuple((name, *place) for name, place in self.format.columns.items()) if self.format is not None else ()


def guess(file: int, found: Opening, encoding: str) -> Guess | None:
    """Given a file's descriptor, how it was opened as delimited text whose delimiter nobody named, and its encoding or ``auto``;
    returns how it reads where its columns seem to stand at fixed positions, for those who look at it without a feed; None where
    they do not."""
    head = os.pread(file, _HEAD, 0)
    text = head.decode(found.format.encoding or "utf-8", errors="ignore").removeprefix("\ufeff")
    lines = [line for line in text.splitlines()[: None if len(head) < _HEAD else -1] if line.strip()]
    delimiter = found.format.delimiter or ""
    cut = found.header.shape.width > 1 and delimiter in lines[0] if lines else True
    if cut or len(lines) < _LINES or max(map(len, lines)) < _LENGTH:
        return None
    columns = _columns(lines)
    sure = _sure(lines, columns) if lines[0] == text.splitlines()[0] else []
    if _FEWEST_COLUMNS <= len(sure) <= _MOST_COLUMNS:
        return _told(lines, sure, encoding)
    if found.header.shape.width == 1 and len(set(map(len, lines))) == 1:
        return Guess(None, Sentence.verbatim(_asked(len(lines[0]))))
    if found.header.shape.width == 1 and len(columns) >= _FEWEST_COLUMNS and all(re.search(r"\d", line) for line in lines[1:]):
        return Guess(None, Sentence.verbatim(_BLANKS))
    return None


def _columns(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Returns where columns begin and end, from 0, the end excluded, by the positions that are blank in every line."""
    width = max(map(len, lines))
    filled = [any(line[at : at + 1].strip() for line in lines) for at in range(width)]
    starts: list[int] = []
    blank, since = _GAP, 0
    for at, held in enumerate(filled):
        if held and blank >= _GAP:
            # Numbers stand at the right of their column, which begins right behind the text before it.
            full = all(line[at : at + 1].strip() for line in lines)
            left = (full and not _at_the_right(lines, at)) or _at_the_left(lines, at)
            starts.append(at if left or not starts else since + 1)
        blank, since = (0, at + 1) if held else (blank + 1, since)
    return list(zip(starts, [*starts[1:], width], strict=True))


def _at_the_left(lines: Sequence[str], at: int) -> bool:
    """Whether the last header begins here and is filled up with blanks to the end of the rows: so its column begins here too.

    Of others nobody knows that: a number that grows beyond its header's beginning would be cut in two, and both would be read.
    """
    return len(lines[0]) == max(map(len, lines)) and _LAST_HEADER.fullmatch(lines[0], at) is not None


def _at_the_right(lines: Sequence[str], at: int) -> bool:
    """Whether amounts that begin here in all lines end where their header ends: they are equally long by chance."""
    cells = [(line[at:].split("  ", 1) or [""])[0].rstrip() for line in lines]
    return len(set(map(len, cells))) == 1 and all(map(_AMOUNT.fullmatch, cells[1:]))


def _sure(lines: Sequence[str], columns: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Returns the columns as the headers in the first line tell them apart; none where there are no headers, since nothing tells
    then what is a column and what the end of the longest cells of the one before."""
    heads = {first: lines[0][first:last] for first, last in columns}
    if not _are_headers([head.strip() for head in heads.values() if head.strip()]):
        return []
    starts = [first for first, head in heads.items() if head.strip()]
    for first, head in heads.items():
        inner = [first + word.start() for word in re.finditer(r"(?<=\s\s)\S", head.rstrip()) if head[: word.start()].strip()]
        starts += [at for at in inner if not any(line[at - 1 : at].strip() for line in lines)]
    starts.sort()
    return list(zip(starts, [*starts[1:], max(map(len, lines))], strict=True))


def _are_headers(heads: Sequence[str]) -> bool:
    words = [head for head in heads if not any(map(str.isdigit, head))]
    return len(words) == len(heads) == len(set(heads)) >= _FEWEST_COLUMNS


def _told(lines: Sequence[str], columns: Sequence[tuple[int, int]], encoding: str) -> Guess | None:
    heads = [lines[0][first:last].strip() for first, last in columns]
    said = ", ".join(
        f"{json.dumps(head, ensure_ascii=False)}: {first + 1}-{last}" for head, (first, last) in zip(heads, columns, strict=True)
    )
    places = {head: [first + 1, last] for head, (first, last) in zip(heads, columns, strict=True)}
    try:
        format = FixedWidth.model_validate({"kind": "fixed_width", "encoding": encoding, "header_row": 1, "columns": places})
    except ValueError:
        return None  # two of them are the same but for case, or one is named as only ours are: no headers
    note = (
        "The columns seem to stand at fixed positions with nothing between them, as the headers and the blanks of the first lines"
        f" tell. A feed reads them by `format: {{kind: fixed_width, header_row: 1, columns: {{{said}}}}}`; look where each begins"
        " and ends."
    )
    return Guess(format, Sentence.verbatim(note))


def _asked(length: int) -> str:
    return (
        f"All lines are {length} characters long, and nothing stands between their columns: is it text of fixed width? A feed"
        " then names the columns by their positions, as in `format: {kind: fixed_width, columns: {Code: 1-8, Name: 9-38}}`."
    )
