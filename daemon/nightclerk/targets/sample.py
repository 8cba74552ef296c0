"""How a row of the difference reads as a change that people look at: what a preview shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nightclerk.core.booking import BookingPlan, Change
from nightclerk.core.reading import Cell
from nightclerk.targets.canonical import SPELLINGS


def created(plan: BookingPlan, line: int, cells: Mapping[str, Cell]) -> Change:
    """Given a new row by field; returns its change. Its defaults are in it, those of absent columns under the column's name."""
    filled = {f.name: f.default if cells[f.name] is None else cells[f.name] for f in plan.fields}
    filled |= {column: value for column, _, value in plan.absent_defaults}
    return Change(line, _key(plan, cells), None, {name: cell for name, cell in filled.items() if cell is not None})


def updated(plan: BookingPlan, line: int, cells: Mapping[str, Cell], changed: Mapping[str, Any]) -> Change:
    """Given a known row by field, and of each field that booking changes what stands in the table; returns its change."""
    kinds = {field.name: field.type for field in plan.fields}
    before = {name: None if old is None else SPELLINGS.get(kinds[name], lambda same: same)(old) for name, old in changed.items()}
    return Change(line, _key(plan, cells), before, {name: cells[name] for name in changed})


def with_absent(changes: list[Change], absent: list[Change], limit: int) -> list[Change]:
    """Given the first changes of the file's rows, those of rows that it lacks, and how many to show; returns both, the file's own
    first. Either has half of the room, and what the other leaves of it."""
    room = limit - min(len(absent), limit // 2)
    shown = changes[:room]
    return shown + absent[: limit - len(shown)]


def _key(plan: BookingPlan, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    return {name: cells[name] for name in plan.key}
