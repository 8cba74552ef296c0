"""One column of a file with all that is looked for in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from nightclerk.core.lint import charts
from nightclerk.core.lint.addresses import Addresses
from nightclerk.core.lint.amounts import Amounts
from nightclerk.core.lint.charts import Chart
from nightclerk.core.lint.check_digits import MOST_CHECKED, CheckDigits
from nightclerk.core.lint.days import Days
from nightclerk.core.lint.finding import LintFinding, Tally, finding
from nightclerk.core.lint.keys import Keys
from nightclerk.core.lint.names import MOST_NAMES, Names
from nightclerk.core.lint.roles import Role
from nightclerk.core.lint.spaces import Spaces
from nightclerk.core.lint.spellings import MOST_DIFFERENT, Spellings
from nightclerk.core.profile import ColumnProfile, Kind
from nightclerk.core.wording import quoted

#: What systems and people write where there is no value.
_NONE = (
    "null", "(null)", "#n/a", "n/a", "nan", "undefined", "-", "--", "---", "?", "??", "???", "xxx", "xxxx", "s/d", "n/d",
    "n.d.", "n.c.", "k.a.", "tbd", "#ref!", "#value!", "#wert!", "#name?", "#div/0!", "#nv", ".", "...",
)  # fmt: skip
_MIXED = {"boolean": "yes or no", "url": "web addresses"}
_NUMBERS = {"integer", "decimal"}
_MOST_CHARTED = 30


@dataclass(frozen=True, slots=True)
class Column:
    """How good the data of one column is.

    name: its distinct name. kind: of all its values; mostly: of nearly all, where some are of another.
    filled: cells that are not blank. different: how many different values there are, None where there are more than are counted.
    longest: characters of the longest. example: the first value.
    """

    name: str
    kind: Kind
    mostly: str | None
    filled: int
    different: int | None
    longest: int
    example: str | None
    chart: Chart


class ColumnLint:
    """Takes in a column block after block."""

    def __init__(self, name: str, roles: frozenset[Role], mark: Literal[".", ","] | None) -> None:
        """Given the column's distinct name, what it is for, and its decimal mark where that is known."""
        self.name = name
        self.roles = roles
        self.key = Keys() if "key" in roles else None
        self._names = Names() if "name" in roles else None
        self._spaces, self._days, self._amounts = Spaces(), Days(), Amounts(mark)
        self._addresses, self._digits, self._spellings = Addresses(), CheckDigits(roles), Spellings()
        self._none = Tally()
        self._lengths: Counter[int] = Counter()

    def add(self, raw: pl.Series, cells: pl.Series, lines: pl.Series) -> None:
        """Given cells as they stand, the same trimmed, and their lines; takes them in."""
        if self.key is not None:
            self.key.add(cells, lines)
        filled = cells != ""
        if not filled.all():
            raw, cells, lines = raw.filter(filled), cells.filter(filled), lines.filter(filled)
        if cells.is_empty():
            return
        self._spaces.add(raw, lines)
        none = cells.str.to_lowercase().is_in(_NONE)
        if none.any():
            self._none.add(none, cells, lines)
            cells, lines = cells.filter(~none), lines.filter(~none)
        for part in (self._days, self._amounts, self._addresses, self._digits, self._spellings):
            part.add(cells, lines)
        if self._names is not None:
            self._names.add(cells, lines)
        self._lengths.update(dict(cells.str.len_chars().value_counts().iter_rows()))

    def column(self, profile: ColumnProfile) -> Column:
        """Given what the column holds; returns how good it is."""
        example = profile.example.value if profile.example is not None else None
        mostly = profile.mixed.kind if profile.mixed is not None else None
        if profile.kind == "text" and self._days.are_dates("date" in self.roles):
            mostly = "date"
        different, chart = self._different(), self._chart(profile)
        return Column(self.name, profile.kind, mostly, profile.filled, different, profile.longest, example, chart)

    def findings(self, profile: ColumnProfile) -> Iterator[LintFinding]:
        """Given what the column holds; yields what is wrong with it, but for keys."""
        said, kind = self.roles, profile.mixed.kind if profile.mixed is not None else profile.kind
        dates = self._days.are_dates("date" in said)
        yield from self._addresses.findings(self.name, "email" in said)
        yield from self._digits.findings(self.name)
        yield from self._days.findings(self.name, "date" in said)
        if not dates:
            yield from self._amounts.findings(self.name, "amount" in said, "code" in said)
        if self._none.count:
            yield self._none.finding("no_value_written", self.name)
        if profile.mixed is not None and profile.mixed.kind in _MIXED:
            yield self._of_two_kinds(profile)
        yield from self._spaces.findings(self.name, kind)
        if not dates:
            yield from self._spellings.findings(self.name, kind)
        if self._names is not None:
            yield from self._names.findings(self.name)

    def limits(self) -> Iterator[str]:
        """Yields a sentence for each cap that was met."""
        column = quoted(self.name)
        if self._names is not None and self._names.more:
            yield f"Only the first {MOST_NAMES:,} different names of {column} were compared with each other."
        if self._digits.unchecked():
            yield f"Check digits were looked at in the first {MOST_CHECKED:,} different values of {column} only."

    def _different(self) -> int | None:
        found = self._spellings.different
        return self.key.different() if found is None and self.key is not None else found

    def _of_two_kinds(self, profile: ColumnProfile) -> LintFinding:
        assert profile.mixed is not None  # noqa: S101 - the caller looked
        kind, fits, (line, value) = profile.mixed
        return finding("mixed_types", self.name, profile.filled - fits, [line], value, what=_MIXED[kind])

    def _chart(self, profile: ColumnProfile) -> Chart:
        different = self._spellings.different
        if self._days.are_dates("date" in self.roles):
            return charts.of_days(self._days.months(), self._days.years)
        numbers = profile.kind in _NUMBERS or (profile.mixed is not None and profile.mixed.kind in _NUMBERS)
        if numbers and "code" not in self.roles:
            return charts.of_amounts(self._amounts.sizes.bars())
        if different is not None and different <= max(_MOST_CHARTED, min(profile.filled / 4, MOST_DIFFERENT)):
            return charts.of_values(self._spellings.most_frequent(_MOST_CHARTED))
        return charts.of_lengths(self._lengths)
