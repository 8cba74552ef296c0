"""A column as email addresses."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nightclerk.core.convert.shapes import EMAIL, LONGEST_EMAIL
from nightclerk.core.lint.finding import LintFinding, Tally

_SEVERAL = r"@.*[;,\s/].*@"
_MISTYPED = (
    r"(?i)@(?:gmial|gmai|gmal|gamil|gnail|gmaill|hotmial|hotmai|hotnail|hotmal|yaho|yahooo|outlok|outllok|iclod)\.|"
    r"\.(?:con|cmo|ocm|comm|cm|nte|orgg|vom|xom)$"
)


class Addresses:
    """The cells of one column, as far as they hold an @."""

    def __init__(self) -> None:
        self._filled = self._with_at = 0
        self._bad, self._several, self._mistyped = Tally(), Tally(), Tally()

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        """Given filled, trimmed cells and their lines; takes them in."""
        self._filled += len(cells)
        holds = cells.str.contains("@", literal=True)
        self._with_at += int(holds.sum())
        fits = cells.str.contains(EMAIL) & (cells.str.len_chars() <= LONGEST_EMAIL)
        several = ~fits & cells.str.contains(_SEVERAL)
        self._several.add(several, cells, lines)
        self._bad.add(~fits & ~several, cells, lines)
        self._mistyped.add(fits & cells.str.contains(_MISTYPED), cells, lines)

    def findings(self, column: str, said: bool) -> Iterator[LintFinding]:
        """Given the column's name, and whether something says that these are addresses; yields what was found, if they are."""
        if not self._with_at or not (said or self._with_at * 2 >= self._filled):
            return
        if self._several.count * 2 > self._filled:
            return  # a list of addresses, whose writing is not judged
        for code, tally in (("bad_email", self._bad), ("several_emails", self._several), ("mistyped_email", self._mistyped)):
            if tally.count:
                yield tally.finding(code, column)
