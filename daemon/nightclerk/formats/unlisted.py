"""What a zip archive holds that its list of members does not name, as when two archives were joined into one file.

Only the list is read, so that all of this would be lost without a word.
"""

from __future__ import annotations

import os
import struct
import zipfile

from nightclerk.formats.text import read_at

_LOCAL, _END = b"PK\x03\x04", b"PK\x05\x06"
_END_SIZE, _LONGEST_COMMENT = 22, 1 << 16
_COMMENT_AT = 20
#: An archive of several parts begins with a mark of four bytes.
_MARK = 4


def begins_unlisted(file: int, archive: zipfile.ZipFile) -> bool:
    """Given the descriptor of a file and the archive in it; returns whether a member stands at the file's beginning that is not
    in the list."""
    first = min((member.header_offset for member in archive.infolist()), default=archive.start_dir)
    head = read_at(file, 0, _MARK + len(_LOCAL))
    return first > _MARK and _LOCAL in (head[: len(_LOCAL)], head[_MARK:])


def behind_the_list(file: int) -> bytes:
    """Given the descriptor of an archive whose list could be read; returns what stands behind its end, at most 64 KB, without
    the zeros and blanks that fill up blocks."""
    size = os.fstat(file).st_size
    tail = read_at(file, max(0, size - _LONGEST_COMMENT - _END_SIZE), _LONGEST_COMMENT + _END_SIZE)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        return b""
    (comment,) = struct.unpack_from("<H", tail, at + _COMMENT_AT)
    return tail[at + _END_SIZE + comment :].strip(b"\0 \t\r\n\x1a")
