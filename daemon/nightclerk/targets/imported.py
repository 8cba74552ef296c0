"""``nightclerk_imported``: what imports last brought to fields whose local edits are kept (``conflict: keep_local_edits``).

Written in the target's own transaction, for those fields alone: by the first import under that policy for all rows that imports
have made, from then on by every import for the rows of its file, whatever its own policy is. A value in the table that is not the
one here was written by somebody else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Column, Connection, MetaData, Table, Text, inspect, select

from nightclerk.core.booking import BookingPlan

IMPORTED = Table(
    "nightclerk_imported",
    MetaData(),
    Column("table_name", Text, primary_key=True),
    Column("tenant", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fields", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""key: the key fields' values as text, CELL_SEPARATOR between them. fields: ``{field: value as text}`` as JSON. Under the empty
key stand the fields, a list, of which every import since then has kept what it brought."""


def covered(connection: Connection, plan: BookingPlan) -> frozenset[str]:
    """Given a plan; returns the fields of its table and tenant of which every value that imports brought is known by now. A
    database where no feed keeps local edits need not have the table."""
    if not plan.remembered and not inspect(connection).has_table(IMPORTED.name):
        return frozenset()
    where = (IMPORTED.c.table_name == plan.table, IMPORTED.c.tenant == plan.tenant, IMPORTED.c.key == "")
    text = connection.execute(select(IMPORTED.c.fields).where(*where)).scalar_one_or_none()
    return frozenset() if text is None else frozenset(json.loads(text))


def followed(plan: BookingPlan, known: frozenset[str]) -> frozenset[str]:
    """Given a plan and the fields that ``covered`` returned; returns its fields of which is kept what its rows bring."""
    mine = {field.name for field in plan.fields if not field.key}
    return frozenset(field.name for field in plan.remembered) | (known & mine)


def cover(connection: Connection, plan: BookingPlan, before: Iterable[str]) -> None:
    """Notes that from now on the plan's fields whose local edits are kept are known as well as those that were before."""
    fields = sorted({*before, *(field.name for field in plan.remembered)})
    if fields == sorted(before):
        return
    key = {"table_name": plan.table, "tenant": plan.tenant, "key": ""}
    mine = [IMPORTED.c[name] == value for name, value in key.items()]
    connection.execute(IMPORTED.delete().where(*mine))
    connection.execute(IMPORTED.insert().values(**key, fields=json.dumps(fields)))
