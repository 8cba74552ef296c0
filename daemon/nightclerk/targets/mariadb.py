"""MariaDB and MySQL as a target: PyMySQL through SQLAlchemy, its locks and time-outs, and what its errors mean."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pymysql
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from nightclerk.core.booking import BookingPlan
from nightclerk.core.errors import NightclerkError, OperatorError
from nightclerk.targets.mariadb_catalog import columns_of, nature_of, unique_keys
from nightclerk.targets.mariadb_connection import PatientConnection, connected
from nightclerk.targets.mariadb_difference import MariadbDifference
from nightclerk.targets.mariadb_errors import busy, code_of, explained
from nightclerk.targets.mariadb_fit import faults, not_granted
from nightclerk.targets.mariadb_reconciling import MariadbReconciling
from nightclerk.targets.mariadb_tables import declared
from nightclerk.targets.needs import NeededTable

#: What is asked before the rows come takes milliseconds: so many seconds are a bound for what hangs.
_BRIEF = 60.0
#: How many times longer than the server may work on a statement it may be silent before it counts as frozen.
_GRACE = 1.25
#: Seconds that undoing what was begun may take: the server does it at once, and without us as soon as the connection is closed.
_PARTING = 5.0
_DENIED = frozenset({1142, 1143})
#: What is said of a statement's columns, and only to those who have the right to it.
_GRANTED = frozenset({1364, 1906, 3105})


class Mariadb:
    """``Dialect`` for one database of MariaDB or MySQL. wait: seconds to wait for another writer's locks before giving up.
    limit: seconds that a statement over a file's rows may take: a bound for what hangs, not for what is large.
    """

    failures: tuple[type[Exception], ...] = (pymysql.MySQLError,)
    takes_csv = False
    steady: Mapping[str, str] = MappingProxyType({"isolation_level": "REPEATABLE READ"})

    def __init__(self, url: URL, wait: float, limit: float) -> None:
        if not url.database:
            raise OperatorError("The address names no database; write it behind the host, as in mariadb://app@db/app.")
        self._url = url
        self._wait = wait
        self._limit = max(limit, 2 * wait)  # the locks' own sentence comes first
        self._brief = max(min(limit, _BRIEF), 2 * wait)
        kind = url.get_backend_name()
        self.place = URL.create(kind, url.username, None, url.host, url.port, url.database).render_as_string()

    def prepare(self) -> None:
        """Nothing: the database is made by who runs the server."""

    def engine(self) -> Engine:
        # No pool: bookings are few beside what opening costs, temporary tables and locks end with the connection, and none
        # outlives a restart of the server. Which of the two kinds the server is, it says itself.
        engine = create_engine(
            "mysql+pymysql://",
            creator=self._connect,
            poolclass=NullPool,
            pool_reset_on_return=None,  # closing has rolled back already
        )
        event.listen(engine, "rollback", self._part)
        return engine

    def viewer(self) -> Engine:
        return self.engine()

    def lock(self, connection: Connection, plan: BookingPlan | None = None) -> None:
        # Whom the unique key keeps apart need not wait for one another: the lock is one tenant's in one table. It is the
        # connection's, which ends with the booking.
        table, tenant = ("", "") if plan is None else (plan.table, plan.tenant if plan.tenant_column is not None else "")
        wait = self._wait if _driver(connection).is_mariadb else math.ceil(self._wait)
        got = connection.execute(
            text("SELECT GET_LOCK(CONCAT('nightclerk/', SHA1(CONCAT_WS('/', DATABASE(), LOWER(:table), :tenant))), :wait)"),
            {"table": table, "tenant": tenant, "wait": wait},
        ).scalar_one()
        if not got:
            raise busy(self.place, self._wait)

    def look(self, connection: Connection) -> None:
        connection.begin()

    def be_patient(self, connection: Connection) -> None:
        driver = _driver(connection)
        driver.ask(_limited(driver, self._limit))
        driver.be_patient(self._limit * _GRACE)

    def seal(self, connection: Connection) -> None:
        # Temporary tables may be written in a transaction that only reads, but not made: they have been by now, and nothing else.
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        connection.exec_driver_sql("COMMIT")
        self.be_patient(connection)

    def schema_made(self, connection: Connection) -> None:
        """None: a schema is a database here."""

    def declared(self, connection: Connection, table: Table) -> Table:
        return declared(table, _driver(connection).collation)

    def absent(self, connection: Connection, table: str, columns: Iterable[str]) -> list[str] | None:
        present = columns_of(connection, table)
        return [column for column in columns if column.lower() not in present] if present else None

    def unfit(self, connection: Connection, needed: NeededTable) -> list[str]:
        columns, keys = columns_of(connection, needed.name), unique_keys(connection, needed.name)
        nature = nature_of(connection, needed.name)
        found = faults(self.place, needed, columns, keys, nature, _driver(connection).collation)
        if needed.whole and nature.safe and (lacking := _lacking(connection, needed)):
            found.append(not_granted(self.place, needed.name, lacking))
        return found

    def difference(self, connection: Connection, plan: BookingPlan, receipt: int | None) -> MariadbDifference:
        self.be_patient(connection)
        return MariadbDifference(connection, plan, self.place, _driver(connection).collation)

    def whole_difference(self, connection: Connection, plan: BookingPlan) -> MariadbReconciling:
        self.be_patient(connection)
        return MariadbReconciling(connection, plan, self.place, _driver(connection).collation)

    def explain(self, error: Exception) -> NightclerkError:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, pymysql.MySQLError):
            return explained(self.place, self._wait, cause)
        return OperatorError(f"The database {self.place} does not take the rows ({type(cause).__name__}).")

    def _connect(self) -> PatientConnection:
        wait = f"{max(1, math.ceil(self._wait))}"
        driver = connected(
            self._url, self.place, self._brief * _GRACE, {"innodb_lock_wait_timeout": wait, "lock_wait_timeout": wait}
        )
        driver.ask(_limited(driver, self._brief))
        return driver

    def _part(self, connection: Connection) -> None:
        """Undoing is the last that a connection is asked for."""
        if not (connection.closed or connection.invalidated):
            _driver(connection).be_patient(_PARTING)


def _limited(driver: PatientConnection, seconds: float) -> str:
    """MySQL limits the statements alone that only read; the others are bounded by our patience."""
    if driver.is_mariadb:
        return f"SET SESSION max_statement_time = {seconds:.3f}"
    return f"SET SESSION max_execution_time = {math.ceil(seconds * 1000)}"


def _driver(connection: Connection) -> PatientConnection:
    driver: Any = connection.connection.driver_connection
    return driver  # type: ignore[no-any-return]  # ``_connect`` made it


def _lacking(connection: Connection, needed: NeededTable) -> list[str]:
    """Returns the rights on the table that this user lacks. The server is asked how it would run statements, and runs none."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    table, column = quote(needed.name), quote(needed.columns[0].name)
    statements = {
        "SELECT": f"SELECT {column} FROM {table}",
        "INSERT": f"INSERT INTO {table} ({column}) SELECT NULL FROM DUAL WHERE FALSE",
        "UPDATE": f"UPDATE {table} SET {column} = {column} WHERE FALSE",
        "DELETE": f"DELETE FROM {table} WHERE FALSE",
    }
    return [right for right in needed.rights if _is_denied(connection, statements[right])]


def _is_denied(connection: Connection, statement: str) -> bool:
    try:
        connection.exec_driver_sql(f"EXPLAIN {statement}").close()
    except DBAPIError as error:
        if code_of(error.orig) in _DENIED:
            return True
        if code_of(error.orig) not in _GRANTED:
            raise
    return False
