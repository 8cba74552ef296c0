"""Currencies, by their codes of ISO 4217, their names, or signs that can mean no other: three upper-case letters."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from nightclerk.core.convert.codes import CURRENCIES
from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.currency_signs import MEANT, SIGNS
from nightclerk.core.convert.folding import folded

_CODES = sorted(CURRENCIES)
_SHOWN = 4


def currency(cell: pl.Expr) -> Converter:
    """Given a column of trimmed text; returns its converter: from codes, signs, and names in the seven languages of the files.
    ``$`` is refused: it may mean several, and ``values`` says which."""
    upper = cell.str.to_uppercase()
    return Converter(
        pl.String,
        (
            keep(cell.is_in(_CODES), cell),
            keep(upper.is_in(_CODES), upper),
            cell.replace_strict(MEANT, default=None, return_dtype=pl.String),
            folded(cell).replace_strict(*_names(), default=None, return_dtype=pl.String),
        ),
        _why,
    )


def _why(value: str) -> Reason:
    codes = sorted(SIGNS.get(value, ()))
    if codes:
        agreed = tuple([*codes[:_SHOWN], "…"] if len(codes) > _SHOWN else codes)
        return Reason(
            "not_a_currency", '"%(value)s" may mean several currencies (%(agreed)s); write the code.', {"agreed": agreed}
        )
    return Reason("not_a_currency", '"%(value)s" is neither the code nor the name of a currency.')


@lru_cache(maxsize=1)
def _names() -> tuple[pl.Series, pl.Series]:
    from nightclerk.core.convert.currency_names import CURRENCY_NAMES  # only files with currencies need the names

    return pl.Series(list(CURRENCY_NAMES)), pl.Series(list(CURRENCY_NAMES.values()))
