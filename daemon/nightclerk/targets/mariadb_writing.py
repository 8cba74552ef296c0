"""From the difference into the tables on MariaDB and MySQL. If others have written since the comparison, nothing is booked."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from nightclerk.core.errors import WeatherError
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.mariadb_errors import doubled_key
from nightclerk.targets.mariadb_layout import CHANGED, DIFFERENCE, NEW, Layout
from nightclerk.targets.stamps import stamped_changed, stamped_new


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
        if doubled_key(error.orig) in layout.guards:
            raise _overtaken(layout, place) from error
        raise


def update(layout: Layout, place: str, wanted: int) -> int:
    """Given how many rows are to change; writes their values, returns how many. A row that another program has changed since
    the comparison is not written, and WeatherError is raised then."""
    if not wanted:
        return 0
    assigned = [f"t.{one.column} = {one.assigned()}" for one in layout.values if one.in_column]
    assigned += [f"t.{column} = {changed}" for column, (_, changed) in layout.documents.items()]
    if not assigned:  # lists alone, which stand elsewhere
        assigned = [f"t.{key.column} = t.{key.column}" for key in layout.keys]
    assigned += [f"t.{column} = {now}" for column, now in stamped_changed(layout.plan, layout.quote).items()]
    # The server counts the rows that it found, not those whose values it changed: the driver asks it to (CLIENT.FOUND_ROWS).
    written = layout.run(
        f"UPDATE {DIFFERENCE} AS d STRAIGHT_JOIN {layout.looked_up} ON {layout.same_key('d')} "
        f"SET {', '.join(assigned)} "
        f"WHERE d.kind = {CHANGED} AND {layout.untouched()}"
    ).rowcount
    if written != wanted:
        raise _overtaken(layout, place)
    return written


def log(layout: Layout, receipt: int) -> int:
    """Writes one change for each created or updated row of the difference; returns how many."""
    pairs = ", ".join(
        f"CASE WHEN {p.changes()} THEN CONCAT(',\"{p.field.name}\"\\:[', {p.as_json(p.old)}, ',', "
        f"{p.as_json(p.new)}, ']') ELSE '' END"
        for p in layout.values
    )
    fields = f"CASE kind WHEN {CHANGED} THEN CONCAT('{{', SUBSTR(CONCAT({pairs or 'NULL'}), 2), '}}') END"
    return layout.run(
        f"INSERT INTO {CHANGES.name} (receipt, line, tenant, entity, kind, `key`, fields) "
        f"SELECT :receipt, line, :tenant, :entity, CASE kind WHEN {NEW} THEN 'created' ELSE 'updated' END, {layout.log_key()}, "
        f"{fields} FROM {DIFFERENCE} WHERE {layout.booked()}",
        receipt=receipt,
    ).rowcount


def _overtaken(layout: Layout, place: str) -> WeatherError:
    return WeatherError(
        f"Another program changed rows of the table {layout.plan.table} in {place} while this file was compared with them. It "
        "will be compared anew."
    )
