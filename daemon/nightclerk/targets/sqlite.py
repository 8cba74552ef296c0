"""SQLite as a target: the standard driver through SQLAlchemy (docs/decisions/0001), its locks and what its errors mean."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import NoneType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import LargeBinary, NullType, String

from nightclerk.core.booking import BookingPlan
from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.sqlite_difference import SqliteDifference

# The driver looks long for an adapter of None and bool, 0.3 µs a cell, until it is told of one. These two change nothing
# of what is stored, and take a fifth off the time that binding a row takes.
_AS_IT_IS: dict[None, None] = {}
_ZERO_ONE = {False: 0, True: 1}
sqlite3.register_adapter(NoneType, _AS_IT_IS.get)
sqlite3.register_adapter(bool, _ZERO_ONE.get)

_SETTINGS = (
    "PRAGMA journal_mode = WAL",  # readers of the application go on while a run is booked
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
_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


class Sqlite:
    """``Dialect`` for one SQLite file. wait: seconds to wait for another writer before giving up."""

    failures: tuple[type[Exception], ...] = (sqlite3.Error,)

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
        # No pool: a connection's temporary tables, page cache and locks end with its booking, and opening costs about 1 ms.
        # isolation_level None: the driver begins nothing by itself, ``lock`` says BEGIN.
        engine = create_engine(
            self._url,
            poolclass=NullPool,
            connect_args={"timeout": self._wait, "isolation_level": None, "check_same_thread": False},
        )
        event.listen(engine, "connect", _set_up)
        return engine

    def lock(self, connection: Connection) -> None:
        connection.execute(text("BEGIN IMMEDIATE"))

    def unfit(self, connection: Connection, plan: BookingPlan) -> list[str]:
        types = {c["name"].lower(): c["type"] for c in inspect(connection).get_columns(plan.table)}
        texts = [(f.column, f.type) for f in plan.fields if f.type not in {"integer", "boolean", "date", "datetime"}]
        unfit = [
            f"The column {column} of the table {plan.table} in {self.place} is declared {types[column.lower()]!s}, which makes "
            f"numbers of texts: 007 would become 7, and amounts lose digits. Declare it TEXT, for it holds {kind}."
            for column, kind in texts
            if not isinstance(types[column.lower()], String | NullType | LargeBinary)
        ]
        key = [f.column for f in plan.fields if f.key] + ([plan.tenant_column] if plan.tenant_column else [])
        if not _has_unique_key(connection, plan.table, {column.lower() for column in key}):
            unfit.append(
                f"The table {plan.table} in {self.place} has no unique key of exactly {', '.join(sorted(key))} that tells "
                "capitals from small letters: rows could be doubled. Create a unique index of these columns."
            )
        return unfit

    def difference(self, connection: Connection, plan: BookingPlan) -> SqliteDifference:
        return SqliteDifference(connection, plan)

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


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    for setting in _SETTINGS:
        connection.execute(setting).close()
    for kind, spelled in SPELLINGS.items():
        connection.create_function(
            f"nightclerk_{kind}", 1, lambda stored, f=spelled: None if stored is None else f(stored), deterministic=True
        )


def _has_unique_key(connection: Connection, table: str, columns: set[str]) -> bool:
    """Asks SQLite itself: reflection warns about indexes on expressions and tells neither partial nor case-blind ones apart."""
    found = connection.execute(
        text(
            "SELECT group_concat(lower(i.name), '/') FROM pragma_index_list(:table) AS l, pragma_index_xinfo(l.name) AS i "
            'WHERE l."unique" AND NOT l.partial AND i.key GROUP BY l.name '
            "HAVING count(*) = count(i.name) AND min(upper(i.coll)) = 'BINARY' AND max(upper(i.coll)) = 'BINARY'"
        ),
        {"table": table},
    )
    rowid = text(
        "SELECT lower(group_concat(name, '/')) FROM pragma_table_info(:table) WHERE pk > 0 HAVING max(upper(type)) = 'INTEGER'"
    )
    keys = [*found.scalars(), *connection.execute(rowid, {"table": table}).scalars()]
    return columns in [set(names.split("/")) for names in keys if names]
