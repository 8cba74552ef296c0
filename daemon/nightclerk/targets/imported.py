"""``nightclerk_imported``: what imports last brought to fields whose local edits are kept (``conflict: keep_local_edits``).

Written in the target's own transaction, for those fields alone: by the first import under that policy for all rows that imports
have made, from then on by every import for the rows of its file, whatever its own policy is. A value in the table that is not the
one here was written by somebody else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, delete, insert, inspect, select

from nightclerk.core.booking import BookingPlan

IMPORTED = Table(
    "nightclerk_imported",
    MetaData(),
    Column("memory", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text().with_variant(Text(collation="C"), "postgresql"), primary_key=True),
    Column("fields", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""memory: ``memory_of`` a table and a tenant: a number, since names would be written and compared with every row. key: the key
fields' values as text, CELL_SEPARATOR between them; sorted by their bytes, which is quickest. fields: ``{field: value as text}``
as JSON; on PostgreSQL the same as ``packed`` has it. Under the empty key stand as JSON whose memory it is and the fields, in
their order there, of which every import since then has kept what it brought."""

BETWEEN, INSTEAD = "\x1e", "\x1a"
"""On PostgreSQL the character between two fields, and the one that stands for it where a value has it, which none should."""
UNKNOWN, NULL, KNOWN = "", "-", "="
"""On PostgreSQL what a field of which nothing is known, a null, and before it any other value, has."""


def memory_of(table: str, tenant: str) -> int:
    """Given the names of a table and of a tenant; returns the number of what imports brought there, from 0 to 2**63 - 1."""
    return int.from_bytes(blake2b(f"{table}\x1f{tenant}".encode(), digest_size=8).digest()) >> 1


def covered(connection: Connection, plan: BookingPlan) -> tuple[str, ...]:
    """Given a plan; returns the fields of its table and tenant of which every value that imports brought is known by now, in the
    order in which they came. A database where no feed keeps local edits need not have the table."""
    if not plan.remembered and not inspect(connection).has_table(IMPORTED.name):
        return ()
    mine = (IMPORTED.c.memory == memory_of(plan.table, plan.tenant), IMPORTED.c.key == "")
    text = connection.execute(select(IMPORTED.c.fields).where(*mine)).scalar_one_or_none()
    return () if text is None else tuple(json.loads(text)["fields"])


def followed(plan: BookingPlan, known: Sequence[str]) -> tuple[str, ...]:
    """Given a plan and the fields that ``covered`` returned; returns its fields of which is kept what its rows bring."""
    mine = {field.name for field in plan.fields if not field.key}
    return tuple(name for name in in_order(plan, known) if name in mine)


def in_order(plan: BookingPlan, known: Sequence[str]) -> tuple[str, ...]:
    """Given a plan and the fields that ``covered`` returned; returns those of which something is kept once it is booked."""
    return (*known, *sorted(field.name for field in plan.remembered if field.name not in known))


def cover(connection: Connection, plan: BookingPlan, before: Sequence[str]) -> None:
    """Notes that from now on the plan's fields whose local edits are kept are known as well as those that were before."""
    fields = in_order(plan, before)
    if fields == tuple(before):
        return
    memory = memory_of(plan.table, plan.tenant)
    told = {"table": plan.table, "tenant": plan.tenant, "fields": fields}
    connection.execute(delete(IMPORTED).where(IMPORTED.c.memory == memory, IMPORTED.c.key == ""))
    connection.execute(insert(IMPORTED).values(memory=memory, key="", fields=json.dumps(told, ensure_ascii=False)))


def packed(fields: Mapping[str, str | None], order: Sequence[str]) -> str:
    """Given field → value as text, and the fields in the order of ``in_order``; returns what rows on PostgreSQL have in
    ``fields``: JSON is a third dearer to write and to read there."""
    return BETWEEN.join(_part(fields[name]) if name in fields else UNKNOWN for name in order)


def unpacked(text: str, order: Sequence[str]) -> dict[str, str | None]:
    """What ``packed`` was given, of what it returned. Fields that came later than the row are not there."""
    parts = zip(order, text.split(BETWEEN), strict=False)
    return {name: None if part == NULL else part.removeprefix(KNOWN) for name, part in parts if part != UNKNOWN}


def _part(value: str | None) -> str:
    return NULL if value is None else KNOWN + value.replace(BETWEEN, INSTEAD)
