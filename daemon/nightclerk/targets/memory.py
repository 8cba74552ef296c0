"""The memory twin of the target: the same promises as plain Python over dicts, row by row, for tests and trials.

Its rows and changes look like those of a database, except that booleans stay ``bool``.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Generator
from dataclasses import replace
from typing import Any

from nightclerk.core.booking import BookingPlan
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.parked import KeptRow, ParkedGroup
from nightclerk.core.reading import Cell
from nightclerk.core.reconciliation import Summed
from nightclerk.core.rows_wanted import RowsWanted
from nightclerk.core.undo import UndoPlan
from nightclerk.ports import AlreadyBooked, Reconciling
from nightclerk.targets.memory_comparing import MemoryBooking, MemoryComparing
from nightclerk.targets.memory_parked import groups_of, rows_kept
from nightclerk.targets.memory_rows import check, rows_of
from nightclerk.targets.memory_undoing import Books, MemoryUndoing
from nightclerk.targets.named import columns_of_made, plan_of

Row = dict[str, Any]


class MemoryTarget:
    """``Target`` in memory. tables: the columns of each table, by name; wait: seconds to wait for another booking."""

    takes_csv = False

    def __init__(self, tables: dict[str, tuple[str, ...]], wait: float = 30.0) -> None:
        self.columns = tables
        self.stored: dict[str, list[Row]] = {name: [] for name in tables}
        self.changes: list[Row] = []
        self.receipts: dict[str, tuple[int, dict[str, Any]]] = {}
        self.imported: dict[tuple[str, str, tuple[Cell, ...]], dict[str, Cell]] = {}
        self.covered: dict[tuple[str, str], set[str]] = {}
        self.parked: list[Row] = []
        self._lock = threading.Lock()
        self._wait = wait

    def receipt(self, key: str) -> dict[str, Any] | None:
        found = self.receipts.get(key)
        return copy.deepcopy(found[1]) if found else None

    def begin(self, plan: BookingPlan, key: str, attempt: int) -> MemoryBooking:
        if not self._lock.acquire(timeout=self._wait):
            raise WeatherError(f"Another booking is open; gave up after {self._wait:g} seconds and will try again.")
        try:
            if key in self.receipts:
                raise AlreadyBooked(key)
            self._check(plan)
            return MemoryBooking(self, plan, key, attempt)
        except BaseException:  # whatever it is: the lock must not stay; it goes on to the caller
            self._lock.release()
            raise

    def preview(self, plan: BookingPlan) -> MemoryComparing:
        self._check(plan)
        return MemoryComparing(self, plan)

    def reconcile(self, plan: BookingPlan, summed: tuple[Summed, ...]) -> Reconciling:
        from nightclerk.targets.memory_reconciling import MemoryReconciling  # which is made of what stands below

        self._check(plan)
        return MemoryReconciling(self, replace(plan, absence=None), summed)

    def rows(self, wanted: RowsWanted) -> Generator[list[list[Cell]]]:
        if wanted.entity.table not in self.columns:
            raise OperatorError(f"The table {wanted.entity.table} does not exist.", command="nightclerk tables create")
        yield from rows_of(self.stored[wanted.entity.table], wanted)

    def undo(self, plan: UndoPlan, key: str | None, attempt: int) -> MemoryUndoing:
        held = key is not None
        if held and not self._lock.acquire(timeout=self._wait):
            raise WeatherError(f"Another booking is open; gave up after {self._wait:g} seconds and will try again.")
        if plan.run not in self.receipts or key in self.receipts:
            if held:
                self.release()
            if key in self.receipts:
                raise AlreadyBooked(key)
            raise OperatorError("The database has no receipt of this run.", command="nightclerk doctor")
        open_ = [held]

        def keep(books: Books, receipt: dict[str, Any]) -> None:
            self.stored, self.changes, self.imported = books.tables, books.changes, books.imported
            self.receipts[key or ""] = (attempt, copy.deepcopy(receipt))
            before, after = plan.moves
            for row in self.parked:
                if (row["tenant"], row["run_key"]) == (plan.booking.tenant, before):
                    row["run_key"] = after

        def let_go() -> None:
            if open_[0]:
                open_[0] = False
                self.release()

        covered = self.covered.get((plan.booking.table, plan.booking.tenant), set())
        books = Books(self.stored, plan.booking.table, self.changes, self.imported, covered)
        return MemoryUndoing(books, plan, key, keep, let_go)

    def waiting(self, tenant: str | None) -> tuple[ParkedGroup, ...]:
        return groups_of(self.parked, tenant)

    def waiting_rows(self, tenant: str, run_key: str) -> tuple[KeptRow, ...]:
        return rows_kept(self.parked, tenant, run_key)

    def close(self) -> None:
        """Nothing to let go of."""

    def release(self) -> None:
        self._lock.release()

    def _check(self, plan: BookingPlan) -> None:
        check(self.columns, plan)
        for one in plan.references:
            check(self.columns, plan_of(plan, one.to), columns_of_made(one))
