"""Sentences about the lines that were left out though they are neither blank nor above the header."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nightclerk.core.sentence import Sentence

_LINES_NAMED = 10
#: Reasons → what is told of so many lines.
_TOLD: dict[str, Callable[[int, str], Sentence]] = {
    "second header": lambda n, lines: Sentence.counted(
        "Line %(lines)s was read as a second header, not as a row.",
        "%(n)s lines were read as second headers, not as rows: %(lines)s.",
        n,
        lines=lines,
    ),
    "description of the columns": lambda n, lines: Sentence.counted(
        "Line %(lines)s describes the columns and was left out.",
        "%(n)s lines describe the columns and were left out: %(lines)s.",
        n,
        lines=lines,
    ),
    "comment": lambda n, lines: Sentence.counted(
        "Line %(lines)s is a comment and was left out.",
        "%(n)s lines are comments and were left out: %(lines)s.",
        n,
        lines=lines,
    ),
    "marked as not to be imported": lambda n, lines: Sentence.counted(
        "Line %(lines)s is marked as not to be imported and was left out.",
        "%(n)s lines are marked as not to be imported and were left out: %(lines)s.",
        n,
        lines=lines,
    ),
    "header again": lambda n, lines: Sentence.counted(
        "Line %(lines)s repeats the header and was left out.",
        "%(n)s lines repeat the header and were left out: %(lines)s.",
        n,
        lines=lines,
    ),
    "total, verified": lambda n, lines: Sentence.counted(
        "Line %(lines)s is a total and was left out; it is the sum of the rows above it.",
        "%(n)s lines are totals and were left out; each is the sum of the rows above it: %(lines)s.",
        n,
        lines=lines,
    ),
    "total, not verified": lambda n, lines: Sentence.counted(
        "Line %(lines)s is a total and was left out; it could not be compared with the rows above it.",
        "%(n)s lines are totals and were left out; they could not be compared with the rows above them: %(lines)s.",
        n,
        lines=lines,
    ),
    "footer": lambda n, lines: Sentence.counted(
        "Line %(lines)s stands below the rows, is none itself and was left out.",
        "%(n)s lines stand below the rows, are none themselves and were left out: %(lines)s.",
        n,
        lines=lines,
    ),
    "continuation of the row above": lambda n, lines: Sentence.counted(
        "Line %(lines)s has no key and goes on with the row above it; it was left out.",
        "%(n)s lines have no key and go on with the rows above them; they were left out: %(lines)s.",
        n,
        lines=lines,
    ),
}


class LeftOutNotes:
    """Counts what is left out, by its reason."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._lines: dict[str, list[int]] = {}

    def add(self, reason: str, lines: Sequence[int]) -> None:
        """Given a reason and some lines, ascending; counts them and keeps the first ones."""
        self._counts[reason] = self._counts.get(reason, 0) + len(lines)
        known = self._lines.setdefault(reason, [])
        known += lines[: _LINES_NAMED - len(known)]

    def sentences(self) -> tuple[Sentence, ...]:
        """Returns a sentence for each reason."""
        return tuple(self._sentence(reason, count) for reason, count in self._counts.items() if reason in _TOLD and count)

    def _sentence(self, reason: str, count: int) -> Sentence:
        lines = self._lines[reason]
        named = ", ".join(str(line) for line in lines) + (", …" if count > len(lines) else "")
        return _TOLD[reason](count, named)


def doubted_totals(lines: Sequence[int]) -> Sentence:
    """Given the lines of rows that may be totals, at least one; returns the sentence that says so."""
    named = ", ".join(map(str, lines[:_LINES_NAMED])) + (", …" if len(lines) > _LINES_NAMED else "")
    return Sentence.counted(
        "Line %(lines)s may be a total, since its figures are the sum of other rows, but it was read as a row.",
        "%(n)s lines may be totals, since their figures are the sum of other rows, but they were read as rows: %(lines)s.",
        len(lines),
        lines=named,
    )
