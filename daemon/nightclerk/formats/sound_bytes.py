"""Whether all bytes of a file are characters in an encoding, and where the first is that is none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from nightclerk.formats.text import read_at

_CHUNK = 1 << 20
_SMALL = 1 << 18


@lru_cache
def _undefined(name: str) -> bytes | None:
    """Given a codec; returns the bytes that it does not define, or None if it is no plain code page over ASCII."""
    lacking = bytearray()
    for byte in range(256):
        try:
            text = bytes([byte]).decode(name)
        except UnicodeDecodeError:
            if byte < 128:  # not a single byte of UTF-32 is a character
                return None
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


def is_transparent(name: str) -> bool:
    """Whether a byte below 128 is always the ASCII character, so that the scanner may look for delimiters in the bytes."""
    return name == "utf-8" or _undefined(name) is not None


def first_wrong(descriptor: int, start: int, size: int, name: str) -> int | None:
    """Given an open file, where its text begins and ends, and a transparent encoding; returns where the first byte stands that is
    wrong in it, or None."""
    if name != "utf-8":
        return first_of(descriptor, start, size, _undefined(name) or b"")
    return check_utf8(descriptor, start, size).wrong


@dataclass(frozen=True)
class Checked:
    """wrong: where the first byte stands that is no UTF-8, or None. is_ascii: no byte before that is beyond ASCII."""

    wrong: int | None
    is_ascii: bool


def check_utf8(descriptor: int, start: int, size: int) -> Checked:
    """Given an open file and where its text begins and ends; returns whether it is strict UTF-8, up to the first wrong byte."""
    offset, rest, is_ascii = start, b"", True
    while offset < size or rest:
        data = rest + read_at(descriptor, offset, _CHUNK)
        offset += len(data) - len(rest)
        whole = data if offset >= size else data[: _last_boundary(data)]
        rest = data[len(whole) :]
        if not whole.isascii():
            is_ascii = False
            if not _is_utf8(whole):
                try:
                    whole.decode("utf-8")
                except UnicodeDecodeError as error:
                    return Checked(offset - len(data) + error.start, is_ascii)
        if offset >= size:
            break
    return Checked(None, is_ascii)


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


def first_of(descriptor: int, start: int, size: int, wanted: bytes) -> int | None:
    """Given some bytes; returns where the first of any of them stands, or None."""
    if not wanted:
        return None
    offset = start
    while offset < size:
        data = read_at(descriptor, offset, _CHUNK)
        if len(data.translate(None, wanted)) != len(data):
            return offset + min(data.find(byte) for byte in wanted if byte in data)
        offset += len(data)
    return None
