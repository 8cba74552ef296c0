"""What is unpacked, written to a scratch file with a bound."""

from __future__ import annotations

import os
from collections.abc import Iterable

from nightclerk.formats.packed.refusals import too_large


def fill(scratch: int, chunks: Iterable[bytes], most: int) -> int:
    """Given the descriptor of an empty scratch file, what is unpacked chunk by chunk, and the most bytes; writes it and returns
    how many bytes it is.

    Raises SenderError ``file_too_large`` as soon as there is more, OSError of our own disk, and what unpacking raises.
    """
    written = 0
    for chunk in chunks:
        if written + len(chunk) > most:
            raise too_large(most)
        _write(scratch, chunk, written)
        written += len(chunk)
    return written


def _write(scratch: int, chunk: bytes, at: int) -> None:
    view = memoryview(chunk)
    while view:
        done = os.pwrite(scratch, view, at)
        view, at = view[done:], at + done
