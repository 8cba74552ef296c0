"""Email addresses, by their syntax only: whether one exists, only a letter can tell."""

from __future__ import annotations

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.shapes import EMAIL, LONGEST_EMAIL


def email_address(cell: pl.Expr) -> Converter:
    """Given a column of trimmed text; returns its converter. One address, with a dot in its domain, kept as written."""
    fits = cell.str.contains(EMAIL) & (cell.str.len_chars() <= LONGEST_EMAIL)
    return Converter(pl.String, (keep(fits, cell),), _why)


def _why(value: str) -> Reason:
    if len(value) > LONGEST_EMAIL:
        return Reason(
            "not_an_email",
            '"%(value)s" is longer than an email address may be (%(most)s characters).',
            {"most": LONGEST_EMAIL},
        )
    return Reason("not_an_email", '"%(value)s" is not an email address.')
