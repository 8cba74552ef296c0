"""Exported rows as a PDF. The typesetter is handed data, never markup, so that no cell can say anything but its text."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typst

from nightclerk.core.printout import Printout

TEMPLATE = Path(__file__).with_name("export_pages.typ")
_MEASURED = 500
_NARROWEST = 4
#: Points between two columns, and how wide a letter is for its size.
_INSET, _LETTER = 6, 0.53
#: Paper, on its side or not, points between its margins, and sizes of letters from the largest.
_PAPERS = (
    ("a4", False, 527, (9, 8)),
    ("a4", True, 773, (9, 8, 7, 6)),
    ("a3", True, 1122, (7, 6, 5)),
)


def pages(
    path: Path, printout: Printout, tenant: str, rows: Sequence[Sequence[str]], sums: Sequence[tuple[str, str, str]]
) -> None:
    """Given where to write, what stands around the rows, the tenant's name, the rows as readers read them, and the sums, each
    with its column's title and its currency; writes the PDF."""
    sheet = _sheet(printout, rows)
    data = {
        "title": printout.title,
        "tenant": tenant,
        "about": printout.about,
        "language": printout.language,
        "page": printout.words["page"],
        "sum": printout.words["sum"],
        "paper": sheet.paper,
        "wide": sheet.wide,
        "size": sheet.size,
        "titles": [_breakable(column.title, width) for column, width in zip(printout.columns, sheet.widths, strict=True)],
        "right": [column.to_the_right for column in printout.columns],
        "widths": sheet.widths,
        "cells": [_breakable(cell, width) for row in rows for cell, width in zip(row, sheet.widths, strict=True)],
        "sums": sums,
    }
    with tempfile.TemporaryDirectory(prefix="nightclerk-") as folder:
        (Path(folder) / "data.json").write_text(json.dumps(data), encoding="utf-8")
        source = Path(folder) / TEMPLATE.name
        source.write_bytes(TEMPLATE.read_bytes())
        typst.compile(str(source), output=str(path), root=folder, pdf_tags=False)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The paper, whether it lies on its side, the size of letters in points, and the columns' widths in letters."""

    paper: str
    wide: bool
    size: float
    widths: list[int]


def _sheet(printout: Printout, rows: Sequence[Sequence[str]]) -> _Sheet:
    """Returns the smallest paper and the largest letters on which all columns fit beside each other."""
    columns = len(printout.columns)
    for widest in (34, 24, 18, 13):
        widths = _widths(printout, rows, widest)
        for paper, wide, room, sizes in _PAPERS if widest > 18 else _PAPERS[1:]:
            for size in sizes:
                if sum(widths) * size * _LETTER + columns * _INSET <= room:
                    return _Sheet(paper, wide, size, widths)
    return _Sheet("a3", True, 4, widths)


def _widths(printout: Printout, rows: Sequence[Sequence[str]], widest: int) -> list[int]:
    """Returns widths, in letters, in which nearly all cells of a column can be read on one line."""
    found = []
    for place, column in enumerate(printout.columns):
        lengths = sorted(len(row[place]) for row in rows[:_MEASURED]) or [0]
        words = max((len(word) for word in column.title.split()), default=0)
        found.append(min(max(_NARROWEST, words + 1, lengths[int(len(lengths) * 0.95)] + 1), widest))
    return found


def _breakable(text: str, width: int) -> str:
    """Lets a line break fall in words that are wider than their column, so that no cell runs over its neighbour."""
    if len(text) < width:
        return text
    step = max(3, width - 2)
    return " ".join("\u200b".join(word[at : at + step] for at in range(0, len(word), step)) for word in text.split(" "))
