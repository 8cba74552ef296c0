"""Reading rows out of the memory twin: plain Python, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nightclerk.core.booking import BookingPlan
from nightclerk.core.condition import fields_of, holds, rank
from nightclerk.core.entity import FieldType, is_custom
from nightclerk.core.errors import OperatorError
from nightclerk.core.reading import Cell
from nightclerk.core.rows_wanted import PORTION, Order, RowsWanted
from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.custom_fields import custom_cell, document_of

Row = dict[str, Cell]


def check(tables: Mapping[str, Iterable[str]], plan: BookingPlan, also: Iterable[str] = ()) -> None:
    """Given the columns of all tables, a plan, and other columns of its table; raises OperatorError for one that is missing."""
    if plan.table not in tables:
        raise OperatorError(f"The table {plan.table} does not exist.", command="nightclerk tables create")
    needed = [field.column for field in plan.fields] + [column for column, _, _ in plan.absent_defaults]
    needed += [plan.tenant_column] if plan.tenant_column else []
    needed += [] if plan.absence is None else [column for _, column, _, _ in plan.absence.gone]
    for column in (*needed, *also):
        if column not in tables[plan.table]:
            raise OperatorError(f"The table {plan.table} has no column {column}. Add it, or name the right one.")


def rows_of(stored: Iterable[Mapping[str, Any]], wanted: RowsWanted) -> Iterator[list[list[Cell]]]:
    """Given a table's rows by column, and which are wanted; returns them as ``Target.rows`` promises, as they stand now."""
    entity = wanted.entity
    names = {*wanted.fields, *fields_of(wanted.where), *(one.field for one in wanted.whole_order)}
    mine = [row for row in stored if entity.tenant_column == "none" or row[entity.tenant_column] == wanted.tenant]
    rows = [{name: _canonical(wanted, name, row) for name in names} for row in mine]
    found = [row for row in rows if wanted.where is None or holds(wanted.where, row)]
    for one in reversed(wanted.whole_order):  # a stable sort by the last part first is one by all of them
        found = _in_order(found, one, entity.fields[one.field].type)
    portions = (found[start : start + PORTION] for start in range(0, len(found), PORTION))
    return ([[row[name] for row in portion] for name in wanted.fields] for portion in portions)


def _in_order(rows: list[Row], one: Order, kind: FieldType) -> list[Row]:
    filled = [row for row in rows if row[one.field] is not None]
    filled.sort(key=lambda row: rank(kind, row[one.field]), reverse=one.descending)
    return [*filled, *(row for row in rows if row[one.field] is None)]


def _canonical(wanted: RowsWanted, field: str, row: Mapping[str, Any]) -> Cell:
    spec = wanted.entity.fields[field]
    if is_custom(spec):
        return custom_cell(document_of(row[wanted.entity.column(field)]), field, spec.type)
    stored, spelled = row[wanted.entity.column(field)], SPELLINGS.get(spec.type)
    canonical: Cell = stored if stored is None or spelled is None else spelled(stored)
    return canonical
