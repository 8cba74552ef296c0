"""Each column once, each field once, and the best sum of all: the Hungarian method."""

from __future__ import annotations

from collections.abc import Mapping


def assigned(scores: Mapping[tuple[str, int], float]) -> dict[str, int]:
    """Given the worth of each pair of a field and a column's place, above 0 (pairs that are missing cannot be); returns the pairs
    with the greatest sum, each field and each place at most once."""
    fields = sorted({field for field, _ in scores})
    places = sorted({place for _, place in scores})
    # A field may go without a column: for that there is a column of its own, worth nothing.
    width = len(places) + len(fields)
    costs = [[-scores.get((field, place), -1e-9) for place in places] + [0.0] * len(fields) for field in fields]
    matched = _hungarian(costs, width)
    return {
        fields[row]: places[column]
        for column, row in matched.items()
        if column < len(places) and (fields[row], places[column]) in scores
    }


def _hungarian(costs: list[list[float]], width: int) -> dict[int, int]:
    """Given a row of costs for each field, none longer than ``width``, with no more rows than that; returns column → row of the
    cheapest matching. After Kuhn and Munkres, in the usual form with potentials, O(rows² · columns)."""
    rows = len(costs)
    of_row, of_column = [0.0] * (rows + 1), [0.0] * (width + 1)
    row_at, came_from = [0] * (width + 1), [0] * (width + 1)
    for row in range(1, rows + 1):
        row_at[0], at = row, 0
        least, used = [float("inf")] * (width + 1), [False] * (width + 1)
        while row_at[at]:
            used[at] = True
            at = _cheapest(costs, row_at[at], at, (of_row, of_column), (least, used, came_from))
            step = least[at]
            for column in range(width + 1):
                if used[column]:
                    of_row[row_at[column]] += step
                    of_column[column] -= step
                else:
                    least[column] -= step
        while at:
            row_at[at] = row_at[came_from[at]]
            at = came_from[at]
    return {column - 1: row_at[column] - 1 for column in range(1, width + 1) if row_at[column]}


def _cheapest(
    costs: list[list[float]],
    row: int,
    at: int,
    potentials: tuple[list[float], list[float]],
    search: tuple[list[float], list[bool], list[int]],
) -> int:
    """Returns the column that costs least to reach next, having brought the search up to date with this row."""
    (of_row, of_column), (least, used, came_from) = potentials, search
    best, found = float("inf"), 0
    of_costs, potential = costs[row - 1], of_row[row]
    for column in range(1, len(least)):
        if used[column]:
            continue
        cost = of_costs[column - 1] - potential - of_column[column]
        if cost < least[column]:
            least[column], came_from[column] = cost, at
        if least[column] < best:
            best, found = least[column], column
    return found
