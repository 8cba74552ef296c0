"""The part of a cell that a regular expression finds. polars' engine needs a time that grows with the text alone."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason
from nightclerk.core.convert.pattern import group_of


def extracted(cell: pl.Expr, pattern: str) -> pl.Expr:
    """Given cells and a sound pattern; returns its first group, or the whole match where it has no group: blank for a blank cell,
    null where the pattern finds nothing, or only an empty text."""
    found = cell.str.extract(pattern, group_of(pattern)).str.strip_chars()
    return pl.when(cell == "").then(pl.lit("")).otherwise(pl.when(found != "").then(found))


def for_parts(converter: Converter, part: pl.Expr, pattern: str, blanks: list[str]) -> Converter:
    """Given a converter over extracted texts, their expression over the cells, the pattern, and the lower-cased texts that mean a
    blank; returns the converter over the cells, which also tells where the pattern finds nothing."""

    def why(value: str) -> Reason:
        found = pl.DataFrame({"cell": [value]}).select(extracted(pl.col("cell"), pattern)).item()
        if found is None:
            setting = f" It is looked for by the pattern {pattern}."
            return Reason("no_match", '"%(value)s" does not hold what is wanted from it.%(setting)s', {"setting": setting})
        return converter.why(str(found))

    none = converter.none
    if blanks:
        blank = part.str.to_lowercase().is_in(blanks)
        none = blank if none is None else none | blank
    return replace(converter, why=why, none=None if none is None else none.fill_null(False))
