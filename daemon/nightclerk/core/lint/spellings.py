"""A column of few different values: the same one spelled in several ways; and the letters' case of a column of texts."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nightclerk.core.convert.folding import folded
from nightclerk.core.lint.finding import LintFinding, Tally, finding
from nightclerk.core.lint.names import near_pairs
from nightclerk.core.wording import quoted

#: A column with more different values is no list of a few.
MOST_DIFFERENT = 1000
_REPEATED = 2
#: How often a value stands in the column to make one that is nearly the same a mistake, and how rare that is.
_OFTEN, _RARE = 20, 2
_MOSTLY, _ENOUGH = 0.99, 30
_WRITTEN = {"capitals": "all in capitals", "small letters": "in small letters", "both": "in capitals and small letters"}
_UPPER, _LOWER, _LONG_WORD = r"^[^\p{Ll}]*$", r"^[^\p{Lu}]*$", r"\p{L}{5}"


class Spellings:
    """The cells of one column."""

    def __init__(self) -> None:
        self._values: pl.DataFrame | None = pl.DataFrame(schema={"value": pl.String, "count": pl.UInt32, "line": pl.Int64})
        self._cases = {"capitals": Tally(), "small letters": Tally(), "both": Tally()}

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        """Given filled, trimmed cells and their lines; takes them in."""
        worded = cells.str.contains(_LONG_WORD)
        upper, lower = worded & cells.str.contains(_UPPER), worded & cells.str.contains(_LOWER)
        for name, where in (("capitals", upper), ("small letters", lower), ("both", worded & ~upper & ~lower)):
            self._cases[name].add(where, cells, lines)
        if self._values is None:
            return
        one = pl.DataFrame({"value": cells, "line": lines}).group_by("value").agg(count=pl.len(), first=pl.col("line").min())
        both = pl.concat([self._values, one.select("value", "count", line="first")])
        merged = both.group_by("value").agg(pl.col("count").sum(), pl.col("line").min())
        self._values = merged.sort("line") if len(merged) <= MOST_DIFFERENT else None

    @property
    def different(self) -> int | None:
        """How many different values there are; None where there are more than a few."""
        return None if self._values is None else len(self._values)

    def most_frequent(self, most: int) -> list[tuple[str, int]]:
        """Returns the most frequent values, with how often they stand in the column; nothing where there are too many different
        ones."""
        if self._values is None:
            return []
        return list(self._values.sort("count", "line", descending=[True, False]).head(most).select("value", "count").iter_rows())

    def findings(self, column: str, kind: str) -> Iterator[LintFinding]:
        """Given the column's name and the kind of its values; yields what was found, where these are texts."""
        if kind != "text":
            return
        values = self._values
        if values is not None and int(values["count"].sum() or 0) >= _REPEATED * len(values):
            several = list(self._several_ways(column, values))
            yield from several
            yield from self._nearly(column, values)
            if several:
                return  # which tells of letters' case as well
        yield from self._mixed_case(column)

    def _several_ways(self, column: str, values: pl.DataFrame) -> Iterator[LintFinding]:
        ways = values.with_columns(fold=folded(pl.col("value")).str.replace_all(" ", "")).filter(
            (pl.len().over("fold") > 1) & (pl.col("fold") != "")
        )
        if ways.is_empty():
            return
        most = (
            ways.sort("count", "line", descending=[True, False])
            .group_by("fold", maintain_order=True)
            .agg(usual=pl.col("value").first())
        )
        others = ways.join(most, on="fold", maintain_order="left").filter(pl.col("value") != pl.col("usual"))
        count, usual = int(others["count"].sum()), quoted(others["usual"][0])
        yield finding("several_spellings", column, count, others["line"].to_list(), others["value"][0], usual=usual)

    def _nearly(self, column: str, values: pl.DataFrame) -> Iterator[LintFinding]:
        folds = values.with_columns(fold=folded(pl.col("value")))
        known = folds.group_by("fold", maintain_order=True).agg(pl.col("value", "line").first(), pl.col("count").sum())
        by_fold = {fold: (value, line, count) for fold, value, line, count in known.iter_rows()}
        mistakes = {}
        for pair in near_pairs(known.select("fold")):
            rare, often = sorted((by_fold[one] for one in pair), key=lambda found: found[2])
            if rare[2] <= _RARE and often[2] >= _OFTEN:
                mistakes[rare] = often
        if mistakes:
            found = sorted(mistakes, key=lambda one: one[1])
            (value, *_), (usual, _, often) = found[0], mistakes[found[0]]
            lines, count = [one[1] for one in found], sum(one[2] for one in found)
            yield finding("rare_spelling", column, count, lines, value, usual=quoted(usual), often=often)

    def _mixed_case(self, column: str) -> Iterator[LintFinding]:
        counts = {name: tally.count for name, tally in self._cases.items()}
        usual, all_of_them = max(counts, key=lambda name: counts[name]), sum(counts.values())
        if all_of_them < _ENOUGH or counts[usual] < _MOSTLY * all_of_them:
            return
        for name, tally in self._cases.items():
            if name != usual and tally.count:
                yield tally.finding("mixed_case", column, written=_WRITTEN[name])
