"""OpenPGP messages written as text without a checksum at their end, as current programs write them (RFC 9580).

GnuPG 2.2 loses the last bytes of some of these, so that a sound message looks damaged. It is handed their bytes instead.
"""

from __future__ import annotations

import binascii
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from nightclerk.core.decrypted import damaged

_BEGIN, _END = b"-----BEGIN PGP MESSAGE-----", b"-----END PGP MESSAGE-----"
_STRETCH = 1 << 16


def dearmored(path: Path, scratch: Path) -> Path:
    """Given a message that is written as text, and a folder of ours; returns a new file there with the message's bytes.

    Raises SenderError ``not_decrypted`` where it is no whole message, or anything but blanks follows it.
    """
    with path.open("rb") as text, tempfile.NamedTemporaryFile(dir=scratch, delete=False) as made:
        waiting = b""
        try:
            for piece in _base64(text):
                waiting += piece
                whole = len(waiting) // 4 * 4
                made.write(binascii.a2b_base64(waiting[:whole], strict_mode=True))
                waiting = waiting[whole:]
        except binascii.Error:
            raise damaged() from None
        if waiting or any(line.strip() for line in text):
            raise damaged()
    return Path(made.name)


def _base64(text: BinaryIO) -> Iterator[bytes]:
    """Yields what stands between the lines around a message and the headers above it, without its line ends."""
    line = text.readline(_STRETCH)
    while line and line.strip() != _BEGIN:
        line = text.readline(_STRETCH)
    while line and line.strip():  # the headers, up to a blank line
        line = text.readline(_STRETCH)
    while line and line.strip() != _END:
        yield b"".join(line.split())
        line = text.readline(_STRETCH)
    if not line:
        raise damaged()
