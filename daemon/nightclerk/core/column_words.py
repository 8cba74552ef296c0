"""A column as words of one kind: yes and no, email addresses, web addresses."""

from __future__ import annotations

from typing import Literal

import polars as pl

from nightclerk.core.column_fit import Fit
from nightclerk.core.convert.shapes import EMAIL, LONGEST_EMAIL, URL, WORDS


class BooleanColumn:
    """The cells of a column as yes and no.

    Digits alone are numbers; single letters (S, N, X) are codes unless both a yes and a no are among them.
    """

    kind: Literal["boolean"] = "boolean"

    def __init__(self) -> None:
        self._fit = Fit()
        self._words: set[str] = set()

    @property
    def fit(self) -> Fit:
        said = {WORDS[word] for word in self._words}
        convinced = len(said) == 2 or any(len(word) > 1 for word in self._words)
        return self._fit if convinced and not all(word.isdigit() for word in self._words) else Fit()

    @property
    def hopeless(self) -> bool:
        return self._fit.hopeless

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        """Given filled, trimmed cells and their lines; takes them in."""
        words = cells.str.to_lowercase()
        fitting = words.is_in(list(WORDS))
        self._words |= set(words.filter(fitting).unique())
        self._fit.add(fitting, cells, lines)


class ShapeColumn:
    """The cells of a column as text of one shape. kind: its name; shape: a regular expression; longest: in characters."""

    def __init__(self, kind: Literal["email", "url"], shape: str, longest: int | None = None) -> None:
        self.kind: Literal["email", "url"] = kind
        self.fit = Fit()
        self._shape = shape
        self._longest = longest

    @property
    def hopeless(self) -> bool:
        return self.fit.hopeless

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        """Given filled, trimmed cells and their lines; takes them in."""
        fitting = cells.str.contains(self._shape)
        if self._longest is not None:
            fitting &= cells.str.len_chars() <= self._longest
        self.fit.add(fitting, cells, lines)


def email_column() -> ShapeColumn:
    """Returns an empty column of email addresses."""
    return ShapeColumn("email", EMAIL, LONGEST_EMAIL)


def url_column() -> ShapeColumn:
    """Returns an empty column of web addresses."""
    return ShapeColumn("url", URL)
