"""The bytes of a file as the scanner wants them: ASCII characters as single bytes, read from any place."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from nightclerk.core.reading import EncodingEvidence

#: What DOS programs write behind the last line, once or to fill up a sector.
_END_MARK = b"\x1a"
_SECTOR = 512


@dataclass(frozen=True)
class Text:
    """descriptor: of the file, or of its copy in UTF-8 where its own encoding hides ASCII characters (UTF-16).

    start: where the text begins, behind a byte order mark; size: where it ends. encoding: of these bytes.
    written: the encoding of the file itself, evidence: how that is known, and bom: whether it began with a byte order mark.
    """

    descriptor: int
    start: int
    size: int
    encoding: str
    written: str
    bom: bool
    evidence: EncodingEvidence

    def read(self, offset: int, length: int) -> bytes:
        """Given a place and how many bytes; returns them, fewer only at the text's end."""
        return read_at(self.descriptor, offset, min(length, self.size - offset))

    def decode(self, data: bytes) -> str:
        """Given bytes of whole characters; returns them as text."""
        return data.decode(self.encoding)


def without_end_mark(text: Text) -> Text:
    """Given a text; returns it without the DOS end-of-file mark behind its last line, which is no part of any record."""
    tail = text.read(max(text.start, text.size - _SECTOR), _SECTOR)
    kept = tail.rstrip(_END_MARK)
    if kept == tail or (kept and not kept.endswith((b"\n", b"\r"))):
        return text
    return replace(text, size=text.size - len(tail) + len(kept))


def read_at(descriptor: int, offset: int, length: int) -> bytes:
    """Given an open file; returns so many bytes from a place in it, fewer only at its end. Its own position stays."""
    data = os.pread(descriptor, max(length, 0), offset)
    while 0 < len(data) < length:
        more = os.pread(descriptor, length - len(data), offset + len(data))
        if not more:
            break
        data += more
    return data
