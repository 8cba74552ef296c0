"""What a table must offer so that rows can be booked into it: by a run's plan, or by an entity with all its limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from nightclerk.core.booking import BookingPlan, Links, links_of
from nightclerk.core.entity import Entity, FieldType

Kind = FieldType | Literal["custom"]
"""What a column gets: a field's values, or a JSON object of custom fields."""


@dataclass(frozen=True, slots=True)
class NeededColumn:
    """A column that imports write. field: its field, or None for the tenant's.

    longest: the most characters a text may have, infinite if there is no limit. least, most: of a number. All three are None
    where only the kind of value is asked for. filled: whether every row has a value.
    """

    name: str
    type: Kind
    field: str | None = None
    longest: float | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    filled: bool = True


@dataclass(frozen=True, slots=True)
class NeededTable:
    """key: the columns that tell rows apart, the tenant's among them. columns: those that imports write, the tenant's first.

    others: columns that only the application writes. whole: these are all columns that imports ever write to this table.
    rights: what imports do with its rows.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[NeededColumn, ...]
    others: tuple[str, ...] = ()
    whole: bool = False
    rights: tuple[str, ...] = ("SELECT", "INSERT", "UPDATE")


def needed_by_plan(plan: BookingPlan) -> NeededTable:
    """Given a plan; returns what its booking needs of the entity's table, without the fields' limits, which the rows have been
    held to already. Lists have tables of their own (``links_needed_by_plan``)."""
    tenant = () if plan.tenant_column is None else (NeededColumn(plan.tenant_column, "text"),)
    written = [NeededColumn(field.column, field.type, field.name) for field in plan.fields if field.stored == "column"]
    custom = dict.fromkeys(field.column for field in plan.fields if field.stored == "custom")
    absent = tuple(NeededColumn(column, kind, column) for column, kind, _ in plan.absent_defaults)
    known = {*(column.name for column in written), *(column.name for column in absent)}
    gone = () if plan.absence is None else plan.absence.gone
    cleared = tuple(NeededColumn(column, kind, name) for name, column, kind, _ in gone if column not in known)
    columns = {field.name: field.column for field in plan.fields}
    key = (*(column.name for column in tenant), *(columns[name] for name in plan.key))
    stamped = map(_stamped, plan.stamps.on_creation)
    return NeededTable(plan.table, key, (*tenant, *written, *map(_custom, custom), *absent, *cleared, *stamped))


def links_needed_by_plan(plan: BookingPlan) -> list[NeededTable]:
    """Given a plan; returns what its booking needs of the tables of links in which its lists stand."""
    kinds = {field.name: field.type for field in plan.fields}
    owner = [NeededColumn(name, kinds[name], name) for name in plan.key]
    return [_needed_links(field.links, owner, whole=False) for field in plan.fields if field.links is not None]


def needed_by_entity(entity: Entity) -> NeededTable:
    """Given an entity; returns what any import of it may need of its table."""
    tenant = () if entity.tenant_column == "none" else (NeededColumn(entity.tenant_column, "text"),)
    stand = entity.in_columns
    written = [_needed(entity, name, entity.column(name)) for name in stand if entity.fields[name].owner == "import"]
    custom = [] if entity.custom_fields is None else [_custom(entity.custom_fields)]
    others = tuple(entity.column(name) for name in stand if entity.fields[name].owner != "import")
    key = (*(column.name for column in tenant), *(entity.column(name) for name in entity.key))
    stamped = map(_stamped, entity.stamps.on_creation)
    return NeededTable(entity.table, key, (*tenant, *written, *custom, *stamped), others, whole=True)


def links_needed_by_entity(entity: Entity) -> list[NeededTable]:
    """Given an entity that knows about the rows its fields name; returns what an import of it may need of its tables of links."""
    owner = [_needed(entity, name, name) for name in entity.key]
    found = []
    for name, spec in entity.fields.items():
        links = links_of(entity, name)
        if links is not None and spec.owner == "import":
            found.append(_needed_links(links, owner, whole=True, longest=links.of.longest or math.inf))
    return found


def _needed(entity: Entity, name: str, column: str) -> NeededColumn:
    spec = entity.fields[name]
    return NeededColumn(
        name=column,
        type=spec.type,
        field=name,
        longest={"currency": 3, "country": 2}.get(spec.type, spec.max_length or math.inf),
        least=Decimal("-Infinity") if spec.min is None else spec.min,
        most=Decimal("Infinity") if spec.max is None else spec.max,
        filled=name in entity.key or spec.required or spec.required_for_new or spec.default is not None,
    )


def _stamped(column: str) -> NeededColumn:
    return NeededColumn(column, "datetime", "stamps")


def _custom(column: str) -> NeededColumn:
    return NeededColumn(column, "custom", "custom_fields", filled=False)


def _needed_links(links: Links, owner: list[NeededColumn], *, whole: bool, longest: float | None = None) -> NeededTable:
    tenant = [] if links.tenant_column is None else [NeededColumn(links.tenant_column, "text")]
    owners = [replace(column, name=name) for name, column in zip(links.owner, owner, strict=True)]
    member = NeededColumn(links.member, links.of.type, f"{links.of.entity}.{links.of.field}", longest)
    columns = (*tenant, *owners, member)
    rights = ("SELECT", "INSERT", "DELETE")  # a member that is gone from a list is a row less, and no row is ever changed
    return NeededTable(links.table, tuple(column.name for column in columns), columns, whole=whole, rights=rights)
