"""Currency codes of ISO 4217, upper-cased."""

from __future__ import annotations

import polars as pl

from nightclerk.core.convert.codes import CURRENCIES
from nightclerk.core.convert.converter import Converter, Reason, keep

_CODES = sorted(CURRENCIES)


def currency(cell: pl.Expr) -> Converter:
    """Given a column of trimmed text; returns its converter. A sign such as ``$`` is no code: it may mean several."""
    upper = cell.str.to_uppercase()
    return Converter(
        pl.String,
        (keep(cell.is_in(_CODES), cell), keep(upper.is_in(_CODES), upper)),
        lambda _: Reason("not_a_currency", '"%(value)s" is not a currency code.'),
    )
