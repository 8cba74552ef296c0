"""A target in which nothing is booked: a dry run has the shape of what it wraps, so that nobody on the way can tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nightclerk.core.booking import BookingPlan, Change, Comparison, Forbidden, ParkedRow
from nightclerk.core.reading import Block, Cell
from nightclerk.ports import Clock, Comparing, Format, Target
from nightclerk.work.office import EarlierRuns


class Unbooked:
    """``Bookable`` around a ``Target``: what would be booked is sampled and let go. most: how many rows and changes to keep.

    rows: the first accepted rows, each with its line; changes: the first changes by line, once all would have been booked.
    """

    takes_csv = False  # the first rows are kept to be shown

    def __init__(self, target: Target, most: int) -> None:
        self._target = target
        self.most = most
        self.rows: list[tuple[int, tuple[Cell, ...]]] = []
        self.changes: list[Change] = []

    def receipt(self, key: str) -> dict[str, Any] | None:
        """There is none: no run goes before."""
        del key
        return None

    def begin(self, plan: BookingPlan, key: str, attempt: int) -> UnbookedBooking:
        """See ``Target.preview``."""
        del key, attempt
        self.rows.clear()
        return UnbookedBooking(self._target.preview(plan), self)


class UnbookedBooking:
    """``Booking`` around a comparison: ``book`` is where it ends, with a sample and without a trace."""

    def __init__(self, comparing: Comparing, kept: Unbooked) -> None:
        self._comparing = comparing
        self._kept = kept

    def stage(self, block: Block) -> None:
        room = self._kept.most - len(self._kept.rows)
        if room > 0:
            first = zip(block.lines[:room], *(column[:room] for column in block.columns), strict=True)
            self._kept.rows += [(line, tuple(cells)) for line, *cells in first]
        self._comparing.stage(block)

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> None:
        self._comparing.withdraw(keys)

    def compare(self) -> tuple[Comparison, Iterator[Forbidden]]:
        return self._comparing.compare()

    def absent(self, keys: Iterable[tuple[Cell, ...]]) -> int:
        return self._comparing.absent(keys)

    def absent_parked(self) -> Sequence[int]:
        return self._comparing.absent_parked()

    def sample(self, limit: int) -> list[Change]:
        return self._comparing.sample(limit)

    def park(self, rows: Sequence[ParkedRow]) -> None:
        """Nothing is kept."""

    def unpark(self, ids: Sequence[int]) -> None:
        """Nothing is taken out."""

    def book(self, receipt: dict[str, Any]) -> None:
        del receipt
        self._kept.changes = self._comparing.sample(self._kept.most)
        self._comparing.abandon()

    def abandon(self) -> None:
        self._comparing.abandon()


@dataclass(frozen=True)
class DryOffice:
    """An ``Office`` in which nothing is booked."""

    clock: Clock
    reader: Format
    target: Unbooked
    runs: EarlierRuns
