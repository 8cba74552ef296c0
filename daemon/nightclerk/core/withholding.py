"""``hold_part``: which rows of a held file wait, so that all others can be booked. Values in, values out."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from nightclerk.core.booking import Change
from nightclerk.core.errors import BookkeepingError
from nightclerk.core.reading import Money
from nightclerk.core.run import ControlTotal, HoldReason

#: A file that would change more rows than this waits as a whole: they would all have to be kept in memory.
MOST_CHANGES = 50_000
#: Room for the sum of more rows than any disk holds; a result that would need rounding raises instead.
_EXACT = decimal.Context(prec=60, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.Overflow])


def withheld(reasons: Sequence[HoldReason], changes: Sequence[Change]) -> tuple[Change, ...]:
    """Given why a file is held, and all changes that booking it would make, by line; returns those that wait. Nothing where the
    whole file does: where any reason is about no row in particular, or no change would be left."""
    waiting: set[int] = set()
    for reason in reasons:
        touches = _touched_by(reason)
        lines = {change.line for change in changes if touches(change)} if touches is not None else set()
        if not lines:
            return ()
        waiting |= lines
    return tuple(change for change in changes if change.line in waiting) if len(waiting) < len(changes) else ()


def _touched_by(reason: HoldReason) -> Callable[[Change], bool] | None:
    """Which changes a reason is about, None where it is about the file."""
    if reason.code == "changed":
        return lambda change: change.before is not None
    if reason.code in {"cleared", "emptied"}:
        return lambda change: _clears(change, reason.figures.get("field"))
    return None


def _clears(change: Change, field: str | None) -> bool:
    """Whether a change takes a value out: of one field, or with None of any."""
    before = change.before or {}
    names = before if field is None else [field]
    return any(before.get(name) is not None and change.after.get(name) is None for name in names)


def totals_apart(totals: dict[str, dict[str, ControlTotal]], waiting: Money) -> dict[str, dict[str, ControlTotal]]:
    """Given control totals by field and currency as if all were booked, and the exact sums of the rows that wait; returns the
    totals without these. Raises BookkeepingError for a sum of which the file knows nothing."""
    found = {name: dict(of) for name, of in totals.items()}
    for name, by_currency in waiting.items():
        for currency, amount in by_currency.items():
            total = found.get(name, {}).get(currency or "")
            if total is None:
                raise BookkeepingError(f"{name} in {currency or 'no currency'}: rows wait whose sum the file does not have.")
            booked = _EXACT.subtract(Decimal(total.booked), Decimal(amount))
            held = _EXACT.add(Decimal(amount), Decimal("0.0000"))
            found[name][currency or ""] = replace(total, booked=f"{booked:f}", held=f"{held:f}")
    return found
