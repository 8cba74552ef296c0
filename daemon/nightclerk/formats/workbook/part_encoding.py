"""Parts of a workbook in UTF-8, whatever they are written in: nearly all are, and what reads them quickly knows nothing else."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from nightclerk.formats.workbook.xml_parts import damaged, is_known_encoding

_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]*)[\"']")
_NAMED = re.compile(r"^(\s*<\?xml[^>]*?)\sencoding\s*=\s*[\"'][^\"']*[\"']")
_LONGEST_DECLARATION = 200


def in_one_encoding(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Given the bytes of a part; yields them in UTF-8, without the name of another encoding at their beginning.

    Raises SenderError ``damaged_workbook`` where the part names an encoding that no parser knows, or is not written in it.
    """
    first = next(chunks, b"")
    encoding = _encoding(first[:_LONGEST_DECLARATION])
    if encoding is None:
        yield first
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        yield _NAMED.sub(r"\1", decoder.decode(first).removeprefix("\ufeff"), count=1).encode()
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise damaged() from error


def _encoding(head: bytes) -> str | None:
    """Given how a part begins; returns its encoding, or None for UTF-8."""
    if head.startswith((b"\xff\xfe", b"<\0")):
        return "utf-16" if head.startswith(b"\xff") else "utf-16-le"
    if head.startswith((b"\xfe\xff", b"\0<")):
        return "utf-16" if head.startswith(b"\xfe") else "utf-16-be"
    declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    if declared is None:
        return None
    name = declared[1].decode("ascii").lower()
    if not is_known_encoding(name):
        raise damaged()
    # Who says UTF-16 and writes one byte a character has written UTF-8: some libraries name the encoding of their memory.
    return None if name.startswith("utf-16") or name in ("utf-8", "us-ascii") else name
