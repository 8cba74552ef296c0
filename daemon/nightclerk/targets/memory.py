"""The memory twin of the target: the same promises as plain Python over dicts, row by row, for tests and trials.

Its rows and changes look like those of a database, except that booleans stay ``bool``.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Generator, Iterable, Iterator
from typing import Any

from nightclerk.core.booking import BookingPlan, Change, Comparison, Effect, Forbidden, WrittenField
from nightclerk.core.errors import BookkeepingError, OperatorError, WeatherError
from nightclerk.core.policy import Imported, brought, settled
from nightclerk.core.reading import Block, Cell
from nightclerk.core.reconciliation import Summed
from nightclerk.core.rows_wanted import RowsWanted
from nightclerk.core.undo import UndoPlan
from nightclerk.ports import AlreadyBooked, Reconciling
from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.memory_rows import rows_of
from nightclerk.targets.memory_undoing import Books, MemoryUndoing
from nightclerk.targets.sample import created, updated

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
        return MemoryReconciling(self, plan, summed)

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
            self.stored[plan.booking.table], self.changes, self.imported = books.rows, books.changes, books.imported
            self.receipts[key or ""] = (attempt, copy.deepcopy(receipt))

        def let_go() -> None:
            if open_[0]:
                open_[0] = False
                self.release()

        covered = self.covered.get((plan.booking.table, plan.booking.tenant), set())
        books = Books(self.stored[plan.booking.table], self.changes, self.imported, covered)
        return MemoryUndoing(books, plan, key, keep, let_go)

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
        self._known: list[tuple[Row, Row]] = []
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
        effects: dict[Effect, dict[str, int]] = {}
        forbidden: list[Forbidden] = []
        known = {self._key_in_table(row): row for row in self._own_rows()}
        for line, row in sorted(self._staged, key=lambda staged: staged[0]):
            current = known.get(self._key_of(row))
            if faults := self._faults(line, row, current):
                forbidden += faults
            elif current is None:
                self._created.append((line, row))
            else:
                self._known.append((row, current))
                for field in self._values():
                    if effect := self._settled(field, row, current)[1]:
                        by_field = effects.setdefault(effect, {})
                        by_field[field.name] = by_field.get(field.name, 0) + 1
                if self._changed(row, current):
                    self._updated.append((line, row, current))
                else:
                    unchanged += 1
        self._compared = True
        return Comparison(len(self._created), len(self._updated), unchanged, effects), iter(forbidden)

    def sample(self, limit: int) -> list[Change]:
        if not self._compared:
            raise BookkeepingError("a sample was asked for before the comparison")
        changes = [created(self._plan, line, row) for line, row in self._created]
        for line, row, current in self._updated:
            changed = {field.name: current[field.column] for field in self._changed(row, current)}
            changes.append(updated(self._plan, line, self._after(row, current), changed))
        return sorted(changes, key=lambda change: change.line)[:limit]

    def abandon(self) -> None:
        """Nothing to roll back."""

    def _own_rows(self) -> list[Row]:
        column = self._plan.tenant_column
        return [row for row in self._target.stored[self._plan.table] if column is None or row[column] == self._plan.tenant]

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

    def _values(self) -> list[WrittenField]:
        return [field for field in self._plan.fields if not field.key]

    def _changed(self, row: Row, current: Row) -> list[WrittenField]:
        return [f for f in self._values() if self._settled(f, row, current)[0] != stands(f, current)]

    def _settled(self, field: WrittenField, row: Row, current: Row) -> tuple[Cell, Effect | None]:
        return settled(field, row[field.name], stands(field, current), self._imported(field, current))

    def _after(self, row: Row, current: Row) -> Row:
        """Returns the row with the values that will stand in the table."""
        return row | {field.name: self._settled(field, row, current)[0] for field in self._values()}

    def _imported(self, field: WrittenField, current: Row) -> Imported:
        """Returns what an import last brought; before the first one under this policy, what stands in rows that imports made."""
        plan, key = self._plan, self._key_in_table(current)
        known = self._target.imported.get((plan.table, plan.tenant, key), {})
        if field.name in known:
            return (known[field.name],)
        if field.name in self._target.covered.get((plan.table, plan.tenant), set()):
            return None
        mine = (plan.tenant, plan.entity, "created", dict(zip(plan.key, key, strict=True)))
        made = any((c["tenant"], c["entity"], c["kind"], c["key"]) == mine for c in self._target.changes)
        return (stands(field, current),) if made else None


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
        brought_now = self._brought()
        for line, row, current in self._updated:
            changed, after = self._changed(row, current), self._after(row, current)
            changes.append(self._change(line, row, {f.name: [current[f.column], after[f.name]] for f in changed}, "updated"))
            current.update({f.column: after[f.name] for f in changed})
        for _, row in self._created:
            new: Row = dict.fromkeys(target.columns[plan.table])
            new.update({f.column: f.default if row[f.name] is None else row[f.name] for f in plan.fields})
            new.update({column: value for column, _, value in plan.absent_defaults})
            new.update({plan.tenant_column: plan.tenant} if plan.tenant_column else {})
            target.stored[plan.table].append(new)
        self._remember(brought_now)
        target.changes += sorted(changes, key=lambda change: change["line"])
        target.receipts[self._key] = (self._attempt, copy.deepcopy(receipt))
        self.abandon()

    def abandon(self) -> None:
        if self._open:
            self._open = False
            self._target.release()

    def _brought(self) -> list[tuple[Row, dict[str, Cell]]]:
        """Returns each row with what counts as last brought to it by an import from now on."""
        fields = self._plan.remembered
        made: list[tuple[Row, dict[str, Cell]]] = []
        for row, current in self._known if fields else ():
            found = {}
            for field in fields:
                known, after = self._imported(field, current), self._settled(field, row, current)[0]
                found[field.name] = brought(field, row[field.name], stands(field, current), after, known)
            made.append((row, {name: one[0] for name, one in found.items() if one is not None}))
        new = {field.name: field.default for field in fields}
        made += [(row, {n: default if row[n] is None else row[n] for n, default in new.items()}) for _, row in self._created]
        return made

    def _remember(self, made: list[tuple[Row, dict[str, Cell]]]) -> None:
        target, plan = self._target, self._plan
        for row, values in made if plan.remembered else ():
            target.imported.setdefault((plan.table, plan.tenant, self._key_of(row)), {}).update(values)
        target.covered.setdefault((plan.table, plan.tenant), set()).update(field.name for field in plan.remembered)

    def _change(self, line: int, row: Row, fields: dict[str, list[Any]] | None, kind: str) -> Row:
        key = {name: row[name] for name in self._plan.key}
        plan = self._plan
        where: Row = {"run": self._key, "line": line, "tenant": plan.tenant, "entity": plan.entity}
        return {**where, "kind": kind, "key": key, "fields": fields}


def stands(field: WrittenField, current: Row) -> Cell:
    """Given a field and a row of the table; returns what stands there in canonical form, however it is spelled."""
    stored = current[field.column]
    canonical: Cell = stored if stored is None else SPELLINGS.get(field.type, lambda value: value)(stored)
    return canonical
