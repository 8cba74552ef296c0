"""Lines that end with CR CR LF: a program wrote CR LF, and Windows put a CR before each LF once more."""

from __future__ import annotations

import os
from dataclasses import replace

from nightclerk.core.sentence import Sentence
from nightclerk.formats.text import Text

_CHUNK, _SAMPLE = 1 << 20, 1 << 16
_ENOUGH_LINES = 2
_DOUBLED, _SINGLE = b"\r\r\n", b"\r\n"
_NOTE = Sentence("Each line ends with one carriage return too many, as the first lines show; it is taken out.")


def with_single_returns(text: Text, scratch: int) -> tuple[Text, tuple[Sentence, ...]]:
    """Given a text, and a scratch file that holds it or nothing; returns the text with CR LF where all of its first lines end
    with CR CR LF, copied into the scratch file, and a note that says so. Other texts are returned as they are."""
    head = text.read(text.start, _SAMPLE)
    if head.count(_DOUBLED) < max(head.count(b"\n"), _ENOUGH_LINES):
        return text, ()
    start = written = text.size if text.descriptor == scratch else 0
    offset, rest = text.start, b""
    while data := text.read(offset, _CHUNK):
        offset += len(data)
        data = rest + data
        whole = len(data) - min(len(data) - len(data.rstrip(b"\r")), len(_SINGLE))  # the LF may come with the next bytes
        rest = data[whole:]
        written = _append(scratch, data[:whole].replace(_DOUBLED, _SINGLE), written)
    return replace(text, descriptor=scratch, start=start, size=_append(scratch, rest, written)), (_NOTE,)


def _append(scratch: int, data: bytes, at: int) -> int:
    """Writes bytes at a place of a file; returns the place behind them."""
    while data:
        done = os.pwrite(scratch, data, at)
        at, data = at + done, data[done:]
    return at
