"""Passing over a record that is too long to be kept: reads on without keeping anything."""

from __future__ import annotations

from dataclasses import dataclass

from nightclerk.formats.dialect import Dialect
from nightclerk.formats.text import Text

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Overlong:
    """How an over-long record ends. end: where the next one starts; lines: how many line ends lie between.

    strays: text stands behind a closing quote. open_line: how many line ends lie before a quote that is never closed, else None.
    """

    end: int
    lines: int
    strays: bool = False
    open_line: int | None = None


def pass_overlong(text: Text, dialect: Dialect, offset: int) -> Overlong:
    """Given where an over-long record starts; returns how it ends.

    The last bytes of each chunk wait for the next, because what they are depends on it.
    """
    quoted = dialect.quote is not None and text.read(offset, 1) == dialect.quote
    at, lines, opened_lines, strays = offset + quoted, 0, 0, False
    while True:
        data, final = _chunk(text, dialect, at)
        if quoted:
            passed, quoted, stray = _quoted(data, dialect, final)
            strays = strays or stray
            if quoted and final:
                return Overlong(text.size, lines + data.count(dialect.record_end), strays, opened_lines)
        else:
            found = dialect.leaves_record_or_enters_quote.search(data)
            if found is not None and found.group() == dialect.record_end:
                return Overlong(at + found.end(), lines + data.count(dialect.record_end, 0, found.end()), strays)
            if found is None and final:
                return Overlong(text.size, lines + data.count(dialect.record_end), strays)
            quoted = found is not None
            passed = found.end() if found is not None else max(len(data) - 1, 0)
            if quoted:
                opened_lines = lines + data.count(dialect.record_end, 0, passed)
        lines += data.count(dialect.record_end, 0, passed)
        at += passed


def _chunk(text: Text, dialect: Dialect, at: int) -> tuple[bytes, bool]:
    """Returns the next bytes, regular, and whether they are the last ones. A backslash is never cut off what it escapes."""
    data = text.read(at, _CHUNK)
    final = at + len(data) >= text.size
    if dialect.inner == "backslash" and not final and (len(data) - len(data.rstrip(b"\\"))) % 2:
        data = data[:-1]
    return dialect.regular(data), final


def _quoted(data: bytes, dialect: Dialect, final: bool) -> tuple[int, bool, bool]:
    """Given bytes from inside quotes; returns how many of them are passed, whether the quotes are still open behind these, and
    whether text follows the closing one."""
    stop = dialect.closing(data, 0)
    if stop + (0 if final else 2) >= len(data):
        return (min(stop, len(data) - 2) if dialect.inner == "bare" and not final else stop), True, False
    following = data[stop + 1 : stop + 3]
    ended = not following or following[:1] in {dialect.delimiter, dialect.record_end}
    return stop + 1, False, not (ended or (following == b"\r\n" and dialect.record_end == b"\n"))
