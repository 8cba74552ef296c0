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
    made_on_the_way,
    plan_named,
)
from nightclerk.targets.parked import move_parked
from nightclerk.targets.receipts import fill_receipt
from nightclerk.targets.standing import cell
from nightclerk.targets.undo_imported import UndoImported
from nightclerk.targets.undo_left import Left
from nightclerk.targets.undo_log import UndoLog
from nightclerk.targets.undo_named import named_rows
from nightclerk.targets.undo_rows import Key, Standing, UndoRows


class UndoWork:
    """The undo of one run on an open transaction. receipt: None for a preview, which writes nothing."""

    def __init__(
        self, connection: Connection, plan: UndoPlan, receipt: int | None, *, imported: bool, log: UndoLog | None = None
    ) -> None:
        """imported: whether the database has ``nightclerk_imported``. log: of the whole run, for rows that it created on the way.
        Raises OperatorError when the database has no receipt of the run."""
        self._connection = connection
        self._plan = plan
        self._receipt = receipt
        self._log = log or UndoLog(connection, plan, receipt)
        self._others: dict[str, UndoWork] = {}
        self._left = Left(connection, plan)
        self._rows = UndoRows(connection, plan, lock=receipt is not None)
        self._imported = UndoImported(connection, plan, there=imported)
        self._seen = -1
        self._named = set[Cell]()

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
            yield self._by_entity(page)
        for page in self._log.on_the_way():
            yield self._by_entity(page)

    def finish(self, receipt: dict[str, Any]) -> None:
        """Takes out of waiting what the run parked and still waits, or puts that back, and fills the undo's receipt."""
        if self._receipt is not None:
            if self._plan.booking.references:
                move_parked(self._connection, self._plan.booking.tenant, *self._plan.moves)
            fill_receipt(self._connection, self._receipt, receipt)

    def _by_entity(self, changes: Sequence[Logged]) -> list[RowUndone]:
        """Takes back changes of any entity's rows, those of the run's own entity last: they may name the others."""
        mine = [one for one in changes if one.entity == self._plan.booking.entity]
        done: list[RowUndone] = []
        for entity in dict.fromkeys(one.entity for one in changes if one.entity != self._plan.booking.entity):
            theirs, named = [one for one in changes if one.entity == entity], self._plan.named.get(entity)
            if named is None:  # the configuration does not speak of them any more
                left = Decision("could_not", reason="no_entity")
                done += [RowUndone(one.line, one.entity, one.key, left) for one in theirs]
                continue
            if entity not in self._others:
                plan = plan_named(self._plan, named)
                self._others[entity] = UndoWork(self._connection, plan, self._receipt, imported=False, log=self._log)
            work = self._others[entity]
            work.kept_by(self._left.naming(named, [one.key[named.field] for one in theirs]))
            made = {one.line: made_on_the_way(named, work.key_of(one)[0]) for one in theirs if one.fields is None}
            done += work._take_back(theirs, made)
        return done + (self._take_back(mine, {}) if mine else [])

    def key_of(self, change: Logged) -> Key:
        """Given a change; returns the key of its row in canonical form."""
        return self._rows.key_of(change.key)

    def kept_by(self, keys: set[Cell]) -> None:
        """Given the keys, each of one field, of rows that others name: these are not deleted."""
        self._named = keys

    def _take_back(self, changes: Sequence[Logged], made: Mapping[int, Mapping[str, Cell]]) -> list[RowUndone]:
        standing = self._rows.read(change.key for change in changes)
        keys = {change.line: self._rows.key_of(change.key) for change in changes}
        stands = {line: standing.get(key) for line, key in keys.items()}
        decided = {one.line: self._decide(one, stands[one.line], made.get(one.line)) for one in changes}
        leaving = {line: row for line, row in stands.items() if decided[line].act == "deleted" and row is not None}
        named = {line for line in leaving if keys[line][0] in self._named}
        named |= self._named_elsewhere({one.line: one for one in changes if one.line in leaving})
        decided |= dict.fromkeys(named | self._rows.referred(leaving), Decision("could_not", reason="referred"))
        if self._receipt is not None:
            by_line = {change.line: change for change in changes}
            decided |= dict.fromkeys(self._carry_out(by_line, decided, stands), Decision("could_not", reason="forbidden"))
            self._keep_up(by_line, decided, stands, keys)
        else:
            self._left.note((keys[one.line], one, decided[one.line]) for one in changes)
        return [RowUndone(one.line, one.entity, one.key, decided[one.line]) for one in changes]

    def _named_elsewhere(self, changes: Mapping[int, Logged]) -> set[int]:
        """Given changes by line; returns the lines of those whose rows are named by rows of other entities."""
        booking = self._plan.booking
        if len(booking.key) != 1:  # what is named has a key of one field
            return set()
        (name,), places = booking.key, self._plan.named_by.get(booking.entity, ())
        keys = {line: change.key[name] for line, change in changes.items()}
        return named_rows(self._connection, places, booking.tenant, self._plan.types[name], keys)

    def _decide(self, change: Logged, stands: Standing | None, made: Mapping[str, Cell] | None) -> Decision:
        if change.kind == "updated":
            after = {name: cell(self._plan.types[name], pair[1]) for name, pair in (change.fields or {}).items()}
            return decide_updated(change, after, None if stands is None else stands.cells)
        if change.fields is not None:
            return decide_again(change, None if stands is None else stands.image, self._rows.fields)
        if made is not None and tuple(made[name] for name in self._plan.booking.key) != self._rows.key_of(change.key):
            made = None  # the file reads in another way than it did
        filled_in = () if stands is None else self._rows.strange(stands)
        cells = None if stands is None else stands.cells
        return decide_created(change, made, cells, self._rows.usual, filled_in, self._plan.blanked)

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
        self._log.write(entries, self._plan.booking.entity)
        self._imported.put_back(back)
        self._imported.forget([keys[line] for line, decision in decided.items() if decision.act == "deleted"])
        standing = self._rows.read(change.key for change in again) if again else {}
        self._imported.remember({key: row.cells for key, row in standing.items()})
