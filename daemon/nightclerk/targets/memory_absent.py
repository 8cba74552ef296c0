"""Rows that a file lacks, in the memory twin: plain Python over dicts, row by row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nightclerk.core.booking import BookingPlan, Change
from nightclerk.core.reading import Cell
from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.stamps import moment

Row = dict[str, Any]
Key = tuple[Cell, ...]


class MemoryAbsent:
    """What becomes of a plan's absent rows. stored: the table's rows; changes, receipts: the target's."""

    def __init__(
        self, plan: BookingPlan, stored: list[Row], changes: list[Row], receipts: Mapping[str, tuple[int, dict[str, Any]]]
    ) -> None:
        self._plan = plan
        self._stored = stored
        self._changes = changes
        self._receipts = receipts
        self._in_file: set[Key] = set()
        self._columns = {field.name: field.column for field in plan.fields}
        self._gone = () if plan.absence is None else plan.absence.gone
        self._found: list[Row] = []

    def keep(self, keys: Iterable[Key]) -> None:
        """Keeps keys of the file."""
        self._in_file.update(keys)

    def find(self, keys: Iterable[Key]) -> int:
        """See ``ports.Comparing.absent``."""
        if self._plan.absence is None:
            return 0
        self.keep(keys)
        made = self._made()
        rows = {key: row for row in self._own() if (key := self._key(row)) not in self._in_file and key in made}
        self._found = [rows[key] for key in sorted(rows, key=_log_key(self._plan)) if not self._stands(rows[key])]
        return len(self._found)

    def comes_back(self, current: Row, after: Mapping[str, Cell]) -> bool:
        """Given a known row that gets other values, and its fields as they will be; returns whether it was gone."""
        absence = self._plan.absence
        if absence is None or not absence.telling:
            return False
        gone = {name: (column, kind, value) for name, column, kind, value in absence.gone}
        told = {name: _stored(current, *gone[name][:2]) for name in absence.telling}
        was = (was is not None if name in absence.dated else was == gone[name][2] for name, was in told.items())
        return all(was) and all(after[name] != was for name, was in told.items())

    def sample(self, limit: int) -> list[Change]:
        """Returns the first changes by key."""
        pairs = [(self._named_key(row), self._pairs(row)) for row in self._found[:limit]]
        return [
            Change(-at, key, {name: old for name, (old, _) in of.items()}, {name: new for name, (_, new) in of.items()})
            for at, (key, of) in enumerate(pairs, 1)
        ]

    def write(self, run: str, above: int) -> Iterator[Row]:
        """Given the run's key, and the lowest line of its changes so far, or 0; writes what was found, and yields the changes."""
        plan = self._plan
        for at, row in enumerate(self._found, 1):
            pairs = self._pairs(row)
            where: Row = {"run": run, "line": above - at, "tenant": plan.tenant, "entity": plan.entity, "kind": "updated"}
            yield {**where, "key": self._named_key(row), "fields": {name: list(pair) for name, pair in pairs.items()}}
            row.update({column: value for _, column, _, value in self._gone})
            row.update(dict.fromkeys(plan.stamps.on_change, moment()))

    def brought(self, fields: Iterable[str]) -> Iterator[tuple[Key, dict[str, Cell]]]:
        """Given the fields of which that is kept; yields the key of each row that was found, with what an import brought to it
        now."""
        remembered = set(fields)
        told = {name: value for name, _, _, value in self._gone if name in remembered}
        yield from ((self._key(row), told) for row in self._found if told)

    def _own(self) -> list[Row]:
        column = self._plan.tenant_column
        return [row for row in self._stored if column is None or row[column] == self._plan.tenant]

    def _key(self, row: Row) -> Key:
        return tuple(row[self._columns[name]] for name in self._plan.key)

    def _named_key(self, row: Row) -> dict[str, Cell]:
        return dict(zip(self._plan.key, self._key(row), strict=True))

    def _made(self) -> set[Key]:
        """Returns the keys of rows whose last creation, or deletion, was an import of this feed."""
        plan, made = self._plan, dict[Key, bool]()
        for change in self._changes:
            if (change["tenant"], change["entity"]) == (plan.tenant, plan.entity) and change["kind"] in ("created", "deleted"):
                of_feed = self._receipts[change["run"]][1].get("feed") == (plan.absence and plan.absence.feed)
                made[tuple(change["key"][name] for name in plan.key)] = change["kind"] == "created" and of_feed
        return {key for key, ours in made.items() if ours}

    def _stands(self, row: Row) -> bool:
        dated = frozenset[str]() if self._plan.absence is None else self._plan.absence.dated
        told = ((name, _stored(row, column, kind), value) for name, column, kind, value in self._gone)
        return all(stored is not None if name in dated else stored == value for name, stored, value in told)

    def _pairs(self, row: Row) -> dict[str, tuple[Cell, Cell]]:
        told = {name: (_stored(row, column, kind), value) for name, column, kind, value in self._gone}
        return {name: pair for name, pair in told.items() if pair[0] != pair[1]}


def _stored(row: Row, column: str, kind: Any) -> Cell:
    stored = row[column]
    canonical: Cell = stored if stored is None or kind not in SPELLINGS else SPELLINGS[kind](stored)
    return canonical


def _log_key(plan: BookingPlan) -> Any:
    def written(key: Key) -> str:
        return json.dumps(dict(zip(plan.key, key, strict=True)), ensure_ascii=False, separators=(",", ":"))

    return written
