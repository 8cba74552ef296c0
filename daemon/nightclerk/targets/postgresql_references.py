"""References as PostgreSQL asks them: the words for ``targets.references``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from nightclerk.core.booking import Reference
from nightclerk.core.reading import Cell
from nightclerk.targets.named import columns_of_made, plan_of, values_of_made
from nightclerk.targets.postgresql_layout import CHANGED, DIFFERENCE, NEW, SAME, Layout
from nightclerk.targets.postgresql_place import Place
from nightclerk.targets.references import Asked, References, Words

_APART = "pg_temp.nightclerk_apart"


def references_of(connection: Connection, layout: Layout) -> References:
    """Given an open connection and how the plan's rows lie; returns the plan's references."""
    plan = layout.plan
    words = Words(
        difference=DIFFERENCE,
        apart=_APART,
        alike=f"CREATE TEMPORARY TABLE {_APART[8:]} (LIKE {DIFFERENCE}) ON COMMIT DROP",
        make=lambda name, columns: f"CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP",
        prefix="pg_temp.",
        new=NEW,
        changed=CHANGED,
        same=SAME,
        allowed=layout.lists.with_sound(layout.allowed_new()),
        booked=layout.lists.with_sound(layout.booked()),
        any_change=" OR ".join(one.changes() for one in layout.values) or "false",
        log_key=layout.log_key(),
        staged_key=layout.log_key("s."),
    )
    by_name = {one.field.name: one for one in layout.places}
    asked = [_asked(connection, layout, one, by_name[one.field]) for one in plan.references]
    return References(plan, layout.run, words, asked)


def _asked(connection: Connection, layout: Layout, one: Reference, place: Place) -> Asked:
    plan, named = layout.plan, one.to
    parents = Layout(connection, plan_of(plan, named))
    tenant = [] if named.tenant_column is None else [(layout.quote(named.tenant_column), ":tenant")]
    made = zip(map(layout.quote, columns_of_made(one)), values_of_made(one), strict=True)
    return Asked(
        reference=one,
        new=place.new,
        changes="false" if place.field.key else place.changes(),
        kind=place.kind,
        parents=f"{parents.table} AS t",
        there=parents.same_key("u"),
        none=parents.missing(),
        cell=place.as_cell(place.new),
        read=_same,
        blanked=_blanked(place),
        needed=place.field.required_for_new and place.field.default is None,
        table=parents.table,
        row=(*tenant, (parents.keys[0].column, "n0"), *made),
        key=parents.log_key(),
        doubled=lambda error: _is_doubled(parents, error),
        own_key=layout.keys[0].new if named.table == plan.table else None,
    )


def _blanked(place: Place) -> str:
    if place.field.blank != "default":
        return f"{place.new} = NULL, news = true"
    filled = f"CASE WHEN kind = {NEW} THEN NULL ELSE {place.filled('NULL')} END"
    return f"{place.new} = {filled}, {place.blank} = true, news = true"


def _is_doubled(parents: Layout, error: IntegrityError) -> bool:
    cause: Any = error.orig
    return getattr(cause, "sqlstate", "") == "23505" and cause.diag.constraint_name in parents.guards


def _same(cell: Cell) -> Cell:
    return cell
