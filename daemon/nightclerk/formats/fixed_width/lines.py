"""A text as its lines, in stretches: lines that end where a line end stands, or records that are all equally long."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import Sentence
from nightclerk.formats.dialect import Dialect
from nightclerk.formats.fixed_width.pages import without_breaks
from nightclerk.formats.stretches import Stretch, again, stretches
from nightclerk.formats.text import Text


@dataclass(frozen=True)
class Lines:
    """Lines that follow each other. first: the number of the first one, from 1. texts: what they hold, without line ends.

    too_long: which of them, from 0, are past every limit; of a line that is a stretch of its own only the beginning is here.
    unended: the last one is the file's last and has no line end.
    """

    first: int
    texts: pl.Series
    too_long: tuple[int, ...] = ()
    unended: bool = False


class Source(Protocol):
    """The lines of a text. Every call raises SenderError where the file must be refused as a whole."""

    def stretches(self) -> Iterator[Lines]:
        """Yields all lines in order. May be called again."""
        ...

    def again(self, lines: NDArray[np.int64]) -> Iterator[Lines]:
        """Given line numbers, ascending, once ``stretches`` has passed them; yields the stretches that hold them, once more."""
        ...


class EndedLines:
    """Lines that end where a line end stands."""

    def __init__(self, text: Text, record_end: bytes, block_bytes: int) -> None:
        """Given a text, the byte that ends its lines, and about how many bytes go together."""
        self._text = text
        # Nothing but its end divides a line.
        self._dialect = Dialect(record_end, None, record_end)
        self._block_bytes = block_bytes
        self._places: list[tuple[int, int, int, bool]] = []

    def stretches(self) -> Iterator[Lines]:
        self._places.clear()
        for stretch in stretches(self._text, self._dialect, self._text.start, 1, self._block_bytes):
            self._places.append((stretch.offset, stretch.end, stretch.line, stretch.overlong))
            yield self._lines(stretch)

    def again(self, lines: NDArray[np.int64]) -> Iterator[Lines]:
        for holder in _holders([line for _, _, line, _ in self._places], lines):
            yield self._lines(again(self._text, self._dialect, *self._places[holder]))

    def _lines(self, stretch: Stretch) -> Lines:
        end = self._dialect.record_end
        if stretch.overlong:
            beginning = codecs.getincrementaldecoder(self._text.encoding)().decode(stretch.data)
            return Lines(stretch.line, pl.Series([beginning], dtype=pl.String), too_long=(0,))
        ended = stretch.data.endswith(end)
        texts = _split(self._text.decode(stretch.data.removesuffix(end)), end.decode("ascii"))
        if end == b"\n":
            texts = texts.str.strip_suffix("\r")
        texts = without_breaks(texts)
        too_long = stretch.scan.faults.get("record_too_long")
        return Lines(stretch.line, texts, tuple(too_long.tolist()) if too_long is not None else (), unended=not ended)


class EqualRecords:
    """Records without line ends, all equally long."""

    def __init__(self, text: Text, length: int, block_bytes: int) -> None:
        """Given a text, how many characters each record has, and about how many bytes go together."""
        self._text = text
        self._length = length
        self._bytes = max(block_bytes, 4 * length)  # no character has more than four bytes
        self._places: list[tuple[int, int, int]] = []

    def stretches(self) -> Iterator[Lines]:
        self._places.clear()
        offset, line = self._text.start, 1
        while offset < self._text.size:
            data = self._text.read(offset, self._bytes)
            final = offset + len(data) >= self._text.size
            text = codecs.getincrementaldecoder(self._text.encoding)().decode(data, final)
            whole = text if final else text[: len(text) // self._length * self._length]
            size = len(data) if final else len(whole.encode(self._text.encoding))
            self._places.append((offset, size, line))
            found = self._lines(whole, line)
            yield found
            offset, line = offset + size, line + len(found.texts)

    def again(self, lines: NDArray[np.int64]) -> Iterator[Lines]:
        for holder in _holders([line for _, _, line in self._places], lines):
            offset, size, line = self._places[holder]
            yield self._lines(self._text.decode(self._text.read(offset, size)), line)

    def _lines(self, text: str, line: int) -> Lines:
        if "\n" in text or "\r" in text:
            told = Sentence(
                "The file has line ends, but records of %(length)s characters without line ends are agreed. Export it without"
                " line ends, or ask those who look after Nightclerk to accept lines.%(setting)s",
                length=self._length,
                setting=" To accept them, take `record_length` out of the feed's format.",
            )
            raise SenderError("wrong_kind", told)
        short = len(text) % self._length
        whole = np.frombuffer(text[: len(text) - short].encode("utf-32-le", "surrogatepass"), np.uint32)
        ended = np.pad(whole.reshape(-1, self._length), ((0, 0), (0, 1)), constant_values=ord("\n"))
        rest = text[len(text) - short :] if short else None
        lines = ended.tobytes().decode("utf-32-le") + (rest or "")
        return Lines(line, _split(lines if rest else lines.removesuffix("\n"), "\n"))


def _split(text: str, end: str) -> pl.Series:
    return pl.Series("line", [text], dtype=pl.String).str.split(end).explode(empty_as_null=False)


def _holders(starts: list[int], lines: NDArray[np.int64]) -> list[int]:
    """Given the first line of each stretch, and lines; returns which stretches hold them."""
    found = np.unique(np.searchsorted(starts, lines, side="right") - 1)
    return [holder for holder in found.tolist() if holder >= 0]
