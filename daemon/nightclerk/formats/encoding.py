"""Which encoding a file is written in: as declared, or by its byte order mark, else strict UTF-8, else cp1252.

The whole file is checked before the first row is read, and nothing is ever decoded with replacement characters.
"""

from __future__ import annotations

import codecs
import os
from functools import lru_cache

import polars as pl

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import N_, Sentence
from nightclerk.formats.text import Text, read_at

_CHUNK = 1 << 20
_SAMPLE = 1 << 17
_SMALL = 1 << 18
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_KINDS = (
    (b"PK\x03\x04", Sentence("The file is a zip archive or a workbook, not delimited text; export it as CSV.")),
    (b"\xd0\xcf\x11\xe0", Sentence("The file is an old workbook, not delimited text; export it as CSV.")),
    (b"%PDF", Sentence("The file is a PDF document, not delimited text; export it as CSV.")),
    (b"\x1f\x8b", Sentence("The file is a gzip archive, not delimited text; export it as CSV.")),
)
_MISFIT = N_(
    "The file is not written in %(encoding)s: byte %(place)s, in line %(line)s, is %(byte)s, which is no character there."
)
_MISFIT_SAVE = N_(
    "The file is not written in %(encoding)s: byte %(place)s, in line %(line)s, is %(byte)s, which is no character there; "
    "save it as UTF-8."
)
_MISFIT_NAME = N_(
    "The file is not written in %(encoding)s: byte %(place)s, in line %(line)s, is %(byte)s, which is no character there; "
    "save it as UTF-8, or ask those who look after Nightclerk to accept its encoding."
)
#: Languages that cp1252 can write.
_WESTERN = {"en", "fr", "es", "de", "it", "pt", "nl", "ca", "da", "sv", "nb", "nn", "no", "fi", "is", "ga", "eu", "gl"}


def find_encoding(descriptor: int, declared: str, language: str, scratch: int) -> Text:
    """Given an open file, the declared encoding or ``auto``, the tenant's language, and an empty scratch file; returns the text.

    Raises SenderError ``wrong_encoding`` when the file does not fit what is declared, ``not_text`` when nothing fits.
    """
    size = os.fstat(descriptor).st_size
    head = read_at(descriptor, 0, 4096)
    mark, marked = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", None))
    if declared == "auto":
        if marked is None:
            _refuse_other_kinds(head)
        name = marked or _unmarked(descriptor, size, language)
        code = "not_text"
    else:
        name = _without_mark(declared, marked)
        mark = mark if marked == name else b""
        code = "wrong_encoding"
    start = len(mark)
    if name == "utf-8" and declared == "auto" and not mark:
        return Text(descriptor, 0, size, "utf-8", "utf-8", bom=False)
    if _is_transparent(name):
        wrong = _first_wrong(descriptor, start, size, name)
        if wrong is not None:
            raise _misfit(descriptor, start, wrong, name, code)
        return Text(descriptor, start, size, name, name, bom=bool(mark))
    copied = _copy_as_utf8(descriptor, start, size, name, scratch, code)
    return Text(scratch, 0, copied, "utf-8", name, bom=bool(mark))


def _refuse_other_kinds(head: bytes) -> None:
    for magic, sentence in _OTHER_KINDS:
        if head.startswith(magic):
            raise SenderError("not_text", sentence)
    if head.count(0) > len(head) // 4:
        raise SenderError(
            "not_text",
            Sentence(
                "The file is no text: every few bytes there is a NUL byte. If it is UTF-16 without a byte order mark, save it as "
                "UTF-8, or ask those who look after Nightclerk to accept UTF-16.%(setting)s",
                setting=" The feed's format names it: `encoding: utf-16-le` or `encoding: utf-16-be`.",
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


def _unmarked(descriptor: int, size: int, language: str) -> str:
    """Returns utf-8 when all bytes are, else cp1252 when the language is written in it and all bytes are defined there."""
    not_utf8 = _first_wrong(descriptor, 0, size, "utf-8")
    if not_utf8 is None:
        return "utf-8"
    if language[:2] not in _WESTERN:
        raise _misfit(descriptor, 0, not_utf8, "utf-8", "not_text")
    if _is_broken_utf8(descriptor, size, not_utf8):
        raise _misfit(descriptor, 0, not_utf8, "utf-8", "wrong_encoding")
    return "cp1252"


def _is_broken_utf8(descriptor: int, size: int, wrong: int) -> bool:
    """Whether most characters beyond ASCII, at the file's beginning and around the first wrong byte, are sound UTF-8.

    Then the file is UTF-8 with damage, and as cp1252 each of them would be read as two wrong ones. In real cp1252 two such bytes
    in a row that happen to be UTF-8 (``Ã©``) are far rarer than single ones.
    """
    around = max(0, wrong - _SAMPLE // 2)
    samples = [read_at(descriptor, 0, _SAMPLE), read_at(descriptor, around, min(_SAMPLE, size - around))]
    beyond = [char for data in samples for char in data.decode("utf-8", "surrogateescape") if not char.isascii()]
    broken = sum("\udc80" <= char <= "\udcff" for char in beyond)
    return len(beyond) - broken > broken


@lru_cache
def _undefined(name: str) -> bytes | None:
    """Given a codec; returns the bytes that it does not define, or None if it is no plain code page over ASCII."""
    lacking = bytearray()
    for byte in range(256):
        try:
            text = bytes([byte]).decode(name)
        except UnicodeDecodeError:
            lacking.append(byte)
            continue
        if len(text) != 1 or (byte < 128 and ord(text) != byte):
            return None
    for lead in lacking:
        for trail in range(256):
            try:
                bytes([lead, trail]).decode(name)
            except UnicodeDecodeError:
                continue
            return None
    return bytes(lacking)


def _is_transparent(name: str) -> bool:
    """Whether a byte below 128 is always the ASCII character, so that the scanner may look for delimiters in the bytes."""
    return name == "utf-8" or _undefined(name) is not None


def _first_wrong(descriptor: int, start: int, size: int, name: str) -> int | None:
    """Returns where the first byte stands that is wrong in this encoding, or None."""
    if name != "utf-8":
        return _first_undefined(descriptor, start, size, _undefined(name) or b"")
    offset, rest = start, b""
    while offset < size or rest:
        data = rest + read_at(descriptor, offset, _CHUNK)
        offset += len(data) - len(rest)
        whole = data if offset >= size else data[: _last_boundary(data)]
        rest = data[len(whole) :]
        if not whole.isascii() and not _is_utf8(whole):
            try:
                whole.decode("utf-8")
            except UnicodeDecodeError as error:
                return offset - len(data) + error.start
        if offset >= size:
            return None
    return None


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are strict UTF-8. polars answers faster than the codec, but does not say where the fault is."""
    try:
        if len(data) < _SMALL:
            data.decode("utf-8")
        else:
            pl.Series([data], dtype=pl.Binary).cast(pl.String)
    except (UnicodeDecodeError, pl.exceptions.ComputeError):
        return False
    return True


def _last_boundary(data: bytes) -> int:
    """Returns where the last character of UTF-8 begins that may go on behind the data, or the data's length."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:
            return len(data)
        if byte >= 0xC0:
            needs = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if needs > back else len(data)
    return len(data)


def _first_undefined(descriptor: int, start: int, size: int, undefined: bytes) -> int | None:
    if not undefined:
        return None
    offset = start
    while offset < size:
        data = read_at(descriptor, offset, _CHUNK)
        if len(data.translate(None, undefined)) != len(data):
            return offset + min(data.find(byte) for byte in undefined if byte in data)
        offset += len(data)
    return None


def _copy_as_utf8(descriptor: int, start: int, size: int, name: str, scratch: int, code: str) -> int:
    """Writes the text into the scratch file as UTF-8; returns how many bytes that are."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    offset, written = start, 0
    while True:
        data = read_at(descriptor, offset, _CHUNK)
        pending = len(decoder.getstate()[0])
        try:
            copy = decoder.decode(data, final=not data or offset + len(data) >= size).encode("utf-8")
        except UnicodeError as error:
            wrong = offset - pending + (error.start if isinstance(error, UnicodeDecodeError) else 0)
            told = Sentence(
                "The file is not written in %(encoding)s: byte %(place)s does not fit (line %(line)s).",
                encoding=name,
                place=str(wrong + 1),
                line=str(_lines(scratch, written)),
            )
            raise SenderError(code, told) from None
        while copy:
            done = os.pwrite(scratch, copy, written)
            written, copy = written + done, copy[done:]
        offset += len(data)
        if not data or offset >= size:
            return written


def _lines(descriptor: int, end: int) -> int:
    """Returns in which line a place of the file lies, counted from 1."""
    offset, feeds, returns = 0, 0, 0
    while offset < end:
        data = read_at(descriptor, offset, min(_CHUNK, end - offset))
        feeds, returns, offset = feeds + data.count(b"\n"), returns + data.count(b"\r"), offset + len(data)
    return 1 + (feeds or returns)


def _misfit(descriptor: int, start: int, wrong: int, name: str, code: str) -> SenderError:
    line = _lines(descriptor, wrong)
    byte = f"0x{read_at(descriptor, wrong, 1)[0]:02X}"
    template = _MISFIT
    if code == "not_text":
        template = _MISFIT_SAVE if name == "cp1252" else _MISFIT_NAME
    return SenderError(code, Sentence(template, encoding=name, place=str(wrong + 1), line=str(line), byte=byte), line)
