"""Whole numbers, as BIGINT holds them."""

from __future__ import annotations

import re

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.digits import in_ascii
from nightclerk.core.convert.marks import MINUS, Marks, accounted
from nightclerk.core.convert.numbers import digits_of, odd_writing, with_sign

LEAST, MOST = -(2**63), 2**63 - 1


def integer(cell: pl.Expr, marks: Marks) -> Converter:
    """Given a column of trimmed text and the marks; returns its converter to Int64. ``12.0`` is not a whole number."""
    shape = accounted(marks.whole(), marks.whole())

    def written(text: pl.Expr) -> pl.Expr:
        digits = with_sign(text, digits_of(text, marks), marks)
        return keep(text.str.contains(f"^{shape}$"), digits.cast(pl.Int64, strict=False))

    def why(value: str) -> Reason:
        if not re.fullmatch(shape, value):
            return odd_writing(value, "not_an_integer") or Reason("not_an_integer", '"%(value)s" is not a whole number.')
        if re.search(f"[{MINUS}({marks.negative}]", value):
            return Reason(
                "too_small", '"%(value)s" is too small; the smallest number that can be kept is %(least)s.', {"least": LEAST}
            )
        return Reason("too_large", '"%(value)s" is too large; the largest number that can be kept is %(most)s.', {"most": MOST})

    # polars' own cast takes an optional sign and ASCII digits, nothing else.
    return Converter(
        pl.Int64, (cell.cast(pl.Int64, strict=False), written(cell), written(in_ascii(cell, marks.decimal, marks.thousands))), why
    )
