"""Which kind of database an address means."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from nightclerk.core.errors import OperatorError
from nightclerk.targets.dialect import Dialect
from nightclerk.targets.sqlite import Sqlite


def dialect_for(
    url: str | URL, folder: Path | None = None, wait: float = 30.0, limit: float = 1800.0, schema: str | None = None
) -> Dialect:
    """Given the configuration's ``database``; returns its dialect; raises OperatorError for one that is not supported.

    wait: seconds to wait for its lock. limit: seconds that a server may work on one statement over a file's rows. A relative
    SQLite path starts at ``folder``. The path is %-decoded, so a ``%`` in it is written ``%25``. schema: where all tables stand,
    on PostgreSQL alone; None for the login's search path.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise OperatorError(
            "The setting database is no address; write it as in sqlite:///var/app.db or postgresql://app@db/app."
        ) from error
    if parsed.get_backend_name() == "postgresql":
        from nightclerk.targets.postgresql import Postgresql  # who books into SQLite need not hold its driver in memory

        return Postgresql(parsed, wait, limit, schema)
    if schema is not None:
        raise OperatorError(f"A schema is a part of a PostgreSQL database; there is none in {parsed.get_backend_name()}.")
    if parsed.get_backend_name() in {"mariadb", "mysql"}:
        from nightclerk.targets.mariadb import Mariadb

        return Mariadb(parsed, wait, limit)
    if parsed.get_backend_name() != "sqlite":
        raise OperatorError(
            f"Databases of the kind {parsed.get_backend_name()} cannot be booked into; use sqlite:///PATH, "
            "postgresql://USER@HOST/NAME or mariadb://USER@HOST/NAME."
        )
    if folder is not None and parsed.database and not parsed.database.startswith((":memory:", "file:")):
        parsed = parsed.set(database=str(folder / parsed.database))
    return Sqlite(parsed, wait)
