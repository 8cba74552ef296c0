"""The slow, exact model of delimited text: one byte at a time. Shares no code with the scanner."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Entry:
    """One record: where it starts, its physical line from 0, its cells, what is wrong with it; open: a quote never closed."""

    start: int
    line: int
    cells: list[bytes] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)
    end: int = 0
    open_at: int | None = None


def read(data: bytes, delimiter: bytes, quote: bytes | None, record_end: bytes) -> list[Entry]:
    """Returns the records of the bytes."""
    entries: list[Entry] = []
    at = line = 0
    while at < len(data):
        entry = Entry(at, line)
        at, line = _record(data, at, line, entry, delimiter, quote, record_end)
        entry.end = at
        entries.append(entry)
    return entries


def _record(
    data: bytes, at: int, line: int, entry: Entry, delimiter: bytes, quote: bytes | None, record_end: bytes
) -> tuple[int, int]:
    cell, state = b"", "start"
    while at < len(data):
        byte, following = data[at : at + 1], data[at + 1 : at + 2]
        if byte == b"\0":
            entry.faults.add("nul_byte")
        if byte in (b"\x1c", b"\x1d", b"\x1e", b"\x1f"):
            entry.faults.add("control_character")
        if byte == record_end:
            line += 1
        if state == "quoted":
            if byte != quote:
                cell += byte
            elif following == quote:
                cell += byte
                at += 1
            else:
                state, entry.open_at = "closed", None
            at += 1
            continue
        if byte == record_end or (record_end == b"\n" and byte == b"\r" and following == b"\n"):
            if byte != record_end:
                at, line = at + 1, line + 1
            entry.cells.append(cell)
            return at + 1, line
        if byte == delimiter:
            entry.cells.append(cell)
            cell, state = b"", "start"
            at += 1
            continue
        if state == "start" and byte == quote:
            state, entry.open_at = "quoted", at
            at += 1
            continue
        if state == "closed":
            entry.faults.add("text_after_quote")
        if byte == b"\r":
            entry.faults.add("bare_cr")
        if byte == b"\n":
            entry.faults.add("control_character")
        cell, state = cell + byte, "text" if state == "start" else state
        at += 1
    entry.cells.append(cell)
    return at, line
