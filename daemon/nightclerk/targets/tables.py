"""The tables themselves: made from entities on request, and compared with what a run needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import String, TypeEngine

from nightclerk.core.entity import Entity, EntityField
from nightclerk.core.wording import listed
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.database import dialect_for
from nightclerk.targets.dialect import Dialect
from nightclerk.targets.imported import IMPORTED
from nightclerk.targets.needs import needed_by_entity
from nightclerk.targets.receipts import RECEIPTS

CREATE_COMMAND = "nightclerk tables create"


def create_tables(url: str | URL, entities: Iterable[Entity], folder: Path | None = None, *, run: bool = True) -> list[str]:
    """Makes the tables that are not there yet, the entities' own and Nightclerk's, in one transaction.

    Given the database's address (relative SQLite paths start at ``folder``). Returns the SQL statements; with ``run`` False
    they are only returned, and nothing is changed. Tables that exist are left as they stand; the database itself, a file in its
    folder say, is made where it is not there. Raises WeatherError or OperatorError.
    """
    dialect = dialect_for(url, folder)
    if run:
        dialect.prepare()
    engine = dialect.engine() if run else dialect.viewer()
    try:
        with engine.connect() as connection:
            (dialect.lock if run else dialect.look)(connection)
            wanted = {
                table.name: table for table in (*(entity_table(entity) for entity in entities), RECEIPTS, CHANGES, IMPORTED)
            }
            absent = [table for name, table in wanted.items() if dialect.absent(connection, name, ()) is None]
            missing = [CreateTable(dialect.declared(connection, table)) for table in absent]
            statements = [str(ddl.compile(dialect=connection.dialect)).strip() for ddl in missing]
            for ddl in missing if run else ():
                connection.execute(ddl)
            connection.commit()
            return statements
    except SQLAlchemyError as error:
        raise dialect.explain(error) from error
    finally:
        engine.dispose()


def entity_table(entity: Entity) -> Table:
    """Given an entity; returns its table, whose primary key is the tenant and the key fields."""
    tenant = [] if entity.tenant_column == "none" else [entity.tenant_column]
    key = [*tenant, *(entity.column(name) for name in entity.key)]
    columns: list[Column[Any]] = [Column(name, Text, nullable=False, info={"longest": 63}) for name in tenant]
    columns += [
        Column(entity.column(name), column_type(field), nullable=name not in entity.key) for name, field in entity.fields.items()
    ]
    return Table(entity.table, MetaData(), *columns, PrimaryKeyConstraint(*key))


def column_type(field: EntityField) -> TypeEngine[Any]:
    """Given a field; returns its type in SQL. SQLite has no exact decimals, so they are text in canonical form there."""
    kinds: dict[str, TypeEngine[Any]] = {
        "integer": BigInteger(),
        "decimal": Numeric(18, 4).with_variant(Text(), "sqlite"),
        "money": Numeric(18, 4).with_variant(Text(), "sqlite"),
        "date": Date(),
        "datetime": DateTime(timezone=True),
        "boolean": Boolean(),
        "currency": String(3),
        "country": String(2),
    }
    return kinds.get(field.type) or (String(field.max_length) if field.max_length else Text())


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a database lacks. columns: of a table that is there, each with its table."""

    tables: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]

    def sentences(self, place: str) -> list[str]:
        """Given the database as people know it; returns a sentence about all absent tables, and one for each absent column."""
        plural = len(self.tables) > 1
        absent = f"The table{'s' if plural else ''} {listed(self.tables, 'and')} do{'' if plural else 'es'} not exist in {place}."
        return [absent] * bool(self.tables) + [
            f"The table {table} in {place} has no column {column}. Add it, or name the right one in the entity (column: …)."
            for table, column in self.columns
        ]


OWN = tuple((table.name, tuple(column.name for column in table.columns)) for table in (RECEIPTS, CHANGES, IMPORTED))
"""Nightclerk's own tables in the target, each with its columns; the last is needed only where local edits are kept."""


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


def table_faults(url: str | URL, entities: Iterable[Entity], folder: Path | None = None, wait: float = 30.0) -> list[str]:
    """Looks into the database; returns a sentence for all tables that are missing, and one for each column or key of the
    others that does not fit what imports of these entities write. Changes nothing. Raises WeatherError or OperatorError."""
    dialect = dialect_for(url, folder, wait)
    engine = dialect.viewer()
    needs = [needed_by_entity(entity) for entity in entities]
    wanted = [(needed.name, (*(c.name for c in needed.columns), *needed.others)) for needed in needs]
    try:
        with engine.connect() as connection:
            dialect.look(connection)
            absent = lacking(dialect, connection, [*OWN, *wanted])
            there = [needed for needed in needs if needed.name not in absent.tables]
            unfit = [sentence for needed in there for sentence in dialect.unfit(connection, needed)]
            return list(dict.fromkeys([*absent.sentences(dialect.place), *unfit]))
    except SQLAlchemyError as error:
        raise dialect.explain(error) from error
    finally:
        engine.dispose()
