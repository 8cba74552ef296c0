"""From the difference into the tables on PostgreSQL. Others may have written since the comparison: then nothing is booked."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from nightclerk.core.errors import WeatherError
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.postgresql_layout import CHANGED, DIFFERENCE, NEW, Layout
from nightclerk.targets.stamps import stamped_changed, stamped_new

#: A table with so many rows for each of ours is better asked row by row, whatever the planner thinks.
_FEW = 8


def insert(layout: Layout, place: str) -> int:
    """Given the layout and the database as people know it; writes the new rows, returns how many. Raises WeatherError when
    another program has made one of them meanwhile."""
    plan = layout.plan
    columns = [*(one.column for one in layout.in_columns), *layout.documents]
    values = [one.new if one.field.default is None else one.filled(one.new) for one in layout.in_columns]
    values += [brought for brought, _ in layout.documents.values()]
    columns += [layout.quote(column) for column, _, _ in plan.absent_defaults]
    values += [f":absent{at}" for at in range(len(plan.absent_defaults))]
    stamped = stamped_new(plan, layout.quote)
    columns, values = [*columns, *stamped], [*values, *stamped.values()]
    if plan.tenant_column is not None:
        columns, values = [layout.quote(plan.tenant_column), *columns], [":tenant", *values]
    try:
        return layout.run(
            f"INSERT INTO {layout.table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {DIFFERENCE} "
            f"WHERE kind = {NEW} AND {layout.allowed_new()}",
            **{f"absent{at}": value for at, (_, _, value) in enumerate(plan.absent_defaults)},
        ).rowcount
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", "") == "23505" and error.orig.diag.constraint_name in layout.guards:  # type: ignore[union-attr]
            raise _overtaken(layout, place) from error
        raise


def update(layout: Layout, place: str, wanted: int) -> int:
    """Given how many rows are to change; writes their values, returns how many. A row that another program has changed since
    the comparison is not written, and WeatherError is raised then."""
    if not wanted:
        return 0
    layout.by_index(wanted * _FEW < layout.large)
    assigned = [f"{one.column} = {one.assigned()}" for one in layout.values if one.in_column]
    assigned += [f"{column} = {changed}" for column, (_, changed) in layout.documents.items()]
    if not assigned:  # lists alone, which stand elsewhere
        assigned = [f"{key.column} = t.{key.column}" for key in layout.keys]
    assigned += [f"{column} = {now}" for column, now in stamped_changed(layout.plan, layout.quote).items()]
    written = layout.run(
        f"UPDATE {layout.table} AS t SET {', '.join(assigned)} "
        f"FROM {DIFFERENCE} AS d WHERE d.kind = {CHANGED} AND {layout.same_key('d')} AND {layout.untouched()}"
    ).rowcount
    if written != wanted and _changed_by_others(layout):
        raise _overtaken(layout, place)
    return written


def log(layout: Layout, receipt: int) -> int:
    """Writes one change for each created or updated row of the difference; returns how many."""
    pairs = " || ".join(
        f"CASE WHEN {p.changes()} THEN ',\"{p.field.name}\"\\:[' || {p.as_json(p.old)} || ',' || "
        f"{p.as_json(p.new)} || ']' ELSE '' END"
        for p in layout.values
    )
    fields = f"CASE kind WHEN {CHANGED} THEN '{{' || substr({pairs or 'NULL'}, 2) || '}}' END"
    kind = f"CASE kind WHEN {NEW} THEN 'created' ELSE 'updated' END"
    return _log(layout, receipt, f"{kind}, {layout.log_key()}, {fields} FROM {DIFFERENCE} WHERE {layout.booked()}")


def log_created(layout: Layout, receipt: int, table: str) -> int:
    """Given a temporary table of new rows; writes one change for each that may be created, by its key alone; returns how many."""
    return _log(layout, receipt, f"'created', {layout.log_key()}, NULL FROM {table} WHERE {layout.allowed_new()}")


def _log(layout: Layout, receipt: int, selected: str) -> int:
    return layout.run(
        f"INSERT INTO {CHANGES.name} (receipt, line, tenant, entity, kind, key, fields) "
        f"SELECT :receipt, line, :tenant, :entity, {selected}",
        receipt=receipt,
        entity=layout.plan.entity,
    ).rowcount


def _changed_by_others(layout: Layout) -> bool:
    """Whether a row that is not updated was changed or deleted since the comparison, and not merely kept by a trigger."""
    found = layout.run(
        f"SELECT 1 FROM {DIFFERENCE} AS d LEFT JOIN {layout.table} AS t ON {layout.same_key('d')} WHERE d.kind = {CHANGED} "
        f"AND ({layout.missing()} OR NOT (t.xmin = pg_current_xact_id()\\:\\:xid OR ({layout.untouched()}))) LIMIT 1"
    )
    return found.first() is not None


def _overtaken(layout: Layout, place: str) -> WeatherError:
    return WeatherError(
        f"Another program changed rows of the table {layout.plan.table} in {place} while this file was compared with them. It "
        "will be compared anew."
    )
