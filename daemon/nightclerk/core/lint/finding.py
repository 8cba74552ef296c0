"""One thing that is wrong with the data of a file, and the tally that it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from nightclerk.core.lint.messages import MESSAGES, Level, message

LINES_NAMED = 5
_LONGEST_EXAMPLE = 200


@dataclass(frozen=True, slots=True)
class LintFinding:
    """level: ``wrong``, it cannot be right; ``doubtful``, a person should look. column: its distinct name, or None for the whole
    file. count: how many cells, rows or pairs; lines: the first of them; example: the first cell as it stands. message: what it
    is, and what to do."""

    code: str
    level: Level
    column: str | None
    count: int
    lines: tuple[int, ...]
    example: str | None
    message: str


def finding(code: str, column: str, count: int, lines: Sequence[int], example: str, **values: object) -> LintFinding:
    """Given a code of ``MESSAGES``, a column, how many values there are, the lines of the first, the first one, and what else the
    sentence names; returns the finding."""
    level, first = MESSAGES[code][0], tuple(lines[:LINES_NAMED])
    told = message(code, count, (example, first[0]), **values)
    return LintFinding(code, level, column, count, first, example[:_LONGEST_EXAMPLE], told)


@dataclass
class Tally:
    """The cells of which one thing is true: how many, the lines of the first, and the first one."""

    count: int = 0
    lines: list[int] = field(default_factory=list)
    example: str = ""

    def add(self, where: pl.Series, cells: pl.Series, lines: pl.Series) -> None:
        """Given a mask over cells, these cells and their lines; counts those that it holds for."""
        found = int(where.sum())
        if not found:
            return
        if not self.count:
            self.example = cells.filter(where)[0]
        self.count += found
        if len(self.lines) < LINES_NAMED:
            self.lines += lines.filter(where).head(LINES_NAMED - len(self.lines)).to_list()

    def finding(self, code: str, column: str, **values: object) -> LintFinding:
        """Given a code of ``MESSAGES``, a column, and what else the sentence names; returns the finding. There must be a cell."""
        return finding(code, column, self.count, self.lines, self.example, **values)
