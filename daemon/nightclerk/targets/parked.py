"""``nightclerk_parked``: rows of files that wait for rows of other entities, written in the target's own transaction.

A row of a file names another one that is not there yet, such as an invoice whose customer comes tomorrow. It stands here until
that one is there, a newer file of the feed brings its key again, the run that parked it is taken back, or its days have run out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    literal,
    select,
)

from nightclerk.core.booking import BookingPlan, ParkedRow

PARKED = Table(
    "nightclerk_parked",
    MetaData(),
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(always=True), primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("feed", Text, nullable=False),
    Column("run_key", Text, nullable=False),
    Column("line", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    Column("key", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("missing", Text, nullable=False),
    Column("parked_at", DateTime(timezone=True), nullable=False, server_default=func.current_timestamp()),
    sqlite_autoincrement=True,  # an id that was given once never names another row
)
"""run_key: the run that parked it, ``WITHDRAWN`` before it while that run is undone; line: in that run's file. key: ``{field:
value}`` as JSON, as ``nightclerk_changes`` has it. fields: the row's cells in canonical form, ``{field: value}`` as JSON, those
that are blank as null. source: the record as the sender wrote it, a JSON list of its cells in the file's order. missing:
``{field: value}`` as JSON, of the references that name no row."""


def park(connection: Connection, plan: BookingPlan, run_key: str, rows: Sequence[ParkedRow], keys: Mapping[int, str]) -> None:
    """Given rows that wait, and the key of each by its line, as the log of changes has it; writes them."""
    of_run = {"tenant": plan.tenant, "entity": plan.entity, "feed": plan.feed, "run_key": run_key}
    values = [
        of_run
        | {
            "line": row.line,
            "key": keys[row.line],
            "fields": _json(row.fields),
            "source": _json(row.source),
            "missing": _json(row.missing),
        }
        for row in rows
    ]
    if values:
        connection.execute(insert(PARKED), values)


def move_parked(connection: Connection, tenant: str, before: str, after: str) -> None:
    """Puts a tenant's rows that stand under one run under another one: written anew, since no right to change them is needed."""
    which = PARKED.c.tenant == tenant, PARKED.c.run_key == before
    columns = [column for column in PARKED.c if column.name != "id"]
    moved = select(*[literal(after) if column.name == "run_key" else column for column in columns]).where(*which)
    connection.execute(insert(PARKED).from_select(columns, moved.order_by(PARKED.c.id)))
    connection.execute(delete(PARKED).where(*which))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
