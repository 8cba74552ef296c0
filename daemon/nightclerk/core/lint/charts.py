"""What a column looks like: the few bars of a small chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MOST_BARS = 24
_FREQUENT = 8
#: So many years are shown month by month.
_YEARS_OF_MONTHS = 2
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Chart:
    """of: what the bars count. bars: each with its name and how many cells it stands for, in the order of their names, but
    ``values``: the most frequent first."""

    of: Literal["values", "amounts", "months", "years", "lengths"]
    bars: tuple[tuple[str, int], ...]


def of_values(frequent: list[tuple[str, int]]) -> Chart:
    """Given values with their counts, the most frequent first; returns the chart of the first."""
    return Chart("values", tuple(frequent[:_FREQUENT]))


def of_days(months: Counter[str], years: Counter[int]) -> Chart:
    """Given how many dates there are in each month (``2026-11``) and year; returns the chart of the one or the other."""
    if not months:
        return Chart("years", ())
    first, last = int(min(months)[:4]), int(max(months)[:4])
    if last - first < _YEARS_OF_MONTHS:
        every = [f"{year}-{month:02}" for year in range(first, last + 1) for month in range(1, 13)]
        every = [month for month in every if min(months) <= month <= max(months)]
        return Chart("months", tuple((month, months[month]) for month in every))
    return Chart("years", _grouped(years))


def of_lengths(lengths: Counter[int]) -> Chart:
    """Given how many texts there are of each length; returns their chart, without bars where all are of one."""
    return Chart("lengths", _grouped(lengths) if len(lengths) > 1 else ())


def of_amounts(bars: list[tuple[str, int]]) -> Chart:
    """Given how many numbers there are of each size, by its name; returns their chart."""
    return Chart("amounts", tuple(bars[:MOST_BARS]))


def _grouped(counts: Mapping[int, int]) -> tuple[tuple[str, int], ...]:
    """Returns at most so many bars: as many numbers to each as it takes."""
    if not counts:
        return ()
    first, last = min(counts), max(counts)
    width = next(
        step * 10**power for power in range(19) for step in _STEPS if (last - first) // (step * 10**power) < MOST_BARS - 1
    )
    found: Counter[int] = Counter()
    for number, count in counts.items():
        found[number // width] += count
    return tuple(
        (str(at) if width == 1 else f"{at * width}–{at * width + width - 1}", found[at])
        for at in range(first // width, last // width + 1)
    )
