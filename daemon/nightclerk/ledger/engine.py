"""Opens the ledger's database, brought up to the present tables."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event

from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.ledger import tables

#: What SQLite says of a file that is locked, or whose disk is full or failing.
_PASSES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
HEAD = "0001"
"""The newest migration; a test compares it with the scripts."""


class Ledger:
    """One open ledger. ``writing`` transactions take the write lock at once, so a decision is never made on stale rows."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yields a connection in a transaction that may write; commits at its end. Raises WeatherError when that fails."""
        with _explained(self._engine), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yields a connection that only reads. Raises WeatherError when the ledger cannot be read now."""
        with _explained(self._engine), self._engine.execution_options(read_only=True).begin() as connection:
            yield connection

    def installation(self) -> str:
        """Returns this installation's own id: part of every run's key, so that two ledgers never share one."""
        with self.writing() as connection:
            found = connection.execute(sa.select(tables.installation.c.id)).scalar()
            if found is None:
                found = uuid.uuid4().hex[:12]
                connection.execute(tables.installation.insert().values(id=found))
            return str(found)

    def close(self) -> None:
        self._engine.dispose()


def open_ledger(url: str) -> Ledger:
    """Given the ledger's URL; returns it open and upgraded. Raises OperatorError or WeatherError when that fails."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    engine = sa.create_engine(parsed, connect_args={"timeout": 30.0})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            _upgrade(connection)
    except sa.exc.OperationalError as error:
        engine.dispose()
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _PASSES:
            raise _weather(parsed.database, error) from error
        raise OperatorError(
            f"The ledger {parsed.database} cannot be opened: {error.orig}. Check that the folder exists and may be written."
        ) from error
    except sa.exc.DatabaseError as error:
        engine.dispose()
        raise OperatorError(f"The ledger {parsed.database} is no usable database: {error.orig}.") from error
    return Ledger(engine)


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    """Turns what the driver says of a ledger that is locked, full or failing into weather: nothing of it was written."""
    try:
        yield
    except sa.exc.OperationalError as error:
        raise _weather(engine.url.database, error) from error


def _weather(place: str | None, error: sa.exc.OperationalError) -> WeatherError:
    return WeatherError(
        f"The ledger {place} cannot be used at the moment ({error.orig}). If it stays so, check that its disk has room and that "
        "no other program keeps it locked."
    )


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin does
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    lock = "DEFERRED" if connection.get_execution_options().get("read_only") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {lock}")


def _upgrade(connection: Connection) -> None:
    present = None
    if sa.inspect(connection).has_table("alembic_version"):
        present = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if present == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        raise OperatorError(
            f"The ledger was written by a newer Nightclerk (its tables are version {present}). Install that version again."
        ) from error
