"""Rows that wait for rows of other entities: what is known of them while they wait, and how they are booked later."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from nightclerk.core.booking import BookingPlan, Forbidden, ParkedRow, canonical_default, currency_unsaid
from nightclerk.core.entity import Entity, FieldType
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Block, Cell
from nightclerk.core.run import Awaited

#: Before the key of a run that was taken back, with what it had parked: such rows wait no longer, until it stands again.
WITHDRAWN = "undone:"
#: So many of the rows that are waited for are named.
MOST_NAMED = 10
_AMOUNT = re.compile(r"-?\d+\.\d{4}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_SHAPES: dict[FieldType, re.Pattern[str]] = {"decimal": _AMOUNT, "money": _AMOUNT, "date": _DAY, "datetime": _MOMENT}


@dataclass(frozen=True, slots=True)
class ParkedGroup:
    """Parked rows of one run that wait for the same rows. run_key: the run that parked them, and since: when; missing: field and
    value of each reference that named no row."""

    tenant: str
    feed: str
    entity: str
    run_key: str
    missing: tuple[tuple[str, Cell], ...]
    rows: int
    since: datetime


@dataclass(frozen=True, slots=True)
class StillWaiting:
    """What of a feed waits: how many rows, since when the first of them, and for what."""

    rows: int
    since: datetime
    awaits: tuple[Awaited, ...]


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A parked row as the target keeps it. id: its number there, which is never given to another one."""

    id: int
    key: dict[str, Cell]
    row: ParkedRow


def plan_for_parked(plan: BookingPlan, entity: Entity, rows: Sequence[KeptRow]) -> BookingPlan | None:
    """Given today's plan of a feed, its entity, and rows that one run of the feed parked; returns the plan by which they are
    booked: that of their own fields, without absence. None where it would not fit them: they have a field, or a key, that the
    feed does not have any more, or one that holds another kind of value by now."""
    names = {name for kept in rows for name in kept.row.fields}
    fields = {field.name: field for field in plan.fields}
    fit = names <= fields.keys() and names.issuperset(plan.key) and all(kept.key.keys() == set(plan.key) for kept in rows)
    if not fit or not all(_holds(fields[name].type, cell) for kept in rows for name, cell in kept.row.fields.items()):
        return None
    lacking = [name for name in fields if name not in names]
    needed = [
        name
        for name in lacking
        if fields[name].default is None and (entity.fields[name].required or fields[name].required_for_new)
    ]
    return replace(
        plan,
        fields=tuple(field for field in plan.fields if field.name in names),
        references=tuple(one for one in plan.references if one.field in names),
        missing_for_new=(*plan.missing_for_new, *needed),
        absent_defaults=(
            *plan.absent_defaults,
            *(
                (fields[name].column, fields[name].type, canonical_default(entity, name))
                for name in lacking
                if fields[name].stored == "column" and fields[name].default is not None
            ),
        ),
        absence=None,
    )


def money_of(feed: Feed, entity: Entity, fields: Mapping[str, Cell]) -> dict[str, tuple[str, str]]:
    """Given a feed, its entity and the cells of a row; returns field → (currency, amount), as the reader tells them of a row."""
    found = {}
    for name, cell in fields.items():
        spec = entity.fields[name]
        if spec.type == "money" and cell is not None:
            currency: Cell = spec.currency or ""
            if currency in entity.fields:
                currency = fields.get(str(currency)) or currency_unsaid(feed, entity, str(currency))
            found[name] = (str(currency), str(cell))
    return found


def as_block(plan: BookingPlan, rows: Sequence[KeptRow]) -> Block:
    """Given a plan and parked rows that it fits; returns them as a block to be staged."""
    columns = [[kept.row.fields.get(field.name) for kept in rows] for field in plan.fields]
    return Block(rows=len(rows), lines=[kept.row.line for kept in rows], columns=columns)


def still_waiting(forbidden: Iterable[Forbidden]) -> dict[int, list[Forbidden]]:
    """Given all that rules rows out; returns the lines that only wait, each with what it waits for."""
    found: dict[int, list[Forbidden]] = {}
    for one in forbidden:
        found.setdefault(one.line, []).append(one)
    return {line: reasons for line, reasons in found.items() if all(one.parks for one in reasons)}


def given_up(since: datetime, days: timedelta, now: datetime) -> bool:
    """Given since when rows wait, how long they may, and the present moment; returns whether they wait no longer."""
    return now - since >= days


def awaited(missing: Iterable[tuple[Mapping[str, Cell], int]], plan: BookingPlan, fed: Collection[str]) -> tuple[Awaited, ...]:
    """Given what parked rows of one feed miss, each with how many rows do, the feed's plan, and the entities that the tenant has
    feeds for; returns what they wait for, field by field. A field that names none any more is left out."""
    to = {one.name: one.links.of.entity for one in plan.fields if one.links is not None}
    to |= {one.field: one.to.entity for one in plan.references}
    rows: dict[str, int] = {}
    values: dict[str, dict[Cell, None]] = {}
    for fields, number in missing:
        for field, value in fields.items():
            rows[field] = rows.get(field, 0) + number
            values.setdefault(field, {})[value] = None
    return tuple(
        Awaited(
            field=field,
            entity=to[field],
            rows=rows[field],
            values=len(of_field),
            examples=tuple(str(value) for value in list(of_field)[:MOST_NAMED]),
            fed=to[field] in fed,
        )
        for field, of_field in values.items()
        if field in to
    )


def still_waits(groups: Sequence[ParkedGroup], plan: BookingPlan, fed: Collection[str]) -> StillWaiting | None:
    """Given groups of parked rows of one feed, its plan, and the entities that the tenant has feeds for; returns what of the feed
    waits, None where nothing does."""
    if not groups:
        return None
    missing = awaited(((dict(group.missing), group.rows) for group in groups), plan, fed)
    return StillWaiting(sum(group.rows for group in groups), min(group.since for group in groups), missing)


def _holds(kind: FieldType, cell: Cell) -> bool:
    """Whether a cell is of this type, in canonical form."""
    if cell is None:
        return True
    if kind in ("integer", "boolean"):
        return isinstance(cell, bool) is (kind == "boolean") and isinstance(cell, int)
    return isinstance(cell, str) and (kind not in _SHAPES or _SHAPES[kind].fullmatch(cell) is not None)
