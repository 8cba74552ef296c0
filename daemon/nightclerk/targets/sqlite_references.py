"""References as SQLite asks them: the words for ``targets.references``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nightclerk.core.booking import BookingPlan, Reference
from nightclerk.targets.named import columns_of_made, plan_of, values_of_made
from nightclerk.targets.references import Asked, References, Run, Words
from nightclerk.targets.sqlite_place import Place
from nightclerk.targets.sqlite_remembered import log_key

NEW, CHANGED, SAME = 0, 1, 2
"""The kinds of rows in the difference."""


def references_of(
    plan: BookingPlan, places: Sequence[Place], run: Run, quote: Callable[[str], str], difference: str, allowed: str, booked: str
) -> References:
    """Given a plan, its places, what carries out statements, and the difference with SQL over it: a new row may be created, and a
    row is created or updated; returns the plan's references."""
    apart = "temp.nightclerk_apart"
    by_name = {place.field.name: place for place in places}
    words = Words(
        difference=difference,
        apart=apart,
        alike=f"CREATE TEMPORARY TABLE {apart[5:]} AS SELECT * FROM {difference} WHERE 0",
        make=lambda name, columns: f"CREATE TEMPORARY TABLE {name} ({columns})",
        prefix="temp.",
        new=NEW,
        changed=CHANGED,
        same=SAME,
        allowed=allowed,
        booked=booked,
        any_change=" OR ".join(place.changes() for place in places if not place.field.key) or "0",
        log_key=log_key([by_name[name] for name in plan.key]),
        staged_key=log_key([by_name[name] for name in plan.key], "s."),
    )
    own = by_name[plan.key[0]]
    return References(plan, run, words, [_asked(plan, one, by_name[one.field], own, quote) for one in plan.references])


def _asked(plan: BookingPlan, one: Reference, place: Place, own: Place, quote: Callable[[str], str]) -> Asked:
    named = one.to
    column, tenant = quote(named.column), None if named.tenant_column is None else quote(named.tenant_column)
    key = Place(plan_of(plan, named).fields[0], column, 0, f"t.{column}")
    mine = [] if tenant is None else [f"t.{tenant} = :tenant COLLATE BINARY"]
    made = zip(map(quote, columns_of_made(one)), values_of_made(one), strict=True)
    return Asked(
        reference=one,
        new=place.new,
        changes="0" if place.field.key else place.changes(),
        kind="",
        parents=f"{quote(named.table)} AS t",
        there=" AND ".join([*mine, f"t.{column} = u.n0 COLLATE BINARY"]),
        none=f"t.{column} IS NULL",
        cell=place.new,
        read=place.read,
        blanked=_blanked(place),
        needed=place.field.required_for_new and place.field.default is None,
        table=quote(named.table),
        row=(*([] if tenant is None else [(tenant, ":tenant")]), (column, "n0"), *made),
        key=log_key([key]),
        doubled=lambda error: False,  # nobody else writes meanwhile
        own_key=own.new if named.table == plan.table else None,
    )


def _blanked(place: Place) -> str:
    """Cells that do not differ are null in the difference, old and new alike."""
    if place.field.blank != "default":
        return f"{place.new} = NULL"
    same = f"kind <> {NEW} AND {place.old} IS :default{place.at}"
    return (
        f"{place.new} = CASE WHEN kind = {NEW} OR {same} THEN NULL ELSE :default{place.at} END, "
        f"{place.old} = CASE WHEN {same} THEN NULL ELSE {place.old} END, {place.blank} = 1"
    )
