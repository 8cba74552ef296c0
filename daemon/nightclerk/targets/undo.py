"""Taking a run back in SQL, in portions: SQLAlchemy's own parts for every database, decided by ``core.undo``.

One transaction, in which the run's log is read, the rows are compared with it and written, and the undo logs what it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from nightclerk.core.reading import Block, Cell
from nightclerk.core.undo import (
    Decision,
    Logged,
    RowUndone,
    UndoPlan,
    decide_again,
    decide_created,
    decide_updated,
    made_by,
)
from nightclerk.targets.receipts import fill_receipt
from nightclerk.targets.standing import cell
from nightclerk.targets.undo_imported import UndoImported
from nightclerk.targets.undo_log import UndoLog
from nightclerk.targets.undo_rows import Key, Standing, UndoRows


class UndoWork:
    """The undo of one run on an open transaction. receipt: None for a preview, which writes nothing."""

    def __init__(self, connection: Connection, plan: UndoPlan, receipt: int | None, *, imported: bool) -> None:
        """imported: whether the database has ``nightclerk_imported``. Raises OperatorError when it has no receipt of the run."""
        self._connection = connection
        self._plan = plan
        self._receipt = receipt
        self._log = UndoLog(connection, plan, receipt)
        self._rows = UndoRows(connection, plan, lock=receipt is not None)
        self._imported = UndoImported(connection, plan, there=imported)
        self._seen = -1

    def needs_file(self) -> bool:
        """See ``ports.Undoing``."""
        return self._log.has_made()

    def made(self, block: Block) -> list[RowUndone]:
        """See ``ports.Undoing``."""
        if not block.lines:
            return []
        fields = [one.name for one in self._plan.booking.fields]
        upto, done = max(block.lines), []
        at = {line: place for place, line in enumerate(block.lines)}
        for page in self._log.made(self._seen, upto):
            cells = {
                one.line: {n: c[at[one.line]] for n, c in zip(fields, block.columns, strict=True)}
                for one in page
                if one.line in at
            }
            done += self._take_back(page, {line: made_by(self._plan, row) for line, row in cells.items()})
        self._seen = max(self._seen, upto)
        return done

    def others(self) -> Iterator[list[RowUndone]]:
        """See ``ports.Undoing``."""
        for page in self._log.made(self._seen):
            yield self._take_back(page, {})
        for page in self._log.others():
            yield self._take_back(page, {})

    def finish(self, receipt: dict[str, Any]) -> None:
        """Fills the undo's receipt."""
        if self._receipt is not None:
            fill_receipt(self._connection, self._receipt, receipt)

    def _take_back(self, changes: Sequence[Logged], made: Mapping[int, Mapping[str, Cell]]) -> list[RowUndone]:
        standing = self._rows.read(change.key for change in changes)
        keys = {change.line: self._rows.key_of(change.key) for change in changes}
        stands = {line: standing.get(key) for line, key in keys.items()}
        decided = {one.line: self._decide(one, stands[one.line], made.get(one.line)) for one in changes}
        leaving = {line: row for line, row in stands.items() if decided[line].act == "deleted" and row is not None}
        decided |= dict.fromkeys(self._rows.referred(leaving), Decision("could_not", reason="referred"))
        if self._receipt is not None:
            by_line = {change.line: change for change in changes}
            decided |= dict.fromkeys(self._carry_out(by_line, decided, stands), Decision("could_not", reason="forbidden"))
            self._keep_up(by_line, decided, stands, keys)
        return [RowUndone(change.line, change.key, decided[change.line]) for change in changes]

    def _decide(self, change: Logged, stands: Standing | None, made: Mapping[str, Cell] | None) -> Decision:
        if change.kind == "updated":
            after = {name: cell(self._plan.types[name], pair[1]) for name, pair in (change.fields or {}).items()}
            return decide_updated(change, after, None if stands is None else stands.cells)
        if change.fields is not None:
            return decide_again(change, None if stands is None else stands.image)
        if made is not None and tuple(made[name] for name in self._plan.booking.key) != self._rows.key_of(change.key):
            made = None  # the file reads in another way than it did
        return decide_created(change, made, None if stands is None else stands.cells, self._rows.usual)

    def _carry_out(
        self, changes: Mapping[int, Logged], decided: Mapping[int, Decision], stands: Mapping[int, Standing | None]
    ) -> set[int]:
        """Writes what was decided; returns the lines of what the database forbade."""
        back, gone, again = {}, {}, {}
        for line, decision in decided.items():
            key, fields = changes[line].key, changes[line].fields or {}
            if decision.act == "updated":
                back[line] = key, {name: fields[name][0] for name in decision.fields}
            elif decision.act == "deleted":
                gone[line] = key
            elif decision.act == "created":
                again[line] = fields
        return self._rows.delete(gone) | self._rows.put_back(back) | self._rows.create(again)

    def _keep_up(
        self,
        changes: Mapping[int, Logged],
        decided: Mapping[int, Decision],
        stands: Mapping[int, Standing | None],
        keys: Mapping[int, Key],
    ) -> None:
        """Logs what was done, and brings the memory of what imports brought up to it."""
        entries: list[tuple[Logged, str, dict[str, Any]]] = []
        back: dict[Key, dict[str, Any]] = {}
        for line, decision in decided.items():
            change, stood = changes[line], stands[line]
            if decision.act == "updated":
                pairs = {name: (change.fields or {})[name] for name in decision.fields}
                entries.append((change, "updated", {name: [after, before] for name, (before, after) in pairs.items()}))
                back[keys[line]] = pairs
            elif decision.act == "deleted" and stood is not None:
                entries.append((change, "deleted", stood.image))
            elif decision.act == "created":
                entries.append((change, "created", change.fields or {}))
        again = [changes[line] for line, decision in decided.items() if decision.act == "created"]
        self._log.write(entries)
        self._imported.put_back(back)
        self._imported.forget([keys[line] for line, decision in decided.items() if decision.act == "deleted"])
        standing = self._rows.read(change.key for change in again) if again else {}
        self._imported.remember({key: row.cells for key, row in standing.items()})
