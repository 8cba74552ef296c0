"""The memory twin of the target: the same promises as plain Python over dicts, row by row, for tests and trials.

Its rows and changes look like those of a database, except that booleans stay ``bool``.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from nightclerk.core.booking import BookingPlan, Change, Comparison, Forbidden, WrittenField
from nightclerk.core.errors import BookkeepingError, OperatorError, WeatherError
from nightclerk.core.reading import Block, Cell
from nightclerk.ports import AlreadyBooked
from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.sample import created, updated

Row = dict[str, Any]


class MemoryTarget:
    """``Target`` in memory. tables: the columns of each table, by name; wait: seconds to wait for another booking."""

    takes_csv = False

    def __init__(self, tables: dict[str, tuple[str, ...]], wait: float = 30.0) -> None:
        self.columns = tables
        self.rows: dict[str, list[Row]] = {name: [] for name in tables}
        self.changes: list[Row] = []
        self.receipts: dict[str, tuple[int, dict[str, Any]]] = {}
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

    def close(self) -> None:
        """Nothing to let go of."""

    def release(self) -> None:
        self._lock.release()

    def _check(self, plan: BookingPlan) -> None:
        if plan.table not in self.columns:
            raise OperatorError(f"The table {plan.table} does not exist.", command="nightclerk tables create")
        needed = [field.column for field in plan.fields] + [column for column, _, _ in plan.absent_defaults]
        needed += [plan.tenant_column] if plan.tenant_column else []
        for column in needed:
            if column not in self.columns[plan.table]:
                raise OperatorError(f"The table {plan.table} has no column {column}. Add it, or name the right one.")


class MemoryComparing:
    """``Comparing`` on a list of staged rows. Nothing of it reaches the target."""

    def __init__(self, target: MemoryTarget, plan: BookingPlan) -> None:
        self._target = target
        self._plan = plan
        self._staged: list[tuple[int, Row]] = []
        self._created: list[tuple[int, Row]] = []
        self._updated: list[tuple[int, Row, Row]] = []
        self._compared = False

    def stage(self, block: Block) -> None:
        names = [field.name for field in self._plan.fields]
        rows = zip(block.lines, *block.columns, strict=True)
        self._staged += [(line, dict(zip(names, cells, strict=True))) for line, *cells in rows]

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> None:
        gone = dict(keys)
        before = len(self._staged)
        self._staged = [(line, row) for line, row in self._staged if self._key_of(row) not in gone]
        if before - len(self._staged) != sum(gone.values()):
            raise BookkeepingError("the rows withdrawn are not those that had been staged")

    def compare(self) -> tuple[Comparison, Iterator[Forbidden]]:
        unchanged = 0
        kept: dict[str, int] = {}
        forbidden: list[Forbidden] = []
        known = {self._key_in_table(row): row for row in self._own_rows()}
        for line, row in sorted(self._staged, key=lambda staged: staged[0]):
            current = known.get(self._key_of(row))
            if faults := self._faults(line, row, current):
                forbidden += faults
            elif current is None:
                self._created.append((line, row))
            else:
                for field in self._kept(row, current):
                    kept[field.name] = kept.get(field.name, 0) + 1
                if self._changed(row, current):
                    self._updated.append((line, row, current))
                else:
                    unchanged += 1
        self._compared = True
        return Comparison(len(self._created), len(self._updated), unchanged, kept), iter(forbidden)

    def sample(self, limit: int) -> list[Change]:
        if not self._compared:
            raise BookkeepingError("a sample was asked for before the comparison")
        changes = [created(self._plan, line, row) for line, row in self._created]
        for line, row, current in self._updated:
            changed = {field.name: current[field.column] for field in self._changed(row, current)}
            changes.append(updated(self._plan, line, row, changed))
        return sorted(changes, key=lambda change: change.line)[:limit]

    def abandon(self) -> None:
        """Nothing to roll back."""

    def _own_rows(self) -> list[Row]:
        column = self._plan.tenant_column
        return [row for row in self._target.rows[self._plan.table] if column is None or row[column] == self._plan.tenant]

    def _key_of(self, row: Row) -> tuple[Cell, ...]:
        return tuple(row[name] for name in self._plan.key)

    def _key_in_table(self, row: Row) -> tuple[Cell, ...]:
        columns = {field.name: field.column for field in self._plan.fields}
        return tuple(row[columns[name]] for name in self._plan.key)

    def _faults(self, line: int, row: Row, current: Row | None) -> list[Forbidden]:
        if current is not None:
            return [Forbidden(line, "known_key")] if self._plan.mode == "create_only" else []
        if self._plan.mode == "update_only":
            return [Forbidden(line, "unknown_key")]
        missing = [
            f.name for f in self._plan.fields if not f.key and f.required_for_new and f.default is None and row[f.name] is None
        ]
        return [Forbidden(line, "required_for_new", name) for name in (*self._plan.missing_for_new, *missing)]

    def _changed(self, row: Row, current: Row) -> list[WrittenField]:
        return [
            field
            for field in self._plan.fields
            if not field.key
            and not (row[field.name] is None and field.blank == "keep")
            and not same(field, row[field.name], current[field.column])
        ]

    def _kept(self, row: Row, current: Row) -> list[WrittenField]:
        fields = self._plan.fields
        return [f for f in fields if f.blank == "keep" and row[f.name] is None and current[f.column] is not None]


class MemoryBooking(MemoryComparing):
    """``Booking``: holds the target's lock until ``book`` or ``abandon``."""

    def __init__(self, target: MemoryTarget, plan: BookingPlan, key: str, attempt: int) -> None:
        super().__init__(target, plan)
        self._key = key
        self._attempt = attempt
        self._open = True

    def book(self, receipt: dict[str, Any]) -> None:
        if not self._compared:
            raise BookkeepingError("booking was asked for before the comparison")
        target, plan = self._target, self._plan
        changes = [self._change(line, row, None, "created") for line, row in self._created]
        for line, row, current in self._updated:
            changed = self._changed(row, current)
            changes.append(self._change(line, row, {f.name: [current[f.column], row[f.name]] for f in changed}, "updated"))
            current.update({f.column: row[f.name] for f in changed})
        for _, row in self._created:
            new: Row = dict.fromkeys(target.columns[plan.table])
            new.update({f.column: f.default if row[f.name] is None else row[f.name] for f in plan.fields})
            new.update({column: value for column, _, value in plan.absent_defaults})
            new.update({plan.tenant_column: plan.tenant} if plan.tenant_column else {})
            target.rows[plan.table].append(new)
        target.changes += sorted(changes, key=lambda change: change["line"])
        target.receipts[self._key] = (self._attempt, copy.deepcopy(receipt))
        self.abandon()

    def abandon(self) -> None:
        if self._open:
            self._open = False
            self._target.release()

    def _change(self, line: int, row: Row, fields: dict[str, list[Any]] | None, kind: str) -> Row:
        key = {name: row[name] for name in self._plan.key}
        plan = self._plan
        where: Row = {"run": self._key, "line": line, "tenant": plan.tenant, "entity": plan.entity}
        return {**where, "kind": kind, "key": key, "fields": fields}


def same(field: WrittenField, cell: Cell, stored: Any) -> bool:
    """Given a cell and what stands in the table; returns whether they are one value, however it is spelled."""
    if cell is None or stored is None:
        return cell is stored
    return bool(cell == SPELLINGS.get(field.type, lambda value: value)(stored))
