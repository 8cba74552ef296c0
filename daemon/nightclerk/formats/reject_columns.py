"""Our own columns of a reject file: what is said there of one row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nightclerk.core.issue import Issue
from nightclerk.core.sentence import Sentence

COLUMNS = ("_line", "_code", "_field", "_value", "_message", "_run")
_BETWEEN = " | "
_CONTROLS = dict.fromkeys([*range(32), 127], " ")


def told(line: int, issues: Sequence[Issue], run: int, say: Callable[[Sentence], str]) -> list[str]:
    """Given a row's line, its issues, the run and how a sentence is said; returns our cells of the row, in the order of
    ``COLUMNS``, on one line each and without anything that could damage the row once more."""
    cells = (
        [issue.code for issue in issues],
        [issue.field or issue.column or "" for issue in issues],
        [issue.value or "" for issue in issues],
        [say(issue.message) for issue in issues],
    )
    return [str(line), *(_BETWEEN.join(parts).translate(_CONTROLS) for parts in cells), str(run)]
