"""What every converter is: expressions over a column of trimmed text, and a sentence for the few cells they leave null."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from nightclerk.core.sentence import Value

_NONE: Mapping[str, Value] = MappingProxyType({})


class Reason(NamedTuple):
    """Why a text could not be read: an issue's code, and the template of a sentence (``core.sentence``) with its values.

    The text itself is the template's value ``value``, which is added where the sentence is made.
    """

    code: str
    template: str
    values: Mapping[str, Value] = _NONE


@dataclass(frozen=True)
class Converter:
    """How a column of trimmed text (never null, blank is ``""``) becomes values in canonical form (``core.reading``).

    tiers: expressions tried one after the other, each only on the rows that are still null; the first is the quick one that
    reads well-formed files whole. A row that stays null although its text is not blank is unreadable.
    why: given an unreadable text, the reason. It must answer for every text.
    none: true for texts that mean a blank, such as ``00/00/0000``; looked at only where the quick way read nothing.
    beside: the currency that stands beside an amount, null where none does.
    """

    dtype: type[pl.DataType]
    tiers: tuple[pl.Expr, ...]
    why: Callable[[str], Reason] = field(compare=False)
    none: pl.Expr | None = None
    beside: pl.Expr | None = None


def keep(test: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Returns ``value`` where the test holds, null elsewhere."""
    return pl.when(test).then(value)
