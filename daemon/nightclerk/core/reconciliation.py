"""A file held against the tables: what is asked of a target, what it answers, and what comes of it. Values in, values out."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from nightclerk.core.booking import Effect, canonical_default, currency_unsaid, gets_default, written_fields
from nightclerk.core.entity import Entity, is_custom
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Money
from nightclerk.core.run import ControlTotal

Reason = Effect | Literal["known_key", "unknown_key", "required_for_new"]
"""Why an import would not write what the file says, or what it makes of a blank: what a policy does, or what mode and
required_for_new forbid."""
FORBIDDEN: frozenset[str] = frozenset({"known_key", "unknown_key", "required_for_new"})
"""The reasons of rows that an import would reject although they were read and compared."""
Line = tuple[int | str | None, ...]
"""One line of a list: the file's line where it has one, then texts in canonical form, None for what is blank or not there."""

#: Room for the sum of more rows than any disk holds; a result that would need rounding raises instead.
_EXACT = decimal.Context(prec=60, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.Overflow])
_STEP = Decimal("0.0001")
_NONE = ControlTotal("0.0000", "0.0000", "0.0000")


@dataclass(frozen=True, slots=True)
class Summed:
    """A money field that is summed by currency in the tables. currency_column: where the row's currency stands, None where all
    rows have one; currency: that one, or what counts for a row without any.

    default: what a new row gets that says none, ``""`` for none; None where the file tells the currency of each amount. said: the
    field in which its rows say it, if there is one. counted: under what the file's totals have the amounts that say none.
    """

    field: str
    column: str
    currency_column: str | None
    currency: str
    default: str | None = None
    said: str | None = None
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What comparing came to. same, different, only_in_file: of the rows that were staged; they add up to all of these.

    only_in_tables: rows of this tenant whose key the file does not hold. fields: field → reason → how many rows differ in it; the
    reason of what an import would write as it stands in the file is ``""``. sums: of all rows of this tenant. unsaid: of the
    staged rows that say no currency (``Summed.default``), by the one that stands in the tables, or that a new row gets.
    """

    same: int
    different: int
    only_in_file: int
    only_in_tables: int
    fields: dict[str, dict[str, int]]
    sums: Money
    unsaid: Money = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SumsBeside:
    """Exact sums of one money field in one currency, as text: of all rows of the file; of those of them that an import would
    reject or skip; of the tables; difference = file - tables."""

    file: str
    rejected: str
    skipped: str
    tables: str
    difference: str


def summed_fields(feed: Feed, entity: Entity) -> tuple[Summed, ...]:
    """Given a feed and its entity; returns the money fields that the mapping fills, each with its currency; no custom ones, of
    which the tables have no sums."""
    found = []
    for name in written_fields(feed, entity):
        spec = entity.fields[name]
        if spec.type != "money" or name not in feed.mapping or is_custom(spec):
            continue
        if spec.currency is not None and spec.currency in entity.fields:
            found.append(_summed(feed, entity, name, spec.currency))
        else:
            found.append(Summed(name, entity.column(name), None, spec.currency or ""))
    return tuple(found)


def _summed(feed: Feed, entity: Entity, name: str, currency: str) -> Summed:
    """Returns a money field whose currency stands in another field."""
    told = feed.mapping.get(currency)
    asked = (told is None or told.constant is None) and not gets_default(feed, entity, currency)
    default = str(canonical_default(entity, currency) or "") if entity.fields[currency].owner == "import" else ""
    return Summed(
        field=name,
        column=entity.column(name),
        currency_column=entity.column(currency),
        currency="",
        default=default if asked else None,
        said=currency if told is not None else None,
        counted=currency_unsaid(feed, entity, currency),
    )


def amount_text(amount: Decimal) -> str:
    """Given an exact amount; returns it with four decimals, or with all that it has where these are more."""
    exponent = amount.as_tuple().exponent
    return f"{_EXACT.quantize(amount, _STEP):f}" if isinstance(exponent, int) and exponent >= -4 else f"{amount:f}"


def sums_beside(
    file: Mapping[str, Mapping[str, ControlTotal]],
    tables: Money,
    unsaid: Money | None = None,
    counted: Mapping[str, str] | None = None,
) -> dict[str, dict[str, SumsBeside]]:
    """Given the control totals of the file, the tables' sums, those of the file's amounts without a currency of which the tables
    tell one, and under which currency the file's totals have these (``Summed.counted``); returns them beside each other, field →
    currency → sums.

    A currency that only one of the two has is zero in the other. Currencies in which both are zero are left out.
    """
    found: dict[str, dict[str, SumsBeside]] = {}
    for name in dict.fromkeys([*file, *tables]):
        told = _told(file.get(name, {}), (unsaid or {}).get(name, {}), (counted or {}).get(name, ""))
        stands = tables.get(name, {})
        for currency in sorted({*told, *stands}):
            total = told.get(currency, _NONE)
            there = Decimal(stands.get(currency, "0"))
            difference = _EXACT.subtract(Decimal(total.file), there)
            if currency in told or there:
                beside = SumsBeside(total.file, total.rejected, total.skipped, amount_text(there), amount_text(difference))
                found.setdefault(name, {})[currency] = beside
    return found


def _told(file: Mapping[str, ControlTotal], unsaid: Mapping[str, str], counted: str) -> dict[str, ControlTotal]:
    """Returns the file's totals with what it says no currency of told in those of the tables."""
    found = dict(file)
    for currency, amount in unsaid.items():
        for into, sign in ((currency, 1), (counted, -1)):
            total = found.get(into, _NONE)
            found[into] = replace(total, file=amount_text(_EXACT.add(Decimal(total.file), sign * Decimal(amount))))
    left = found.get(counted, _NONE)
    if unsaid and not any(Decimal(amount) for amount in (left.file, left.rejected, left.skipped)):
        found.pop(counted, None)
    return found
