"""What the converters of numbers share: from a checked text to the digits of its magnitude, and what is told of other texts."""

from __future__ import annotations

import re

import polars as pl

from nightclerk.core.convert.converter import Reason
from nightclerk.core.convert.marks import MINUS, Marks

_EXPONENT = re.compile(rf"[{MINUS}+]?[0-9]+(?:[.,][0-9]*)?[eE][+-]?[0-9]{{1,5}}")


def digits_of(cell: pl.Expr, marks: Marks) -> pl.Expr:
    """Given cells that hold one number of a checked shape, and no currency; returns its digits with a decimal point."""
    # The dot of Cr. and Dr. is no decimal mark.
    digits = cell.str.replace_all(f"[CcDd][Rr]\\.?|[^0-9{re.escape(marks.decimal)}]", "")
    return digits if marks.decimal == "." else digits.str.replace(marks.decimal, ".", literal=True)


def with_sign(cell: pl.Expr, digits: pl.Expr, marks: Marks) -> pl.Expr:
    """Given cells of a checked shape without a currency, and their digits; returns these with a minus where they are negative."""
    return pl.concat_str(
        pl.when(cell.str.contains(f"[{MINUS}({marks.negative}]")).then(pl.lit("-")).otherwise(pl.lit("")), digits
    )


def odd_writing(value: str, code: str) -> Reason | None:
    """Given a text that is not read as a number, and the code of its type; returns the reason, if it is a number written in a way
    that is never read."""
    if _EXPONENT.fullmatch(value):
        return Reason(code, '"%(value)s" is written with an exponent, behind which digits may be lost; write all its digits.')
    if value.endswith("%") and any(sign.isdigit() for sign in value):
        return Reason(code, '"%(value)s" is a percentage; a plain number is wanted.')
    if any(sign.isdigit() and not sign.isascii() for sign in value):
        return Reason(code, '"%(value)s" is written with other digits than 0 to 9.')
    return None
