"""What was measured, as lines, and at the end how it stands beside the bars."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench.processes import Measured

#: The kernel counts CPU time in steps of so many seconds, so that a few rows may take none.
TICK = 0.01


@dataclass(frozen=True)
class Bar:
    """A figure beside the most it may be (``least``: the least). unit follows the figure: ``× L1``, ``ms``, ``MB``."""

    name: str
    limit: float
    measured: float
    unit: str
    least: bool = False

    @property
    def met(self) -> bool:
        return self.measured >= self.limit if self.least else self.measured <= self.limit

    def __str__(self) -> str:
        by = abs(self.measured - self.limit)
        ending = "met" if self.met else f"missed by {_short(by)}"
        sign = "≥" if self.least else "≤"
        return f"{self.name:52}{f'{sign} {_short(self.limit)} {self.unit}':>14}{_short(self.measured):>10}   {ending}"


@dataclass
class Figures:
    """Prints each figure as it comes. meant: whether so much is measured that a bar says anything; otherwise none is shown."""

    meant: bool
    bars: list[Bar] = field(default_factory=list)

    def title(self, words: str, *columns: str) -> None:
        print(f"\n{words:34}" + "".join(f"{column:>12}" for column in columns), flush=True)

    def value(self, name: str, measured: float, unit: str, bar: float | None = None, more: str = "") -> None:
        """A single figure, with its bar if it has one."""
        told = "" if bar is None else f"   (bar {_short(bar)})"
        print(f"{name:34}{_short(measured):>12} {unit}{told if self.meant else ''}{f'   {more}' if more else ''}", flush=True)
        self._bar(name, bar, measured, unit)

    def pairs(
        self,
        name: str,
        results: Sequence[tuple[Measured, Measured]],
        peer: str,
        bar: float | None = None,
        cpu_bar: float | None = None,
        cpu: bool = True,
    ) -> None:
        """Ours and the peer's, measured in turn: medians, and the median of the paired ratios."""
        ratios = sorted(ours.seconds / theirs.seconds for ours, theirs in results)
        effort = statistics.median(ours.cpu / max(theirs.cpu, TICK) for ours, theirs in results) if cpu else None
        ratio = statistics.median(ratios)
        most = [max(one) for one in zip(*((a.importer, a.reader) for a, _ in results), strict=True)]
        span = f"{ratios[0]:.2f}–{ratios[-1]:.2f}" if len(ratios) > 1 else ""
        shown = [f"{part / 1e6:.0f} MB" if part else "" for part in most]
        seconds = [f"{statistics.median(side):.2f} s" for side in zip(*((a.seconds, b.seconds) for a, b in results), strict=True)]
        columns = [*seconds, f"{ratio:.2f}", span, "" if effort is None else f"{effort:.2f}", *shown]
        print(f"{name:34}" + "".join(f"{column:>12}" for column in columns), flush=True)
        self._bar(name, bar, ratio, f"× {peer}")
        if effort is not None:
            self._bar(f"{name}, CPU", cpu_bar, effort, f"× {peer}")

    def beside(self, name: str, bar: float, measured: float, unit: str, least: bool = False) -> None:
        """A bar for a figure that was printed already."""
        self._bar(name, bar, measured, unit, least)

    def close(self) -> None:
        """Prints the bars, those that were missed last."""
        if self.meant and self.bars:
            print("\nThe bars")
            for bar in sorted(self.bars, key=lambda one: not one.met):
                print(bar)

    def _bar(self, name: str, limit: float | None, measured: float, unit: str, least: bool = False) -> None:
        if limit is not None and self.meant:
            self.bars.append(Bar(name, limit, measured, unit, least))


PAIR_COLUMNS = ("ratio", "min–max", "CPU", "importer", "reader")
"""What stands over the columns of ``pairs``, after the two sides."""


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if abs(figure) >= 100 or figure == int(figure) else f"{figure:.2f}"
