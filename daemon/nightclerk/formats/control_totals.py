"""Control totals of a file: exact sums of each money field by currency, over all rows, and over those of each bucket."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import polars as pl

from nightclerk.core.reading import Money

Bucket: TypeAlias = Literal["accepted", "rejected", "skipped"]
_SCALE = 10**4


class ControlTotals:
    """Sums while blocks pass by. Amounts are kept as whole numbers of ten-thousandths, so that nothing is ever rounded."""

    def __init__(self, fields: Iterable[str]) -> None:
        self._sums: dict[tuple[str, str, Bucket], int] = {}
        self._fields = tuple(fields)
        self.unreadable = dict.fromkeys(self._fields, 0)

    def add(self, money: dict[str, pl.DataFrame], skipped: bool = False) -> None:
        """Given each money field's rows of a block, as ``core.verdict.Judged.money``, and whether a trial leaves them aside; adds
        them up."""
        for name, rows in money.items():
            self.unreadable[name] += int(rows.get_column("unreadable").sum())
            sums = (
                rows.lazy()
                .filter(pl.col("amount").is_not_null())
                .group_by("currency", "accepted")
                .agg(pl.col("amount").cast(pl.Decimal(38, 4)).sum())
                .collect()
            )
            for currency, accepted, amount in sums.rows():
                bucket: Bucket = "skipped" if skipped else "accepted" if accepted else "rejected"
                place = (name, currency, bucket)
                self._sums[place] = self._sums.get(place, 0) + int(amount.scaleb(4))

    def of(self, meant: Bucket | None) -> Money:
        """Given which rows are meant (None: all); returns their sums, with exactly four decimals."""
        totals: dict[str, dict[str, int]] = {name: {} for name in self._fields}
        for (name, currency, bucket), amount in self._sums.items():
            if meant is None or meant == bucket:
                totals[name][currency] = totals[name].get(currency, 0) + amount
        return {name: {currency: _written(sums[currency]) for currency in _in_order(sums)} for name, sums in totals.items()}


def _in_order(currencies: Iterable[str]) -> list[str]:
    """Always the same order, so that a letter written again is the same letter; rows without a currency come last."""
    return sorted(currencies, key=lambda currency: (not currency, currency))


def _written(total: int) -> str:
    whole, part = divmod(abs(total), _SCALE)
    return f"{'-' if total < 0 else ''}{whole}.{part:04d}"
