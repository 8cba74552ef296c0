"""The text of an XML file, in the encoding that the file itself declares, or that is declared for it."""

from __future__ import annotations

import codecs
import os
import re

from nightclerk.core.errors import SenderError
from nightclerk.core.format import codec_named
from nightclerk.core.sentence import Sentence
from nightclerk.formats.encoding import find_encoding
from nightclerk.formats.text import Text, read_at, without_end_mark

_HEAD = 1024
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']")
_BEGINNING = re.compile(r"\s*<(?:[?!]|[^\W\d][\w:.-]*(?:[\s/>]|$))")
_DECLARATION = re.compile(r"\s*<\?xml\s")
_CLOSED = re.compile(r"</|/>")
#: Encodings by which Python means something else than how a file is written.
_NO_FILES = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf-7"}
_MARKS = (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")
_WIDE = (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")
_LONGEST_CHARACTER = 4


def may_be_xml(file: int) -> bool:
    """Given a file's descriptor; returns whether it begins as an element, a declaration or a comment of XML does, or is blank."""
    text = _beginning(file)
    return not text.strip() or _BEGINNING.match(text) is not None


def looks_like_xml(file: int) -> bool:
    """Given a file's descriptor; returns whether nobody would take its beginning for anything but XML."""
    text = _beginning(file)
    if _DECLARATION.match(text):
        return True
    return _BEGINNING.match(text) is not None and _CLOSED.search(text) is not None


def xml_text(file: int, declared: str, language: str, scratch: int) -> tuple[Text, tuple[Sentence, ...]]:
    """Given a file's descriptor, the encoding that the feed names or ``auto``, the tenant's language and an empty scratch file;
    returns its text, with a note where the file is not written as it says.

    Raises SenderError ``wrong_encoding`` where it is written in none that it may be written in, ``incomplete`` where it ends
    within a character, ``no_header`` where it is empty.
    """
    head = read_at(file, 0, _HEAD)
    if not head.strip():
        raise SenderError("no_header", Sentence("The file is empty: it has no header and no rows."))
    name, notes = _declared(head) if declared == "auto" else (declared, ())
    if name == "utf-8" and _ends_within_character(file):
        raise SenderError(
            "incomplete",
            Sentence("The file ends in the middle of a character: the export or the upload broke off. Send it again."),
        )
    return without_end_mark(find_encoding(file, name, language, scratch)), notes


def _declared(head: bytes) -> tuple[str, tuple[Sentence, ...]]:
    """Returns the encoding by the first bytes, else as the file declares it, else UTF-8, as XML has it."""
    by_first_bytes = _by_first_bytes(head)[1]
    if by_first_bytes is not None:
        return by_first_bytes, ()
    found = _DECLARED.match(head.lstrip())
    if found is None:
        return "utf-8", ()
    written = found[1].decode("ascii")
    name = _codec(written)
    if name.startswith(("utf-16", "utf-32")):  # its first bytes say that it is not: some programs write so and mean UTF-8
        return "utf-8", (
            Sentence("The file says that it is written in %(encoding)s, but it is not; it was read as UTF-8.", encoding=written),
        )
    return name, ()


def _codec(written: str) -> str:
    try:
        name = codec_named(written)
    except ValueError:
        name = "undefined"
    if name in _NO_FILES:
        raise SenderError(
            "wrong_encoding",
            Sentence(
                'The file says that it is written in "%(encoding)s", which is no encoding that is known. Export it as UTF-8.',
                encoding=written,
            ),
        )
    return name


def _beginning(file: int) -> str:
    head = read_at(file, 0, _HEAD)
    mark, name = _by_first_bytes(head)
    return head[len(mark) :].decode(name or "latin-1", "replace")


def _by_first_bytes(head: bytes) -> tuple[bytes, str | None]:
    """Returns the byte order mark, if there is one, and the encoding where the first bytes leave no choice."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return mark, name
    return b"", next((name for first, name in _WIDE if head.startswith(first)), None)


def _ends_within_character(file: int) -> bool:
    size = os.fstat(file).st_size
    tail = read_at(file, max(0, size - _LONGEST_CHARACTER), _LONGEST_CHARACTER)
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    decoder.decode(tail)
    return bool(decoder.getstate()[0])
