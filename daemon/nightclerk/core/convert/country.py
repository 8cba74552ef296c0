"""Countries, by their codes of ISO 3166 or their names: two letters; three letters become two."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from nightclerk.core.convert.codes import COUNTRIES
from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.folding import folded

_TWO = sorted(COUNTRIES.values())
_ANY = {**COUNTRIES, **{two: two for two in _TWO}}


def country(cell: pl.Expr) -> Converter:
    """Given a column of trimmed text; returns its converter to two upper-case letters: from codes, and from names in the seven
    languages of the files, without regard to case, accents and punctuation."""
    return Converter(
        pl.String,
        (
            keep(cell.is_in(_TWO), cell),
            cell.str.to_uppercase().replace_strict(_ANY, default=None, return_dtype=pl.String),
            folded(cell).replace_strict(*_names(), default=None, return_dtype=pl.String),
        ),
        lambda _: Reason("not_a_country", '"%(value)s" is neither the code nor the name of a country.'),
    )


@lru_cache(maxsize=1)
def _names() -> tuple[pl.Series, pl.Series]:
    from nightclerk.core.convert.country_names import COUNTRY_NAMES  # only files with countries need the names

    return pl.Series(list(COUNTRY_NAMES)), pl.Series(list(COUNTRY_NAMES.values()))
