"""A sheet of an export: rows made from what they mean, faults planted on purpose, and the booking that must follow.

The expected booking comes from what was planted, never from the program that is tested with it. How a sheet is written into a
file stands in ``delimited`` and ``workbook``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Value = str | int | bool | Decimal | None
SHOWN_ROWS = 20
COUNTS = ("rows", "created", "updated", "unchanged", "rejected", "parked", "held", "skipped")
SHARES = ("file", "booked", "rejected", "parked", "skipped")


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

    values: by field, as they must stand in the table afterwards, of those fields that the file has. stood: what the application
    had before, if it had the row. money: money field → the readable amount, or None. currency: the readable one, or "".
    faults: (code, field). damage: what was done to the finished record, where it is broken as a whole. gives_way: whether
    another row of the same key wins. waits: whether it names a row that is not there yet, and is parked. beside: values that
    stand in no column of the table, lists (tuples) and custom fields: they are told in the tables at a night's end. right: what
    spoiled cells held before.
    """

    values: dict[str, Value]
    cells: dict[str, Any]
    currency: str
    money: dict[str, Decimal | None]
    faults: list[tuple[str, str | None]] = field(default_factory=list)
    damage: Callable[[str], str] | None = None
    stood: dict[str, Value] | None = None
    gives_way: bool = False
    waits: bool = False
    beside: dict[str, Any] = field(default_factory=dict)
    right: dict[str, Any] = field(default_factory=dict)

    def spoil(self, column: str, written: Any, code: str, of: str) -> None:
        """Writes ``written`` into the column and notes the issue that must be found: its code, and the field."""
        self.right.setdefault(column, self.cells[column])
        self.cells[column] = written
        self.faults.append((code, of))

    def again(self, changes: Mapping[str, Value], cells: Mapping[str, Any], stood: dict[str, Value] | None) -> Row:
        """Given values and cells that differ by now, and what stands; returns the row of a later night, its faults corrected."""
        values = {**self.values, **changes}
        money = {name: values[name] for name in self.money}
        return Row(values, {**self.cells, **self.right, **cells}, str(values["currency"]), money, stood=stood, beside=self.beside)  # type: ignore[arg-type]  # amounts

    @property
    def bucket(self) -> str:
        """Which of the counts it belongs to."""
        if self.faults:
            return "rejected"
        if self.gives_way:
            return "skipped"
        if self.waits:
            return "parked"
        if self.stood is None:
            return "created"
        return "updated" if any(self.stood.get(name) != value for name, value in self.whole.items()) else "unchanged"

    @property
    def whole(self) -> dict[str, Any]:
        """All that must stand, in the table and beside it."""
        return {**self.values, **self.beside}


@dataclass
class Sheet:
    """What one feed reads of one file. header: its columns. before: the rows the application had, by field.

    ending: where the rows do not tell it, as for a file that is held: all its rows are then held, or skipped. effects: what else
    the run must tell. later: it is one of a later night, whose tables are foretold as a whole. parents: entity → rows of it that
    the application had, and that the rows name.
    """

    tenant: str
    feed: str
    entity: str
    table: str
    key: str
    header: list[str]
    rows: list[Row] = field(default_factory=list)
    before: list[dict[str, Value]] = field(default_factory=list)
    ending: str | None = None
    effects: dict[str, Any] = field(default_factory=dict)
    later: bool = False
    parents: dict[str, list[dict[str, Value]]] = field(default_factory=dict)

    def duplicate(self, of: int, at: int, column: str) -> None:
        """Inserts row ``of`` once more before row ``at`` with another text in ``column``: both are then rejected."""
        twin = self.rows[of]
        again = Row(dict(twin.values), {**twin.cells, column: ""}, twin.currency, dict(twin.money))
        for row in (twin, again):
            row.faults.append(("duplicate_key", self.key))
        self.rows.insert(at, again)

    def foretell(self, night: Path, file: str, lines: Sequence[int], name: str) -> None:
        """Given the night's folder, the file and the line of each row in it; writes into ``expected/``, under the name, the
        booking that must follow, and into ``before/`` what the application had."""
        expected = night / "expected"
        expected.mkdir(parents=True, exist_ok=True)
        rows: dict[str, Any] = {"effects": self.effects} if self.later and not self.ending else {}
        if not self.later:
            booked, rows = self._table()
            (expected / f"{name}.rows.csv").write_bytes(booked)
        outcome = json.dumps(self._outcome(file, lines) | rows, indent=1, ensure_ascii=False)
        (expected / f"{name}.json").write_text(outcome + "\n", encoding="utf-8", newline="\n")
        had = {} if self.later else self.parents | ({self.entity: self.before} if self.before else {})
        for entity, rows_before in had.items():
            (night / "before").mkdir(exist_ok=True)
            stood = [
                csv_line(list(rows_before[0])),
                *(csv_line([canonical(cell) for cell in row.values()]) for row in rows_before),
            ]
            (night / "before" / f"{entity}.csv").write_bytes("".join(stood).encode())

    def outcome(self) -> dict[str, Any]:
        """Returns what the run must tell if all good rows are booked: for a file that is decided about later."""
        decided = replace(self, ending=None)
        told = decided._outcome("", range(len(self.rows)))
        return {name: told[name] for name in ("ending", "counts", "totals")} | {"effects": self.effects}

    def _outcome(self, file: str, lines: Sequence[int]) -> dict[str, Any]:
        counts = dict.fromkeys(COUNTS, 0) | {"rows": len(self.rows)}
        whole = {None: None, "held": "held"}.get(self.ending, "skipped")
        for row in self.rows:
            counts[whole or row.bucket] += 1
        return {
            "tenant": self.tenant,
            "feed": self.feed,
            "entity": self.entity,
            "table": self.table,
            "file": file,
            "ending": self.ending or ("imported_with_rejects" if counts["rejected"] else "imported"),
            "counts": counts,
            **({} if self.ending else {"totals": self._totals()}),
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
                    kept[row.bucket if row.bucket in SHARES else "booked"] += amount
        return {name: {currency: _told(kept) for currency, kept in sorted(of.items())} for name, of in sums.items()}

    def _table(self) -> tuple[bytes, dict[str, Any]]:
        """Returns the rows that must stand in the table as CSV (all, or the first of many), and how many with their hash."""
        stand = {str(row[self.key]): row for row in self.before}
        for row in self.rows:
            if row.bucket in {"created", "updated"}:
                code = str(row.values[self.key])
                stand[code] = {**stand.get(code, {}), **row.values}
        fields = list(self.before[0] if self.before else next(iter(stand.values())))
        lines = [csv_line(fields), *(csv_line([canonical(row.get(name)) for name in fields]) for _, row in sorted(stand.items()))]
        shown = lines if len(lines) <= 2000 else lines[: SHOWN_ROWS + 1]
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        return "".join(shown).encode(), {"table_rows": len(stand), "table_sha256": digest}


def _told(sums: dict[str, Decimal]) -> dict[str, str]:
    """What waits, and what was skipped, is told only where there is any."""
    return {what: f"{amount:.4f}" for what, amount in sums.items() if what not in {"parked", "skipped"} or amount}


def csv_line(cells: Sequence[str]) -> str:
    """Given the cells of a line; returns it as the expected tables have it."""
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
