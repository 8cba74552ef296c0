"""A workbook of rejected rows that comes back: which of its sheets is ours, and which cells still have no value."""

from __future__ import annotations

from collections.abc import Sequence

from nightclerk.formats.corrections import NO_VALUE, WITHOUT_VALUE
from nightclerk.formats.frame import CellFault
from nightclerk.formats.header import is_of_rejects
from nightclerk.formats.workbook.book import Book
from nightclerk.formats.workbook.grid import Grid, grids

_CODE = "_code"
_ANY = "|".join(sorted(WITHOUT_VALUE))


def holds_ours(book: Book) -> bool:
    """Given a workbook; returns whether one of its sheets holds rejected rows, wherever people put it among others."""
    return any(_is_ours(book, sheet) for sheet in range(len(book.sheets)))


def begins_with_ours(book: Book) -> bool:
    """Given a workbook; returns whether its first sheet holds rejected rows: it is the only one that we write."""
    return bool(book.sheets) and _is_ours(book, 0)


def _is_ours(book: Book, sheet: int) -> bool:
    cells = next((cells for cells in book.stretches(sheet) if len(cells)), None)
    if cells is None:
        return False
    width = int(cells.column.max()) + 1
    grid = next(grids(cells.rows(0, 1), book.dress(), width))
    return is_of_rejects(grid.cells.row(0))


def code_place(names: Sequence[str]) -> int | None:
    """Given the cells of a header; returns at which place our column of codes stands, or None."""
    plain = [name.strip().lower() for name in names]
    return plain.index(_CODE) if _CODE in plain else None


def still_without_value(grid: Grid, code: int) -> tuple[CellFault, ...]:
    """Given rows, and at which place their codes stand; returns the cells that were rejected for having no value, as an error or
    a formula that was never calculated, and that nobody has filled in."""
    place = str(code)
    if place not in grid.cells.columns:
        return ()
    suspects = grid.cells.get_column(place).str.contains(_ANY)
    if not suspects.any():
        return ()
    known = {(fault.line, fault.column) for fault in grid.faults}
    found = []
    for column in range(code):
        left = suspects & (grid.cells.get_column(str(column)).str.strip_chars() == NO_VALUE)
        found += [CellFault(int(grid.lines[at]), column, "cell_error", NO_VALUE) for at in left.arg_true()]
    return tuple(fault for fault in found if (fault.line, fault.column) not in known)
