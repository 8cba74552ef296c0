"""PostgreSQL as a target: psycopg through SQLAlchemy, its locks and time-outs, and what its errors mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, MetaData, Table, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateSchema

from nightclerk.core.booking import BookingPlan
from nightclerk.core.errors import NightclerkError, OperatorError
from nightclerk.targets.needs import NeededTable
from nightclerk.targets.postgresql_catalog import columns_of, nature_of, unique_keys
from nightclerk.targets.postgresql_connection import PatientConnection
from nightclerk.targets.postgresql_difference import PostgresqlDifference
from nightclerk.targets.postgresql_errors import explained
from nightclerk.targets.postgresql_fit import faults
from nightclerk.targets.postgresql_reconciling import PostgresqlReconciling

#: What libpq does about a server that is away or silent. What the address itself says goes before it.
_CONNECTING = {
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
    "application_name": "nightclerk",
}
_SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "idle_in_transaction_session_timeout": "15min",  # a worker that froze lets go of its locks
    "jit": "off",  # it takes longer to compile the comparison than to run it
    "work_mem": "64MB",  # a million keys are joined in few pieces
}
#: What is asked before the rows come takes milliseconds: so many seconds are a bound for what hangs.
_BRIEF = 60.0
#: How many times longer than the server may work on a statement it may be silent before it counts as frozen.
_GRACE = 1.25
#: Seconds that undoing what was begun may take: the server does it at once, and without us as soon as the connection is closed.
_PARTING = 5.0


class Postgresql:
    """``Dialect`` for one PostgreSQL database. wait: seconds to wait for another writer's locks before giving up. limit:
    seconds that a statement over a file's rows may take: a bound for what hangs, not for what is large. schema: the one in which
    all tables are looked for and made, None for the login's search path.
    """

    failures: tuple[type[Exception], ...] = (psycopg.Error,)
    takes_csv = True
    steady: Mapping[str, str] = MappingProxyType({"isolation_level": "REPEATABLE READ"})

    def __init__(self, url: URL, wait: float, limit: float, schema: str | None = None) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        self._wait = wait
        self._limit = max(limit, 2 * wait)  # the locks' own sentence comes first
        self._brief = max(min(limit, _BRIEF), 2 * wait)
        self._schema = schema
        place = URL.create("postgresql", url.username, None, url.host, url.port, url.database).render_as_string()
        self.place = place if schema is None else f"{place} (schema {schema})"

    def prepare(self) -> None:
        """Nothing: the database is made by who runs the server."""

    def engine(self) -> Engine:
        # No pool: bookings are few beside what opening costs (5 ms), and no connection outlives a restart of the server.
        # Statements are not prepared: each is run once, and so it goes through poolers as well.
        settings = {name: value for name, value in _CONNECTING.items() if name not in self._url.query}
        engine = create_engine(
            self._url,
            poolclass=NullPool,
            pool_reset_on_return=None,  # closing has rolled back already
            isolation_level="READ COMMITTED",
            connect_args={"prepare_threshold": None, **settings},
        )
        event.listen(engine, "do_connect", self._connect)
        event.listen(engine, "begin", self._set_up)
        event.listen(engine, "rollback", self._part)
        return engine

    def viewer(self) -> Engine:
        return self.engine()

    def lock(self, connection: Connection, plan: BookingPlan | None = None) -> None:
        # Whom the unique key keeps apart need not wait for one another: the lock is one tenant's in one table.
        table, tenant = ("", "") if plan is None else (plan.table, plan.tenant if plan.tenant_column is not None else "")
        connection.execute(
            text(
                "SELECT pg_advisory_xact_lock(hashtextextended("
                "'nightclerk/' || coalesce(to_regclass(quote_ident(:table))\\:\\:oid\\:\\:text, :table) || '/' || :tenant, 0))"
            ),
            {"table": table, "tenant": tenant},
        )

    def look(self, connection: Connection) -> None:
        connection.begin()

    def be_patient(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT set_config('statement_timeout', '{_milliseconds(self._limit)}', true)")
        _driver(connection).patience = self._limit * _GRACE

    def seal(self, connection: Connection) -> None:
        connection.execute(text("SET TRANSACTION READ ONLY"))

    def declared(self, connection: Connection, table: Table) -> Table:
        return table if self._schema is None else table.to_metadata(MetaData(), schema=self._schema)

    def schema_made(self, connection: Connection) -> CreateSchema | None:
        asked = text("SELECT to_regnamespace(quote_ident(:schema)) IS NULL")
        if self._schema is None or not connection.execute(asked, {"schema": self._schema}).scalar_one():
            return None
        return CreateSchema(self._schema)

    def absent(self, connection: Connection, table: str, columns: Iterable[str]) -> list[str] | None:
        present = columns_of(connection, table)
        return [column for column in columns if column not in present] if present else None

    def unfit(self, connection: Connection, needed: NeededTable) -> list[str]:
        columns, keys = columns_of(connection, needed.name), unique_keys(connection, needed.name)
        return faults(self.place, needed, columns, keys, nature_of(connection, needed.name))

    def difference(self, connection: Connection, plan: BookingPlan, receipt: int | None) -> PostgresqlDifference:
        self.be_patient(connection)
        return PostgresqlDifference(connection, plan, self.place, receipt)

    def whole_difference(self, connection: Connection, plan: BookingPlan) -> PostgresqlReconciling:
        self.be_patient(connection)
        return PostgresqlReconciling(connection, plan, self.place)

    def explain(self, error: Exception) -> NightclerkError:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, psycopg.Error) and (
            cause.sqlstate or isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
        ):
            return explained(self.place, self._wait, cause)
        return OperatorError(f"The database {self.place} does not take the rows ({type(cause).__name__}).")

    def _connect(self, _dialect: Any, _record: Any, arguments: list[Any], named: dict[str, Any]) -> PatientConnection:
        connection = PatientConnection.connect(*arguments, **named)
        connection.patience = self._brief * _GRACE
        return connection

    def _part(self, connection: Connection) -> None:
        """Undoing is the last that a connection is asked for."""
        if not (connection.closed or connection.invalidated):
            _driver(connection).end_within(_PARTING)

    def _set_up(self, connection: Connection) -> None:
        """At the start of each transaction, and for it alone, so that a pooler's next client finds nothing of it."""
        limits = {"lock_timeout": _milliseconds(self._wait), "statement_timeout": _milliseconds(self._brief)}
        settings = _SETTINGS | limits
        wanted = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())
        # What was confirmed must stand after a power cut: our ledger forgets nothing either.
        durable = "set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), true)"
        if self._schema is None:
            connection.exec_driver_sql(f"SELECT {wanted}, {durable}")
        else:  # this schema alone: a table that it lacks must not be found in another one, whose rows are not the tenant's
            path = "set_config('search_path', quote_ident(%s), true)"
            connection.exec_driver_sql(f"SELECT {wanted}, {durable}, {path}", (self._schema,))


def _driver(connection: Connection) -> PatientConnection:
    driver: Any = connection.connection.driver_connection
    return driver  # type: ignore[no-any-return]  # ``_connect`` made it


def _milliseconds(seconds: float) -> str:
    return f"{max(1, round(seconds * 1000))}ms"
