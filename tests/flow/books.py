"""What must stand in the tables, worked out anew from the uploads in the order of their receipts.

Shares no code with the product.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import openpyxl

Row = tuple[str, str, str]
"""Tenant, code, name."""


@dataclass(frozen=True)
class Receipt:
    """A booking: its number in order of booking, whose it is, and the file's rows as code and name."""

    number: int
    tenant: str
    rows: tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)
def rows_of(name: str, content: bytes) -> tuple[tuple[str, str], ...]:
    """Given a CSV file or a workbook with the columns Code and Nom; returns the rows that can be booked: those with a name."""
    if name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        cells = [(code, called) for code, called in book.worksheets[0].iter_rows(values_only=True)]
        book.close()
    else:
        cells = [(code, called) for code, called in csv.reader(io.StringIO(content.decode("utf-8"), newline=""), delimiter=";")]
    return tuple((str(code), str(called)) for code, called in cells[1:] if called)


def rebooked(receipts: Iterable[Receipt], logged: Sequence[tuple[Any, ...]], table: Sequence[Row]) -> list[str]:
    """Given the bookings in their order, the change log (receipt, tenant, kind, key, fields) and the table's rows; returns what
    does not follow from the bookings."""
    state: dict[tuple[str, str], str] = {}
    expected: Counter[tuple[int, str, str, str, str | None]] = Counter()
    for receipt in receipts:
        for code, name in receipt.rows:
            before = state.get((receipt.tenant, code))
            if before is None:
                expected[receipt.number, receipt.tenant, "created", code, None] += 1
            elif before != name:
                expected[receipt.number, receipt.tenant, "updated", code, f"{before} → {name}"] += 1
            state[receipt.tenant, code] = name
    found: Counter[tuple[int, str, str, str, str | None]] = Counter()
    for number, tenant, kind, key, fields in logged:
        change = None if fields is None else " → ".join(json.loads(fields)["name"])
        found[number, tenant, kind, json.loads(key)["code"], change] += 1
    wrong = _differences("change", found, expected)
    rows = Counter((str(tenant), str(code), str(name)) for tenant, code, name in table)
    return wrong + _differences("row", rows, Counter((tenant, code, name) for (tenant, code), name in state.items()))


def _differences(what: str, found: Counter[Any], expected: Counter[Any]) -> list[str]:
    more, less = found - expected, expected - found
    wrong = [f"{more.total()} {what}s too much, such as {sorted(more, key=str)[0]}"] if more else []
    return wrong + ([f"{less.total()} {what}s missing, such as {sorted(less, key=str)[0]}"] if less else [])
