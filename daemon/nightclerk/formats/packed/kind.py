"""Which archive a file is by its content; workbooks, which are zip archives too, are none."""

from __future__ import annotations

import re

from nightclerk.formats.text import read_at

_HEAD = 512
_LOCAL = re.compile(rb"(?:PK00|PK\x07\x08)?PK\x03\x04", re.DOTALL)
_EMPTY_ZIP = b"PK\x05\x06"
#: How the archives begin that are told, but not unpacked.
_OTHERS = (
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), "7z"),
    (re.compile(rb"Rar!\x1a\x07"), "rar"),
    (re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)"), "bzip2"),
    (re.compile(rb"\xfd7zXZ\0"), "xz"),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "zstandard"),
    (re.compile(rb"\x04\x22\x4d\x18"), "lz4"),
    (re.compile(rb"\x1f[\x9d\xa0]"), "compress"),
    (re.compile(rb"MSCF\0{4}"), "cab"),
    (re.compile(rb"\x60\xea..[\x1e-\x30]", re.DOTALL), "arj"),
    (re.compile(rb"..-lh[0-7d]-.{13}[\x00-\x03]", re.DOTALL), "lha"),
)
_TAR_AT, _TAR = 257, b"ustar"
#: Where workbooks and other office documents keep what they are; one of these names, or a folder of theirs, comes first in them.
_OFFICE_FIRST = re.compile(rb"\[Content_Types\]\.xml|mimetype|META-INF/|(?:_rels|docProps|xl|word|ppt|customXml)/", re.IGNORECASE)
UNPACKED = frozenset({"zip", "gzip"})


def archive_kind(file: int) -> str | None:
    """Given a file's descriptor; returns ``zip``, ``gzip``, the kind of an archive that is not unpacked here, or None for
    anything else: tables, and every zip that may be an office document, which ``is_office`` settles."""
    head = read_at(file, 0, _HEAD)
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if _LOCAL.match(head) or head.startswith(_EMPTY_ZIP):
        return "zip"
    if head[_TAR_AT:].startswith(_TAR):
        return "tar"
    return next((kind for magic, kind in _OTHERS if magic.match(head)), None)


def begins_as_office(file: int) -> bool:
    """Given a zip's descriptor; returns whether its first member is one that an office document begins with."""
    head = read_at(file, 0, _HEAD)
    start = head.find(b"PK\x03\x04")
    return start >= 0 and _OFFICE_FIRST.match(head, start + 30) is not None


def is_office(names: list[str]) -> bool:
    """Given the names of a zip's members; returns whether it is an office document, or says that it is one."""
    plain = {name.replace("\\", "/").lstrip("/").lower() for name in names}
    return "[content_types].xml" in plain or {"content.xml", "meta-inf/manifest.xml"} <= plain
