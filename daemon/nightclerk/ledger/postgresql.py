"""The ledger on a PostgreSQL server: its connections, its write lock, and what its errors mean.

**Writers one after the other.** A writing transaction first takes one advisory lock of this ledger, which ends with the
transaction, and reads only afterwards: at READ COMMITTED every later statement sees all that was committed before, so no
decision is made on stale rows. Since that lock comes before every other, neither a deadlock nor a serialization failure can
arise among writers of the ledger, and none has to be done again. Whoever does not get the lock in time meets bad weather.

**A COMMIT whose reply is lost** is told as bad weather too, though it may have been done. It is settled by the lock as well:
the next writer waits until the server is done with it, one way or the other, and every step of the corridor asks what stands
in the ledger before it goes on.

**Readings** see one state of the ledger from their first statement to their last.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine, event

from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError

SCHEMA = "nightclerk"
"""Where the tables are unless the address names another ``search_path``: apart from the application's own."""
#: So many connections a daemon keeps, and so many more at the busiest: a server admits 100 in all unless told otherwise.
_KEPT, _MORE = 5, 5
#: How many times longer than the server may take an answer may be under way before the server counts as dead.
_GRACE = 1.5
#: SQLSTATEs, by how they begin, that pass by themselves: connection lost, rolled back, no resources, locked, shut down, disk.
_PASSES = ("08", "25006", "25P03", "40", "53", "55P03", "57", "58")
#: SQLSTATEs that ops must act on: login refused, no such database or schema, no right to it, wrong setting.
_FOR_OPS = ("22023", "28", "3D", "3F", "42501", "42704")
#: A server that refuses a connection says why in words alone.
_REFUSED = re.compile(
    r"authentication failed|role .* does not exist|database .* does not exist|pg_hba\.conf|no password supplied|"
    r"certificate|does not support SSL|permission denied|not permitted|unsupported startup parameter|"
    r"invalid (?:\S+ )?value|unrecognized configuration parameter",
    re.IGNORECASE,
)
#: One lock for all ledgers of a database, if there are several: it must hold before there is a schema to name it after.
_WRITERS = "SELECT pg_advisory_xact_lock(hashtextextended('nightclerk ledger', 0))"
#: What was confirmed stands after a power cut, whatever the server does for others.
_DURABLE = "SELECT set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), false)"
_RESIDENT = "hashtextextended('nightclerk resident ' || {}, 0)"


class _Connection(psycopg.Connection[Any]):
    """A connection that does not wait for ever for a server that fell silent. patience: seconds, None before it is known."""

    patience: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.errors._WaitTimeout as error:
            self.pgconn.finish()  # nothing more can be asked over it: what was asked may still be under way
            raise psycopg.OperationalError("the server does not answer") from error


class Postgresql:
    """``Store`` for one database on a PostgreSQL server. wait: seconds to wait for a lock. limit: seconds that a statement may
    take, and a transaction between two; those of a ledger take some milliseconds.

    resident: where the process lives that opens the ledger for work; every connection then holds a lock in this name, so that
    others can tell whether it is alive.
    """

    def __init__(self, url: URL, wait: float, resident: str | None = None, limit: float = 60.0) -> None:
        self._url = url
        self._wait = wait
        self._limit = max(limit, 2 * wait)
        self._resident = resident
        host = url.host or url.query.get("host") or "this machine"
        self.place = f"{url.database} on {host}" + (f":{url.port}" if url.port else "")

    def engines(self) -> tuple[Engine, Engine]:
        engine = sa.create_engine(
            self._url,
            connect_args=self._arguments(),
            isolation_level="READ COMMITTED",  # what the server does unless told otherwise, and it may have been told
            pool_size=_KEPT,
            max_overflow=_MORE,
            pool_timeout=self._wait,
            pool_use_lifo=True,
            pool_pre_ping=True,  # a server that was restarted at night costs nobody an error
        )
        event.listen(engine, "do_connect", self._connect)
        return engine, _reading(engine)

    def engine_for_looking(self) -> Engine | None:
        return _reading(self.engines()[0])

    def lock(self, connection: Connection) -> None:
        connection.exec_driver_sql(_WRITERS)

    def prepare(self, connection: Connection) -> None:
        """Makes the schema. Asked first: who may not make it may yet use one that was made for him."""
        wanted = connection.exec_driver_sql("SHOW search_path").scalar()
        if wanted != SCHEMA:
            if connection.exec_driver_sql("SELECT current_schema()").scalar() is None:
                raise OperatorError(
                    f"The ledger {self.place} has no schema {wanted}, which its address names; make it, or name another."
                )
            return
        # current_schema() may be what the session knew before it waited for the lock; the catalogue itself is not.
        if not connection.exec_driver_sql(f"SELECT count(*) FROM pg_namespace WHERE nspname = '{SCHEMA}'").scalar():
            connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")

    def lives_elsewhere(self, connection: Connection, resident: str) -> bool:
        """Given where another process works with this ledger; returns whether it, or one beside it, is alive."""
        free = connection.execute(
            sa.text(f"SELECT pg_try_advisory_xact_lock({_RESIDENT.format(':resident')})"), {"resident": resident}
        )
        return not free.scalar_one()

    def explain(self, error: sa.exc.SQLAlchemyError) -> NightclerkError | None:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        state = getattr(cause, "sqlstate", None) or ""
        words = _words(cause)
        if state.startswith(_FOR_OPS) or (not state and _REFUSED.search(words)):
            return self._for_ops(state, words)
        lost = isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated
        passes = isinstance(cause, psycopg.OperationalError | sa.exc.TimeoutError) or state.startswith(_PASSES)
        if lost or passes:
            return WeatherError(
                f"The ledger {self.place} cannot be used at the moment ({words}). If it stays so, check that its server runs and "
                "that no other program keeps it locked."
            )
        return None

    def explain_opening(self, error: sa.exc.SQLAlchemyError) -> NightclerkError:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        return self.explain(error) or OperatorError(
            f"The ledger {self.place} cannot be brought up to date: {_words(cause)}. Let this database user change its tables."
        )

    def _for_ops(self, state: str, words: str) -> OperatorError:
        if state == "42501":
            command = f"CREATE SCHEMA {SCHEMA} AUTHORIZATION {self._url.username or 'USER'}"
            return OperatorError(
                f"The user {self._url.username or 'of this process'} may not make or change the ledger's tables in {self.place} "
                f"({words}). Let its administrator make the schema for it: {command};"
            )
        return OperatorError(
            f"The ledger {self.place} does not let us in: {words}. Correct ledger in nightclerk.yaml, or the server's settings."
        )

    def _arguments(self) -> dict[str, Any]:
        """What holds for every connection; what the address says itself comes last, so that it holds."""
        limits = {
            "search_path": SCHEMA,
            "datestyle": "ISO",
            "lock_timeout": _milliseconds(self._wait),
            "statement_timeout": _milliseconds(self._limit),
            "idle_in_transaction_session_timeout": _milliseconds(self._limit),  # a frozen process must not keep the lock
            # A machine that lost its power is noticed within a minute, and its locks are free.
            "tcp_keepalives_idle": 30,
            "tcp_keepalives_interval": 10,
            "tcp_keepalives_count": 3,
        }
        defaults = {
            "application_name": "nightclerk",
            "connect_timeout": 10,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        }
        written = self._url.query
        options = " ".join(f"-c{name}={value}" for name, value in limits.items())
        return {
            **{name: value for name, value in defaults.items() if name not in written},
            "options": f"{options} {written.get('options', '')}".strip(),
            "prepare_threshold": None,  # plans would go stale when a newer Nightclerk changes the tables
        }

    def _connect(self, _dialect: Any, _record: Any, arguments: list[Any], named: dict[str, Any]) -> _Connection:
        connection = _Connection.connect(*arguments, **named)
        connection.patience = self._limit * _GRACE
        try:
            connection.execute(_DURABLE)
            if self._resident is not None:
                connection.execute(f"SELECT pg_advisory_lock_shared({_RESIDENT.format('%s')})", (self._resident,))
            connection.commit()
        except BaseException:  # whatever it is goes on to the caller, and leaves no connection open
            connection.close()
            raise
        return connection


def _reading(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _words(cause: BaseException | None) -> str:
    """What the server or its library says, on one line, without the statement and without values."""
    told = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    return " ".join(told.split()).removesuffix(".")
