"""What a person wants exported: read from texts against an entity, with what is wrong told at its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nightclerk.core.condition import Condition
from nightclerk.core.condition_text import ConditionError, read_condition
from nightclerk.core.entity import Entity
from nightclerk.core.rows_wanted import Order
from nightclerk.core.view import View
from nightclerk.core.wording import did_you_mean, quoted

Part = tuple[tuple[str | int, ...], str]
"""A path within a view, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Fields in their order (none: whoever exports decides), which rows, and in which order."""

    columns: tuple[str, ...] = ()
    where: Condition | None = None
    order: tuple[Order, ...] = ()


def read_choice(view: View, entity: Entity) -> tuple[Choice, list[Part]]:
    """Given a view and its entity; returns what it chooses, and everything that is wrong with it."""
    wrong = [*_wrong_fields("columns", view.columns, entity), *_wrong_fields("sort", list(map(_bare, view.sort)), entity)]
    where = None
    if view.where is not None:
        try:
            where = read_condition(view.where, entity)
        except ConditionError as error:
            wrong.append((("where",), f"at character {error.at}: {error}"))
    order = tuple(Order(_bare(one), one.startswith("-")) for one in view.sort)
    return Choice(tuple(view.columns), where, order), wrong


def _bare(name: str) -> str:
    return name.removeprefix("-").strip()


def _wrong_fields(key: str, names: Sequence[str], entity: Entity) -> Iterator[Part]:
    for place, name in enumerate(names):
        if name not in entity.fields:
            yield (key, place), f"no field {quoted(name)} in entity {entity.entity}{did_you_mean(name, entity.fields)}"
        elif name in names[:place]:
            yield (key, place), f"{name} stands there twice"
