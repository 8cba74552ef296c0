"""The refusal of a file that is too large to be taken."""

from __future__ import annotations

from nightclerk.core.errors import SenderError
from nightclerk.core.naming import shown
from nightclerk.core.sentence import N_, Sentence, size_in_words

_IN_WORDS = N_(
    "%(name)s is too large: it has %(size_bytes)s or more, and files of at most %(most_bytes)s are taken. "
    "Send it in smaller parts, or ask for the limit to be raised."
)
_IN_BYTES = N_(
    "%(name)s is too large: it has %(size)s bytes or more, and files of at most %(most)s bytes are taken. "
    "Send it in smaller parts, or ask for the limit to be raised."
)


def too_large(name: str, size: int, limit: int) -> SenderError:
    """Given a file's name, its bytes as far as they are known and the limit in bytes; returns the refusal to raise."""
    template = _IN_WORDS if size_in_words(size) != size_in_words(limit) else _IN_BYTES
    told = Sentence(template, name=shown(name), size=size, most=limit, size_bytes=size, most_bytes=limit)
    return SenderError("file_too_large", told)
