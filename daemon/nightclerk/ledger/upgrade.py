"""Brings the ledger's tables up to the present ones."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from nightclerk.core.errors import OperatorError

HEAD = "0008"
"""The newest migration; a test compares it with the scripts."""
VERSION_TABLE = "nightclerk_ledger_version"
"""A name of our own: in a shared database ``alembic_version`` is the application's."""
_FORMER_NAME = {"sqlite": ("alembic_version",)}
"""Files of the first days, where it could be nobody else's, still have that name."""
SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Given a connection in a transaction that holds the ledger's write lock; brings the tables up to the present ones.

    Raises OperatorError when a newer Nightclerk wrote them.
    """
    _rename_version_table(connection)
    present = version_of(connection)
    if present == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes.update(connection=connection, version_table=VERSION_TABLE)
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        raise OperatorError(
            f"The ledger was written by a newer Nightclerk (its tables are version {present}). Install that version again."
        ) from error


def version_of(connection: Connection) -> str | None:
    """Given a connection; returns the version of the ledger's tables, None where there are none."""
    there = sa.inspect(connection)
    for name in (VERSION_TABLE, *_FORMER_NAME.get(connection.dialect.name, ())):
        if there.has_table(name, schema=there.default_schema_name):
            return str(connection.exec_driver_sql(f"SELECT version_num FROM {name}").scalar())
    return None


def _rename_version_table(connection: Connection) -> None:
    there = sa.inspect(connection)
    for name in _FORMER_NAME.get(connection.dialect.name, ()):
        if there.has_table(name) and not there.has_table(VERSION_TABLE):
            connection.exec_driver_sql(f"ALTER TABLE {name} RENAME TO {VERSION_TABLE}")
