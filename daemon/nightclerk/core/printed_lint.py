"""How good the data of a file is, as the JSON that ``lint`` prints: a contract, so names here never change."""

from __future__ import annotations

from typing import Literal

from nightclerk.core.printed_run import Count, Format, Printed


class LintedColumn(Printed):
    """One column of a file. type: of all its values; mostly: of nearly all, null where all are of one. filled: cells that are not
    blank. different: how many different values there are, null where there are more than are counted. longest: in characters."""

    column: str
    type: str
    mostly: str | None
    filled: Count
    different: Count | None
    longest: Count
    example: str | None


class LintFinding(Printed):
    """One thing that is wrong with the data. level: ``wrong``, it cannot be right; ``doubtful``, a person should look. column:
    null for the whole file. count: cells, rows or pairs; lines: of the first of them; example: the first as it stands."""

    code: str
    level: Literal["wrong", "doubtful"]
    column: str | None
    count: Count
    lines: list[Count]
    example: str | None
    message: str


class LintKey(Printed):
    """The columns that tell one row from another, and how that is known: by the feed, or by their header and values."""

    columns: list[str]
    by: Literal["feed", "header"]


class Lint(Printed):
    """How good the data of a file is. rows: damaged ones too. left_out: how many lines are no rows."""

    format: Format
    rows: Count
    left_out: Count
    key: LintKey | None
    columns: list[LintedColumn]
    findings: list[LintFinding]
    notes: list[str]
