"""Archives for the tests, right ones and such as no honest program writes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

CSV = b"Code;Nom\r\n1;Ann\r\n2;Bob\r\n"


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def streamed(members: dict[str, bytes]) -> bytes:
    """As a program packs that cannot go back: sizes and check sums stand behind each member."""

    class Forward(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += data
            return len(data)

    stream = Forward()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, content in members.items():
            archive.writestr(name, content)
    return bytes(stream.data)


def raw_zip(
    name: bytes,
    content: bytes,
    *,
    claimed: int | None = None,
    crc: int | None = None,
    flags: int = 0,
    method: int = 8,
    mode: int = 0,
    times: int = 1,
) -> bytes:
    """One member, or ``times`` as many entries of the same bytes, with whatever its headers are to say of it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush() if method == 8 else content
    size = len(content) if claimed is None else claimed
    checked = zlib.crc32(content) if crc is None else crc
    fields = (20, flags, method, 0, 0, checked, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<5H3L2H", *fields) + name
    entry = (
        b"PK\x01\x02"
        + struct.pack("<6H3L5H2L", 3 << 8 | 20, *fields[:5], *fields[5:8], len(name), 0, 0, 0, 0, mode << 16, 0)
        + name
    )
    body, listed = local + packed, entry * times
    count = min(times, 0xFFFF)
    return body + listed + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, count, count, len(listed), len(body), 0)
