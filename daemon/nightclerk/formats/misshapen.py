"""Damaged records that may be no rows at all: a footer with a single field, a total with fewer fields than the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from nightclerk.core.margin_rows import Habit, traits
from nightclerk.formats.frame import Damaged, Rows

#: What may be wrong with a record that is none: it has another number of fields than a row.
_UNLIKE_A_ROW = {"too_few_fields", "too_many_fields", "ends_early"}


def misshapen(rows: Rows, width: int) -> list[Damaged]:
    """Given a stretch and how many columns there are; returns its damaged records that may be none."""
    return [
        one
        for one in rows.damaged
        if {issue.code for issue in one.issues} <= _UNLIKE_A_ROW and not any(cell.strip() for cell in one.row.cells[width:])
    ]


def told_apart(rows: Rows, some: Sequence[Damaged], width: int, habit: Habit, continues: bool) -> Iterator[dict[str, Any]]:
    """Given a stretch, some of its damaged records, how many columns there are, what rows look like, and whether records may go
    on with the row above; yields what ``margin_rows.traits`` tells of them."""
    names = [str(place) for place in range(width)]
    padded = [_padded(one.row.cells, width) for one in some]
    told = traits(pl.DataFrame(padded, schema=dict.fromkeys(names, pl.String), orient="row"), habit)
    for one, cells, trait in zip(some, padded, told.to_dicts(), strict=True):
        short = len(one.row.cells) < width
        yield trait | {
            "line": one.row.line,
            "place": None,
            "cells": one.row.cells,
            "bare": False,
            "unsaid": False,
            "total": trait["says"] and short,
            "continues": continues and trait["key_blank"] and bool(habit.key) and _goes_on(cells, _above(rows, one, width)),
            "gap": True,
        }


def _above(rows: Rows, one: Damaged, width: int) -> list[str]:
    """Returns the record right above a damaged one, sound or damaged."""
    at = rows.damaged.index(one)
    damaged = rows.damaged[at - 1] if at else None
    sound = int((rows.lines < one.row.line).sum()) - 1
    if sound >= 0 and (damaged is None or rows.lines[sound] > damaged.row.line):
        return [cell.strip() for cell in rows.cells.row(sound)[:width]]
    return _padded(damaged.row.cells, width) if damaged is not None else []


def _goes_on(cells: Sequence[str], above: Sequence[str]) -> bool:
    filled = [place for place, cell in enumerate(cells) if cell]
    same = sum(cells[place] == above[place] for place in filled) if above else 0
    return same >= 2 and same * 2 >= len(filled) and len(filled) * 2 <= sum(map(bool, above))


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*(cell.strip() for cell in cells), *[""] * width][:width]
