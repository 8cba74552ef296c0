"""Country codes of ISO 3166: two letters; three letters become two."""

from __future__ import annotations

import polars as pl

from nightclerk.core.convert.codes import COUNTRIES
from nightclerk.core.convert.converter import Converter, Reason, keep

_TWO = sorted(COUNTRIES.values())
_ANY = {**COUNTRIES, **{two: two for two in _TWO}}


def country(cell: pl.Expr) -> Converter:
    """Given a column of trimmed text; returns its converter to two upper-case letters."""
    return Converter(
        pl.String,
        (
            keep(cell.is_in(_TWO), cell),
            cell.str.to_uppercase().replace_strict(_ANY, default=None, return_dtype=pl.String),
        ),
        lambda _: Reason("not_a_country", '"%(value)s" is not a country code.'),
    )
