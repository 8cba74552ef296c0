"""The target in SQL: one transaction from the receipt to the commit point, whatever the dialect."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, CursorResult, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from nightclerk.core.booking import BookingPlan, Change, Comparison, Forbidden, ParkedRow
from nightclerk.core.errors import BookkeepingError, OperatorError
from nightclerk.core.parked import KeptRow, ParkedGroup
from nightclerk.core.reading import Block, Cell
from nightclerk.core.reconciliation import Summed
from nightclerk.core.rows_wanted import PORTION, RowsWanted
from nightclerk.core.undo import UndoPlan
from nightclerk.targets.committing import commit
from nightclerk.targets.database import dialect_for
from nightclerk.targets.dialect import Dialect, Difference, both
from nightclerk.targets.imported import IMPORTED
from nightclerk.targets.named import columns_of_made, members_needed, plan_of
from nightclerk.targets.needs import links_needed_by_plan, needed_by_plan
from nightclerk.targets.parked import park
from nightclerk.targets.parked_rows import kept_rows, parked_groups, unpark
from nightclerk.targets.receipts import RECEIPTS, fill_receipt, find_receipt, open_receipt
from nightclerk.targets.rows import in_columns, selection, tables_needed
from nightclerk.targets.sample import with_absent
from nightclerk.targets.sql_reconciling import SqlReconciling
from nightclerk.targets.sql_undoing import SqlUndoing
from nightclerk.targets.tables import CREATE_COMMAND, lacking, own_tables
from nightclerk.targets.undo import UndoWork

#: So often a booking lets other programs write while it compares, and begins anew if they come in between. After that they wait.
_UNGUARDED = 2


class SqlTarget:
    """``Target`` over SQLAlchemy. May be used by several threads at once; each booking belongs to one of them."""

    def __init__(
        self, url: str | URL, folder: Path | None = None, wait: float = 30.0, limit: float = 1800.0, schema: str | None = None
    ) -> None:
        """Given the database's address (a relative SQLite path starts at ``folder``), the seconds to wait for its lock, and the
        seconds that a server may work on one statement over a file's rows; one that is silent for longer is given up. schema: the
        one of a PostgreSQL database in which all tables stand. Connects to nothing yet."""
        self._dialect = dialect_for(url, folder, wait, limit, schema)
        self._engine = self._dialect.engine()
        self.takes_csv = self._dialect.takes_csv

    def receipt(self, key: str) -> dict[str, Any] | None:
        # As a viewer: a look ahead asks as well, and may change nothing. What others have committed is seen at once.
        with _explained(self._dialect), self._dialect.viewer().connect() as connection:
            there = self._dialect.absent(connection, RECEIPTS.name, ()) is not None
            return find_receipt(connection, key) if there else None

    def begin(self, plan: BookingPlan, key: str, attempt: int) -> SqlBooking:
        with self._opened(self._engine) as connection:
            self._dialect.lock(connection, plan)
            self._check(connection, plan)
            receipt_id = open_receipt(connection, plan, key, attempt)
            difference = self._dialect.difference(connection, plan, receipt_id)
            if attempt > _UNGUARDED and plan.mode != "create_only":  # which changes no row, and may lack the right to
                difference.keep_writers_out()
            return SqlBooking(self._dialect, connection, difference, plan, key, receipt_id)

    def preview(self, plan: BookingPlan) -> SqlComparing:
        with self._opened(self._dialect.viewer()) as connection:
            self._dialect.look(connection)
            self._check(connection, plan)
            difference = self._dialect.difference(connection, plan, None)
            self._dialect.seal(connection)
            return SqlComparing(self._dialect, connection, difference)

    def undo(self, plan: UndoPlan, key: str | None, attempt: int) -> SqlUndoing:
        with self._opened(self._dialect.viewer() if key is None else self._engine) as connection:
            if key is None:
                self._dialect.look(connection)
            else:
                self._dialect.lock(connection, plan.booking)
            self._dialect.be_patient(connection)
            self._check(connection, plan.booking)
            imported = self._dialect.absent(connection, IMPORTED.name, ()) is not None
            receipt_id = None if key is None else open_receipt(connection, plan.booking, key, attempt)
            if key is None:
                self._dialect.seal(connection)
            return SqlUndoing(
                UndoWork(connection, plan, receipt_id, imported=imported),
                explained=lambda: _explained(self._dialect),
                commit=lambda: commit(self._dialect, connection),
                let_go=lambda: _let_go(self._dialect, connection),
            )

    def reconcile(self, plan: BookingPlan, summed: tuple[Summed, ...]) -> SqlReconciling:
        plan = replace(plan, references=())  # what a row names is no difference between the file and the tables
        currencies = [one.currency_column for one in summed if one.currency_column is not None]
        with self._opened(self._dialect.viewer()) as connection:
            connection.execution_options(**self._dialect.steady)
            self._dialect.look(connection)
            self._check(connection, plan, currencies)
            # What only stands in the tables is listed: nothing becomes of it.
            difference = self._dialect.whole_difference(connection, replace(plan, absence=None))
            self._dialect.seal(connection)
            comparing = SqlComparing(self._dialect, connection, difference)
            written = {field.name for field in plan.fields}
            return SqlReconciling(comparing, difference, summed, written, lambda: _explained(self._dialect))

    def rows(self, wanted: RowsWanted) -> Generator[list[list[Cell]]]:
        with self._opened(self._dialect.viewer()) as connection:
            self._dialect.look(connection)
            absent = lacking(self._dialect, connection, tables_needed(wanted))
            if faults := absent.sentences(self._dialect.place):
                raise OperatorError(" ".join(faults), command=CREATE_COMMAND if absent.tables else None)
            self._dialect.seal(connection)
            found = connection.execution_options(stream_results=True, yield_per=PORTION).execute(selection(wanted))
        try:
            while portion := self._next_of(found):
                yield in_columns(wanted, portion)
        finally:
            with suppress(SQLAlchemyError, *self._dialect.failures):  # the connection, closed next, takes it along in any case
                found.close()
            _let_go(self._dialect, connection)

    def waiting(self, tenant: str | None) -> tuple[ParkedGroup, ...]:
        with _explained(self._dialect), self._dialect.viewer().connect() as connection:
            return parked_groups(self._dialect, connection, tenant)

    def waiting_rows(self, tenant: str, run_key: str) -> tuple[KeptRow, ...]:
        with _explained(self._dialect), self._dialect.viewer().connect() as connection:
            return kept_rows(self._dialect, connection, tenant, run_key)

    def close(self) -> None:
        self._engine.dispose()

    def _next_of(self, found: CursorResult[Any]) -> Sequence[Row[Any]]:
        with _explained(self._dialect):
            return found.fetchmany(PORTION)

    @contextmanager
    def _opened(self, engine: Engine) -> Iterator[Connection]:
        """Yields a new connection, which stays open unless something is raised."""
        with _explained(self._dialect):
            connection = engine.connect()
            try:
                yield connection
            except BaseException:  # whatever it is: no connection may keep the lock; it goes on to the caller
                _let_go(self._dialect, connection)
                raise

    def _check(self, connection: Connection, plan: BookingPlan, also: Iterable[str] = ()) -> None:
        """Raises OperatorError with every sentence about tables and columns that are missing or would damage rows. also: columns
        that are read and not written."""
        needed, named = needed_by_plan(plan), [needed_by_plan(plan_of(plan, one.to)) for one in plan.references]
        wanted = [(plan.table, list(dict.fromkeys([*(c.name for c in needed.columns), *also])))]
        for one, table in zip(plan.references, named, strict=True):
            wanted.append((table.name, [*(c.name for c in table.columns), *columns_of_made(one)]))
        links = links_needed_by_plan(plan)
        wanted += [*((table.name, [column.name for column in table.columns]) for table in links), *members_needed(plan)]
        remembers = bool(plan.remembered) or self._dialect.absent(connection, IMPORTED.name, ()) is not None
        own = own_tables(remembers=remembers, parks=bool(plan.references))
        absent = lacking(self._dialect, connection, [*wanted, *own])
        if faults := absent.sentences(self._dialect.place):
            # A table that is there already is never changed by us, so that the command would help no column.
            raise OperatorError(" ".join(faults), command=CREATE_COMMAND if absent.tables else None)
        faults = [sentence for table in (needed, *named, *links) for sentence in self._dialect.unfit(connection, table)]
        if faults:
            raise OperatorError(" ".join(dict.fromkeys(faults)))


class SqlComparing:
    """``Comparing``: an open transaction with its difference. Used by one thread."""

    def __init__(self, dialect: Dialect, connection: Connection, difference: Difference) -> None:
        self._dialect = dialect
        self._connection = connection
        self._difference = difference
        self._staged = 0
        self._comparison: Comparison | None = None
        self._absent = 0

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
            reopened = 0 if self._difference.absent is None else self._difference.absent.reopened()
        references = self._difference.references
        unchanged = self._staged - tally.rows - references.apart + tally.same
        if unchanged < 0:
            raise BookkeepingError(f"{-unchanged} more rows were withdrawn than had been staged")
        effects = both(tally.effects, references.effects)
        self._comparison = Comparison(tally.created, tally.updated, unchanged, effects, reopened)
        return self._comparison, self._forbidden()

    def sample(self, limit: int) -> list[Change]:
        if self._comparison is None:
            raise BookkeepingError("a sample was asked for before the comparison")
        absent = self._difference.absent
        with _explained(self._dialect):
            return with_absent(self._difference.sample(limit), [] if absent is None else absent.sample(limit), limit)

    def absent(self, keys: Iterable[tuple[Cell, ...]]) -> int:
        if self._comparison is None:
            raise BookkeepingError("absent rows were asked for before the comparison")
        if self._difference.absent is not None:
            with _explained(self._dialect):
                self._absent = self._difference.absent.find(keys)
        return self._absent

    def absent_parked(self) -> list[int]:
        if self._comparison is None:
            raise BookkeepingError("absent rows were asked for before the comparison")
        with _explained(self._dialect):
            return self._difference.references.absent_parked()

    def abandon(self) -> None:
        self._difference.close()
        _let_go(self._dialect, self._connection)

    def _forbidden(self) -> Iterator[Forbidden]:
        with _explained(self._dialect):
            yield from self._difference.forbidden()


class SqlBooking(SqlComparing):
    """``Booking``: an open transaction that holds the lock."""

    def __init__(
        self, dialect: Dialect, connection: Connection, difference: Difference, plan: BookingPlan, key: str, receipt_id: int
    ) -> None:
        super().__init__(dialect, connection, difference)
        self._plan = plan
        self._key = key
        self._receipt_id = receipt_id

    def park(self, rows: Sequence[ParkedRow]) -> None:
        if rows:
            with _explained(self._dialect):
                keys = self._difference.references.keys(rows[0].line, rows[-1].line)
                park(self._connection, self._plan, self._key, rows, keys)

    def unpark(self, ids: Sequence[int]) -> None:
        with _explained(self._dialect):
            unpark(self._connection, ids)

    def book(self, receipt: dict[str, Any]) -> None:
        if self._comparison is None:
            raise BookkeepingError("booking was asked for before the comparison")
        references = self._difference.references
        with _explained(self._dialect):
            references.make(self._receipt_id, self._dialect.place)
            self._difference.remember()
            written = (self._difference.insert(), self._difference.update())
            self._difference.link(self._receipt_id)
            logged = self._difference.log(self._receipt_id)
            counted = (self._comparison.created, self._comparison.updated)
            if written != counted or logged != sum(counted):
                raise BookkeepingError(f"created and updated {counted} rows counted, {written} written, {logged} logged")
            self._write_absent()
            references.unpark(self._key)
            fill_receipt(self._connection, self._receipt_id, receipt)
        commit(self._dialect, self._connection)
        _let_go(self._dialect, self._connection)

    def _write_absent(self) -> None:
        absent = self._difference.absent
        done = (0, 0) if absent is None else absent.write(self._receipt_id)
        if done != (self._absent, self._absent):
            raise BookkeepingError(f"{self._absent} absent rows counted, {done[0]} written, {done[1]} logged")


def _let_go(dialect: Dialect, connection: Connection) -> None:
    """Closes a connection, which rolls back what was not committed. On one that is broken the server has done so by itself."""
    held = None if connection.closed or connection.invalidated else connection.connection
    failures: tuple[type[Exception], ...] = (SQLAlchemyError, *dialect.failures)
    try:
        connection.close()
    except failures:
        if held is not None and held.is_valid:
            held.invalidate()


@contextmanager
def _explained(dialect: Dialect) -> Iterator[None]:
    """Turns what the library or the driver raises into an error that says who must act."""
    failures: tuple[type[Exception], ...] = (SQLAlchemyError, *dialect.failures)
    try:
        yield
    except failures as error:
        raise dialect.explain(error) from error
