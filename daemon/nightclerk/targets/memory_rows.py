"""Reading rows out of the memory twin: plain Python, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nightclerk.core.condition import fields_of, holds, rank
from nightclerk.core.entity import FieldType
from nightclerk.core.reading import Cell
from nightclerk.core.rows_wanted import PORTION, Order, RowsWanted
from nightclerk.targets.canonical import SPELLINGS

Row = dict[str, Cell]


def rows_of(stored: Iterable[Mapping[str, Any]], wanted: RowsWanted) -> Iterator[list[list[Cell]]]:
    """Given a table's rows by column, and which are wanted; returns them as ``Target.rows`` promises, as they stand now."""
    entity = wanted.entity
    names = {*wanted.fields, *fields_of(wanted.where), *(one.field for one in wanted.whole_order)}
    mine = [row for row in stored if entity.tenant_column == "none" or row[entity.tenant_column] == wanted.tenant]
    rows = [{name: _canonical(wanted, name, row[entity.column(name)]) for name in names} for row in mine]
    found = [row for row in rows if wanted.where is None or holds(wanted.where, row)]
    for one in reversed(wanted.whole_order):  # a stable sort by the last part first is one by all of them
        found = _in_order(found, one, entity.fields[one.field].type)
    portions = (found[start : start + PORTION] for start in range(0, len(found), PORTION))
    return ([[row[name] for row in portion] for name in wanted.fields] for portion in portions)


def _in_order(rows: list[Row], one: Order, kind: FieldType) -> list[Row]:
    filled = [row for row in rows if row[one.field] is not None]
    filled.sort(key=lambda row: rank(kind, row[one.field]), reverse=one.descending)
    return [*filled, *(row for row in rows if row[one.field] is None)]


def _canonical(wanted: RowsWanted, field: str, stored: Any) -> Cell:
    spelled = SPELLINGS.get(wanted.entity.fields[field].type)
    canonical: Cell = stored if stored is None or spelled is None else spelled(stored)
    return canonical
