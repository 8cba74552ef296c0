"""Rows of an XLSX sheet as nearly all programs write them → cells, for a whole stretch at once. What looks different by one
sign is left to the exact way (``exact``): nothing here ever guesses."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.core.table import replaced
from nightclerk.formats.marks import Flags, Places
from nightclerk.formats.workbook.cells import BOOLEAN, ERROR, LAST_COLUMN, MOST_ROWS, NUMBER, SHARED, TEXT, UNCOMPUTED, Cells
from nightclerk.formats.workbook.xml_parts import in_utf8
from nightclerk.formats.workbook.xml_text import meant, pieces

_Bytes = NDArray[np.uint8]
_KINDS = {"": NUMBER, "n": NUMBER, "s": SHARED, "str": TEXT, "inlineStr": TEXT, "b": BOOLEAN, "e": ERROR}
_PADDING = b"\0" * 32
_OPENING = np.zeros(256, bool)
_OPENING[list(b"rcvfit/")] = True
_ATTRIBUTES = re.compile(rb'(?: (?:s="([0-9]{1,6})"|t="([A-Za-z]{1,9})"|(?:cm|vm|ph)="[0-9a-z]*"))*')
_LONGEST_TAIL = 24
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(9)], np.uint64)
_SPREAD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_CELL, _BYTE = np.uint64(int.from_bytes(b'<c r="', "little")), np.uint64(255)
_INLINE = b'<t xml:space="preserve">'


class QuickScanner:
    """Scans stretches of one sheet; remembers which attributes its cells have."""

    def __init__(self, zero_if_not_calculated: bool = False) -> None:
        """``zero_if_not_calculated``: whether a formula of value 0 was never calculated, where no other one of its column has a
        value."""
        self._no_zeros = zero_if_not_calculated
        self._keys = np.zeros(0, np.uint64)
        self._styles = np.zeros(0, np.int32)
        self._kinds = np.zeros(0, np.uint8)
        self._texts = np.zeros(0, bool)

    def scan(self, data: bytes) -> Cells | None:
        """Given whole rows; returns their cells, or None where anything is not written in the usual way."""
        if not data.startswith(b"<row "):
            return None
        block = np.frombuffer(data + _PADDING, np.uint8)
        tags = np.flatnonzero(block == ord("<"))
        names = block[tags + 1]
        if not _OPENING[names].all() or (block[tags[names == ord("r")] + 2] != ord("o")).any():
            return None
        lines, digits = _row_numbers(block, tags[names == ord("r")])
        if lines is None or digits is None:
            return None
        names = np.append(names, np.full(8, ord("r"), np.uint8))  # as if rows went on behind the last tag
        return self._cells(data, block, tags, names, lines, digits)

    def _cells(
        self, data: bytes, block: _Bytes, tags: Places, names: NDArray[np.uint8], lines: Places, digits: Places
    ) -> Cells | None:
        found = np.flatnonzero(names == ord("c"))
        within, row_of_tag = names[found + 1], np.cumsum(names[: len(tags)] == ord("r")) - 1
        filled = (within == ord("v")) | (within == ord("f")) | (within == ord("i"))
        if not (filled | (within == ord("/")) | (within == ord("c")) | (within == ord("r"))).all():
            return None
        found = found[filled]
        values = _values(block, tags, names, found)
        starts, row = tags[found], row_of_tag[found]
        columns, tails = _places(block, starts, digits[row])
        if values is None or columns is None:
            return None
        ends = tags[found + 1] - 1
        styled = self._attributes(data, block, tails, ends)
        if styled is None:
            return None
        style, kind, is_text = styled
        begin, end, formula = values
        empty = begin >= end
        kind = np.where(empty & formula & ~is_text, np.uint8(UNCOMPUTED), kind)
        if self._no_zeros:
            zero = formula & (kind == NUMBER) & (end - begin == 1) & (block[begin] == ord("0"))
            calculated = np.unique(columns[formula & ~zero & ~empty])
            kind = np.where(zero & ~np.isin(columns, calculated), np.uint8(UNCOMPUTED), kind)
        kept = ~empty | (kind == UNCOMPUTED)
        if not kept.all():
            begin, end, row, columns = begin[kept], end[kept], row[kept], columns[kept]
            kind, style = kind[kept], style[kept]
        return Cells(lines, row, columns, kind, style, _texts(block, begin, end, kind))

    def _attributes(
        self, data: bytes, block: _Bytes, tails: Places, ends: Places
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8], Flags] | None:
        """Given where the attributes behind each cell's reference begin and end; returns the style and kind of each, and whether
        the kind is said to be a text."""
        lengths = ends - tails
        if len(lengths) and (lengths.min() < 0 or lengths.max() > _LONGEST_TAIL or (block[ends] != ord(">")).any()):
            return None
        words = _words(block)
        needed = -(-int(lengths.max()) // 8) if len(lengths) else 0
        keys = lengths.astype(np.uint64)
        for at, spread in enumerate(_SPREAD[:needed]):
            keys ^= (words[np.minimum(tails + 8 * at, len(words) - 1)] & _MASKS[np.clip(lengths - 8 * at, 0, 8)]) * spread
        places = self._known(keys)
        if places is None:
            for at in np.unique(keys, return_index=True)[1]:
                if not self._learn(keys[at], data[tails[at] : ends[at]]):
                    return None
            places = self._known(keys)
        if places is None:
            return None
        return self._styles[places], self._kinds[places], self._texts[places]

    def _known(self, keys: NDArray[np.uint64]) -> Places | None:
        if not len(self._keys):
            return None if len(keys) else np.zeros(0, np.int64)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return places if (self._keys[places] == keys).all() else None

    def _learn(self, key: np.uint64, attributes: bytes) -> bool:
        if key in self._keys:
            return True
        read = _ATTRIBUTES.fullmatch(attributes)
        kind = _KINDS.get((read[2] or b"").decode("ascii", "replace")) if read else None
        if read is None or kind is None:
            return False
        at = int(np.searchsorted(self._keys, key))
        self._keys = np.insert(self._keys, at, key)
        self._styles = np.insert(self._styles, at, int(read[1] or 0))
        self._kinds = np.insert(self._kinds, at, kind)
        self._texts = np.insert(self._texts, at, kind == TEXT)
        return True


def _row_numbers(block: _Bytes, rows: Places) -> tuple[Places | None, Places | None]:
    """Returns each row's number and how many digits that has; None where one is not written as its first attribute."""
    for at, expected in enumerate(b' r="', 4):
        if (block[rows + at] != expected).any():
            return None, None
    numbers, digits = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    going = np.ones(len(rows), bool)
    for at in range(8, 15):
        sign = block[rows + at]
        going &= (sign >= ord("0")) & (sign <= ord("9"))
        numbers = np.where(going, numbers * 10 + sign - ord("0"), numbers)
        digits += going
    if (block[rows + 8 + digits] != ord('"')).any() or (np.diff(numbers) <= 0).any() or numbers[-1] > MOST_ROWS:
        return None, None
    return numbers, digits


def _places(block: _Bytes, starts: Places, digits: Places) -> tuple[Places | None, Places]:
    """Given where cells begin and how many digits their rows' numbers have; returns their columns, and where the attributes
    behind the reference begin."""
    begun = _words(block)[starts]  # the first eight bytes of each: <c r="AB
    signs = [(begun >> np.uint64(48)) & _BYTE, begun >> np.uint64(56), block[starts + 8]]
    letters = [(sign >= ord("A")) & (sign <= ord("Z")) for sign in signs]
    columns = signs[0].astype(np.int64) - ord("A") + 1
    second, third = letters[1], letters[1] & letters[2]
    columns = np.where(second, columns * 26 + signs[1].astype(np.int64) - ord("A") + 1, columns)
    columns = np.where(third, columns * 26 + signs[2].astype(np.int64) - ord("A") + 1, columns)
    closing = starts + 7 + second + third + digits
    usual = letters[0] & (block[closing] == ord('"')) & (columns <= LAST_COLUMN) & (begun & _MASKS[6] == _CELL)
    return (columns - 1 if usual.all() else None), closing + 1


def _words(block: _Bytes) -> NDArray[np.uint64]:
    """Returns the eight bytes at each place as one number."""
    return np.ndarray((len(block) - 7,), "<u8", block.data, 0, (1,))


def _values(block: _Bytes, tags: Places, names: NDArray[np.uint8], cells: Places) -> tuple[Places, Places, Flags] | None:
    """Given the cells that hold anything, as places among the tags; returns where the text of each begins and ends, and which
    have a formula."""
    within = names[cells + 1]
    formula = within == ord("f")
    closed = names[cells + 2] == ord("/")  # </f> follows, or the formula's tag closes itself
    holder = cells + 1 + np.where(formula, 1 + closed, 0)
    alone = formula & ((names[holder] == ord("/")) | (holder >= len(tags)))
    inline = within == ord("i")
    holder = np.where(inline, holder + 1, holder)
    if not ((names[holder] == np.where(inline, ord("t"), ord("v"))) | alone).all():
        return None
    if not (names[holder + 1] == ord("/"))[~alone].all() or not (names[holder + 2] == ord("/"))[inline].all():
        return None
    closing = tags[np.minimum(holder + 2 + inline, len(tags) - 1)]
    if (block[closing + 2] != ord("c"))[~alone].any():
        return None
    places = tags[np.minimum(holder, len(tags) - 1)]
    begin, end = places + 3, tags[np.minimum(holder + 1, len(tags) - 1)]
    spaced = inline & (block[places + 2] == ord(" "))
    for at, sign in enumerate(_INLINE):
        if (block[places[spaced] + at] != sign).any():
            return None
    begin = np.where(spaced, places + len(_INLINE), begin)
    if (block[begin - 1] != ord(">"))[~alone].any():
        return None
    return np.where(alone, 0, begin), np.where(alone, 0, end), formula


def _texts(block: _Bytes, begin: Places, end: Places, kind: NDArray[np.uint8]) -> pl.Series:
    """Given where the texts begin and end; returns them."""
    lengths = end - begin + 1  # with the < behind each, which no text holds and which parts them
    lengths[kind == UNCOMPUTED] = 0
    gone = np.cumsum(lengths)
    if not len(gone) or not gone[-1]:
        return pl.Series("text", [""] * len(kind), dtype=pl.String)
    places = np.arange(gone[-1]) + np.repeat(begin - gone + lengths, lengths)
    series = pieces(in_utf8(block[places].tobytes()[:-1]), "<")
    if len(series) < len(kind):  # the formulas without a value have none here
        filled = np.where(lengths > 0, np.cumsum(lengths > 0) - 1, len(series))
        series = pl.concat([series, pl.Series("text", [""], dtype=pl.String)], rechunk=True).gather(filled)
    is_text = kind == TEXT
    if not is_text.any():
        return series
    if is_text.all():
        return meant(series)
    mask = pl.Series(is_text)
    return replaced(series, mask, meant(series.filter(mask)))
