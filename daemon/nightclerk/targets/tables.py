"""The tables themselves: made from entities on request, and compared with what a run needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Column, Connection, DateTime, MetaData, PrimaryKeyConstraint, Table, Text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from nightclerk.core.entity import Entity, ResolvedEntity
from nightclerk.core.resolving import resolved
from nightclerk.core.wording import listed
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.column_types import column_type, custom_type
from nightclerk.targets.database import dialect_for
from nightclerk.targets.dialect import Dialect
from nightclerk.targets.imported import IMPORTED
from nightclerk.targets.link_tables import link_tables, members_index
from nightclerk.targets.needs import links_needed_by_entity, needed_by_entity
from nightclerk.targets.parked import PARKED
from nightclerk.targets.receipts import RECEIPTS

CREATE_COMMAND = "nightclerk tables create"
_OWN = frozenset(table.name for table in (RECEIPTS, CHANGES, IMPORTED, PARKED))


def create_tables(
    url: str | URL, entities: Iterable[Entity], folder: Path | None = None, *, run: bool = True, schema: str | None = None
) -> list[str]:
    """Makes the tables that are not there yet, the entities' own and Nightclerk's, in one transaction.

    Given the database's address (relative SQLite paths start at ``folder``). Returns the SQL statements; with ``run`` False
    they are only returned, and nothing is changed. Tables that exist are left as they stand; the database itself, a file in its
    folder say, is made where it is not there, and so is the schema, if one is given. Raises WeatherError or OperatorError.
    """
    dialect = dialect_for(url, folder, schema=schema)
    if run:
        dialect.prepare()
    engine = dialect.engine() if run else dialect.viewer()
    try:
        with engine.connect() as connection:
            (dialect.lock if run else dialect.look)(connection)
            made = dialect.schema_made(connection)
            missing: list[ExecutableDDLElement] = [] if made is None else [made]
            for entity, table in _tables(entities):
                if dialect.absent(connection, table.name, ()) is None:
                    missing += _ddl(entity, dialect.declared(connection, table))
            statements = [str(ddl.compile(dialect=connection.dialect)).strip() for ddl in missing]
            for ddl in missing if run else ():
                connection.execute(ddl)
            connection.commit()
            return statements
    except SQLAlchemyError as error:
        raise dialect.explain(error) from error
    finally:
        engine.dispose()


def _whole(entities: Iterable[Entity]) -> list[ResolvedEntity]:
    listed = list(entities)
    known = {entity.entity: entity for entity in listed}
    return [resolved(entity, known) for entity in listed]


def _tables(entities: Iterable[Entity]) -> list[tuple[Entity | None, Table]]:
    """The tables of these entities and of their lists, each with its entity, and Nightclerk's own; each once."""
    whole = _whole(entities)
    wanted: list[tuple[Entity | None, Table]] = [(entity, entity_table(entity)) for entity in whole]
    wanted += [(entity, table) for entity in whole for table in link_tables(entity)]
    wanted += [(None, table) for table in (RECEIPTS, CHANGES, IMPORTED, PARKED)]
    return list({table.name: (entity, table) for entity, table in wanted}.values())


def _ddl(entity: Entity | None, table: Table) -> list[ExecutableDDLElement]:
    index = None if entity is None else members_index(entity, table)
    return [CreateTable(table)] if index is None else [CreateTable(table), CreateIndex(index)]


def entity_table(entity: Entity) -> Table:
    """Given an entity; returns its table, whose primary key is the tenant and the key fields."""
    tenant = [] if entity.tenant_column == "none" else [entity.tenant_column]
    key = [*tenant, *(entity.column(name) for name in entity.key)]
    columns: list[Column[Any]] = [Column(name, Text, nullable=False, info={"longest": 63}) for name in tenant]
    columns += [  # a key of whole numbers is the file's: SQLAlchemy would have the database count, and MariaDB make a 1 of each 0
        Column(entity.column(name), column_type(entity.fields[name]), nullable=name not in entity.key, autoincrement=False)
        for name in entity.in_columns
    ]
    columns += [] if entity.custom_fields is None else [Column(entity.custom_fields, custom_type())]
    columns += [Column(name, DateTime(timezone=True)) for name in entity.stamps.on_creation]
    return Table(entity.table, MetaData(), *columns, PrimaryKeyConstraint(*key))


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a database lacks. columns: of a table that is there, each with its table."""

    tables: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]

    def sentences(self, place: str) -> list[str]:
        """Given the database as people know it; returns a sentence about all absent tables, one for each of Nightclerk's own
        that has another shape, and one for each absent column of the others."""
        plural = len(self.tables) > 1
        absent = f"The table{'s' if plural else ''} {listed(self.tables, 'and')} do{'' if plural else 'es'} not exist in {place}."
        others = dict.fromkeys(table for table, _ in self.columns if table in _OWN)
        return (
            [absent] * bool(self.tables)
            + [
                f"The table {table} in {place} was made by another version of Nightclerk. The changelog says what to do."
                for table in others
            ]
            + [
                f"The table {table} in {place} has no column {column}. Add it, or name the right one in the entity (column: …)."
                for table, column in self.columns
                if table not in _OWN
            ]
        )


def own_tables(*, remembers: bool = True, parks: bool = True) -> list[tuple[str, list[str]]]:
    """Given whether local edits are kept, and whether rows may wait for others; returns those of Nightclerk's own tables that are
    needed, each with its columns."""
    needed = [RECEIPTS, CHANGES, *([IMPORTED] if remembers else []), *([PARKED] if parks else [])]
    return [(table.name, [column.name for column in table.columns]) for table in needed]


def lacking(dialect: Dialect, connection: Connection, wanted: Iterable[tuple[str, Iterable[str]]]) -> Lacking:
    """Given tables, each with the columns that are needed; returns those that the database lacks."""
    tables: dict[str, None] = {}
    columns: dict[tuple[str, str], None] = {}
    for table, needed in wanted:
        absent = dialect.absent(connection, table, needed)
        if absent is None:
            tables[table] = None
        else:
            columns |= {(table, column): None for column in absent}
    return Lacking(tuple(tables), tuple(columns))


def table_faults(
    url: str | URL, entities: Iterable[Entity], folder: Path | None = None, wait: float = 30.0, schema: str | None = None
) -> list[str]:
    """Looks into the database; returns a sentence for all tables that are missing, and one for each column or key of the
    others that does not fit what imports of these entities write. Changes nothing. Raises WeatherError or OperatorError."""
    dialect = dialect_for(url, folder, wait, schema=schema)
    engine = dialect.viewer()
    whole = _whole(entities)
    needs = [need for entity in whole for need in (needed_by_entity(entity), *links_needed_by_entity(entity))]
    wanted = [(needed.name, (*(c.name for c in needed.columns), *needed.others)) for needed in needs]
    try:
        with engine.connect() as connection:
            dialect.look(connection)
            parks = any(field.to is not None for entity in whole for field in entity.fields.values())
            absent = lacking(dialect, connection, [*own_tables(parks=parks), *wanted])
            there = [needed for needed in needs if needed.name not in absent.tables]
            unfit = [sentence for needed in there for sentence in dialect.unfit(connection, needed)]
            return list(dict.fromkeys([*absent.sentences(dialect.place), *unfit]))
    except SQLAlchemyError as error:
        raise dialect.explain(error) from error
    finally:
        engine.dispose()
