"""What every workbook is to its reader: sheets with names, and for each its rows in stretches."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from nightclerk.formats.marks import Places
from nightclerk.formats.workbook.cells import Cells, Dress

WorkbookKind = Literal["xlsx", "xls", "ods"]


@dataclass(frozen=True, slots=True)
class SheetName:
    """A sheet of cells. name: as its tab shows it; hidden: whether people do not see the tab."""

    name: str
    hidden: bool = False


class Book(Protocol):
    """A workbook. Every call raises SenderError where it cannot be read."""

    @property
    def kind(self) -> WorkbookKind: ...

    @property
    def sheets(self) -> tuple[SheetName, ...]:
        """The sheets of cells in the order of their tabs; charts and macros are none."""
        ...

    def has_cells(self, sheet: int) -> bool:
        """Given a sheet's place; returns whether any of its cells holds anything."""
        ...

    def dress(self) -> Dress:
        """Returns what the cells need to become text."""
        ...

    def merged(self, sheet: int) -> Places:
        """Given a sheet's place, all of whose rows were yielded; returns its merged cells that go over several rows, one in each
        line: first and last row (counted from 1), first and last column (from 0)."""
        ...

    def stretches(self, sheet: int, wanted: Collection[int] | None = None) -> Iterator[Cells]:
        """Given a sheet's place; yields its rows, ascending. ``wanted``: the rows somebody asks for; stretches that hold none of
        them may be left out. May be called again."""
        ...
