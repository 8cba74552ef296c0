"""Rows as text that other programs read: CSV (RFC 4180) and JSON lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import polars as pl

from nightclerk.core.reading import Cell

Style = Literal["csv", "jsonl"]
LINE = "_line"


def record_text(style: Style, lines: Sequence[int], columns: Sequence[Sequence[Cell]], names: Sequence[str]) -> str:
    """Given a style, rows with their lines, and the columns' distinct names; returns the rows as text, ``_line`` first.

    CSV: fields between commas, quoted where they must be, records ended by CR LF; no header. JSON lines: one object for each.
    """
    frame = pl.DataFrame(
        [pl.Series(LINE, lines, dtype=pl.Int64)]
        + [pl.Series(name, cells, dtype=pl.String) for name, cells in zip(names, columns, strict=True)]
    )
    return _STYLES[style](frame)


def head_text(style: Style, names: Sequence[str]) -> str:
    """Given a style and the columns' distinct names; returns what stands above the records."""
    if style == "jsonl":
        return ""
    return _csv(pl.DataFrame([[name] for name in (LINE, *names)], schema=[str(at) for at in range(len(names) + 1)]))


def _csv(frame: pl.DataFrame) -> str:
    # An empty text would be written as a pair of quotes.
    return frame.with_columns(pl.col(pl.String).replace("", None)).write_csv(
        include_header=False, line_terminator="\r\n", quote_style="necessary"
    )


def _jsonl(frame: pl.DataFrame) -> str:
    return frame.write_ndjson() if len(frame) else ""


_STYLES: dict[str, Callable[[pl.DataFrame], str]] = {"csv": _csv, "jsonl": _jsonl}
