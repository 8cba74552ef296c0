"""The refusal of a file that is too large to be taken."""

from __future__ import annotations

from nightclerk.core.errors import SenderError
from nightclerk.core.naming import shown


def in_words(size: int) -> str:
    """Given bytes; returns them as people write sizes, such as ``512 MB`` or ``1.5 KB`` (1 KB is 1000 bytes)."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"


def too_large(name: str, size: int, limit: int) -> SenderError:
    """Given a file's name, its bytes as far as they are known and the limit in bytes; returns the refusal to raise."""
    measure = in_words(size) if in_words(size) != in_words(limit) else f"{size} bytes"
    most = in_words(limit) if in_words(size) != in_words(limit) else f"{limit} bytes"
    return SenderError(
        "file_too_large",
        f"{shown(name)} is too large: it has {measure} or more, and files of at most {most} are taken. "
        "Send it in smaller parts, or ask for the limit to be raised.",
    )
