"""A view: columns, filter and order of one entity's rows, kept under a name."""

from __future__ import annotations

from pydantic import Field

from nightclerk.core.model import Noun
from nightclerk.core.units import Line, Several


class View(Noun):
    """Which rows of an entity an export shows, which of their fields, and in which order."""

    entity: str = Field(description="The entity whose rows are shown.", examples=["invoice"])
    columns: Several = Field(
        default=[],
        description="The fields, in this order; all of them where nothing is written.",
        examples=[["number", "amount"]],
    )
    where: Line | None = Field(
        None,
        description="Which rows: fields beside values, joined by and, or, not and parentheses, with =, !=, <, <=, >, >=, "
        "`contains`, `starts with`, `in (…)`, `is empty` and `is not empty`; of a list, whether any member is meant. All rows "
        "where nothing is written.",
        examples=["amount_remaining > 0 and currency = EUR"],
    )
    sort: Several = Field(
        default=[],
        description="The fields that come first in order, with - before one that descends.",
        examples=[["-amount", "number"]],
    )
