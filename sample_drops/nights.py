"""The nights after the first one: what people type in meanwhile, what is dropped, what ops decide, how the tables stand then.

A night is told in ``story.json``: its acts in their order. What must become of each lies in ``expected/``, and the tenant's
tables as they must stand at the night's end in ``expected/tables/``. All of it is foretold from what was planted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from planting import SHOWN_ROWS, Row, Sheet, Value, canonical, csv_line

#: Of longer tables only the first rows are kept in full.
MOST_ROWS = 2_000
Record = dict[str, Value]


class Drop(Protocol):
    """A file with what it holds: ``TextFile``, ``Workbook``."""

    file: str

    @property
    def sheets(self) -> list[Sheet]: ...

    def write(self, night: Path) -> None: ...


class Books:
    """A tenant's tables as they must stand: entity → key → row by field. A list is a tuple of its members."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Record]] = {}

    def book(self, sheet: Sheet) -> None:
        """Given a sheet that was booked; writes its good rows."""
        for entity, rows in sheet.parents.items():
            self.tables.setdefault(entity, {str(next(iter(row.values()))): dict(row) for row in rows})
        table = self.tables.setdefault(sheet.entity, {str(row[sheet.key]): dict(row) for row in sheet.before})
        for row in sheet.rows:
            if row.bucket in {"created", "updated"}:
                key = str(row.values[sheet.key])
                table[key] = {**table.get(key, {}), **row.whole}

    def arrive(self, entity: str, rows: Sequence[Row], key: str) -> None:
        """Given rows that waited and whose parents are there now; writes them."""
        table = self.stand(entity)
        for row in rows:
            table[str(row.values[key])] = dict(row.whole)

    def stand(self, entity: str) -> dict[str, Record]:
        """Returns the entity's rows by their key."""
        return self.tables.setdefault(entity, {})

    def copy(self) -> dict[str, dict[str, Record]]:
        """Returns the tables as they stand now, for the end of a night."""
        return {entity: {key: dict(row) for key, row in rows.items()} for entity, rows in self.tables.items()}


@dataclass
class Night:
    """One night. at: the moment its files are dropped, in UTC; acts: what happens, in order; tables: at its end.

    An act is made by one of the methods. Files are told by name; what follows from an act by ``expected/<name>.json``.
    """

    number: int
    at: datetime
    drops: list[Drop] = field(default_factory=list)
    acts: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, dict[str, Record]] = field(default_factory=dict)

    def edit(self, entity: str, key: str, values: Mapping[str, Value]) -> None:
        """Somebody types values into a row of the application."""
        told = {name: None if value is None else canonical(value) for name, value in values.items()}
        self.acts.append({"act": "edit", "entity": entity, "key": key, "values": told})

    def enter(self, entity: str, row: Mapping[str, Value]) -> None:
        """Somebody makes a row in the application."""
        self.acts.append({"act": "enter", "entity": entity, "row": {name: canonical(value) for name, value in row.items()}})

    def drop(self, drop: Drop) -> None:
        """A file is dropped and read."""
        self.drops.append(drop)
        self.acts.append({"act": "drop", "file": drop.file})

    def decide(self, what: str, file: str, feed: str, expected: Mapping[str, Any]) -> None:
        """Ops decide about a feed's last run of a file: what is ``approve``, ``refuse``, ``undo``, ``replay``. expected: keys of
        what the command prints as JSON, with what they must say."""
        self.acts.append({"act": what, "file": file, "feed": feed, "expected": dict(expected)})

    def follows(self, feed: str, expected: Mapping[str, Any]) -> None:
        """A run of the feed that no file was dropped for follows by itself: rows that waited go in. expected: as ``decide``'s."""
        self.acts.append({"act": "follows", "feed": feed, "expected": dict(expected)})

    def ends(self, books: Books) -> None:
        """Takes down how the tables must stand at the night's end."""
        self.tables = books.copy()

    def write(self, tenant: Path) -> None:
        """Given the tenant's folder; writes the night's files, its story, and what must follow."""
        night = tenant / f"night-{self.number}"
        for drop in self.drops:
            for sheet in drop.sheets:
                sheet.later = True
            drop.write(night)
        (night / "expected" / "tables").mkdir(parents=True, exist_ok=True)
        tell(night, self.at, self.acts)
        for entity, rows in self.tables.items():
            file, whole = night / "expected" / "tables" / f"{entity}.csv", table_text(rows)
            if len(rows) > MOST_ROWS:  # the first of them, and what tells the rest
                told = {"rows": len(rows), "sha256": hashlib.sha256(whole.encode()).hexdigest()}
                file.with_suffix(".json").write_text(json.dumps(told) + "\n", encoding="utf-8", newline="\n")
                whole = "".join(whole.splitlines(keepends=True)[: SHOWN_ROWS + 1])
            file.write_bytes(whole.encode())


def tell(night: Path, at: datetime, acts: Sequence[Mapping[str, Any]]) -> None:
    """Given the night's folder, the moment it begins, and what happens then, in order; writes its story."""
    text = json.dumps({"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "acts": acts}, indent=1, ensure_ascii=False)
    (night / "story.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def table_text(rows: Mapping[str, Record]) -> str:
    """Given rows by key; returns them as CSV in the order of their keys, with all fields that any of them has."""
    fields = list(dict.fromkeys(name for row in rows.values() for name in row))
    lines = [csv_line(fields), *(csv_line([_spelt(row.get(name)) for name in fields]) for _, row in sorted(rows.items()))]
    return "".join(lines)


def _spelt(value: Value | Sequence[str]) -> str:
    return ", ".join(value) if isinstance(value, tuple) else canonical(value)  # type: ignore[arg-type]  # a list is a tuple
