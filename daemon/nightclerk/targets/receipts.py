"""``nightclerk_receipts``: the proof, in the target's own transaction, that a run was booked, with the finished run in it."""

from __future__ import annotations

import json
from typing import Any

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
    UniqueConstraint,
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
