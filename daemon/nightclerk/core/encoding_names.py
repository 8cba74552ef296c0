"""Encodings by the names that people know them by, as programs offer them where a file is saved."""

from __future__ import annotations

_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "ascii": "ASCII", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
#: Code pages of Windows that are numbered as those of DOS are.
_NAMES |= {f"cp{number}": f"Windows-{number}" for number in (874, 932, 936, 949, 950)}
#: How the names of families of code pages begin → what people call the family.
_FAMILIES = (("cp125", "Windows-125"), ("iso8859-", "ISO 8859-"), ("cp", "DOS "), ("mac-", "Mac "))


def called(encoding: str) -> str:
    """Given an encoding's codec name, such as ``cp1252``; returns what people call it, such as ``Windows-1252``."""
    family = next(((start, name) for start, name in _FAMILIES if encoding.startswith(start)), None)
    return _NAMES.get(encoding) or (encoding.upper() if family is None else family[1] + encoding.removeprefix(family[0]).title())
