"""When a value that stands in the table means the same as a cell, although it is written differently.

The application may have stored ``12.5`` or ``2026-01-01 00:00:00.000000`` where a cell says ``12.5000`` and
``2026-01-01 00:00:00``. Such a row is unchanged. Only values whose text differs ever get here, so the cost is theirs alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from nightclerk.core.entity import FieldType

_WIDE = Context(prec=100)
_STEP = Decimal("0.0001")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.0+)?(?:Z|\+00:00)?")


def amount(stored: Any) -> Any:
    """Given a stored decimal in any spelling; returns it with exactly four decimals, or as it was if that is not exact."""
    try:
        exact = Decimal(str(stored))
        rounded = exact.quantize(_STEP, context=_WIDE)
    except InvalidOperation:
        return stored
    return f"{abs(rounded) if rounded.is_zero() else rounded:.4f}" if rounded == exact else stored


def moment(stored: Any) -> Any:
    """Given a stored datetime in UTC in any ISO spelling; returns it as ``YYYY-MM-DD HH:MM:SS``, or as it was."""
    found = _MOMENT.fullmatch(str(stored))
    return f"{found[1]} {found[2]}" if found else stored


SPELLINGS: Mapping[FieldType, Callable[[Any], Any]] = {"decimal": amount, "money": amount, "datetime": moment}
"""The kinds of value that can be spelled in several ways, and what makes one spelling of them. None is never given."""
