"""The target in SQL: one transaction from the receipt to the commit point, whatever the dialect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from nightclerk.core.booking import BookingPlan, Comparison, Forbidden
from nightclerk.core.errors import BookkeepingError, OperatorError, WeatherError
from nightclerk.core.reading import Block, Cell
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.database import dialect_for
from nightclerk.targets.dialect import Dialect
from nightclerk.targets.receipts import RECEIPTS, fill_receipt, find_receipt, open_receipt
from nightclerk.targets.tables import CREATE_COMMAND, lacking


class SqlTarget:
    """``Target`` over SQLAlchemy. May be used by several threads at once; each booking belongs to one of them."""

    def __init__(self, url: str, folder: Path | None = None, wait: float = 30.0) -> None:
        """Given the database's address (a relative SQLite path starts at ``folder``) and the seconds to wait for its lock."""
        self._dialect = dialect_for(url, folder, wait)
        self._engine = self._dialect.engine()

    def receipt(self, key: str) -> dict[str, Any] | None:
        with _explained(self._dialect), self._engine.connect() as connection:
            return None if lacking(connection, [(RECEIPTS.name, ())]).tables else find_receipt(connection, key)

    def begin(self, plan: BookingPlan, key: str, attempt: int) -> SqlBooking:
        with _explained(self._dialect):
            connection = self._engine.connect()
        try:
            with _explained(self._dialect):
                self._dialect.lock(connection)
                self._check(connection, plan)
                receipt_id = open_receipt(connection, plan, key, attempt)
                return SqlBooking(self._dialect, connection, plan, receipt_id)
        except BaseException:  # whatever it is: no connection may keep the lock; it goes on to the caller
            connection.close()
            raise

    def close(self) -> None:
        self._engine.dispose()

    def _check(self, connection: Connection, plan: BookingPlan) -> None:
        """Raises OperatorError with every sentence about tables and columns that are missing or would damage rows."""
        columns = [field.column for field in plan.fields] + [column for column, _, _ in plan.absent_defaults]
        if plan.tenant_column is not None:
            columns.append(plan.tenant_column)
        wanted = [(table.name, [c.name for c in table.columns]) for table in (RECEIPTS, CHANGES)]
        absent = lacking(connection, [(plan.table, columns), *wanted])
        if faults := absent.sentences(self._dialect.place):
            # A table that is there already is never changed by us, so that the command would help no column.
            raise OperatorError(" ".join(faults), command=CREATE_COMMAND if absent.tables else None)
        if faults := self._dialect.unfit(connection, plan):
            raise OperatorError(" ".join(faults))


class SqlBooking:
    """``Booking``: an open transaction that holds the lock. Used by one thread."""

    def __init__(self, dialect: Dialect, connection: Connection, plan: BookingPlan, receipt_id: int) -> None:
        self._dialect = dialect
        self._connection = connection
        self._receipt_id = receipt_id
        self._difference = dialect.difference(connection, plan)
        self._staged = 0
        self._comparison: Comparison | None = None

    def stage(self, block: Block) -> None:
        with _explained(self._dialect):
            self._difference.add(block)
        self._staged += len(block.lines)

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> None:
        with _explained(self._dialect):
            self._staged -= self._difference.withdraw(keys)

    def compare(self) -> tuple[Comparison, Iterator[Forbidden]]:
        with _explained(self._dialect):
            tally = self._difference.tally()
        unchanged = self._staged - tally.rows + tally.same
        if unchanged < 0:
            raise BookkeepingError(f"{-unchanged} more rows were withdrawn than had been staged")
        self._comparison = Comparison(tally.created, tally.updated, unchanged, tally.kept_blank)
        return self._comparison, self._forbidden()

    def book(self, receipt: dict[str, Any]) -> None:
        if self._comparison is None:
            raise BookkeepingError("booking was asked for before the comparison")
        with _explained(self._dialect):
            written = (self._difference.insert(), self._difference.update())
            logged = self._difference.log(self._receipt_id)
            counted = (self._comparison.created, self._comparison.updated)
            if written != counted or logged != sum(counted):
                raise BookkeepingError(f"created and updated {counted} rows counted, {written} written, {logged} logged")
            fill_receipt(self._connection, self._receipt_id, receipt)
        self._commit()
        self._connection.close()

    def abandon(self) -> None:
        self._connection.close()  # closing rolls back what was not committed

    def _forbidden(self) -> Iterator[Forbidden]:
        with _explained(self._dialect):
            yield from self._difference.forbidden()

    def _commit(self) -> None:
        try:
            self._connection.commit()
        except IntegrityError as error:  # a deferred constraint: the database answered, and the answer is no
            raise self._dialect.explain(error) from error
        except Exception as error:  # anything else may have come after the commit: only the receipt can tell
            raise WeatherError(
                f"The database {self._dialect.place} did not confirm the booking ({error.__class__.__name__}); "
                "its receipt will tell whether it was made."
            ) from error


@contextmanager
def _explained(dialect: Dialect) -> Iterator[None]:
    """Turns what the library or the driver raises into an error that says who must act."""
    failures: tuple[type[Exception], ...] = (SQLAlchemyError, *dialect.failures)
    try:
        yield
    except failures as error:
        raise dialect.explain(error) from error
