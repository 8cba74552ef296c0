"""Which rows, created on the way, are named by what an undo leaves: links of lists, and references of the run's own entity."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, collate, column, select, table
from sqlalchemy.sql import quoted_name

from nightclerk.core.entity import Named
from nightclerk.core.reading import Cell
from nightclerk.core.undo import Decision, Logged, UndoPlan
from nightclerk.targets.standing import cell
from nightclerk.targets.undo_named import among

Key = tuple[Cell, ...]


class Left:
    """The rows of the run's own entity, as its undo leaves them. A preview writes nothing, and notes what would be written."""

    def __init__(self, connection: Connection, plan: UndoPlan) -> None:
        self._connection = connection
        self._plan = plan
        self._noted: dict[Key, Container[str]] = {}
        self._again: dict[str, set[Any]] = {}

    def note(self, rows: Iterable[tuple[Key, Logged, Decision]]) -> None:
        """Given rows by their keys, each with its change and what would be done to it: what is put back, and all of a row that is
        deleted, names nothing any more; what it is put back to does."""
        for key, change, decision in rows if self._plan.named else ():
            if decision.act == "updated":
                self._noted[key] = decision.fields
                for name in decision.fields:
                    before = (change.fields or {})[name][0]
                    self._again.setdefault(name, set()).update(before if isinstance(before, list) else [before])
            elif decision.act is not None:
                self._noted[key] = self._plan.types

    def naming(self, named: Named, keys: Sequence[Any]) -> set[Cell]:
        """Given rows of another entity and the keys of some; returns those of the keys that a row of this tenant names."""
        booking, found = self._plan.booking, set[Cell]()
        columns = [self._plan.columns[name] for name in booking.key]
        for one in self._plan.apart:
            if one.links is not None and one.links.of.table == named.table:
                links = one.links
                found |= self._asked(one.name, links.table, links.tenant_column, links.owner, links.member, named, keys)
        for field in booking.references:
            if field.to.table == named.table:
                name = self._plan.columns[field.field]
                found |= self._asked(field.field, booking.table, booking.tenant_column, columns, name, named, keys)
        return found

    def _asked(
        self, field: str, where: str, tenant: str | None, owner: Sequence[str], member: str, named: Named, keys: Sequence[Any]
    ) -> set[Cell]:
        names = dict.fromkeys([*filter(None, [tenant]), *owner, member])
        columns: dict[str, Any] = {name: column(quoted_name(name, True)) for name in names}
        mine = [] if tenant is None else [self._exact(columns[tenant]) == self._plan.booking.tenant]
        query = select(columns[member], *(columns[name] for name in owner)).select_from(table(quoted_name(where, True)))
        kinds = [self._plan.types[name] for name in self._plan.booking.key]
        found = self._connection.execute(query.where(and_(*mine, among(self._exact(columns[member]), keys))))
        again = {cell(named.type, one) for one in self._again.get(field, ()) if one is not None} & {
            cell(named.type, one) for one in keys
        }
        noted = {key for key, fields in self._noted.items() if field in fields}
        return again | {
            cell(named.type, told)
            for told, *parts in found
            if tuple(cell(kind, part) for kind, part in zip(kinds, parts, strict=True)) not in noted
        }

    def _exact(self, one: Any) -> Any:
        return collate(one, "BINARY") if self._connection.dialect.name == "sqlite" else one
