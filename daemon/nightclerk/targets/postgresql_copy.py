"""Rows into PostgreSQL by COPY: a block's columns become one CSV text without a look at the single row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nightclerk.core.reading import CELL_SEPARATOR, Block, Cell

OPTIONS = f"(FORMAT csv, DELIMITER E'\\x{ord(CELL_SEPARATOR):02x}', ENCODING 'UTF8')"
"""Of COPY. An unquoted empty cell is null, a quoted one an empty text, which is CSV's own rule."""
_TRUTH: dict[Cell, str] = {True: "t", False: "f", None: ""}


def as_csv(block: Block) -> bytes:
    """Given a block with rows; returns its lines and cells as CSV for COPY with ``OPTIONS``, each row ended by a line feed."""
    if block.csv is not None:
        return block.csv
    columns = [list(map(str, block.lines)), *map(_texts, block.columns)]
    return "\n".join(map(CELL_SEPARATOR.join, zip(*columns, strict=True))).encode() + b"\n"


def keys_as_csv(keys: Sequence[tuple[tuple[Cell, ...], int]]) -> bytes:
    """Given keys, each with a number; returns them as CSV, the number first."""
    parts = zip(*(key for key, _ in keys), strict=True)
    return as_csv(Block(0, [count for _, count in keys], [list(part) for part in parts]))


def _texts(cells: list[Cell]) -> Sequence[str]:
    try:
        texts: Any = cells  # mostly they are texts without a blank, which joining them finds out at once
        whole = CELL_SEPARATOR.join(texts)
    except TypeError:
        return _written(cells)
    return texts if _plain(whole, len(cells)) else [_quoted(cell) for cell in texts]


def _written(cells: list[Cell]) -> Sequence[str]:
    """Columns with blanks, and those of numbers and booleans."""
    kinds = set(map(type, cells)) - {type(None)}
    if kinds == {bool}:
        return [_TRUTH[cell] for cell in cells]
    if kinds == {str}:
        filled: Any = [cell for cell in cells if cell is not None]
        if _plain(CELL_SEPARATOR.join(filled), len(filled)):
            return ["" if cell is None else cell for cell in cells]  # type: ignore[misc]
        return ["" if cell is None else _quoted(cell) for cell in cells]
    return ["" if cell is None else _TRUTH[cell] if isinstance(cell, bool) else str(cell) for cell in cells]


def _plain(whole: str, cells: int) -> bool:
    """Whether a column, joined, needs no quotes: neither inside its cells nor for empty ones."""
    return not (
        '"' in whole
        or "\n" in whole
        or "\r" in whole
        or CELL_SEPARATOR * 2 in whole
        or whole.count(CELL_SEPARATOR) != cells - 1
        or whole.startswith(CELL_SEPARATOR)
        or whole.endswith(CELL_SEPARATOR)
        or not whole
    )


def _quoted(cell: Any) -> str:
    return '"' + str(cell).replace('"', '""') + '"'
