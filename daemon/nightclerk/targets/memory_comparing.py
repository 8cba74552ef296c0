"""Comparing and booking in the memory twin: the staged rows beside those that stand, row by row."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nightclerk.core.booking import BookingPlan, Change, Comparison, Effect, Forbidden, ParkedRow, WrittenField
from nightclerk.core.entity import Named
from nightclerk.core.errors import BookkeepingError
from nightclerk.core.policy import Imported, brought, settled
from nightclerk.core.reading import Block, Cell
from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.custom_fields import custom_cell, document_of
from nightclerk.targets.memory_absent import MemoryAbsent
from nightclerk.targets.memory_apart import Members, logged, put, raw
from nightclerk.targets.memory_parked import numbers_beside, without
from nightclerk.targets.memory_references import Asking, Settled, made_row, parked_row, still_parked
from nightclerk.targets.sample import created, updated, with_absent
from nightclerk.targets.stamps import moment

if TYPE_CHECKING:
    from nightclerk.targets.memory import MemoryTarget

Row = dict[str, Any]


class MemoryComparing:
    """``Comparing`` on a list of staged rows. Nothing of it reaches the target."""

    def __init__(self, target: MemoryTarget, plan: BookingPlan) -> None:
        self._target = target
        self._plan = plan
        self._staged: list[tuple[int, Row]] = []
        self._created: list[tuple[int, Row]] = []
        self._updated: list[tuple[int, Row, Row]] = []
        self._known: list[tuple[Row, Row]] = []
        self._references = Settled([])
        self._members = Members(plan, self._there, self._lists_changed)
        self._absent = MemoryAbsent(plan, target.stored[plan.table], target.changes, target.receipts)
        self._compared = False

    def stage(self, block: Block) -> None:
        names = [field.name for field in self._plan.fields]
        rows = zip(block.lines, *block.columns, strict=True)
        staged = [(line, dict(zip(names, cells, strict=True))) for line, *cells in rows]
        self._absent.keep(self._key_of(row) for _, row in staged)
        self._staged += staged

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> None:
        gone = dict(keys)
        before = len(self._staged)
        self._staged = [(line, row) for line, row in self._staged if self._key_of(row) not in gone]
        if before - len(self._staged) != sum(gone.values()):
            raise BookkeepingError("the rows withdrawn are not those that had been staged")

    def compare(self) -> tuple[Comparison, Iterator[Forbidden]]:
        unchanged = 0
        self._created, self._updated, self._known = [], [], []
        known = {self._key_in_table(row): row for row in self._own_rows()}
        asking = Asking(
            plan=self._plan,
            there=self._there,
            current=lambda row: known.get(self._key_of(row)),
            changes=lambda row, current: [field.name for field in self._changed(row, current)],
            faults=lambda line, row: self._all_faults(line, row, known.get(self._key_of(row))),
        )
        self._references = asking.settle(sorted(self._staged, key=lambda staged: staged[0]))
        effects, forbidden = self._references.effects, self._references.forbidden
        for line, row in self._references.rows:
            current = known.get(self._key_of(row))
            if faults := self._all_faults(line, row, current):
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
        booked = [*self._created, *((line, row) for line, row, _ in self._updated)]
        if made := self._members.settle(booked, self._references.made):
            effects.setdefault("created_on_the_way", {}).update(made)
        self._compared = True
        in_order = sorted(forbidden, key=lambda one: one.line)
        reopened = sum(self._absent.comes_back(current, self._after(row, current)) for _, row, current in self._updated)
        return Comparison(len(self._created), len(self._updated), unchanged, effects, reopened), iter(in_order)

    def absent(self, keys: Iterable[tuple[Cell, ...]]) -> int:
        if not self._compared:
            raise BookkeepingError("absent rows were asked for before the comparison")
        return self._absent.find(keys)

    def absent_parked(self) -> list[int]:
        if not self._compared:
            raise BookkeepingError("absent rows were asked for before the comparison")
        return numbers_beside(self._plan, self._target.parked, {self._key_of(row) for _, row in self._staged})

    def sample(self, limit: int) -> list[Change]:
        if not self._compared:
            raise BookkeepingError("a sample was asked for before the comparison")
        changes = [created(self._plan, line, row) for line, row in self._created]
        for line, row, current in self._updated:
            changed = {field.name: raw(field, current) for field in self._changed(row, current)}
            changes.append(updated(self._plan, line, self._after(row, current), changed))
        in_order = sorted(changes, key=lambda change: change.line)[:limit]
        return with_absent(in_order, self._absent.sample(limit), limit)

    def abandon(self) -> None:
        """Nothing to roll back."""

    def _own_rows(self) -> list[Row]:
        column = self._plan.tenant_column
        return [row for row in self._target.stored[self._plan.table] if column is None or row[column] == self._plan.tenant]

    def _there(self, named: Named) -> set[Cell]:
        column, rows = named.tenant_column, self._target.stored[named.table]
        return {row[named.column] for row in rows if column is None or row[column] == self._plan.tenant}

    def _key_of(self, row: Row) -> tuple[Cell, ...]:
        return tuple(row[name] for name in self._plan.key)

    def _key_in_table(self, row: Row) -> tuple[Cell, ...]:
        columns = {field.name: field.column for field in self._plan.fields}
        return tuple(row[columns[name]] for name in self._plan.key)

    def _all_faults(self, line: int, row: Row, current: Row | None) -> list[Forbidden]:
        return self._faults(line, row, current) + self._members.unknown(line, row, current)

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

    def _lists_changed(self, row: Row, current: Row | None) -> list[WrittenField]:
        """Returns the lists of the row that would get other members."""
        fields = self._values() if current is None else self._changed(row, current)
        return [field for field in fields if field.links is not None]

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
        self._parked: list[Row] = []
        self._unparked: list[int] = []

    def park(self, rows: Sequence[ParkedRow]) -> None:
        self._parked += [parked_row(self._plan, self._key, row) for row in rows]

    def unpark(self, ids: Sequence[int]) -> None:
        without(self._target.parked, ids)
        self._unparked += ids

    def book(self, receipt: dict[str, Any]) -> None:
        if not self._compared:
            raise BookkeepingError("booking was asked for before the comparison")
        target, plan = self._target, self._plan
        changes = [self._change(line, row, None, "created") for line, row in self._created] + self._make_named()
        self._adopt()
        brought_now = self._brought()
        for line, row, current in self._updated:
            changed, after = self._changed(row, current), self._after(row, current)
            changes.append(
                self._change(line, row, {f.name: logged(f, raw(f, current), after[f.name]) for f in changed}, "updated")
            )
            put(current, {f: after[f.name] for f in changed})
            current.update(dict.fromkeys(plan.stamps.on_change, moment()))
        for _, row in self._created:
            new: Row = dict.fromkeys(target.columns[plan.table])
            put(new, {f: f.default if row[f.name] is None else row[f.name] for f in plan.fields})
            new.update({column: value for column, _, value in plan.absent_defaults})
            new.update(dict.fromkeys(plan.stamps.on_creation, moment()))
            new.update({plan.tenant_column: plan.tenant} if plan.tenant_column else {})
            target.stored[plan.table].append(new)
        self._remember(brought_now)
        changes += self._absent.write(self._key, min((change["line"] for change in changes if change["line"] < 0), default=0))
        for of, values in self._absent.brought(field.name for field in self._followed()):
            target.imported.setdefault((plan.table, plan.tenant, of), {}).update(values)
        newer = [self._key_of(row) for row in (*(row for _, row in self._created), *(row for row, _ in self._known))]
        newer += [tuple(row["key"][name] for name in plan.key) for row in self._parked]
        target.parked = still_parked(plan, without(target.parked, self._unparked), newer) + self._parked
        target.changes += sorted(changes, key=lambda change: change["line"])
        target.receipts[self._key] = (self._attempt, copy.deepcopy(receipt))
        self.abandon()

    def abandon(self) -> None:
        if self._open:
            self._open = False
            self._target.release()

    def _make_named(self) -> list[Row]:
        """Makes the rows of others that are created on the way; returns their changes, of negative lines."""
        target, plan, changes = self._target, self._plan, list[Row]()
        for one in plan.references:
            for value in self._references.made.get(one.field, ()):
                target.stored[one.to.table].append(made_row(target.columns[one.to.table], plan, one.to, value))
                where: Row = {"run": self._key, "line": -1 - len(changes), "tenant": plan.tenant, "entity": one.to.entity}
                changes.append({**where, "kind": "created", "key": {one.to.field: value}, "fields": None})
        for of, member in self._members.missing:
            target.stored[of.table].append(made_row(target.columns[of.table], plan, of, member))
            where = {"run": self._key, "line": -1 - len(changes), "tenant": plan.tenant, "entity": of.entity}
            changes.append({**where, "kind": "created", "key": {of.field: member}, "fields": None})
        return changes

    def _brought(self) -> list[tuple[Row, dict[str, Cell]]]:
        """Returns each row with what counts as last brought to it by an import from now on."""
        fields = self._followed()
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

    def _followed(self) -> list[WrittenField]:
        """Returns the fields of which is kept what imports bring: those whose local edits this plan, or another one, keeps."""
        known = self._target.covered.get((self._plan.table, self._plan.tenant), set())
        return [field for field in self._values() if field in self._plan.remembered or field.name in known]

    def _adopt(self) -> None:
        """Keeps what stands in all rows that imports have made as brought by them, of fields of which nothing is known yet."""
        target, plan = self._target, self._plan
        known = target.covered.get((plan.table, plan.tenant), set())
        for field in plan.remembered:
            for current in self._own_rows() if field.name not in known else ():
                if (made := self._imported(field, current)) is not None:
                    of_row = target.imported.setdefault((plan.table, plan.tenant, self._key_in_table(current)), {})
                    of_row[field.name] = made[0]

    def _remember(self, made: list[tuple[Row, dict[str, Cell]]]) -> None:
        target, plan = self._target, self._plan
        for row, values in made if self._followed() else ():
            target.imported.setdefault((plan.table, plan.tenant, self._key_of(row)), {}).update(values)
        if plan.remembered:
            target.covered.setdefault((plan.table, plan.tenant), set()).update(field.name for field in plan.remembered)

    def _change(self, line: int, row: Row, fields: dict[str, list[Any]] | None, kind: str) -> Row:
        key = {name: row[name] for name in self._plan.key}
        plan = self._plan
        where: Row = {"run": self._key, "line": line, "tenant": plan.tenant, "entity": plan.entity}
        return {**where, "kind": kind, "key": key, "fields": fields}


def stands(field: WrittenField, current: Row) -> Cell:
    """Given a field and a row of the table; returns what stands there in canonical form, however it is spelled."""
    if field.stored == "custom":
        return custom_cell(document_of(current[field.column]), field.name, field.type)
    stored = current[field.column]
    canonical: Cell = stored if stored is None else SPELLINGS.get(field.type, lambda value: value)(stored)
    return canonical
