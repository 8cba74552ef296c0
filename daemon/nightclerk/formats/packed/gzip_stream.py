"""A gz file, unpacked as ``gzip -d`` does: all its members, one after the other, are one file."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from nightclerk.formats.packed.refusals import behind_the_end, damaged, incomplete
from nightclerk.formats.text import read_at

#: Small, for after each member the rest of a piece is read once more, and some programs write very small members.
_PIECE = 1 << 15
_CHUNK = 1 << 20
_GZIP = 31
_MAGIC = b"\x1f\x8b"
_EXTRA, _NAME = 4, 8
_HEAD = 4096
_LONGEST_NAME = 255


def unpacked_gzip(file: int) -> Iterator[bytes]:
    """Given the descriptor of a gz file; yields what is in it, with check sums and lengths checked.

    Raises SenderError ``incomplete`` where its end is missing, ``damaged_archive`` for anything that does not fit.
    """
    at: int | None = 0
    while at is not None:
        stream, data = zlib.decompressobj(_GZIP), b""
        while not stream.eof:
            if not data:
                data = read_at(file, at, _PIECE)
                at += len(data)
            if not data:
                raise incomplete()
            try:
                yield stream.decompress(data, _CHUNK)
            except zlib.error as error:
                raise damaged() from error
            data = stream.unconsumed_tail
        at = _next(file, at - len(stream.unused_data))


def _next(file: int, at: int) -> int | None:
    """Given where a member ended; returns where the next one begins, or None where nothing but padding follows."""
    if read_at(file, at, len(_MAGIC)) in {_MAGIC, _MAGIC[:1]}:
        return at
    while data := read_at(file, at, _PIECE):
        if data.strip(b"\0"):
            raise behind_the_end()
        at += len(data)
    return None


def name_within(file: int) -> str:
    """Given the descriptor of a gz file; returns what the packed file was called, empty where its head does not say."""
    head = read_at(file, 0, _HEAD)
    flags = head[3] if len(head) > 3 else 0
    if not flags & _NAME:
        return ""
    start = 10
    if flags & _EXTRA:
        start += 2 + int.from_bytes(head[10:12], "little")
    name, end, _ = head[start:].partition(b"\0")
    if not end or len(name) > _LONGEST_NAME:
        return ""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("latin-1")
