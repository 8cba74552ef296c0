"""Which encoding a file is written in: as declared, or by its byte order mark, else strict UTF-8, else by evidence.

Evidence is the shape of UTF-16, or what its words are in the code pages of the tenant's language. The whole file is checked
before the first row is read, and nothing is ever decoded with replacement characters.
"""

from __future__ import annotations

import codecs
import os
import re

from nightclerk.core.encoding_names import called
from nightclerk.core.errors import SenderError
from nightclerk.core.reading import EncodingEvidence
from nightclerk.core.sentence import Sentence
from nightclerk.formats.sound_bytes import check_utf8, first_wrong, is_transparent
from nightclerk.formats.text import Text, read_at
from nightclerk.formats.transcoding import copy_as_utf8, misfit
from nightclerk.formats.wide_text import wide_encoding

_SAMPLE = 1 << 17
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PICTURE = Sentence("The file is a picture, not a table; export the table itself, as CSV.")
_OTHER_KINDS = (
    (b"\x89PNG\r\n", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"PK\x03\x04", Sentence("The file is a zip archive or a workbook, not delimited text; export it as CSV.")),
    (b"\xd0\xcf\x11\xe0", Sentence("The file is an old workbook, not delimited text; export it as CSV.")),
    (b"%PDF", Sentence("The file is a PDF document, not delimited text; export it as CSV.")),
    (b"\x1f\x8b", Sentence("The file is a gzip archive, not delimited text; export it as CSV.")),
)


def find_encoding(descriptor: int, declared: str, language: str, scratch: int, remembered: str | None = None) -> Text:
    """Given an open file, the declared encoding or ``auto``, the tenant's language, an empty scratch file (the file itself, where
    only the name of a code page is asked for), and the encoding that decides where words leave a doubt; returns the text.

    Raises SenderError ``wrong_encoding`` when the file does not fit what is declared or is in several encodings, ``not_text``
    when nothing fits, ``encoding_ambiguous`` when its words make sense in two encodings.
    """
    size = os.fstat(descriptor).st_size
    head = read_at(descriptor, 0, 4096)
    mark, marked = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", None))
    if declared != "auto":
        name = _without_mark(declared, marked)
        return _held_to(descriptor, size, name, mark if marked == name else b"", scratch, "wrong_encoding", "declared")
    if marked is not None:
        return _held_to(descriptor, size, marked, mark, scratch, "not_text", "mark")
    return _unmarked(descriptor, size, head, language, scratch, remembered)


def _held_to(descriptor: int, size: int, name: str, mark: bytes, scratch: int, code: str, by: str) -> Text:
    """Returns the text in an encoding that is said; raises SenderError with the code where it does not fit."""
    start = len(mark)
    if is_transparent(name):
        wrong = first_wrong(descriptor, start, size, name)
        if wrong is not None:
            raise misfit(descriptor, wrong, name, code)
        return Text(descriptor, start, size, name, name, bool(mark), EncodingEvidence(by))
    copied = copy_as_utf8(descriptor, start, size, name, scratch, code)
    return Text(scratch, 0, copied, "utf-8", name, bool(mark), EncodingEvidence(by))


def _unmarked(descriptor: int, size: int, head: bytes, language: str, scratch: int, remembered: str | None) -> Text:
    """Returns the text of a file that says nothing of its encoding."""
    _refuse_other_kinds(head)
    wide = wide_encoding(descriptor) if b"\0" in head else None
    if wide is not None:
        told = Sentence("Every other byte fits %(encoding)s, and the file has no byte order mark.", encoding=called(wide))
        copied = copy_as_utf8(descriptor, 0, size, wide, scratch, "not_text")
        return Text(scratch, 0, copied, "utf-8", wide, False, EncodingEvidence("guess", (wide,), told))
    _refuse_nul_bytes(head)
    checked = check_utf8(descriptor, 0, size)
    if checked.wrong is None:
        evidence = EncodingEvidence("ascii" if checked.is_ascii else "utf-8")
        return Text(descriptor, 0, size, "utf-8", "utf-8", False, evidence)
    if _is_broken_utf8(descriptor, size, checked.wrong):
        raise misfit(descriptor, checked.wrong, "utf-8", "wrong_encoding")
    # Most files are UTF-8: what is needed to tell code pages apart is loaded for the others only.
    from nightclerk.formats.guess import guess_code_page

    name, evidence = guess_code_page(descriptor, checked.wrong, language[:2], remembered)
    if is_transparent(name) or scratch == descriptor:  # the same where only the name is asked for
        return Text(descriptor, 0, size, name, name, False, evidence)
    copied = copy_as_utf8(descriptor, 0, size, name, scratch, "wrong_encoding")
    return Text(scratch, 0, copied, "utf-8", name, False, evidence)


def _refuse_other_kinds(head: bytes) -> None:
    for magic, sentence in _OTHER_KINDS:
        if head.startswith(magic):
            raise SenderError("not_text", sentence)


def _refuse_nul_bytes(head: bytes) -> None:
    if head.count(0) > len(head) // 4:
        raise SenderError(
            "not_text",
            Sentence(
                "The file is no text: every few bytes there is a NUL byte, and it is not UTF-16 either. Save it as UTF-8, or ask"
                " those who look after Nightclerk to accept its encoding.%(setting)s",
                setting=" The feed's format names it: `encoding: utf-32-le`, for example.",
            ),
        )


def _without_mark(declared: str, marked: str | None) -> str:
    """Returns the codec for the bytes behind the mark: ``utf-16`` becomes the order that the mark names."""
    name = codecs.lookup(declared).name
    if name == "utf-8-sig":
        return "utf-8"
    if name in {"utf-16", "utf-32"}:
        return marked if marked is not None and marked.startswith(name) else f"{name}-le"
    return name


def _is_broken_utf8(descriptor: int, size: int, wrong: int) -> bool:
    """Whether most characters beyond ASCII, at the file's beginning and around the first wrong byte, are sound UTF-8.

    Then the file is UTF-8 with damage, and as cp1252 each of them would be read as two wrong ones. In real cp1252 two such bytes
    in a row that happen to be UTF-8 (``Ã©``) are far rarer than single ones.
    """
    around = max(0, wrong - _SAMPLE // 2)
    samples = [read_at(descriptor, 0, _SAMPLE), read_at(descriptor, around, min(_SAMPLE, size - around))]
    beyond = "".join(text for data in samples for text in _BEYOND_ASCII.findall(data.decode("utf-8", "surrogateescape")))
    broken = sum("\udc80" <= char <= "\udcff" for char in beyond)
    return len(beyond) - broken > broken
