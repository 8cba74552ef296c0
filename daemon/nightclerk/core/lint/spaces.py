"""Spaces and signs that nobody sees, and letters that an encoding has broken."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nightclerk.core.lint.finding import LintFinding, Tally

#: What ends a sentence may be followed by two spaces.
_DOUBLED = r"[^\s.!?:;][  ]{2,}\S"
_NO_BREAK = r"\S[\x{00A0}\x{2007}\x{202F}]\S"
#: Zero-width joiners belong to some scripts, but not behind a Latin letter or a digit.
_HIDDEN = (
    r"[\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{2066}-\x{2069}\x{FEFF}\x{00AD}]"
    r"|[\p{Latin}0-9 ][\x{200C}\x{200D}]"
)
_CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]|\t"
#: UTF-8 that was read as another encoding and written again; signs that were lost; a question mark within a word.
_BROKEN = r"[ÃÂ][\x{0080}-\x{00BF}]|Ã[ŠŒŽšœžŸƒˆ˜†‡•…‰‹›€™]|â€[\x{0080}-\x{00BF}\x{2010}-\x{20AC}œ˜™š]|\x{FFFD}|\p{L}\?\p{Ll}"
_ANY = rf"^\s|\s$|{_DOUBLED}|{_NO_BREAK}|{_HIDDEN}|{_CONTROL}|{_BROKEN}"
_SHAPES = {
    "padded": r"^\s|\s$",
    "doubled_space": _DOUBLED,
    "no_break_space": _NO_BREAK,
    "hidden_character": _HIDDEN,
    "control_character": _CONTROL,
    "broken_text": _BROKEN,
}
#: What belongs to the writing of numbers.
_OF_NUMBERS = {"no_break_space", "doubled_space"}


class Spaces:
    """The cells of one column, as they stand."""

    def __init__(self) -> None:
        self._tallies = {code: Tally() for code in _SHAPES}

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        """Given filled cells as they stand, spaces and all, and their lines; takes them in."""
        odd = cells.str.contains(_ANY)
        if not odd.any():
            return
        cells, lines = cells.filter(odd), lines.filter(odd)
        for code, shape in _SHAPES.items():
            tested = cells.str.strip_chars() if code == "control_character" else cells
            self._tallies[code].add(tested.str.contains(shape), cells, lines)

    def findings(self, column: str, kind: str) -> Iterator[LintFinding]:
        """Given the column's name and the kind of its values; yields what was found."""
        for code, tally in self._tallies.items():
            if not tally.count or (code in _OF_NUMBERS and kind in {"integer", "decimal"}):
                continue
            if code == "broken_text" and kind == "url":
                continue  # a question mark belongs to addresses
            yield tally.finding(code, column)
