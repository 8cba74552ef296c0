"""What a table must offer so that rows can be booked into it: by a run's plan, or by an entity with all its limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from nightclerk.core.booking import BookingPlan
from nightclerk.core.entity import Entity, FieldType


@dataclass(frozen=True, slots=True)
class NeededColumn:
    """A column that imports write. field: its field, or None for the tenant's.

    longest: the most characters a text may have, infinite if there is no limit. least, most: of a number. All three are None
    where only the kind of value is asked for. filled: whether every row has a value.
    """

    name: str
    type: FieldType
    field: str | None = None
    longest: float | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    filled: bool = True


@dataclass(frozen=True, slots=True)
class NeededTable:
    """key: the columns that tell rows apart, the tenant's among them. columns: those that imports write, the tenant's first.

    others: columns that only the application writes. whole: these are all columns that imports ever write to this table.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[NeededColumn, ...]
    others: tuple[str, ...] = ()
    whole: bool = False


def needed_by_plan(plan: BookingPlan) -> NeededTable:
    """Given a plan; returns what its booking needs, without the fields' limits, which the rows have been held to already."""
    tenant = () if plan.tenant_column is None else (NeededColumn(plan.tenant_column, "text"),)
    written = tuple(NeededColumn(field.column, field.type, field.name) for field in plan.fields)
    absent = tuple(NeededColumn(column, kind, column) for column, kind, _ in plan.absent_defaults)
    columns = {field.name: field.column for field in plan.fields}
    key = (*(column.name for column in tenant), *(columns[name] for name in plan.key))
    return NeededTable(plan.table, key, (*tenant, *written, *absent))


def needed_by_entity(entity: Entity) -> NeededTable:
    """Given an entity; returns what any import of it may need."""
    tenant = () if entity.tenant_column == "none" else (NeededColumn(entity.tenant_column, "text"),)
    written = tuple(
        NeededColumn(
            name=entity.column(name),
            type=spec.type,
            field=name,
            longest={"currency": 3, "country": 2}.get(spec.type, spec.max_length or math.inf),
            least=Decimal("-Infinity") if spec.min is None else spec.min,
            most=Decimal("Infinity") if spec.max is None else spec.max,
            filled=name in entity.key or spec.required or spec.required_for_new or spec.default is not None,
        )
        for name, spec in entity.fields.items()
        if spec.owner == "import"
    )
    others = tuple(entity.column(name) for name, spec in entity.fields.items() if spec.owner != "import")
    key = (*(column.name for column in tenant), *(entity.column(name) for name in entity.key))
    return NeededTable(entity.table, key, (*tenant, *written), others, whole=True)
