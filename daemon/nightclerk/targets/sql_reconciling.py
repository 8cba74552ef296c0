"""All that differs between a file and a table in SQL, whatever the dialect: ``Reconciling`` around a ``Comparing``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal

from nightclerk.core.booking import Change, Comparison, Forbidden
from nightclerk.core.reading import Block, Cell
from nightclerk.core.reconciliation import Line, Reckoning, Summed, amount_text
from nightclerk.ports import Comparing
from nightclerk.targets.dialect import WholeDifference


class SqlReconciling:
    """``Reconciling``. comparing: over the same difference. written: the names of the plan's fields. explained: turns what a
    driver raises into who must act."""

    def __init__(
        self,
        comparing: Comparing,
        difference: WholeDifference,
        summed: tuple[Summed, ...],
        written: Collection[str],
        explained: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._comparing = comparing
        self._difference = difference
        self._summed = summed
        self._written = written
        self._explained = explained
        self._staged = 0

    def stage(self, block: Block) -> None:
        self._comparing.stage(block)
        self._staged += len(block.lines)

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> None:
        listed = list(keys)
        self._comparing.withdraw(listed)
        self._staged -= sum(count for _, count in listed)
        self.beside(key for key, _ in listed)

    def compare(self) -> tuple[Comparison, Iterator[Forbidden]]:
        return self._comparing.compare()

    def absent(self, keys: Iterable[tuple[Cell, ...]]) -> int:
        return self._comparing.absent(keys)

    def absent_parked(self) -> Sequence[int]:
        return self._comparing.absent_parked()

    def sample(self, limit: int) -> list[Change]:
        return self._comparing.sample(limit)

    def abandon(self) -> None:
        self._comparing.abandon()

    def beside(self, keys: Iterable[tuple[Cell, ...]]) -> None:
        with self._explained():
            self._difference.beside(keys)

    def reckoned(self) -> Reckoning:
        with self._explained():
            only_in_file, different, only_in_tables, fields = self._difference.outcome()
            sums = {one.field: self._difference.sums(one) for one in self._summed}
            unsaid = {one.field: found for one in self._summed if (found := self._unsaid(one))}
        same = self._staged - only_in_file - different
        return Reckoning(same, different, only_in_file, only_in_tables, fields, sums, unsaid)

    def _unsaid(self, summed: Summed) -> dict[str, str]:
        """Returns the amounts of a field that say no currency, as ``Reckoning.unsaid`` has them."""
        if summed.field not in self._written or summed.default is None:
            return {}
        found = {currency: Decimal(amount) for currency, amount in self._difference.unsaid(summed).items()}
        found[summed.default] = found.get(summed.default, Decimal(0)) + Decimal(self._difference.unsaid_new(summed))
        return {currency: amount_text(amount) for currency, amount in found.items() if amount}

    def different(self, most: int | None) -> Iterator[Line]:
        with self._explained():
            yield from self._difference.different(most)

    def only_in_file(self, most: int | None) -> Iterator[Line]:
        with self._explained():
            yield from self._difference.only_in_file(most)

    def only_in_tables(self, most: int | None) -> Iterator[Line]:
        with self._explained():
            yield from self._difference.only_in_tables(most)
