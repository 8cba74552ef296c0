"""A sheet of an export: rows made from what they mean, faults planted on purpose, and the booking that must follow.

The expected booking comes from what was planted, never from the program that is tested with it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Value = str | int | bool | Decimal | None
SHOWN_ROWS = 20
COUNTS = ("rows", "created", "updated", "unchanged", "rejected", "parked", "held", "skipped")
SHARES = ("file", "booked", "rejected")


class Dice:
    """Chance from a seed. Only ``random()`` is promised to give the same numbers in every Python version."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - sample data, no secret

    def below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def chance(self, percent: float) -> bool:
        return self._random.random() * 100 < percent

    def digits(self, count: int) -> str:
        return "".join(str(self.below(10)) for _ in range(count))


@dataclass
class Row:
    """One record: what the table must hold, what the sender wrote, and what is wrong with it.

    money: money field → the readable amount, or None. currency: the readable one, or "". faults: (code, field).
    damage: what was done to the finished record, where it is broken as a whole.
    """

    values: dict[str, Value]
    cells: dict[str, str]
    currency: str
    money: dict[str, Decimal | None]
    faults: list[tuple[str, str | None]] = field(default_factory=list)
    damage: Callable[[str], str] | None = None

    def spoil(self, column: str, written: str, code: str, of: str) -> None:
        """Writes ``written`` into the column and notes the issue that must be found: its code, and the field."""
        self.cells[column] = written
        self.faults.append((code, of))


@dataclass
class Sheet:
    """One file of a tenant: how it is written, and its rows."""

    tenant: str
    feed: str
    entity: str
    table: str
    key: str
    file: str
    header: list[str]
    delimiter: str
    encoding: str
    titles: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def duplicate(self, of: int, at: int, column: str) -> None:
        """Inserts row ``of`` once more before row ``at`` with another text in ``column``: both are then rejected."""
        twin = self.rows[of]
        again = Row(dict(twin.values), {**twin.cells, column: ""}, twin.currency, dict(twin.money))
        for row in (twin, again):
            row.faults.append(("duplicate_key", self.key))
        self.rows.insert(at, again)

    def write(self, night: Path) -> None:
        """Writes the file, and beside it in ``expected/`` the booking that must follow."""
        text, lines = self._text()
        expected = night / "expected"
        expected.mkdir(parents=True, exist_ok=True)
        (night / self.file).write_bytes(text.encode(self.encoding))
        booked, rows = self._table()
        (expected / f"{self.file}.rows.csv").write_bytes(booked)
        outcome = json.dumps(self._outcome(lines) | rows, indent=1, ensure_ascii=False)
        (expected / f"{self.file}.json").write_text(outcome + "\n", encoding="utf-8", newline="\n")

    def _text(self) -> tuple[str, list[int]]:
        records = [*self.titles, self._record(self.header)]
        line = 1 + len(records)
        lines = []
        for row in self.rows:
            record = self._record([row.cells.get(column, "") for column in self.header])
            if row.damage is not None:
                record = row.damage(record)
            records.append(record)
            lines.append(line)
            line += 1 + record.count("\n")
        return "\r\n".join(records) + "\r\n", lines

    def _record(self, cells: list[str]) -> str:
        special = (self.delimiter, '"', "\n")
        quoted = ('"' + c.replace('"', '""') + '"' if any(s in c for s in special) else c for c in cells)
        return self.delimiter.join(quoted)

    def _outcome(self, lines: list[int]) -> dict[str, Any]:
        rejected = sum(bool(row.faults) for row in self.rows)
        counts = dict.fromkeys(COUNTS, 0)
        counts |= {"rows": len(self.rows), "created": len(self.rows) - rejected, "rejected": rejected}
        return {
            "tenant": self.tenant,
            "feed": self.feed,
            "entity": self.entity,
            "table": self.table,
            "file": self.file,
            "ending": "imported_with_rejects" if rejected else "imported",
            "counts": counts,
            "totals": self._totals(),
            "issues": [
                {"line": line, "code": code, "field": name}
                for line, row in zip(lines, self.rows, strict=True)
                for code, name in row.faults
            ],
        }

    def _totals(self) -> dict[str, dict[str, dict[str, str]]]:
        sums: dict[str, dict[str, dict[str, Decimal]]] = {}
        for row in self.rows:
            for name, amount in row.money.items():
                if amount is not None:
                    kept = sums.setdefault(name, {}).setdefault(row.currency, dict.fromkeys(SHARES, Decimal(0)))
                    kept["file"] += amount
                    kept["rejected" if row.faults else "booked"] += amount
        return {
            name: {currency: {what: f"{amount:.4f}" for what, amount in kept.items()} for currency, kept in sorted(of.items())}
            for name, of in sums.items()
        }

    def _table(self) -> tuple[bytes, dict[str, Any]]:
        """Returns the rows that must stand in the table as CSV (all, or the first of many), and how many with their hash."""
        good = [row for row in self.rows if not row.faults]
        fields = list(good[0].values)
        ordered = sorted((row.values for row in good), key=lambda values: str(values[self.key]))
        lines = [_line(fields), *(_line([canonical(values[name]) for name in fields]) for values in ordered)]
        shown = lines if len(lines) <= 2000 else lines[: SHOWN_ROWS + 1]
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        return "".join(shown).encode(), {"table_rows": len(ordered), "table_sha256": digest}


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def canonical(value: Value) -> str:
    """Given a value; returns it as the expected table spells it: money with four decimals, blank for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.4f}" if isinstance(value, Decimal) else str(value)
