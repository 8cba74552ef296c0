"""Records asked for again by their lines, after the first pass."""

from __future__ import annotations

import polars as pl

from nightclerk.core.issue import RejectedRow
from nightclerk.core.reading import LateRow
from nightclerk.core.verdict import Judged, ReadingPlan, split_key
from nightclerk.formats.frame import Rows


def late_rows(rows: Rows, cells: pl.DataFrame, judged: Judged, plan: ReadingPlan | None) -> list[LateRow]:
    """Given records, their cells as the sender wrote them, what became of them and how they are read; returns them by ascending
    line."""
    keys = {} if plan is None else {line: split_key(plan, key) for line, key in judged.keys.select("line", "key").rows()}
    values = dict(zip(judged.lines, judged.values.rows(), strict=True))
    money: dict[int, dict[str, tuple[str, str]]] = {}
    for name, amounts in judged.money.items():
        readable = amounts.filter(pl.col("amount").is_not_null())
        for line, currency, amount in readable.select("line", "currency", "amount").rows():
            money.setdefault(line, {})[name] = (currency, amount)
    found = [
        LateRow(RejectedRow(line, texts), values.get(line), money.get(line, {}), keys.get(line))
        for line, texts in zip(rows.lines, cells.rows(), strict=True)
    ]
    found += [LateRow(each.row, None) for each in rows.damaged]
    return sorted(found, key=lambda late: late.row.line)
