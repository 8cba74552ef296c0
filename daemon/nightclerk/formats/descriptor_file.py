"""A descriptor as the file object that libraries want."""

from __future__ import annotations

import io
import os

from nightclerk.formats.text import read_at


class DescriptorFile(io.RawIOBase):
    """A file by its descriptor, which stays open, and whose own position is never moved."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size
        self._at = 0

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("before the beginning")
        self._at = start + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        data = read_at(self._descriptor, self._at, self._size - self._at if size < 0 else min(size, self._size))
        self._at += len(data)
        return data
