"""What an issue says: one English sentence that names the place and the value."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN = 200
_PICTURES = {code: chr(0x2400 + code) for code in range(32)} | {0x7F: "␡"}
_HIDDEN = dict.fromkeys([*range(0x80, 0xA0), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF], "·")
_VISIBLE = {**_PICTURES, **_HIDDEN}


def quoted(value: str) -> str:
    """Given a cell; returns it in quotes, cut to 200 characters, with control characters and direction marks made visible."""
    cut = value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
    return f'"{_visible(cut)}"'


def about_cell(line: int, column: str | None, value: str, told: str) -> str:
    """Given the place, the cell and how the sentence goes on (``is not a date.``); returns the sentence.

    A blank cell is not quoted: ``told`` then is a whole clause (``the value is missing.``).
    """
    place = f"Line {line}" if column is None else f"Line {line}, column {_visible(column.strip())}"
    return f"{place}: {quoted(value)} {told}" if value else f"{place}: {told}"


def about_duplicate(line: int, key: str, lines: Sequence[int]) -> str:
    """Given a row, its key as text and all lines with that key; returns the sentence for ``duplicate_key``."""
    listed = ", ".join(str(one) for one in lines[:10]) + (", …" if len(lines) > 10 else "")
    return f"Line {line}: the key {quoted(key)} stands in {len(lines)} rows of this file (lines {listed})."


def about_losers(lines: Sequence[int]) -> tuple[str, ...]:
    """Given the rows that gave way to another of their key; returns the note that names them, none when there are none."""
    if not lines:
        return ()
    listed = ", ".join(str(one) for one in sorted(lines)[:10]) + (", …" if len(lines) > 10 else "")
    if len(lines) == 1:
        return (f"The row on line {listed} gave way to another of the same key.",)
    return (f"{len(lines)} rows gave way to others of the same key: lines {listed}.",)


def about_key(line: int, key: str, code: str) -> str:
    """Given a row, its key as text and ``known_key`` or ``unknown_key``; returns the sentence."""
    if code == "known_key":
        return f"Line {line}: {quoted(key)} exists already, and this feed only creates new rows."
    return f"Line {line}: {quoted(key)} is not known, and this feed only updates known rows."


def about_new(line: int, column: str | None, field: str, key: str) -> str:
    """Given a row, the column and field that is blank, and the row's key; returns the sentence for ``required_for_new``."""
    place = f"Line {line}" if column is None else f"Line {line}, column {column}"
    return f"{place}: the value for {field} is missing, and {quoted(key)} is not known yet; new rows need it."


def _visible(text: str) -> str:
    # Most texts hold nothing to show, and a file may have a million faults.
    return text if text.isprintable() else text.translate(_VISIBLE)
