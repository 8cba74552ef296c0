"""``nightclerk_receipts``: the proof, in the target's own transaction, that a run was booked, with the finished run in it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    case,
    cast,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from nightclerk.core.booking import BookingPlan
from nightclerk.ports import AlreadyBooked

RECEIPTS = Table(
    "nightclerk_receipts",
    MetaData(),
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(always=True), primary_key=True, autoincrement=True),
    Column("run_key", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("booked_at", DateTime(timezone=True), nullable=False, server_default=func.current_timestamp()),
    Column("receipt", Text, nullable=False, server_default=""),
    UniqueConstraint("run_key"),
    sqlite_autoincrement=True,  # an id that was given once never names another run, also after housekeeping
)


def open_receipt(connection: Connection, plan: BookingPlan, key: str, attempt: int) -> int:
    """Inserts the empty receipt and returns its id; raises AlreadyBooked when one was committed under this key.

    The transaction holds the lock, so a worker that was frozen and comes back finds the receipt of the one that took over.
    """
    row = {"run_key": key, "attempt": attempt, "tenant": plan.tenant, "entity": plan.entity, "table_name": plan.table}
    try:
        return int(connection.execute(insert(RECEIPTS).values(row)).inserted_primary_key[0])  # type: ignore[index]  # it has one
    except IntegrityError as error:
        raise AlreadyBooked(key) from error


def fill_receipt(connection: Connection, receipt_id: int, receipt: dict[str, Any]) -> None:
    """Puts the finished run into the receipt that ``open_receipt`` made."""
    text = json.dumps(receipt, ensure_ascii=False)
    connection.execute(
        update(RECEIPTS).where(RECEIPTS.c.id == receipt_id).values(receipt=text, booked_at=func.current_timestamp())
    )


def find_receipt(connection: Connection, key: str) -> dict[str, Any] | None:
    """Returns the receipt that was committed under the run's key, or None."""
    text = connection.execute(select(RECEIPTS.c.receipt).where(RECEIPTS.c.run_key == key)).scalar_one_or_none()
    return None if text is None else json.loads(text)


def receipts_of_feed(connection: Connection, plan: BookingPlan, feed: str) -> list[int]:
    """Given a plan and a feed's name; returns the ids of the committed receipts of that feed's runs of the plan's entity.

    The feed stands in the finished run, so that receipts of older versions tell it as well.
    """
    name, run = connection.dialect.name, RECEIPTS.c.receipt
    told = {
        "sqlite": func.json_extract(run, "$.feed"),
        "postgresql": cast(run, JSON)["feed"].as_string(),
    }.get(name, func.json_unquote(func.json_extract(run, "$.feed")))
    mine = (RECEIPTS.c.tenant == plan.tenant, RECEIPTS.c.entity == plan.entity, RECEIPTS.c.table_name == plan.table)
    # An empty receipt, which is no JSON, is that of the run that asks.
    query = select(RECEIPTS.c.id).where(*mine, case((run != "", told), else_=None) == feed)
    return list(connection.execute(query).scalars())
