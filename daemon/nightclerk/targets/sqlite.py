"""SQLite as a target: the standard driver through SQLAlchemy (docs/decisions/0001), its locks and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from nightclerk.core.booking import BookingPlan
from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.comparable import steps
from nightclerk.targets.needs import NeededTable
from nightclerk.targets.sqlite_apart import custom_value, members_json, members_ordered
from nightclerk.targets.sqlite_difference import SqliteDifference
from nightclerk.targets.sqlite_fit import columns_of, faults
from nightclerk.targets.sqlite_reconciling import SqliteReconciling

# The driver looks long for an adapter of None and bool, 0.3 µs a cell, until it is told of one. These two change nothing
# of what is stored, and take a fifth off the time that binding a row takes.
_AS_IT_IS: dict[None, None] = {}
_ZERO_ONE = {False: 0, True: 1}
sqlite3.register_adapter(NoneType, _AS_IT_IS.get)
sqlite3.register_adapter(bool, _ZERO_ONE.get)

_SETTINGS = (
    "PRAGMA synchronous = FULL",  # a commit that was answered survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -32768",  # KiB: 32 MB hold the unique key of a million rows
    "PRAGMA journal_size_limit = 67108864",  # the log of a large run does not stay on the disk
    "PRAGMA temp_store = FILE",  # the difference must not grow in memory; the file is unlinked as soon as it is made
    "PRAGMA temp.page_size = 32768",  # fewer and larger reads and writes of that file
    "PRAGMA temp.cache_size = -16384",
    "PRAGMA temp.secure_delete = OFF",  # Debian's SQLite overwrites deleted rows: pointless in an unlinked file
)
_PASSES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM)
_WRITES = (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_CREATE_TABLE)
_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


class Sqlite:
    """``Dialect`` for one SQLite file. wait: seconds to wait for another writer before giving up."""

    failures: tuple[type[Exception], ...] = (sqlite3.Error,)
    takes_csv = False
    steady: Mapping[str, str] = MappingProxyType({})  # with a write-ahead log each transaction is

    def __init__(self, url: URL, wait: float) -> None:
        if not url.database or url.database == ":memory:":
            raise OperatorError(
                "The database must be a file, as in sqlite:///var/app.db: one in memory dies with its connection."
            )
        self._url = url
        self._wait = wait
        self.place = url.database

    def prepare(self) -> None:
        folder = Path(self.place).parent
        try:
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        except OSError as error:
            raise OperatorError(
                f"The folder {folder} for the database cannot be made: {error.strerror}. Make it, and let this user write there."
            ) from error

    def engine(self) -> Engine:
        return self._engine(self._url)

    def viewer(self) -> Engine:
        # A log that nobody has open was left by a crash, and the last connection that may write would work it off as it closes.
        # Without one, a connection that may only read would leave an empty one behind.
        mode = "ro" if _may_be_there(f"{self.place}-wal") else "rw"
        # A file that is not there yet is looked at as what it will be at first: a database without tables.
        file, mode = (quote(self.place), mode) if _may_be_there(self.place) else (":memory:", "memory")
        return self._engine(self._url.set(database=f"file:{file}", query={"mode": mode, "uri": "true"}))

    def _engine(self, url: URL) -> Engine:
        # No pool: a connection's temporary tables, page cache and locks end with its booking, and opening costs about 1 ms.
        # isolation_level None: the driver begins nothing by itself, ``lock`` says BEGIN.
        engine = create_engine(
            url,
            poolclass=NullPool,
            connect_args={"timeout": self._wait, "isolation_level": None, "check_same_thread": False},
        )
        event.listen(engine, "connect", _set_up)
        return engine

    def lock(self, connection: Connection, plan: BookingPlan | None = None) -> None:
        connection.execute(text("PRAGMA journal_mode = WAL"))  # readers of the application go on while a run is booked
        connection.execute(text("BEGIN IMMEDIATE"))

    def look(self, connection: Connection) -> None:
        # With a write-ahead log whoever reads stands in nobody's way. Without one a writer would wait for the end of our
        # transaction, so that there each statement is one of its own.
        if connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal":
            connection.execute(text("BEGIN"))

    def be_patient(self, connection: Connection) -> None:
        """Nothing of it has a limit of its own."""

    def seal(self, connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.set_authorizer(_in_temporary_tables_alone)

    def schema_made(self, connection: Connection) -> None:
        """None: there are no schemas here."""

    def declared(self, connection: Connection, table: Table) -> Table:
        return table

    def absent(self, connection: Connection, table: str, columns: Iterable[str]) -> list[str] | None:
        present = columns_of(connection, table)
        return None if present is None else [column for column in columns if column.lower() not in present]

    def unfit(self, connection: Connection, needed: NeededTable) -> list[str]:
        return faults(connection, self.place, needed)

    def difference(self, connection: Connection, plan: BookingPlan, receipt: int | None) -> SqliteDifference:
        return SqliteDifference(connection, plan)

    def whole_difference(self, connection: Connection, plan: BookingPlan) -> SqliteReconciling:
        return SqliteReconciling(connection, plan)

    def explain(self, error: Exception) -> NightclerkError:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _PASSES:
            return WeatherError(
                f"Another program is writing to {self.place}; gave up after {self._wait:g} seconds and will try again."
            )
        if code in _DISK:
            return WeatherError(f"The disk under {self.place} is full or failing ({cause}). Make room; it will be tried again.")
        if code == sqlite3.SQLITE_CANTOPEN:
            return OperatorError(
                f"The database {self.place} cannot be opened. Create its folder and let this user read and write there."
            )
        if code == sqlite3.SQLITE_CONSTRAINT:
            return OperatorError(
                f"A rule of the database {self.place} forbids the rows: {cause}. Change the rule or the mapping."
            )
        return OperatorError(f"The database {self.place} does not take the rows: {cause}.")


def _may_be_there(file: str) -> bool:
    """Returns False for a file that is missing, and no other: one that cannot be reached is for SQLite to tell of."""
    try:
        Path(file).stat()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def _in_temporary_tables_alone(action: int, one: str | None, _two: str | None, database: str | None, _by: str | None) -> int:
    if action == sqlite3.SQLITE_UPDATE and one == "sqlite_master":  # so json_each is made known; all else asks for more
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY if action in _WRITES and database != "temp" else sqlite3.SQLITE_OK


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    for setting in _SETTINGS:
        connection.execute(setting).close()
    connection.create_function("nightclerk_steps", 1, steps, deterministic=True)
    connection.create_function("nightclerk_members", 1, members_json, deterministic=True)
    connection.create_function("nightclerk_custom", 3, custom_value, deterministic=True)
    connection.create_function("nightclerk_ordered", 1, members_ordered, deterministic=True)
    for kind, spelled in SPELLINGS.items():
        connection.create_function(
            f"nightclerk_{kind}", 1, lambda stored, f=spelled: None if stored is None else f(stored), deterministic=True
        )
