"""The tables in which lists stand: one row for each member of each row's list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, MetaData, PrimaryKeyConstraint, Table, Text

from nightclerk.core.booking import Links, links_of
from nightclerk.core.entity import Entity, EntityField
from nightclerk.targets.column_types import column_type

_LONGEST_NAME = 63
_OF_MEMBERS = "_members"


def link_tables(entity: Entity) -> list[Table]:
    """Given an entity that knows about the rows its fields name; returns the tables of its lists, whose primary keys are the
    tenant, the row's key and the member."""
    return [_table(entity, links) for name in entity.fields if (links := links_of(entity, name)) is not None]


def members_index(entity: Entity, table: Table) -> Index | None:
    """Given an entity and one of its tables, as a database is to make it; returns the index by which the rows are found that have
    a member, for a table of links; None for any other."""
    links = next((one for name in entity.fields if (one := links_of(entity, name)) is not None and one.table == table.name), None)
    if links is None:
        return None
    columns = [*([] if links.tenant_column is None else [links.tenant_column]), links.member]
    return Index(f"{links.table[: _LONGEST_NAME - len(_OF_MEMBERS)]}{_OF_MEMBERS}", *(table.c[name] for name in columns))


def _table(entity: Entity, links: Links) -> Table:
    columns: list[Column[Any]] = []
    if links.tenant_column is not None:
        columns.append(Column(links.tenant_column, Text, nullable=False, info={"longest": 63}))
    columns += [
        Column(column, column_type(entity.fields[name]), nullable=False, autoincrement=False)
        for column, name in zip(links.owner, entity.key, strict=True)
    ]
    member = EntityField(type=links.of.type, max_length=links.of.longest if links.of.type == "text" else None)
    columns.append(Column(links.member, column_type(member), nullable=False, autoincrement=False))
    return Table(links.table, MetaData(), *columns, PrimaryKeyConstraint(*(column.name for column in columns)))
