"""What the converters of numbers share: from a checked text to the digits of its magnitude."""

from __future__ import annotations

import re

import polars as pl

from nightclerk.core.convert.marks import Marks


def magnitude(cell: pl.Expr, marks: Marks) -> pl.Expr:
    """Given cells of a checked shape; returns their digits with a decimal point and, where negative, a leading minus."""
    digits = cell.str.replace_all(f"[^0-9{re.escape(marks.decimal)}]", "")
    if marks.decimal != ".":
        digits = digits.str.replace(marks.decimal, ".", literal=True)
    return pl.concat_str(pl.when(cell.str.contains("[-−(]")).then(pl.lit("-")).otherwise(pl.lit("")), digits)
