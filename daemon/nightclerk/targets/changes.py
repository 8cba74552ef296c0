"""``nightclerk_changes``: one row per created or updated record, written in the target's own transaction.

Created records are logged by key alone, updated ones with ``{field: [old, new]}`` of what really changed. Ordered and
found by receipt and line, so that logging a run only ever appends: there is no second index to keep.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

CHANGES = Table(
    "nightclerk_changes",
    MetaData(),
    Column("receipt", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("line", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("tenant", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fields", Text),
    sqlite_with_rowid=False,
)
"""receipt: ``nightclerk_receipts.id`` (no foreign key: both are written by one transaction, and a look-up per row is not
free). kind: ``created`` or ``updated``. key: ``{field: value}`` as JSON. fields: JSON, null for created rows."""
