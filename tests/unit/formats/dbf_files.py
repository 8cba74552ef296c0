"""Writes DBF tables byte by byte, as their programs do."""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from typing import NamedTuple


class Column(NamedTuple):
    """One column as the header describes it."""

    name: str
    type: str = "C"
    length: int = 10
    decimals: int = 0
    flags: int = 0


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str | bytes]],
    version: int = 0x03,
    driver: int = 0x03,
    encoding: str = "cp1252",
    announced: int | None = None,
    deleted: Collection[int] = (),
    end: bytes = b"\x1a",
) -> bytes:
    """Given columns and rows (text is written in the encoding and filled up, numbers to the right; bytes as they are); returns
    the table. announced: how many records its header claims; deleted: which rows, from 0, are marked as such."""
    fields = b"".join(
        struct.pack("<11sc4xBBB13x", one.name.encode(encoding), one.type.encode(), one.length, one.decimals, one.flags)
        for one in columns
    )
    lengths = [one.length + 256 * one.decimals if one.type == "C" else one.length for one in columns]
    tail = b"\r" + (b"\0" * 263 if version in (0x30, 0x31, 0x32) else b"")
    count = len(rows) if announced is None else announced
    start, width = 32 + len(fields) + len(tail), 1 + sum(lengths)
    head = struct.pack("<BBBBIHH17xB2x", version, 126, 11, 21, count, start, width, driver)
    records = b"".join(
        (b"*" if number in deleted else b" ")
        + b"".join(_cell(cell, one, length, encoding) for cell, one, length in zip(row, columns, lengths, strict=True))
        for number, row in enumerate(rows)
    )
    return head + fields + tail + records + end


def dbase_7(columns: Sequence[Column], rows: Sequence[Sequence[bytes]], page: str = "DB850US0") -> bytes:
    """Given columns and rows; returns a table of dBase 7."""
    fields = b"".join(struct.pack("<32scBB13x", one.name.encode(), one.type.encode(), one.length, 0) for one in columns)
    start, width = 68 + len(fields) + 1, 1 + sum(one.length for one in columns)
    head = struct.pack("<BBBBIHH20x32s4x", 0x04, 126, 11, 21, len(rows), start, width, page.encode())
    return head + fields + b"\r" + b"".join(b" " + b"".join(row) for row in rows) + b"\x1a"


def _cell(cell: str | bytes, column: Column, length: int, encoding: str) -> bytes:
    if isinstance(cell, bytes):
        assert len(cell) == length
        return cell
    data = cell.encode(encoding)
    assert len(data) <= length, cell
    return data.rjust(length) if column.type in "NF" else data.ljust(length)
