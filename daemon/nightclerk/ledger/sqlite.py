"""The ledger in an SQLite file: its settings, its write lock, and what its errors mean."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine, event

from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError

#: What SQLite says of a file that is locked, or whose disk is full or failing.
_PASSES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


class Sqlite:
    """``Store`` for one SQLite file. wait: seconds to wait for another writer."""

    def __init__(self, url: URL, wait: float) -> None:
        self._url = url
        self._wait = wait
        self.place = str(url.database)

    def engines(self) -> tuple[Engine, Engine]:
        Path(self.place).parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        engine = sa.create_engine(self._url, connect_args={"timeout": self._wait})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine, engine.execution_options(read_only=True)

    def engine_for_looking(self) -> Engine | None:
        if not Path(self.place).exists():
            return None
        # A log that nobody has open was left by a crash, and the last connection that may write would work it off as it
        # closes. Without one, a connection that may only read would leave an empty one behind.
        mode = "ro" if Path(f"{self.place}-wal").exists() else "rw"
        url = self._url.set(database=f"file:{quote(self.place)}", query={"mode": mode, "uri": "true"})
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"timeout": self._wait})
        event.listen(engine, "connect", _only_query)
        return engine

    def lock(self, connection: Connection) -> None:
        """The transaction began with the lock."""

    def prepare(self, connection: Connection) -> None:
        """The file is there, and nothing else is wanted."""

    def lives_elsewhere(self, connection: Connection, resident: str) -> bool:
        """The file's folder is on one machine, and there the kernel's locks tell who is alive."""
        return False

    def explain(self, error: sa.exc.SQLAlchemyError) -> NightclerkError | None:
        if isinstance(error, sa.exc.OperationalError):
            return self._weather(error)
        return self._weather(error) if isinstance(error, sa.exc.TimeoutError) else None

    def explain_opening(self, error: sa.exc.SQLAlchemyError) -> NightclerkError:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        if isinstance(error, sa.exc.OperationalError):
            if getattr(cause, "sqlite_errorcode", 0) & 0xFF in _PASSES:
                return self._weather(error)
            return OperatorError(
                f"The ledger {self.place} cannot be opened: {cause}. Check that the folder exists and may be written."
            )
        return OperatorError(f"The ledger {self.place} is no usable database: {cause}.")

    def _weather(self, error: sa.exc.SQLAlchemyError) -> WeatherError:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        return WeatherError(
            f"The ledger {self.place} cannot be used at the moment ({cause}). If it stays so, check that its disk has room and "
            "that no other program keeps it locked."
        )


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin does
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _only_query(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only = ON").close()


def _begin(connection: Connection) -> None:
    lock = "DEFERRED" if connection.get_execution_options().get("read_only") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {lock}")
