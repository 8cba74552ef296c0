"""A file as stretches of whole records: cut at record ends, numbered by physical lines, never more in memory than one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import Sentence
from nightclerk.formats.dialect import LONGEST_RECORD, SHOWN_OF_OVERLONG, Dialect
from nightclerk.formats.marks import Flags
from nightclerk.formats.overlong import Overlong, pass_overlong
from nightclerk.formats.scanner import Scan, scan
from nightclerk.formats.swallowed import resumes_at
from nightclerk.formats.text import Text

#: How many records of a file are looked at for rows that they have swallowed, how often reading goes on within one, and how
#: much is read at first after that.
_MOST_LOOKED_AT = 10_000
_MOST_RESUMED = 250
_AFTER_RESUMING = 64 << 10


@dataclass(frozen=True)
class Stretch:
    """Whole records from one place of the text.

    offset, end: its place; line: the physical line of its first record, from 1. data: its bytes, regular. scan: what they hold.
    overlong: it is one single record past every limit, of which ``data`` is only the beginning and ``scan`` says nothing.
    unclosed: it is the beginning of a record, one line or a few, in which a quote is opened and not closed; rows follow.
    behind_damage: the record before it is damaged.
    """

    offset: int
    end: int
    line: int
    data: bytes
    scan: Scan
    overlong: bool = False
    unclosed: bool = False
    behind_damage: bool = False

    def damaged(self, width: int) -> Flags:
        """Given how many fields a row has; returns which records have others, or text behind a closing quote."""
        damaged: Flags = ~self.scan.blank & (self.scan.fields != width)
        damaged[self.scan.faults.get("text_after_quote", self.scan.starts[:0])] = True
        return damaged


def stretches(
    text: Text, dialect: Dialect, offset: int, line: int, block_bytes: int, width: int | None = None
) -> Iterator[Stretch]:
    """Given a text, where its first record starts and in which line; yields all its stretches, each about ``block_bytes`` long.

    width: how many fields a row has. With it rows are found again that a quote has swallowed.
    Raises SenderError ``unbalanced_quote`` when a quote is opened and never closed, and no rows are seen behind it.
    """
    behind_damage = False
    for stretch in _Stretches(text, dialect, width).walk(offset, line, block_bytes):
        yield replace(stretch, behind_damage=True) if behind_damage else stretch
        single = stretch.overlong or stretch.unclosed
        behind_damage = single or (width is not None and bool(stretch.damaged(width)[-1]))


class _Stretches:
    """The walk over a text."""

    def __init__(self, text: Text, dialect: Dialect, width: int | None) -> None:
        self._text, self._dialect = text, dialect
        self._width = width if width is not None and dialect.quote is not None else 0
        self._looks, self._resumptions = _MOST_LOOKED_AT, _MOST_RESUMED

    def walk(self, offset: int, line: int, block_bytes: int) -> Iterator[Stretch]:
        text, dialect = self._text, self._dialect
        data, size = b"", block_bytes
        while offset < text.size or data:
            data += text.read(offset + len(data), max(size, len(data)))
            size = min(2 * size, block_bytes)
            final = offset + len(data) >= text.size
            regular = dialect.regular(data)
            found = scan(regular, dialect, final)
            broken = self._broken(found, offset, final)
            if broken is not None:
                start, resumed = broken
                if start:
                    whole = regular[:start]
                    before = Stretch(offset, offset + start, line, whole, scan(whole, dialect, final=True))
                    line += before.scan.line_ends
                    yield before
                made = self._unclosed(offset + start, resumed, line, found)
                yield made
                line += text.read(made.offset, made.end - made.offset).count(dialect.record_end)
                offset, data, size = resumed, b"", min(_AFTER_RESUMING, block_bytes)
            elif final and found.open_quote is not None:
                raise unbalanced(line + data.count(dialect.record_end, 0, found.open_quote))
            elif found.consumed:
                yield Stretch(offset, offset + found.consumed, line, regular[: found.consumed], found)
                offset, line, data = offset + found.consumed, line + found.line_ends, data[found.consumed :]
            elif not final and len(data) > LONGEST_RECORD:
                passed = pass_overlong(text, dialect, offset)
                over = self._overlong(passed, offset, line, regular, found)
                yield over
                lines = text.read(offset, over.end - offset).count(dialect.record_end) if over.unclosed else passed.lines
                offset, line, data = over.end, line + lines, b""

    def _broken(self, found: Scan, offset: int, final: bool) -> tuple[int, int] | None:
        """Returns where the first record starts that has swallowed rows, in the block, and where these begin, in the text."""
        if not self._width or not len(found.several):
            return None
        strays = found.faults.get("text_after_quote", found.several[:0])
        suspects = found.several[np.isin(found.several, strays)].tolist()
        last = len(found.starts) - 1
        if final and found.open_quote is not None and last not in suspects:
            suspects.append(last)
        for number in suspects:
            start, end = int(found.starts[number]), int(found.ends[number])
            resumed = self._resumed(offset + start, offset + end)
            if resumed is not None:
                return start, resumed
        return None

    def _resumed(self, start: int, end: int) -> int | None:
        if not self._width or not self._looks or not self._resumptions:
            return None
        self._looks -= 1
        resumed = resumes_at(self._text, self._dialect, self._width, start, end)
        self._resumptions -= resumed is not None
        return resumed

    def _overlong(self, passed: Overlong, offset: int, line: int, regular: bytes, found: Scan) -> Stretch:
        """Given how an over-long record ends; returns it, or its beginning where rows go on within it."""
        irregular = passed.strays or passed.open_line is not None
        resumed = self._resumed(offset, passed.end) if irregular else None
        if resumed is not None:
            return self._unclosed(offset, resumed, line, found)
        if passed.open_line is not None:
            raise unbalanced(line + passed.open_line)
        return Stretch(offset, passed.end, line, regular[:SHOWN_OF_OVERLONG], found, overlong=True)

    def _unclosed(self, start: int, end: int, line: int, found: Scan) -> Stretch:
        data = self._dialect.regular(self._text.read(start, min(end - start, SHOWN_OF_OVERLONG)))
        return Stretch(start, end, line, data, found, unclosed=True)


def again(
    text: Text,
    dialect: Dialect,
    offset: int,
    end: int,
    line: int,
    overlong: bool,
    unclosed: bool = False,
    behind_damage: bool = False,
) -> Stretch:
    """Given the place of an earlier stretch; returns it, read once more."""
    size = min(end - offset, SHOWN_OF_OVERLONG) if overlong or unclosed else end - offset
    data = dialect.regular(text.read(offset, size))
    return Stretch(offset, end, line, data, scan(data, dialect, final=True), overlong, unclosed, behind_damage)


def unbalanced(line: int) -> SenderError:
    """Given the line in which a quote is opened that is never closed; returns the refusal."""
    return SenderError(
        "unbalanced_quote",
        Sentence(
            "A quote is opened in line %(line)s and never closed, so that no record after it can be told from another. "
            "Close it, or double it if it belongs to the text.",
            line=str(line),
        ),
        line,
    )
