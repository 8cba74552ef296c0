"""All that differs between a file and a table of the memory twin: plain Python, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from nightclerk.core.booking import WrittenField
from nightclerk.core.reading import Block, Cell, Money
from nightclerk.core.reconciliation import Line, Reckoning, Summed, amount_text
from nightclerk.targets.canonical import amount
from nightclerk.targets.comparable import steps
from nightclerk.targets.memory import MemoryTarget
from nightclerk.targets.memory_comparing import MemoryComparing, Row, stands


class MemoryReconciling(MemoryComparing):
    """``Reconciling`` on a list of staged rows."""

    def __init__(self, target: MemoryTarget, plan: Any, summed: tuple[Summed, ...]) -> None:
        super().__init__(target, plan)
        self._summed = summed
        self._in_file: set[tuple[Cell, ...]] = set()

    def stage(self, block: Block) -> None:
        before = len(self._staged)
        super().stage(block)
        self.beside(self._key_of(row) for _, row in self._staged[before:])

    def beside(self, keys: Iterable[tuple[Cell, ...]]) -> None:
        self._in_file.update(keys)

    def reckoned(self) -> Reckoning:
        lines = list(self.different(None))
        fields: dict[str, dict[str, int]] = {}
        for line in lines:
            by_reason = fields.setdefault(str(line[-4]), {})
            reason = str(line[-1] or "")
            by_reason[reason] = by_reason.get(reason, 0) + 1
        different, new = len({line[0] for line in lines}), len(list(self.only_in_file(None)))
        same = len(self._staged) - different - new
        return Reckoning(same, different, new, len(self._unstaged()), fields, self._sums(), self._unsaid())

    def different(self, most: int | None) -> Iterator[Line]:
        known = self._by_key()
        rows = ((line, row, known[key]) for line, row in sorted_rows(self._staged) if (key := self._key_of(row)) in known)
        found = (
            (line, *map(_text, self._key_of(row)), field.name, _text(row[field.name]), _text(stands(field, current)), reason)
            for line, row, current in rows
            for field in self._values()
            for reason in self._reasons(field, row, current)
        )
        return islice(found, most)

    def only_in_file(self, most: int | None) -> Iterator[Line]:
        known = self._by_key()
        new = ((line, row) for line, row in sorted_rows(self._staged) if self._key_of(row) not in known)
        found = ((line, *map(_text, row.values()), self._forbidden_new(line, row)) for line, row in new)
        return islice(found, most)

    def only_in_tables(self, most: int | None) -> Iterator[Line]:
        return islice((tuple(_text(stands(field, row)) for field in self._plan.fields) for row in self._unstaged()), most)

    def _by_key(self) -> dict[tuple[Cell, ...], Row]:
        return {self._key_in_table(row): row for row in self._own_rows()}

    def _unstaged(self) -> list[Row]:
        rows = {key: row for key, row in self._by_key().items() if key not in self._in_file}
        return [rows[key] for key in sorted(rows, key=lambda key: [(part is not None, part) for part in key])]

    def _reasons(self, field: WrittenField, row: Row, current: Row) -> list[str | None]:
        """Returns nothing where the two are the same, else the one reason."""
        said, there = row[field.name], stands(field, current)
        default = said is None and field.blank == "default"
        if (field.default if default else said) == there:
            return []
        return ["known_key" if self._plan.mode == "create_only" else self._settled(field, row, current)[1]]

    def _forbidden_new(self, line: int, row: Row) -> str | None:
        faults = self._faults(line, row, None)
        return faults[0].code if faults else None

    def _sums(self) -> Money:
        sums: Money = {}
        for one in self._summed:
            found: dict[str, Decimal] = {}
            for row in self._own_rows():
                if isinstance(steps(row[one.column]), int | float):
                    currency = self._currency(one, row)
                    found[currency] = found.get(currency, Decimal(0)) + Decimal(amount(row[one.column]))
            sums[one.field] = {currency: amount_text(total) for currency, total in found.items()}
        return sums

    def _unsaid(self) -> Money:
        known, sums = self._by_key(), {}
        created = {line for line, _ in self._created}
        for one in self._summed:
            found: dict[str, Decimal] = {}
            for line, row in self._staged:
                if one.default is None or row.get(one.field) is None or row.get(one.said or "") is not None:
                    continue
                current = known.get(self._key_of(row))
                if current is not None or line in created:
                    currency = one.default if current is None else self._currency(one, current)
                    found[currency] = found.get(currency, Decimal(0)) + Decimal(str(row[one.field]))
            if told := {currency: amount_text(total) for currency, total in found.items() if total}:
                sums[one.field] = told
        return sums

    def _currency(self, summed: Summed, row: Row) -> str:
        named = None if summed.currency_column is None else row[summed.currency_column]
        return summed.currency if named is None else str(named)


def sorted_rows(staged: list[tuple[int, Row]]) -> list[tuple[int, Row]]:
    """Given staged rows; returns them by line."""
    return sorted(staged, key=lambda one: one[0])


def _text(cell: Cell) -> str | None:
    if cell is None:
        return None
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
