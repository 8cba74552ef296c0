"""The log of a run that is undone: its changes, what later runs did to the same rows, and the undo's own entries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, not_, select

from nightclerk.core.errors import OperatorError
from nightclerk.core.undo import Later, Logged, UndoPlan
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.receipts import RECEIPTS
from nightclerk.targets.undo_arrays import log_entries

#: How many changes are taken back at a time.
PAGE = 1_000
#: Less than every line: changes that no line of a file made have negative ones.
_BEFORE_ALL = -(2**62)
_CREATED = and_(CHANGES.c.kind == "created", CHANGES.c.fields.is_(None))
_MADE = and_(_CREATED, CHANGES.c.line >= 0)


class UndoLog:
    """The changes of one run. receipt: under which its undo is logged; None for a preview."""

    def __init__(self, connection: Connection, plan: UndoPlan, receipt: int | None) -> None:
        """Raises OperatorError when the database has no receipt of the run."""
        self._connection = connection
        self._plan = plan
        self._receipt = receipt
        self._undone = connection.execute(select(RECEIPTS.c.id).where(RECEIPTS.c.run_key == plan.run)).scalar_one_or_none()
        if self._undone is None:
            raise OperatorError(
                "The database has no receipt of this run: it was put back to an older state, or is another one now. There is "
                "nothing to take back.",
                command="nightclerk doctor",
            )
        self._later = self._changed_later()

    def has_made(self) -> bool:
        """Returns whether an import created rows in this run, of which only the run's file tells how they were made."""
        return self._connection.execute(self._select(_MADE).limit(1)).first() is not None

    def made(self, after: int, upto: int | None = None) -> Iterator[list[Logged]]:
        """Yields the rows that an import created, from lines past ``after`` up to a line, or all, page by page."""
        where = _MADE if upto is None else and_(_MADE, CHANGES.c.line <= upto)
        return self._pages(where, after)

    def others(self) -> Iterator[list[Logged]]:
        """Yields all other changes by line, page by page, those that no line of the file made first."""
        return self._pages(and_(not_(_CREATED), not_(self._apart())), _BEFORE_ALL)

    def on_the_way(self) -> Iterator[list[Logged]]:
        """Yields the rows of other entities that were created on the way, or again by an undo, page by page: to be taken back
        when nothing of the run refers to them any more."""
        return self._pages(self._apart(), _BEFORE_ALL)

    def _apart(self) -> ColumnElement[bool]:
        return and_(CHANGES.c.kind == "created", CHANGES.c.entity != self._plan.booking.entity)

    def write(self, entries: Sequence[tuple[Logged, str, dict[str, Any]]], entity: str) -> None:
        """Given changes of one entity's rows, each with what was done to take it back and the fields to log; logs that as the
        undo's own."""
        known = {"receipt": self._receipt, "tenant": self._plan.booking.tenant, "entity": entity}
        if self._connection.dialect.name == "postgresql" and entries:
            listed = [(one.line, act, one.written, written(fields)) for one, act, fields in entries]
            self._connection.execute(*log_entries(known, listed))
            return
        rows = [
            {**known, "line": one.line, "kind": act, "key": one.written, "fields": written(fields)}
            for one, act, fields in entries
        ]
        if rows:
            self._connection.execute(insert(CHANGES), rows)

    def _pages(self, where: ColumnElement[bool], after: int) -> Iterator[list[Logged]]:
        while found := self._connection.execute(self._select(and_(where, CHANGES.c.line > after)).limit(PAGE)).all():
            yield [
                Logged(
                    line=line,
                    kind=kind,
                    key=json.loads(key),
                    fields=None if fields is None else json.loads(fields),
                    later=self._later.get((entity, key), frozenset()),
                    written=key,
                    entity=entity,
                )
                for line, kind, key, fields, entity in found
            ]
            after = found[-1].line

    def _select(self, where: ColumnElement[bool]) -> Any:
        wanted = (CHANGES.c.line, CHANGES.c.kind, CHANGES.c.key, CHANGES.c.fields, CHANGES.c.entity)
        return select(*wanted).where(CHANGES.c.receipt == self._undone, where).order_by(CHANGES.c.line)

    def _changed_later(self) -> dict[tuple[str, str], Later]:
        """Returns entity and key → what runs after this one changed of the row, for those of its rows that any did."""
        mine, other, plan = CHANGES.alias("mine"), CHANGES.alias("other"), self._plan
        void = select(RECEIPTS.c.id).where(RECEIPTS.c.run_key.in_(sorted(plan.void)))
        joined = and_(other.c.key == mine.c.key, other.c.tenant == mine.c.tenant, other.c.entity == mine.c.entity)
        query = (
            select(other.c.entity, other.c.key, other.c.kind, other.c.fields)
            .select_from(mine.join(other, joined))
            .where(mine.c.receipt == self._undone, other.c.receipt > self._undone)
        )
        if self._receipt is not None:
            query = query.where(other.c.receipt < self._receipt)
        if plan.void:
            query = query.where(other.c.receipt.not_in(void))
        found: dict[tuple[str, str], Later] = {}
        for entity, key, kind, fields in self._connection.execute(query):
            before = found.get((entity, key), frozenset())
            whole = kind != "updated" or before is None
            found[entity, key] = None if whole else before | json.loads(fields).keys()
        return found


def written(fields: dict[str, Any]) -> str:
    """Given fields; returns them as the log has them."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
