"""How large the numbers of a column are: tenths of powers of ten, and the largest ones by their lines."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import polars as pl

from nightclerk.core.lint.finding import LINES_NAMED, Tally

#: Ten steps are one power of ten.
_STEPS = 10
_LARGEST_KEPT = 20
_UNITS = ((0, ""), (3, "k"), (6, "M"), (9, "G"), (12, "T"))
_ENOUGH, _FEW = 20, 0.01
#: How many times the middle half's width an outlier is above it, and the least width, in steps.
_WIDTHS, _LEAST_WIDTH = 3, 3


class Magnitudes:
    """Numbers of one writing. Memory does not grow with their number."""

    def __init__(self, mark: str) -> None:
        """Given the decimal mark."""
        self.negative = self.zero = 0
        self.steps: Counter[int] = Counter()
        self.fractions = False
        self._mark = mark
        self._largest = pl.DataFrame(schema={"line": pl.Int64, "cell": pl.String, "step": pl.Int32})

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        """Given cells that are numbers of this writing, and their lines; takes them in."""
        if cells.is_empty():
            return
        plain = cells.cast(pl.Float64, strict=False)
        if self._mark == "," or plain.null_count():
            digits = cells.str.replace_all(rf"[^0-9{self._mark}]", "").str.replace(self._mark, ".", literal=True)
            negative = cells.str.contains(r"^[-−–(]|[-−–]$")
            plain = digits.cast(pl.Float64, strict=False).fill_null(0.0)
            plain = pl.select(pl.when(negative).then(-plain).otherwise(plain)).to_series()
            self.fractions = self.fractions or bool(cells.str.contains(rf"[{self._mark}][0-9]{{1,2}}$").any())
        else:
            self.fractions = self.fractions or bool(cells.str.contains(".", literal=True).any())
        self.negative += int((plain < 0).sum())
        self.zero += int((plain == 0).sum())
        found = pl.DataFrame({"line": lines, "cell": cells, "size": plain.abs()}).filter(pl.col("size") > 0)
        step = (pl.col("size").log10() * _STEPS).floor().cast(pl.Int32)
        found = found.select("line", "cell", step=step)
        self.steps.update(dict(found["step"].value_counts().iter_rows()))
        largest = pl.concat([self._largest, found.top_k(_LARGEST_KEPT, by="step")])
        self._largest = largest.sort("step", "line", descending=[True, False]).head(_LARGEST_KEPT)

    def outliers(self) -> Tally:
        """Returns the few numbers that are far above the middle half of all, and ten times as large as the next smaller one."""
        count, steps, found = sum(self.steps.values()), sorted(self.steps), Tally()
        if count < _ENOUGH:
            return found
        low, high = self._quantile(0.25), self._quantile(0.75)
        fence = high + max(_WIDTHS * (high - low), _WIDTHS * _LEAST_WIDTH)
        for before, step in pairwise(steps):
            few = sum(self.steps[one] for one in steps if one >= step)
            if step > fence and step - before > _STEPS and few <= max(1, count * _FEW) and few <= _LARGEST_KEPT:
                these = self._largest.filter(pl.col("step") >= step).sort("line")
                found.add(these["step"] >= step, these["cell"], these["line"])
                found.lines = found.lines[:LINES_NAMED]
                break
        return found

    def _quantile(self, share: float) -> int:
        left = share * sum(self.steps.values())
        for step in sorted(self.steps):
            left -= self.steps[step]
            if left <= 0:
                return step
        return 0

    def bars(self) -> list[tuple[str, int]]:
        """Returns how many numbers there are below zero, zero, and of each power of ten that occurs, by their names."""
        powers: Counter[int] = Counter()
        for step, count in self.steps.items():
            powers[step // _STEPS] += count
        bars = [("< 0", self.negative), ("0", self.zero)]
        first, last = min(powers, default=0), max(powers, default=-1)
        bars += [(_named(power), powers[power]) for power in range(first, last + 1)]
        return [bar for bar in bars if bar[1] or bar[0] not in {"< 0", "0"}]


def _named(power: int) -> str:
    if power < 0:
        return f"0.{'0' * (-power - 1)}1"
    unit, name = max(unit for unit in _UNITS if unit[0] <= power)
    return f"{10 ** (power - unit)}{name}" if power < 15 else f"1e{power}"
