"""A text that the scanner cannot read as it stands, copied as UTF-8, and what is said where a byte does not fit."""

from __future__ import annotations

import codecs
import os

from nightclerk.core.encoding_names import called
from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import N_, Sentence
from nightclerk.formats.text import read_at

_CHUNK = 1 << 20
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


def copy_as_utf8(descriptor: int, start: int, size: int, name: str, scratch: int, code: str) -> int:
    """Writes the text into the scratch file as UTF-8; returns how many bytes that are. Raises SenderError with the code."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    offset, written = start, 0
    while True:
        data = read_at(descriptor, offset, _CHUNK)
        pending = len(decoder.getstate()[0])
        try:
            copy = decoder.decode(data, final=not data or offset + len(data) >= size).encode("utf-8")
        except UnicodeError as error:
            raise _unfit(error, offset - pending, name, scratch, written, code) from None
        while copy:
            done = os.pwrite(scratch, copy, written)
            written, copy = written + done, copy[done:]
        offset += len(data)
        if not data or offset >= size:
            return written


def _unfit(error: UnicodeError, begin: int, name: str, scratch: int, written: int, code: str) -> SenderError:
    """Given why a stretch that begins there could not be decoded; returns the refusal with the place and the line."""
    wrong = begin
    if isinstance(error, UnicodeDecodeError):
        wrong += error.start
        sound = error.object[: error.start].decode(name, "ignore").encode("utf-8", "replace")
        written += os.pwrite(scratch, sound, written)
    line = line_of(scratch, written)
    told = Sentence(
        "The file is not written in %(encoding)s: byte %(place)s does not fit (line %(line)s).",
        encoding=called(name),
        place=str(wrong + 1),
        line=str(line),
    )
    return SenderError(code, told, line)


def misfit(descriptor: int, wrong: int, name: str, code: str) -> SenderError:
    """Given an open file and the place of a byte that is no character in the encoding; returns the refusal that says so."""
    line = line_of(descriptor, wrong)
    byte = f"0x{read_at(descriptor, wrong, 1)[0]:02X}"
    template = _MISFIT
    if code == "not_text":
        template = _MISFIT_SAVE if name == "cp1252" else _MISFIT_NAME
    return SenderError(code, Sentence(template, encoding=called(name), place=str(wrong + 1), line=str(line), byte=byte), line)


def line_of(descriptor: int, end: int) -> int:
    """Returns in which line a place of the file lies, counted from 1."""
    offset, feeds, returns = 0, 0, 0
    while offset < end:
        data = read_at(descriptor, offset, min(_CHUNK, end - offset))
        feeds, returns, offset = feeds + data.count(b"\n"), returns + data.count(b"\r"), offset + len(data)
    return 1 + (feeds or returns)
