"""A column as dates: days that do not exist, days written in several ways, days far from all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import polars as pl

from nightclerk.core.convert.written_dates import NO_DATE
from nightclerk.core.lint.finding import LINES_NAMED, LintFinding, Tally, finding
from nightclerk.core.wording import quoted

_TIME = r"[ T][0-9]{1,2}:[0-9]{2}.*$"
_YEAR_FIRST = r"^(?P<a>[0-9]{4})(?P<sign>[-/.])(?P<b>[0-9]{1,2})[-/.](?P<c>[0-9]{1,2})$"
_YEAR_LAST = r"^(?P<a>[0-9]{1,2})(?P<sign>[-/.])(?P<b>[0-9]{1,2})[-/.](?P<c>[0-9]{4}|[0-9]{2})$"
_COMPACT = r"^(?P<a>(?:19|20)[0-9]{2})(?P<sign>)(?P<b>[0-9]{2})(?P<c>[0-9]{2})$"
_NAMED = r"^[0-9]{1,2}\.?[-/. ]\p{L}{3,12}\.?[-/. ,]+(?:[0-9]{4}|[0-9]{2})$|^\p{L}{3,12}\.? [0-9]{1,2}, ?[0-9]{4}$"
_WITH_NAME, _OF_EIGHT = "with the name of the month", "eight digits"
_ENOUGH = 200
#: An accounting system that writes another year means none, or its user mistyped it.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
#: So many years without any date part the few that are far from the rest.
_GAP, _FEW = 25, 0.01


class Days:
    """The cells of one column, as far as they look like dates."""

    def __init__(self) -> None:
        self.years: Counter[int] = Counter()
        self._months: tuple[Counter[str], Counter[str]] = Counter(), Counter()
        self._filled = 0
        self._ways: dict[str, Tally] = {}
        self._impossible = {"compact": Tally(), "marked": Tally()}
        self._order = {"day": Tally(), "month": Tally()}
        self._others, self._none = Tally(), 0
        self._far = Tally()
        self._by_year: dict[int, Tally] = {}

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        """Given filled, trimmed cells and their lines; takes them in."""
        if self._filled >= _ENOUGH and self.like * 20 < self._filled:
            return  # no dates
        self._filled += len(cells)
        days = cells.str.replace(_TIME, "") if cells.str.contains(":", literal=True).any() else cells
        known = days.str.contains(NO_DATE)
        self._none += int(known.sum())
        for shape, compact in ((_YEAR_FIRST, False), (_YEAR_LAST, False), (_COMPACT, True)):
            fitting = ~known & days.str.contains(shape)
            if fitting.any():
                parts = days.filter(fitting).str.extract_groups(shape).struct.unnest()
                self._add(parts, cells.filter(fitting), lines.filter(fitting), compact)
                known |= fitting
        named = ~known & days.str.contains(_NAMED)
        self._way(_WITH_NAME).add(named, cells, lines)
        self._others.add(~(known | named), cells, lines)

    @property
    def like(self) -> int:
        """How many cells look like dates."""
        return sum(tally.count for tally in (*self._ways.values(), *self._impossible.values()))

    def are_dates(self, said: bool) -> bool:
        """Given whether the header or the feed says that these are dates; returns whether they are."""
        if not self.like or (self.like + self._none) * 2 <= self._filled:
            return False
        impossible = self._impossible["compact"].count
        compact = self._way(_OF_EIGHT).count + impossible
        # Numbers of eight digits that begin with 19 or 20 may be anything.
        return said or compact * 2 < self.like or not impossible

    def months(self) -> Counter[str]:
        """Returns how many dates there are in each month, written ``2026-11``."""
        return self._months[self._order["month"].count > self._order["day"].count]

    def findings(self, column: str, said: bool) -> Iterator[LintFinding]:
        """Given the column's name, and whether something says that these are dates; yields what was found, if they are."""
        if not self.are_dates(said):
            return
        for tally in self._impossible.values():
            if tally.count:
                yield tally.finding("impossible_date", column)
        yield from self._mixed(column)
        if self._others.count and (said or self._others.count * 10 < self._filled):
            yield self._others.finding("not_a_date", column)
        if self._far.count:
            yield self._far.finding("far_date", column, since=_FIRST_YEAR, until=_LAST_YEAR)
        yield from self._far_from_others(column)

    def _add(self, parts: pl.DataFrame, cells: pl.Series, lines: pl.Series, compact: bool) -> None:
        found = parts.lazy().with_columns(pl.col("a", "b", "c").cast(pl.Int32), first=pl.col("a").str.len_chars() == 4)
        found = found.with_columns(long=pl.col("first") | (parts["c"].str.len_chars() == 4))
        year = pl.when("first").then("a").otherwise(pl.when("long").then("c").otherwise(pl.col("c") + 2000))
        late = pl.when("first").then("c").otherwise("a")
        full = pl.when("first").then(pl.format("year first, with {}", "sign"))
        way = full.when(pl.col("long")).then(pl.format("year last, with {}", "sign"))
        read = found.select(
            way=pl.lit(_OF_EIGHT) if compact else way.otherwise(pl.format("two digits for the year, with {}", "sign")),
            year=year,
            end=late,
            day=_day(year, pl.col("b"), late),
            other=pl.when(~pl.col("first")).then(_day(year, late, pl.col("b"))),
        ).collect()
        nowhere = read["day"].is_null() & read["other"].is_null()
        for name in read["way"].unique():
            self._way(name).add((read["way"] == name) & ~nowhere, cells, lines)
        self._impossible["compact" if compact else "marked"].add(nowhere, cells, lines)
        self._order["day"].add(read["day"].is_not_null() & read["other"].is_null() & (read["end"] > 12), cells, lines)
        self._order["month"].add(read["day"].is_null() & read["other"].is_not_null(), cells, lines)
        self._far.add((read["year"] < _FIRST_YEAR) | (read["year"] > _LAST_YEAR), cells, lines)
        self._count(read.filter(~nowhere), cells.filter(~nowhere), lines.filter(~nowhere))

    def _count(self, read: pl.DataFrame, cells: pl.Series, lines: pl.Series) -> None:
        for months, (one, two) in zip(self._months, (("day", "other"), ("other", "day")), strict=True):
            names = read.select(pl.coalesce(one, two).dt.strftime("%Y-%m").alias("month"))["month"].value_counts()
            months.update(dict(names.iter_rows()))
        for year, count in read["year"].value_counts().iter_rows():
            self.years[year] += count
            tally = self._by_year.setdefault(year, Tally())
            if len(tally.lines) < LINES_NAMED:
                tally.add(read["year"] == year, cells, lines)

    def _way(self, name: str) -> Tally:
        return self._ways.setdefault(name, Tally())

    def _mixed(self, column: str) -> Iterator[LintFinding]:
        ways = sorted((way for way in self._ways.items() if way[1].count), key=lambda pair: -pair[1].count)
        if len(ways) > 1:
            (_, most), *others = ways
            listed = "; ".join(
                f"{tally.count} {name}, as {quoted(tally.example)} in line {tally.lines[0]}" for name, tally in others
            )
            lines = sorted(line for _, tally in others for line in tally.lines)
            usual, count = f"{most.count} as {quoted(most.example)}", sum(tally.count for _, tally in others)
            first = min((tally for _, tally in others), key=lambda tally: tally.lines[0]).example
            yield finding("mixed_dates", column, count, lines, first, ways=len(ways), usual=usual, others=listed)
        day, month = self._order["day"], self._order["month"]
        if day.count and month.count:
            few, part, other = (month, "month", "day") if month.count <= day.count else (day, "day", "month")
            yield few.finding("mixed_day_order", column, part=part, other=other)

    def _far_from_others(self, column: str) -> Iterator[LintFinding]:
        years, all_of_them = sorted(self.years), sum(self.years.values())
        for at in range(1, len(years)):
            if years[at] - years[at - 1] < _GAP:
                continue
            for few in (years[:at], years[at:]):
                tallies = [self._by_year[year] for year in few if _FIRST_YEAR <= year <= _LAST_YEAR]
                count = sum(self.years[year] for year in few if _FIRST_YEAR <= year <= _LAST_YEAR)
                if tallies and count <= max(1, all_of_them * _FEW) and all_of_them >= 20:
                    yield finding("outlying_date", column, count, tallies[0].lines, tallies[0].example, gap=_GAP)


def _day(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """The day, null where the calendar has none."""
    text = pl.format("{}-{}-{}", *(part.cast(pl.String).str.zfill(width) for part, width in ((year, 4), (month, 2), (day, 2))))
    return text.str.to_date("%Y-%m-%d", strict=False, cache=False)
