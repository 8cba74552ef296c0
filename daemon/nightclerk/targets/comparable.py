"""How a stored value, and a bound one, is compared and put in order with others of its type, on each kind of database.

SQLite has neither exact decimals nor moments, and texts compare elsewhere by the rules of some language; here numbers compare as
numbers, moments as moments, and texts by their characters' code points, everywhere alike.
"""

from __future__ import annotations

from decimal import Context, Decimal, InvalidOperation
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Text, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from nightclerk.core.entity import FieldType
from nightclerk.core.reading import Cell

_EXACT = Context(prec=60)
_STEPS = 10_000
_LARGEST = 2**63 - 1
_PLAIN: dict[FieldType, Any] = {"integer": BigInteger(), "boolean": Boolean()}


class Amount(FunctionElement[Any]):
    """An exact number."""

    inherit_cache = True


class Day(FunctionElement[Any]):
    """A date."""

    inherit_cache = True


class Moment(FunctionElement[Any]):
    """A date with a time, in UTC."""

    inherit_cache = True


class Exactly(FunctionElement[Any]):
    """A text by its code points."""

    inherit_cache = True


_OTHERS: dict[FieldType, type[FunctionElement[Any]]] = {"decimal": Amount, "money": Amount, "date": Day, "datetime": Moment}


def comparable(value: ColumnElement[Any], kind: FieldType) -> ColumnElement[Any]:
    """Given a column and its field's type; returns it as it is compared and put in order."""
    return value if kind in _PLAIN else _OTHERS.get(kind, Exactly)(value)


def bound(cell: Cell, kind: FieldType) -> ColumnElement[Any]:
    """Given a cell in canonical form, not blank, and its field's type; returns it, bound, as it is compared with a column."""
    return literal(cell, _PLAIN[kind]) if kind in _PLAIN else comparable(literal(cell, Text()), kind)


def steps(stored: Any) -> int | float | None:
    """Given a stored number in any spelling; returns how many ten-thousandths it is, None where it is no number. What has more
    decimals, or is larger than SQLite's whole numbers, is returned as near as a float comes."""
    try:
        exact = Decimal(str(stored))
    except InvalidOperation:
        return None
    if not exact.is_finite():
        return None
    scaled = _EXACT.multiply(exact, _STEPS)
    return int(scaled) if scaled == scaled.to_integral_value() and abs(scaled) <= _LARGEST else float(scaled)


def _written(shape: str) -> Any:
    def compiled(element: FunctionElement[Any], compiler: SQLCompiler, **more: Any) -> str:
        return shape % compiler.process(element.clauses, **more)

    return compiled


for _element, _shape, _of_their_own in (
    (Amount, "CAST(%s AS DECIMAL(38, 10))", {"sqlite": "nightclerk_steps(%s)"}),
    (Day, "CAST(%s AS DATE)", {"sqlite": "%s"}),
    (Moment, "CAST(%s AS TIMESTAMP)", {"sqlite": "nightclerk_datetime(%s)", "mysql": "CAST(%s AS DATETIME)"}),
    (Exactly, "CAST(%s AS TEXT)", {"postgresql": '(CAST(%s AS TEXT) COLLATE "C")', "mysql": "CAST(%s AS BINARY)"}),
):
    compiles(_element)(_written(_shape))
    for _name, _own in _of_their_own.items():
        compiles(_element, _name)(_written(_own))
        if _name == "mysql":
            compiles(_element, "mariadb")(_written(_own))
