"""The rows of other entities that references name, as a plan of their own: what their table must offer, and how one is made."""

from __future__ import annotations

from nightclerk.core.booking import BookingPlan, Reference, WrittenField
from nightclerk.core.entity import Named
from nightclerk.targets.stamps import MOMENT


def plan_of(plan: BookingPlan, named: Named) -> BookingPlan:
    """Given a plan and the rows that one of its fields names; returns the plan by which one of these would be booked, by its key
    alone."""
    key = WrittenField(
        name=named.field,
        column=named.column,
        type=named.type,
        key=True,
        blank="keep",
        required_for_new=False,
        default=None,
    )
    return BookingPlan(
        tenant=plan.tenant,
        entity=named.entity,
        table=named.table,
        tenant_column=named.tenant_column,
        fields=(key,),
        key=(named.field,),
        mode="upsert",
    )


def members_needed(plan: BookingPlan) -> list[tuple[str, list[str]]]:
    """Given a plan; returns the tables of its lists' members, each with the columns that are looked up, or written where members
    are created on the way."""
    found = []
    for of in (field.links.of for field in plan.fields if field.links is not None):
        made = (*of.same, *(column for column, _, _ in of.constants), *of.stamps) if of.create else ()
        found.append((of.table, list(dict.fromkeys([*filter(None, [of.tenant_column]), of.column, *made]))))
    return found


def columns_of_made(reference: Reference) -> tuple[str, ...]:
    """Given a reference; returns the columns that rows made on the way get beside the tenant's and the key's."""
    if reference.unknown != "create":
        return ()
    return (*reference.to.same, *(column for column, _, _ in reference.to.constants), *reference.to.stamps)


def values_of_made(reference: Reference) -> tuple[str, ...]:
    """Given a reference; returns SQL for what these columns get, over the key's value n0. Constants are bound by position."""
    if reference.unknown != "create":
        return ()
    constants = (f":constant{at}" for at, _ in enumerate(reference.to.constants))
    return (*("n0" for _ in reference.to.same), *constants, *(MOMENT for _ in reference.to.stamps))
