"""Which rows, created on the way, are named by what an undo leaves: links of lists, and references of the run's own entity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, collate, column, select, table
from sqlalchemy.sql import quoted_name

from nightclerk.core.entity import Named
from nightclerk.core.reading import Cell
from nightclerk.core.undo import UndoPlan
from nightclerk.targets.standing import cell

Key = tuple[Cell, ...]


class Left:
    """The rows of the run's own entity, as its undo leaves them. A preview writes nothing, and notes what would be written."""

    def __init__(self, connection: Connection, plan: UndoPlan) -> None:
        self._connection = connection
        self._plan = plan
        self._noted: set[Key] = set()

    def note(self, keys: Iterable[Key]) -> None:
        """Given the keys of rows that would be put back or deleted: what they name now counts for nothing."""
        if self._plan.named:
            self._noted.update(keys)

    def naming(self, named: Named, keys: Sequence[Any]) -> set[Cell]:
        """Given rows of another entity and the keys of some; returns those of the keys that a row of this tenant names."""
        booking, found = self._plan.booking, set[Cell]()
        columns = [self._plan.columns[name] for name in booking.key]
        for one in self._plan.apart:
            if one.links is not None and one.links.of.table == named.table:
                found |= self._asked(one.links.table, one.links.tenant_column, one.links.owner, one.links.member, named, keys)
        for field in booking.references:
            if field.to.table == named.table:
                name = self._plan.columns[field.field]
                found |= self._asked(booking.table, booking.tenant_column, columns, name, named, keys)
        return found

    def _asked(
        self, where: str, tenant: str | None, owner: Sequence[str], member: str, named: Named, keys: Sequence[Any]
    ) -> set[Cell]:
        names = dict.fromkeys([*filter(None, [tenant]), *owner, member])
        columns: dict[str, Any] = {name: column(quoted_name(name, True)) for name in names}
        mine = [] if tenant is None else [self._exact(columns[tenant]) == self._plan.booking.tenant]
        query = select(columns[member], *(columns[name] for name in owner)).select_from(table(quoted_name(where, True)))
        kinds = [self._plan.types[name] for name in self._plan.booking.key]
        found = self._connection.execute(query.where(and_(*mine, self._exact(columns[member]).in_(list(keys)))))
        return {
            cell(named.type, told)
            for told, *parts in found
            if tuple(cell(kind, part) for kind, part in zip(kinds, parts, strict=True)) not in self._noted
        }

    def _exact(self, one: Any) -> Any:
        return collate(one, "BINARY") if self._connection.dialect.name == "sqlite" else one
