"""Lines → columns of text by position, and what is wrong with a line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from nightclerk.core.format import FixedWidth
from nightclerk.core.issue import Issue
from nightclerk.core.sentence import N_
from nightclerk.core.sentences import about_cell, about_row
from nightclerk.formats.damage import damage_issues
from nightclerk.formats.marks import Flags

_CONTROL = r"[\x00-\x1f\x7f]"
#: Codes that every kind of text has; their sentences are those of ``formats.damage``.
_SHARED = {"nul_byte": "\0", "bare_cr": "\r"}
_OTHER_CONTROLS = r"[\x01-\x0c\x0e-\x1f\x7f]"
_BEYOND = N_('"%(value)s" stands behind the last column, which ends at position %(end)s.')
_EARLY = N_("the row ends at position %(length)s, but the others have %(width)s characters; its end is missing.")
_SHIFTED = N_("the row holds a tab or another control character, behind which its columns cannot be told; take it out.")


@dataclass(frozen=True)
class Columns:
    """Where the columns of a line stand: for each its first position from 0, and how long it is."""

    places: tuple[tuple[int, int], ...]

    @classmethod
    def declared(cls, format: FixedWidth) -> Columns:
        """Given a format; returns its columns."""
        return cls(tuple((first - 1, last - first + 1) for first, last in format.columns.values()))

    @cached_property
    def end(self) -> int:
        """How many characters a line has up to the end of its last column."""
        first, length = self.places[-1]
        return first + length

    @cached_property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """The places between columns that belong to none."""
        ends = [0, *(first + length for first, length in self.places)]
        return tuple((end, first - end) for end, (first, _) in zip(ends, self.places, strict=False) if first > end)

    def cells(self, texts: pl.Series) -> pl.DataFrame:
        """Given lines; returns their columns, ``"0"``, ``"1"``, …, without the spaces that fill them up."""
        line = pl.col("line")
        cut = [line.str.slice(*place).str.strip_chars(" ").alias(str(number)) for number, place in enumerate(self.places)]
        return texts.alias("line").to_frame().select(cut)

    def in_gaps(self, texts: pl.Series) -> Flags:
        """Given lines; returns which of them hold text between their columns."""
        held = np.zeros(len(texts), bool)
        for place in self.gaps:
            held |= (texts.str.slice(*place).str.strip_chars() != "").to_numpy()
        return held

    def first_in_gap(self, text: str) -> int:
        """Given a line that holds text between its columns; returns the position of the first of it, from 1."""
        return next(at + 1 for first, length in self.gaps for at in range(first, first + length) if text[at : at + 1].strip())

    def faults(self, texts: pl.Series, full: int | None) -> dict[str, Flags]:
        """Given lines, and how long each must be (None where they may be shorter); returns for each code which have it."""
        lengths = texts.str.len_chars().to_numpy()
        found: dict[str, Flags] = {}
        if (lengths > self.end).any():
            found["beyond_columns"] = (texts.str.slice(self.end).str.strip_chars() != "").to_numpy()
        if full is not None:
            found["ends_early"] = lengths < full
        if texts.str.contains(_CONTROL).any():
            found |= {code: texts.str.contains(sign, literal=True).to_numpy() for code, sign in _SHARED.items()}
            found["control_character"] = texts.str.contains(_OTHER_CONTROLS).to_numpy()
        return found

    def issues(self, line: int, text: str, codes: set[str], full: int) -> tuple[Issue, ...]:
        """Given a line, what it holds, what is wrong with it, and how long it should be; returns the issues, in a fixed order."""
        found = list(damage_issues(line, codes - {"control_character"}, 0, 0))
        if "control_character" in codes:
            found.append(Issue(line, "control_character", about_row(line, _SHIFTED)))
        if "ends_early" in codes:
            found.append(Issue(line, "ends_early", about_row(line, _EARLY, length=len(text), width=full)))
        if "beyond_columns" in codes:
            beyond = text[self.end :].strip()
            message = about_cell(line, None, beyond, _BEYOND, {"end": self.end})
            found.append(Issue(line, "beyond_columns", message, value=beyond[:200]))
        return tuple(found)

    def shown(self, text: str) -> tuple[str, ...]:
        """Given a line that is not booked; returns its cells, and what stands behind them."""
        cells = tuple(text[first : first + length].strip(" ") for first, length in self.places)
        beyond = text[self.end :].strip()
        return (*cells, beyond) if beyond else cells
