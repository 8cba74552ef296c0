"""One column through the whole way of a cell: the shared helper of the converters' tests."""

from __future__ import annotations

from typing import Any

import polars as pl

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.issue import Issue
from nightclerk.core.reading import Cell
from nightclerk.core.table import TextTable
from nightclerk.core.verdict import Judged, judge_rows, plan_reading


def table_of(*columns: list[str], first_line: int = 2) -> TextTable:
    cells = pl.DataFrame({str(at): pl.Series(column, dtype=pl.String) for at, column in enumerate(columns)})
    return TextTable(pl.Series(range(first_line, first_line + cells.height), dtype=pl.Int64), cells)


def judge(
    fields: dict[str, dict[str, Any]],
    mapping: dict[str, Any],
    columns: dict[str, list[str]],
    *,
    key: str = "key",
    timezone: str = "Europe/Paris",
    language: str = "en",
    **feed: Any,
) -> Judged:
    """Judges columns by name; a key column of running numbers is added where the fields have none."""
    own = {"key": {"type": "text"}} if key == "key" else {}
    entity = Entity.model_validate({"entity": "thing", "table": "things", "key": [key], "fields": {**own, **fields}})
    if own and "key" not in columns and "key" not in mapping:
        count = len(next(iter(columns.values())))
        columns = {"key": [str(at) for at in range(count)], **columns}
        mapping = {"key": "key", **mapping}
    made = Feed.model_validate({"feed": "things", "files": "*", "entity": "thing", "mapping": mapping, **feed})
    return judge_rows(table_of(*columns.values()), plan_reading(made, entity, tuple(columns), timezone, language))


def convert(
    kind: str, cells: list[str], rule: dict[str, Any] | None = None, spec: dict[str, Any] | None = None, **feed: Any
) -> tuple[list[Cell], list[str | None]]:
    """Returns for each cell its value (None where blank or refused), and the code of its issue (None where there is none)."""
    judged = judge({"it": {"type": kind, **(spec or {})}}, {"it": {"from": "It", **(rule or {})}}, {"It": cells}, **feed)
    values: dict[int, Cell] = dict(zip(judged.lines.to_list(), judged.values.get_column("it").to_list(), strict=True))
    codes: dict[int, str] = {issue.line: issue.code for issue in judged.issues}
    assert sorted(codes) == judged.rejected.to_list()
    assert sorted([*values, *codes]) == list(range(2, len(cells) + 2))
    lines = range(2, len(cells) + 2)
    return [values.get(line) for line in lines], [codes.get(line) for line in lines]


def one(kind: str, cell: str, rule: dict[str, Any] | None = None, spec: dict[str, Any] | None = None, **feed: Any) -> Cell:
    """Returns the value of one cell, or the code of its issue as ``!code``."""
    values, codes = convert(kind, [cell], rule, spec, **feed)
    return values[0] if codes[0] is None else f"!{codes[0]}"


def only_issue(judged: Judged) -> Issue:
    assert len(judged.issues) == 1, judged.issues
    return judged.issues[0]
