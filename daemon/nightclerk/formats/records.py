"""What a file of any kind is to the reader, once it is known how it reads: its columns, and its rows as frames of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from numpy import int64
from numpy.typing import NDArray

from nightclerk.core.issue import LeftOut
from nightclerk.core.reading import FormatFound
from nightclerk.core.sentence import Sentence
from nightclerk.formats.frame import Rows
from nightclerk.formats.header import Header


@dataclass(frozen=True)
class Opening:
    """How a file reads. left_out: the lines above the header. guarded: whether a reject file of this kind guards its cells
    against becoming formulas, so that the guard must be taken off. above: the cells of the records above the header, blank ones
    left out, the last of them last: titles, groups of columns, what an export says of itself."""

    format: FormatFound
    header: Header
    notes: tuple[Sentence, ...]
    left_out: tuple[LeftOut, ...]
    guarded: bool
    above: tuple[tuple[str, ...], ...] = ()


class Records(Protocol):
    """One file. Every call raises SenderError where the file must be refused as a whole."""

    @property
    def opening(self) -> Opening: ...

    def rows(self) -> Iterator[Rows]:
        """Yields all rows below the header, in order. To be asked once."""
        ...

    def again(self, lines: NDArray[int64]) -> Iterator[Rows]:
        """Given lines, ascending, that ``rows`` has passed; yields the rows that start there, read once more. May be asked while
        ``rows`` is under way."""
        ...

    def notes(self) -> tuple[Sentence, ...]:
        """Returns what only the whole file can tell. To be asked after ``rows``."""
        ...
