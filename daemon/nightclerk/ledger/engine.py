"""Opens the ledger's database, brought up to the present tables."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine

from nightclerk.core.errors import NightclerkError, OperatorError
from nightclerk.ledger.tables import installation
from nightclerk.ledger.upgrade import upgrade


@dataclass(frozen=True, slots=True)
class Resident:
    """Where a process works with the ledger. id: equal for processes that can tell whether each other's claims are alive (one
    machine and one state folder); words: the same for people."""

    id: str
    words: str


class Store(Protocol):
    """One kind of database that may hold the ledger."""

    place: str
    """The database as people know it, without any password."""

    def engines(self) -> tuple[Engine, Engine]:
        """Returns the engine for writing transactions and the one for readings, which share their connections."""
        ...

    def engine_for_looking(self) -> Engine | None:
        """Returns an engine that cannot write, not even what a reading usually leaves behind; None where no ledger can be."""
        ...

    def lock(self, connection: Connection) -> None:
        """Takes the write lock for a transaction that has just begun; raises when that takes too long."""
        ...

    def prepare(self, connection: Connection) -> None:
        """Makes ready, under the lock, what must be there before the tables; raises OperatorError."""
        ...

    def lives_elsewhere(self, connection: Connection, resident: str) -> bool:
        """Given the id of a resident that is not ours; returns whether a process of it is alive. Asked under the lock."""
        ...

    def explain(self, error: sa.exc.SQLAlchemyError) -> NightclerkError | None:
        """Given a failure; returns WeatherError if it passes, OperatorError if ops must act, None for a fault of ours."""
        ...

    def explain_opening(self, error: sa.exc.SQLAlchemyError) -> NightclerkError:
        """As ``explain``, for a failure while the ledger is opened."""
        ...


class Ledger:
    """One open ledger. ``writing`` transactions take the write lock at once, so a decision is never made on stale rows.

    A step whose commit failed in an unknown way (WeatherError) may have been done: every step may be repeated.
    """

    def __init__(self, store: Store, engines: tuple[Engine, Engine], resident: Resident | None = None) -> None:
        """Given the store, its engines for writing and for reading, and where this process lives if it is to take claims."""
        self._store = store
        self._resident = resident
        self._writing, self._reading = engines

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yields a connection in a transaction that may write; commits at its end.

        Raises WeatherError when that fails, OperatorError when another machine has taken the ledger over.
        """
        with self._explained(), self._writing.begin() as connection:
            self._store.lock(connection)
            if self._resident is not None:
                self._still_ours(connection, self._resident)
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yields a connection that only reads, one state of the ledger. Raises WeatherError when it cannot be read now."""
        with self._explained(), self._reading.begin() as connection:
            yield connection

    def open(self) -> None:
        """Brings the tables up to date and moves in. Raises OperatorError, also when another machine works with this ledger."""
        try:
            with self._writing.begin() as connection:
                self._store.lock(connection)
                self._store.prepare(connection)
                upgrade(connection)
                if self._resident is not None:
                    self._move_in(connection, self._resident)
        except sa.exc.SQLAlchemyError as error:
            raise self._store.explain_opening(error) from error

    def installation(self) -> str:
        """Returns this installation's own id: part of every run's key, so that two ledgers never share one."""
        with self.writing() as connection:
            return _installation(connection)

    def close(self) -> None:
        self._writing.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns what the driver says into an error that says who must act."""
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            explained = self._store.explain(error)
            if explained is None:
                raise
            raise explained from error

    def _move_in(self, connection: Connection, resident: Resident) -> None:
        """Claims name their holders by locks on one machine's files: seen from another, every holder would look dead."""
        _installation(connection)
        before = connection.execute(sa.select(installation.c.resident, installation.c.resident_words)).one()
        if before.resident not in {None, resident.id} and self._store.lives_elsewhere(connection, before.resident):
            raise OperatorError(
                f"The ledger {self._store.place} is in use by the Nightclerk on {before.resident_words}. One ledger serves one "
                "machine and state folder at a time: stop that Nightclerk first, or name a ledger of its own for this one."
            )
        if before.resident != resident.id:
            connection.execute(installation.update().values(resident=resident.id, resident_words=resident.words))

    def _still_ours(self, connection: Connection, resident: Resident) -> None:
        """While a machine could not reach the ledger another one may have moved in; what the first one writes is then void."""
        now = connection.execute(sa.select(installation.c.resident, installation.c.resident_words)).one()
        if now.resident != resident.id:
            raise OperatorError(
                f"The ledger {self._store.place} was taken over by the Nightclerk on {now.resident_words} while this one did not "
                "reach it. Nothing more is booked from here: stop one of the two."
            )


def open_ledger(url: str, wait: float = 30.0, resident: Resident | None = None) -> Ledger:
    """Given the ledger's URL for SQLAlchemy, the seconds to wait for its lock, and where this process lives if it is to take
    claims; returns the ledger, open and upgraded.

    Raises OperatorError or WeatherError when that fails.
    """
    store = store_for(sa.make_url(url), wait, resident)
    ledger = Ledger(store, store.engines(), resident)
    try:
        ledger.open()
    except BaseException:  # whatever it is goes on to the caller, and leaves no connection open
        ledger.close()
        raise
    return ledger


def store_for(url: URL, wait: float, resident: Resident | None = None) -> Store:
    """Given what ``open_ledger`` is given; returns the store. The driver of the other kind is not loaded."""
    if url.get_backend_name() == "postgresql":
        from nightclerk.ledger.postgresql import Postgresql

        return Postgresql(url, wait, None if resident is None else resident.id)
    from nightclerk.ledger.sqlite import Sqlite

    return Sqlite(url, wait)


def _installation(connection: Connection) -> str:
    found = connection.execute(sa.select(installation.c.id)).scalar()
    if found is None:
        found = uuid.uuid4().hex[:12]
        connection.execute(installation.insert().values(id=found))
    return str(found)
