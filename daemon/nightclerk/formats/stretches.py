"""A file as stretches of whole records: cut at record ends, numbered by physical lines, never more in memory than one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import Sentence
from nightclerk.formats.dialect import LONGEST_RECORD, SHOWN_OF_OVERLONG, Dialect
from nightclerk.formats.scanner import Scan, scan
from nightclerk.formats.text import Text

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Stretch:
    """Whole records from one place of the text.

    offset, end: its place; line: the physical line of its first record, from 1. data: its bytes. scan: what they hold.
    overlong: it is one single record past every limit, of which ``data`` is only the beginning and ``scan`` says nothing.
    """

    offset: int
    end: int
    line: int
    data: bytes
    scan: Scan
    overlong: bool = False


def stretches(text: Text, dialect: Dialect, offset: int, line: int, block_bytes: int) -> Iterator[Stretch]:
    """Given a text, where its first record starts and in which line; yields all its stretches, each about ``block_bytes`` long.

    Raises SenderError ``unbalanced_quote`` when a quote is opened and never closed.
    """
    data = b""
    while offset < text.size or data:
        data += text.read(offset + len(data), max(block_bytes, len(data)))
        final = offset + len(data) >= text.size
        found = scan(data, dialect, final)
        if final and found.open_quote is not None:
            raise unbalanced(line + data.count(dialect.record_end, 0, found.open_quote))
        if found.consumed:
            yield Stretch(offset, offset + found.consumed, line, data[: found.consumed], found)
            offset, line, data = offset + found.consumed, line + found.line_ends, data[found.consumed :]
        elif not final and len(data) > LONGEST_RECORD:
            end, lines = _skip(text, dialect, offset, line)
            yield Stretch(offset, end, line, data[:SHOWN_OF_OVERLONG], found, overlong=True)
            offset, line, data = end, line + lines, b""


def again(text: Text, dialect: Dialect, offset: int, end: int, line: int, overlong: bool) -> Stretch:
    """Given the place of an earlier stretch; returns it, read once more."""
    data = text.read(offset, SHOWN_OF_OVERLONG if overlong else end - offset)
    return Stretch(offset, end, line, data, scan(data, dialect, final=True), overlong)


def _skip(text: Text, dialect: Dialect, offset: int, line: int) -> tuple[int, int]:
    """Given where an over-long record starts; returns where the next one does and how many line ends lie between.

    Reads on without keeping anything. The last byte of each chunk waits for the next, because what it is depends on it.
    """
    quoted = dialect.quote is not None and text.read(offset, 1) == dialect.quote
    at, lines, opened_lines = offset + quoted, 0, 0
    while True:
        data = text.read(at, _CHUNK)
        final = at + len(data) >= text.size
        if quoted:
            matched = dialect.quoted.match(data)
            stop = matched.end() if matched else 0
            if stop == len(data) and final:
                raise unbalanced(line + opened_lines)
            closes = stop < len(data) - 1 or (stop == len(data) - 1 and final)
            quoted = not closes
            passed = stop + closes
        else:
            found = dialect.leaves_record_or_enters_quote.search(data)
            if found is not None and found.group() == dialect.record_end:
                return at + found.end(), lines + data.count(dialect.record_end, 0, found.end())
            if found is None and final:
                return text.size, lines + data.count(dialect.record_end)
            quoted = found is not None
            passed = found.end() if found is not None else max(len(data) - 1, 0)
            if quoted:
                opened_lines = lines + data.count(dialect.record_end, 0, passed)
        lines += data.count(dialect.record_end, 0, passed)
        at += passed


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
