"""How the numbers of a column are written, as the settings would say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from nightclerk.core.column_numbers import Writing
from nightclerk.core.convert.marks import APOSTROPHES, SPACES
from nightclerk.core.profile import ColumnProfile

Mark = Literal[".", ","]
_MANY_DECIMALS = r"[.,][0-9]{5,}"
_COMMA_DECIMALS = r",[0-9]{1,2}(?:[^0-9.,].*)?$|,[0-9]{4,}$|\.[0-9]{3},[0-9]"
_POINT_DECIMALS = r"\.[0-9]{1,2}(?:[^0-9.,].*)?$|\.[0-9]{4,}$|,[0-9]{3}\.[0-9]"


@dataclass(frozen=True, slots=True)
class NumberWriting:
    """share: how much of the column is numbers. decimal: the decimal mark, None where nothing shows it; thousands: the thousands
    mark, if there is one. fractions: it is not whole numbers alone. dust: some have more than four decimals."""

    share: float = 0.0
    decimal: Mark | None = None
    thousands: str | None = None
    fractions: bool = False
    dust: bool = False


def number_writing(profile: ColumnProfile, cells: pl.Series, own_values: bool) -> NumberWriting:
    """Given what a column holds, some filled cells of it, and whether the file holds numbers of its own, which always come with a
    point; returns how its numbers are written."""
    if profile.kind not in ("integer", "decimal", "text") or profile.zeros is not None or cells.is_empty():
        return NumberWriting()
    point, comma = (Writing(mark).fits(cells) for mark in (".", ","))
    share = float(max(point.sum(), comma.sum()) / len(cells))
    if share < 0.5:
        return NumberWriting(share)
    commas = int((comma & cells.str.contains(_COMMA_DECIMALS)).sum())
    points = 0 if own_values else int((point & cells.str.contains(_POINT_DECIMALS)).sum())
    decimal: Mark | None = "," if commas > points else "." if points else None
    if decimal is None and not own_values and profile.undecided is not None:
        decimal = "."
    if decimal is None and not own_values and point.sum() != comma.sum():
        decimal = "." if point.sum() > comma.sum() else ","
    return NumberWriting(
        share,
        decimal,
        _thousands(cells, decimal, own_values),
        fractions=profile.kind == "decimal" or bool(cells.str.contains("[.,][0-9]").any()),
        dust=bool(cells.str.contains(_MANY_DECIMALS).any()),
    )


def _thousands(cells: pl.Series, decimal: Mark | None, own_values: bool) -> str | None:
    between = {" ": f"[{SPACES}]", "'": f"[{APOSTROPHES}]"}
    if decimal is not None and not (own_values and decimal == ","):
        other = "," if decimal == "." else "."
        between[other] = "," if other == "," else r"\."
    elif decimal == ",":
        between["."] = r"\.[0-9]{3},"
    for mark, shape in between.items():
        tail = "" if shape.endswith(",") and len(shape) > 1 else "[0-9]{3}(?:[^0-9]|$)"
        if cells.str.contains(f"[0-9]{shape}{tail}").any():
            return mark
    return None
