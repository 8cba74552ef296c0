"""Rows into MariaDB and MySQL: a block's columns become the VALUES of one statement without a look at the single row.

The driver has no way of its own to send values apart from the statement: it writes them into it, cell by cell, and so do we, only
by whole columns. That is safe while a backslash in a literal stands for itself, which whoever sends the statement makes sure of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nightclerk.core.reading import Block, Cell

_TRUTH: dict[Cell, str] = {True: "1", False: "0"}


def as_values(block: Block) -> list[str]:
    """Given a block with rows; returns each row in SQL, its line first: ``(2,'A',1,NULL)``."""
    return _rows([("%d", block.lines), *map(_literals, block.columns)])


def keys_as_values(keys: Sequence[tuple[tuple[Cell, ...], int]]) -> list[str]:
    """Given keys, each with a number; returns each in SQL, the number first."""
    parts = zip(*(key for key, _ in keys), strict=True)
    return _rows([("%d", [count for _, count in keys]), *(_literals(list(part)) for part in parts)])


def _rows(columns: Sequence[tuple[str, Sequence[Any]]]) -> list[str]:
    template = f"({','.join(shape for shape, _ in columns)})"
    return list(map(template.__mod__, zip(*(cells for _, cells in columns), strict=True)))


def _literals(cells: list[Cell]) -> tuple[str, Sequence[Any]]:
    """Returns how a cell of the column is put into its row, and what is put there."""
    kinds = set(map(type, cells))
    if kinds == {str}:
        texts: Any = cells
        return "'%s'", texts if "'" not in "".join(texts) else [text.replace("'", "''") for text in texts]
    if kinds == {int}:
        return "%d", cells
    if kinds <= {str, type(None)}:
        filled: Any = [cell for cell in cells if cell is not None]
        if "'" not in "".join(filled):
            return "%s", ["NULL" if cell is None else f"'{cell}'" for cell in cells]
    return "%s", list(map(_literal, cells))


def _literal(cell: Cell) -> str:
    if cell is None:
        return "NULL"
    if isinstance(cell, bool):
        return _TRUTH[cell]
    return str(cell) if isinstance(cell, int) else "'" + cell.replace("'", "''") + "'"
