"""The bytes of a block that matter, where they stand, and which of them stand inside quotes.

A quote opens a field only at its start (RFC 4180) and closes it where it is not doubled; a quote elsewhere is literal text.
Where all quotes of a block are regular, being inside quotes is the parity of the quotes before. Where one is not,
``_irregular`` jumps from one irregular quote to the next, so that its cost grows with these alone. In a file that leaves the
quotes inside its fields as they are, those alone open or close one that stand at a field's edge (``_bare``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nightclerk.formats.dialect import Dialect

Places = NDArray[np.int64]
Flags = NDArray[np.bool_]

LF, CR = 10, 13


@dataclass(frozen=True)
class Marks:
    """places: where control characters, delimiters and quotes stand, ascending. kinds: which byte each is.

    outside: whether it stands outside quotes. opening: of the quotes, which open or close a field (two of them stand for a
    doubled one as well). literal: places of quotes that are plain text. strays: places where text goes on after a closing quote,
    or of doubled quotes in a file that doubles none.
    """

    places: Places
    kinds: NDArray[np.uint8]
    outside: Flags
    opening: Places
    literal: Places
    strays: Places

    def of(self, byte: int) -> Places:
        """Returns where a byte stands, inside quotes or not."""
        found: Places = self.places[self.kinds == byte]
        return found

    def outside_of(self, byte: int) -> Places:
        """Returns where a byte stands outside quotes."""
        found: Places = self.places[(self.kinds == byte) & self.outside]
        return found

    @cached_property
    def open_quote(self) -> int | None:
        """Where the quote stands that is still open at the block's end."""
        if len(self.opening) % 2 == 0:
            return None
        openers, before = self.opening[::2], np.concatenate(([-2], self.opening[1::2]))
        return int(openers[openers - before > 1][-1])  # one right behind another is the second half of a doubled quote


def marks(block: NDArray[np.uint8], dialect: Dialect) -> Marks:
    """Given the bytes of a block that starts at a record's start; returns its marks."""
    matters = block < 32
    matters |= block == dialect.delimiter[0]
    if dialect.quote is not None:
        matters |= block == dialect.quote[0]
    places = np.flatnonzero(matters)
    kinds = block[places]
    none = places[:0]
    if dialect.quote is None or not (is_quote := kinds == dialect.quote[0]).any():
        return Marks(places, kinds, np.ones(len(places), bool), none, none, none)
    quotes = places[is_quote]
    literal, strays = _bare(quotes, block, dialect) if dialect.inner == "bare" else _irregular(quotes, block, dialect)
    opens = is_quote
    if literal.any():
        opens = is_quote.copy()
        opens[np.flatnonzero(is_quote)[literal]] = False
    outside = (np.cumsum(opens) & 1) == 0
    return Marks(places, kinds, outside, places[opens], quotes[literal], strays)


def _irregular(quotes: Places, block: NDArray[np.uint8], dialect: Dialect) -> tuple[Flags, Places]:
    """Given where all quotes stand; returns which are literal text, and where text goes on after a closing quote."""
    opens, closes, after_quote, before_quote = _surroundings(quotes, block, dialect)
    even = np.arange(len(quotes)) % 2 == 0
    bad_opener, bad_closer = ~(opens | after_quote), ~(closes | before_quote)
    suspects = (np.flatnonzero(np.where(even, bad_opener, bad_closer)), np.flatnonzero(np.where(even, bad_closer, bad_opener)))
    literal = np.zeros(len(quotes), bool)
    strays: list[int] = []
    openers = np.flatnonzero(opens)
    at = shift = 0
    while (found := suspects[shift].searchsorted(at)) < len(suspects[shift]):
        suspect = int(suspects[shift][found])
        first_literal = suspect
        if suspect % 2 != shift:
            strays.append(int(quotes[suspect]) + 1)
            first_literal = suspect + 1
        following = openers.searchsorted(first_literal)
        at = int(openers[following]) if following < len(openers) else len(quotes)
        literal[first_literal:at] = True
        shift = at % 2
    return literal, np.array(strays, np.int64)


def _bare(quotes: Places, block: NDArray[np.uint8], dialect: Dialect) -> tuple[Flags, Places]:
    """Given where all quotes stand in a file that leaves those inside its fields as they are; returns which are literal text,
    and which of them stand right before another: such a file doubles none."""
    opens, closes, _, _ = _surroundings(quotes, block, dialect)
    # Behind a quote that could only open one is inside whatever was before, behind one that could only close outside;
    # one that could do both turns inside out.
    settled = np.maximum.accumulate(np.where(opens ^ closes, np.arange(len(quotes)), -1))
    turns = np.cumsum(opens & closes)
    known = settled >= 0
    inside = (known & opens[settled]) ^ (((turns - np.where(known, turns[settled], 0)) & 1) == 1)
    inside_before = np.concatenate(([False], inside[:-1]))
    literal: Flags = ~np.where(inside_before, closes, opens)
    doubled = literal[:-1] & literal[1:] & (np.diff(quotes) == 1)
    return literal, quotes[:-1][doubled]


def _surroundings(quotes: Places, block: NDArray[np.uint8], dialect: Dialect) -> tuple[Flags, Flags, Flags, Flags]:
    """Returns for each quote: stands at a field's start; stands at a field's end; follows a quote; a quote follows."""
    edge = dialect.record_end[0]
    delimiter, quote = dialect.delimiter[0], (dialect.quote or b"\0")[0]
    before = np.where(quotes > 0, block[quotes - 1], edge)
    after, second = _following(quotes + 1, block, edge), _following(quotes + 2, block, edge)
    closes = (after == delimiter) | (after == edge)
    if edge == LF:
        closes |= (after == CR) & (second == LF) & (quotes + 2 < len(block))
    return (before == delimiter) | (before == edge), closes, before == quote, after == quote


def _following(places: Places, block: NDArray[np.uint8], edge: int) -> NDArray[np.uint8]:
    """Returns the bytes at these places; past the block's end there stands a record end."""
    beyond = places >= len(block)
    return np.where(beyond, np.uint8(edge), block[np.where(beyond, 0, places)])
