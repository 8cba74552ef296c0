"""References in the memory twin: the same promises as ``targets.references``, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nightclerk.core.booking import BookingPlan, Effect, Forbidden, ParkedRow, Reference
from nightclerk.core.entity import Named
from nightclerk.core.reading import Cell
from nightclerk.targets.stamps import moment

Row = dict[str, Any]
Staged = list[tuple[int, Row]]


@dataclass(slots=True)
class Settled:
    """What became of staged rows. rows: those that are left, with what counts as empty taken out; forbidden: what rules out the
    others; made: for each field the values of the rows that are to be made on the way."""

    rows: Staged
    forbidden: list[Forbidden] = field(default_factory=list)
    effects: dict[Effect, dict[str, int]] = field(default_factory=dict)
    made: dict[str, list[Cell]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asking:
    """How rows are asked. there: the keys of the rows of another entity; current: the table's row that a staged one is about;
    changes: the fields of it that would change; faults: what else forbids the row."""

    plan: BookingPlan
    there: Callable[[Named], set[Cell]]
    current: Callable[[Row], Row | None]
    changes: Callable[[Row, Row], Iterable[str]]
    faults: Callable[[int, Row], list[Forbidden]]

    def settle(self, staged: Staged) -> Settled:
        """Given all staged rows by line; returns what becomes of them by their references."""
        done = Settled(list(staged))
        if not self.plan.references:
            return done
        apart: Staged = []
        again = True
        while again:
            there = self._there(done.rows)
            out = {line for line, row in done.rows if any(self._ruled_out(line, row, there))}
            apart += [(line, row) for line, row in done.rows if line in out]
            done.rows = [(line, row) for line, row in done.rows if line not in out]
            again = bool(out)
        for line, row in apart:  # by what is there at the end: a row is told of all that it names in vain
            done.forbidden += [*self._ruled_out(line, row, there), *self.faults(line, row)]
        done.rows = [(line, self._emptied(line, row, there, done)) for line, row in done.rows]
        self._count_made(there, done)
        return done

    def _there(self, rows: Staged) -> dict[str, set[Cell]]:
        """Returns for each reference what it may name; a row of the same table counts as there if this file creates it."""
        found = {}
        for one in self.plan.references:
            found[one.field] = set(self.there(one.to))
            if one.to.table == self.plan.table:
                new = [row for line, row in rows if self.current(row) is None and not self.faults(line, row)]
                found[one.field] |= {row[self.plan.key[0]] for row in new}
        return found

    def _unknown(self, row: Row, there: dict[str, set[Cell]]) -> Iterator[Reference]:
        current = self.current(row)
        asked = None if current is None else set(self.changes(row, current))
        for one in self.plan.references:
            value = row[one.field]
            if one.to.table == self.plan.table and value == row[self.plan.key[0]]:
                continue  # a row is there for itself
            if value is not None and value not in there[one.field] and (asked is None or one.field in asked):
                yield one

    def _ruled_out(self, line: int, row: Row, there: dict[str, set[Cell]]) -> Iterator[Forbidden]:
        for one in self._unknown(row, there):
            if one.unknown in ("park", "reject") or (one.unknown == "blank" and self._is_needed(one, row)):
                yield Forbidden(line, "unknown_reference", one.field, row[one.field], parks=one.unknown == "park")

    def _is_needed(self, one: Reference, row: Row) -> bool:
        written = next(each for each in self.plan.fields if each.name == one.field)
        return self.current(row) is None and written.required_for_new and written.default is None

    def _emptied(self, line: int, row: Row, there: dict[str, set[Cell]], done: Settled) -> Row:
        emptied = [one.field for one in self._unknown(row, there) if one.unknown == "blank"]
        for name in emptied if not self.faults(line, row) else ():
            by_field = done.effects.setdefault("reference_blanked", {})
            by_field[name] = by_field.get(name, 0) + 1
        return row | dict.fromkeys(emptied)

    def _count_made(self, there: dict[str, set[Cell]], done: Settled) -> None:
        taken: dict[str, set[Cell]] = {}
        for one in self.plan.references:
            if one.unknown != "create":
                continue
            values = {
                row[one.field] for line, row in done.rows if not self.faults(line, row) and one in self._unknown(row, there)
            } - taken.setdefault(one.to.table, set())
            taken[one.to.table] |= values
            if values:
                done.made[one.field] = sorted(values, key=str)
                done.effects.setdefault("created_on_the_way", {})[one.field] = len(values)


def made_row(columns: Iterable[str], plan: BookingPlan, named: Named, value: Cell) -> Row:
    """Given the columns of a table and a key's value; returns the row that is made on the way."""
    row: Row = dict.fromkeys(columns)
    row |= dict.fromkeys((named.column, *named.same), value)
    row |= {column: constant for column, _, constant in named.constants} | dict.fromkeys(named.stamps, moment())
    return row if named.tenant_column is None else row | {named.tenant_column: plan.tenant}


def parked_row(plan: BookingPlan, run: str, row: ParkedRow) -> Row:
    """Given a row that waits; returns it as ``nightclerk_parked`` has it, JSON as what it says."""
    return {
        "tenant": plan.tenant,
        "entity": plan.entity,
        "feed": plan.feed,
        "run_key": run,
        "line": row.line,
        "key": {name: row.fields[name] for name in plan.key},
        "fields": row.fields,
        "source": list(row.source),
        "missing": row.missing,
    }


def still_parked(plan: BookingPlan, parked: Iterable[Row], keys: Iterable[tuple[Cell, ...]]) -> list[Row]:
    """Given what waits, and the keys of rows that a newer file brings; returns what waits still."""
    newer = set(keys)
    mine = (plan.tenant, plan.entity, plan.feed)
    return [
        row
        for row in parked
        if (row["tenant"], row["entity"], row["feed"]) != mine or tuple(row["key"][name] for name in plan.key) not in newer
    ]
