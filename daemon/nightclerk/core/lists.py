"""A list's cell as people read it."""

from __future__ import annotations

from nightclerk.core.reading import CELL_SEPARATOR, Cell


def members(cell: Cell) -> list[str]:
    """Given a list's cell in canonical form; returns its members in order, none for a blank one."""
    return [] if cell is None else str(cell).split(CELL_SEPARATOR)


def as_read(cell: Cell) -> Cell:
    """Given any cell in canonical form; returns it as people read it: of a list its members with commas between them, any other
    cell as it is, for none holds CELL_SEPARATOR."""
    return cell.replace(CELL_SEPARATOR, ", ") if isinstance(cell, str) else cell
