"""Which rows of an entity are meant: a condition over its fields, as a value. ``core.condition_text`` reads what people write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from nightclerk.core.entity import FieldType
from nightclerk.core.reading import CELL_SEPARATOR, Cell

Relation = Literal["=", "<", "<=", ">", ">=", "contains", "starts with", "is empty"]
NUMBERS: frozenset[FieldType] = frozenset({"decimal", "money"})


@dataclass(frozen=True, slots=True)
class Clause:
    """One field beside a value in canonical form (``core.reading``), which ``is empty`` has none of.

    Texts compare exactly, by their characters' code points; ``contains`` and ``starts with`` do not mind upper and lower case.
    A blank is smaller, greater and equal to nothing: only ``is empty`` holds for it. Of a list the condition holds if
    it does for any of its members.
    """

    field: str
    type: FieldType
    relation: Relation
    value: Cell = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold. Every condition holds or does not: ``not country = FR`` holds where there is no country."""

    part: Condition


Condition = Clause | All | Some | Not


def holds(condition: Condition, row: Mapping[str, Cell]) -> bool:
    """Given a condition and a row by field, in canonical form; returns whether it holds, as every target must say."""
    if isinstance(condition, Not):
        return not holds(condition.part, row)
    if isinstance(condition, All):
        return all(holds(part, row) for part in condition.parts)
    if isinstance(condition, Some):
        return any(holds(part, row) for part in condition.parts)
    cell = row[condition.field]
    if condition.type == "list" and cell is not None and condition.relation != "is empty":
        return any(_holds(condition, member) for member in str(cell).split(CELL_SEPARATOR))
    if condition.relation == "is empty":
        return cell is None
    return cell is not None and _holds(condition, cell)


def _holds(test: Clause, cell: Cell) -> bool:
    if test.relation in ("contains", "starts with"):
        return re.search(pattern_of(test), str(cell)) is not None
    stands, value = rank(test.type, cell), rank(test.type, test.value)
    if test.relation == "=":
        return bool(stands == value)
    if test.relation in ("<", "<="):
        return bool(stands < value or (test.relation == "<=" and stands == value))
    return bool(stands > value or (test.relation == ">=" and stands == value))


def rank(kind: FieldType, cell: Cell) -> Any:
    """Given a field's type and a cell that is not blank; returns what it is compared and put in order by."""
    return Decimal(str(cell)) if kind in NUMBERS else cell


def pattern_of(test: Clause) -> str:
    """Given a test for a part of a text; returns the regular expression that finds it, upper or lower case, in the common tongue
    of all engines: single characters, escaped where they are signs, and the alternatives of letters."""
    found = "".join(map(_either_case, str(test.value)))
    return f"^{found}" if test.relation == "starts with" else found


def _either_case(character: str) -> str:
    cases = {character, character.lower(), character.upper()}
    written = sorted(_escaped(case) for case in cases if len(case) == 1)
    return written[0] if len(written) == 1 else f"({'|'.join(written)})"


def _escaped(character: str) -> str:
    return f"\\{character}" if character.isascii() and not character.isalnum() and character not in " _\"'" else character


def fields_of(condition: Condition | None) -> frozenset[str]:
    """Given a condition; returns the fields it looks at."""
    if condition is None:
        return frozenset()
    if isinstance(condition, Clause):
        return frozenset({condition.field})
    parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    return frozenset().union(*(fields_of(part) for part in parts))
