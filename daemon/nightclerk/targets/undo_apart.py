"""Lists and custom fields of the rows that an undo is about: read beside their columns, and put back as they were."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnClause,
    Connection,
    Text,
    and_,
    bindparam,
    cast,
    collate,
    column,
    delete,
    insert,
    select,
    table,
    tuple_,
)
from sqlalchemy.exc import DataError, IntegrityError, InternalError
from sqlalchemy.sql import quoted_name

from nightclerk.core.booking import Links
from nightclerk.core.reading import CELL_SEPARATOR, Cell
from nightclerk.core.undo import UndoPlan
from nightclerk.targets.custom_fields import custom_cell, document_of, merged
from nightclerk.targets.referring import Referring
from nightclerk.targets.standing import cell

Key = tuple[Cell, ...]
_LISTED = "[]"
"""Behind a list's name in the image of a row that is gone: no column is called so."""


class UndoApart:
    """What of one tenant's rows has no column of its own."""

    def __init__(self, connection: Connection, plan: UndoPlan) -> None:
        self._connection = connection
        self._plan = plan
        self.lists = {one.name: one.links for one in plan.apart if one.links is not None}
        self._custom = {one.name: one for one in plan.apart if one.stored == "custom"}
        self._documents = sorted({one.column for one in self._custom.values()})

    @property
    def names(self) -> dict[str, str]:
        """The lists by what the image of a row calls them."""
        return {name + _LISTED: name for name in self.lists}

    def lists_of(self, keys: Iterable[Key]) -> dict[Key, dict[str, list[str]]]:
        """Given keys in canonical form; returns key → list → its members in order, of those that have any."""
        found: dict[Key, dict[str, list[str]]] = {}
        wanted = list(keys)
        for name, links in self.lists.items() if wanted else ():
            links_table, owner, member = self._columns(links)
            query = select(*owner, cast(member, Text())).select_from(links_table)
            query = query.where(self._mine(links), tuple_(*map(self._exact, owner)).in_(wanted))
            kinds = [self._plan.types[name] for name in self._plan.booking.key]
            for *parts, told in self._connection.execute(query):
                key = tuple(cell(kind, part) for kind, part in zip(kinds, parts, strict=True))
                found.setdefault(key, {}).setdefault(name, []).append(str(told))
        return {key: {name: sorted(members) for name, members in lists.items()} for key, lists in found.items()}

    def cells(self, stored: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> dict[str, Cell]:
        """Given a row by column, and its lists; returns their cells and those of the custom fields."""
        joined: dict[str, Cell] = {name: CELL_SEPARATOR.join(lists.get(name, ())) or None for name in self.lists}
        documents = {name: document_of(stored.get(name)) for name in self._documents}
        return joined | {name: custom_cell(documents[one.column], name, one.type) for name, one in self._custom.items()}

    def filled_in(self, stored: Mapping[str, Any]) -> tuple[str, ...]:
        """Given a row by column; returns the JSON columns in which somebody has put what is no custom field."""
        return tuple(
            name
            for name in self._documents
            if any(value is not None and key not in self._custom for key, value in document_of(stored.get(name)).items())
        )

    def documents(self, stored: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, str]:
        """Given a row by column, and the values that fields are to get back; returns the JSON columns that change, as text."""
        changed: dict[str, dict[str, Any]] = {}
        for name, value in fields.items():
            if name in self._custom:
                changed.setdefault(self._custom[name].column, {})[name] = value
        return {
            name: json.dumps(merged(document_of(stored.get(name)), values), ensure_ascii=False)
            for name, values in changed.items()
        }

    def image(self, lists: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Given a row's lists; returns them as the log has them of a row that is gone."""
        return {name + _LISTED: list(lists.get(name, ())) for name in self.lists}

    def imaged(self, image: Mapping[str, Any]) -> dict[str, list[str]]:
        """Given the image of a row; returns its lists."""
        return {name: image[name + _LISTED] for name in self.lists if name + _LISTED in image}

    def relist(self, rows: Sequence[tuple[Key, Mapping[str, Sequence[str] | None]]]) -> None:
        """Given keys, each with lists and their members; writes these in the place of what stands there."""
        for name, links in self.lists.items():
            mine = [(key, lists[name] or ()) for key, lists in rows if name in lists]
            if not mine:
                continue
            links_table, owner, _ = self._columns(links)
            keyed = and_(*(self._exact(one) == bindparam(f"nightclerk_owner_{at}") for at, one in enumerate(owner)))
            self._connection.execute(
                delete(links_table).where(self._mine(links), keyed),
                [{f"nightclerk_owner_{at}": part for at, part in enumerate(key)} for key, _ in mine],
            )
            tenant = {} if links.tenant_column is None else {links.tenant_column: self._plan.booking.tenant}
            new = [
                tenant | dict(zip(links.owner, key, strict=True)) | {links.member: one}
                for key, members in mine
                for one in members
            ]
            if new:
                self._connection.execute(insert(links_table), new)

    def unlist(self, keys: Iterable[Key]) -> None:
        """Given keys; takes all members out of their lists."""
        empty: dict[str, Sequence[str] | None] = dict.fromkeys(self.lists, ())
        self.relist([(key, empty) for key in keys])

    def elsewhere(self, referring: Iterable[Referring], asked: Iterable[str]) -> list[Referring]:
        """Given what refers to the table, and tables that are asked by themselves; returns it without these, and without the
        lists, which go with their rows."""
        own = {table.lower() for table in (*(links.table for links in self.lists.values()), *asked)}
        return [one for one in referring if one.table.rpartition(".")[2].strip('"`').lower() not in own]

    def _columns(self, links: Links) -> tuple[Any, list[Any], Any]:
        names = [*filter(None, [links.tenant_column]), *links.owner, links.member]
        columns: dict[str, ColumnClause[Any]] = {name: column(quoted_name(name, True)) for name in names}
        made = table(quoted_name(links.table, True), *columns.values())
        return made, [columns[name] for name in links.owner], columns[links.member]

    def _mine(self, links: Links) -> Any:
        if links.tenant_column is None:
            return and_(True)
        return self._exact(column(quoted_name(links.tenant_column, True))) == self._plan.booking.tenant

    def _exact(self, one: Any) -> Any:
        return collate(one, "BINARY") if self._connection.dialect.name == "sqlite" else one


def by_halves(connection: Connection, lines: Sequence[int], write: Callable[[Sequence[int]], bool]) -> set[int]:
    """Given lines, and what writes their rows and returns whether it could; does it for all lines at once, and where that is
    forbidden half by half, each half wholly or not at all. Returns the lines of the forbidden."""
    if not lines:
        return set()
    try:
        with connection.begin_nested() as savepoint:
            if write(lines):
                return set()
            savepoint.rollback()
    except (IntegrityError, DataError, InternalError):
        pass  # the savepoint has taken it back; now by smaller parts
    if len(lines) == 1:
        return {*lines}
    middle = len(lines) // 2
    return by_halves(connection, lines[:middle], write) | by_halves(connection, lines[middle:], write)
