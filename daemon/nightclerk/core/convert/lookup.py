"""Cells that stand for other values: the ``values`` of a mapping."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from nightclerk.core.convert.constant import Written, canonical
from nightclerk.core.convert.converter import Converter, Reason
from nightclerk.core.entity import EntityField
from nightclerk.core.reading import Cell

MOST_SHOWN = 8


def lookup(cell: pl.Expr, dtype: type[pl.DataType], field: EntityField, values: Mapping[str, Written]) -> Converter:
    """Given a column of trimmed text, what the field's values are in polars, the field and its table of values;
    returns the converter: the exact spelling first, then without regard to case.

    A value beside ``""`` stands for blank cells; a cell beside null becomes blank (see ``blanks``). Raises ValueError for a
    value that does not fit the field, or two spellings that differ only in case and in what they mean.
    """
    exact: dict[str, Cell] = {}
    folded: dict[str, Cell] = {}
    for written, value in values.items():
        found = canonical(field, value) if value is not None else None
        exact[written.strip()] = found
        folded.setdefault(written.strip().lower(), found)
    reason = not_agreed(tuple(values))
    return Converter(
        dtype,
        (
            cell.replace_strict(_known(exact), default=None, return_dtype=dtype),
            cell.str.to_lowercase().replace_strict(_known(folded), default=None, return_dtype=dtype),
        ),
        lambda _: reason,
    )


def not_agreed(values: tuple[str, ...]) -> Reason:
    """Given the values that are agreed; returns the reason of a cell that is none of them, which names the first ones."""
    agreed = values[:MOST_SHOWN]
    if len(values) > MOST_SHOWN:
        return Reason("not_in_values", '"%(value)s" is not one of the agreed values (%(agreed)s, …).', {"agreed": agreed})
    return Reason("not_in_values", '"%(value)s" is not one of the agreed values (%(agreed)s).', {"agreed": agreed})


def blanks(values: Mapping[str, Written]) -> list[str]:
    """Given a table of values; returns the spellings, lower-cased, that stand for a blank."""
    return [written.strip().lower() for written, value in values.items() if value is None]


def _known(table: dict[str, Cell]) -> dict[str, Cell]:
    return {written: value for written, value in table.items() if value is not None}
