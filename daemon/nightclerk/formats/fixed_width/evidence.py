"""What the lengths of all lines tell: that a line ends too early, or that the columns are counted in bytes."""

from __future__ import annotations

import polars as pl

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import Sentence

#: How many lines must all be equally long to show that a shorter last one is cut.
_ENOUGH_LINES = 5


def full_length(first: pl.Series) -> int | None:
    """Given the first rows of a file; returns how long every row must be, or None where rows may end early.

    A writer that fills up its lines gives all of them one length, and some end in spaces; one that leaves out the spaces at the
    end of a line ends none so. A few of the lines may be damaged.
    """
    filled = first.filter(first.str.strip_chars() != "")
    lengths = filled.str.len_chars()
    if len(filled) < 2:
        return None
    usual = int(lengths.mode().max())  # type: ignore[arg-type]  # numbers
    whole = filled.filter(lengths == usual)
    return usual if 2 * len(whole) >= len(filled) and whole.str.ends_with(" ").any() else None


class Evidence:
    """The lengths of the lines so far: of those that hold ASCII alone, and of the others."""

    def __init__(self) -> None:
        self._ascii: set[int] = set()
        self._characters: set[int] = set()
        self._bytes: set[int] = set()
        self._lines = 0
        self.longest = 0

    def cuts(self, last: str) -> bool:
        """Given the last line of a file, which has no line end; returns whether it is shorter than all lines before, which are
        all equally long."""
        lengths = self._ascii | self._characters
        return self._lines >= _ENOUGH_LINES and len(lengths) == 1 and bool(last.strip()) and len(last) < min(lengths)

    def add(self, texts: pl.Series) -> None:
        """Given more lines; takes their lengths in. More than a few different lengths show nothing and are not kept."""
        filled = texts.filter(texts.str.strip_chars() != "")
        lengths = pl.DataFrame({"characters": filled.str.len_chars(), "bytes": filled.str.len_bytes()}).unique()
        self._lines += len(filled)
        plain = pl.col("characters") == pl.col("bytes")
        self._ascii |= _few(lengths.filter(plain).get_column("characters"))
        self._characters |= _few(lengths.filter(~plain).get_column("characters"))
        self._bytes |= _few(lengths.filter(~plain).get_column("bytes"))
        self.longest = max(self.longest, int(lengths.get_column("characters").max() or 0))  # type: ignore[arg-type]  # numbers

    def check(self) -> None:
        """Raises SenderError ``wrong_encoding`` where the columns are counted in bytes: every line has as many bytes, and each
        with letters beyond ASCII has fewer characters than the others."""
        if self._lines < _ENOUGH_LINES or len(self._ascii) != 1 or self._bytes != self._ascii or not self._characters:
            return
        told = Sentence(
            "The columns of the file are counted in bytes: each row has %(length)s of them, so that what stands behind an"
            " accented letter is shifted. Export it in an encoding that has one byte for each letter.",
            length=next(iter(self._ascii)),
        )
        raise SenderError("wrong_encoding", told)


def _few(lengths: pl.Series) -> set[int]:
    return set(lengths.head(10).to_list())
