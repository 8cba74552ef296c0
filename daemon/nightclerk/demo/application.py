"""The receiving application, as far as it is played: the rows it had before the first night, and its tables looked into."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Table, create_engine, func, inspect, select

from nightclerk.core.entity import Entity, EntityField
from nightclerk.targets.tables import entity_table


class Application:
    """Connects to the application's database as the application itself does, from ``with`` to the end of its block."""

    def __init__(self, url: str) -> None:
        """Given the database's whole address, the password included."""
        self._engine = create_engine(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._engine.dispose()

    def tables(self) -> list[str]:
        """Returns the names of the tables that are there."""
        return inspect(self._engine).get_table_names()

    def enter(self, tenant: str, entity: Entity, rows: Sequence[Mapping[str, str]]) -> None:
        """Given rows by field, blank for what nobody knows; puts them into the entity's table, as people did over the years."""
        table = entity_table(entity)
        owner = {} if entity.tenant_column == "none" else {entity.tenant_column: tenant}
        with self._engine.begin() as connection:
            connection.execute(
                table.insert(),
                [
                    {**owner, **{entity.column(name): _entered(entity.fields[name], cell) for name, cell in row.items()}}
                    for row in rows
                ],
            )

    def edit(self, tenant: str, entity: Entity, key: str, values: Mapping[str, str | None]) -> None:
        """Given the key of a row, whose key is one field, and values by field; writes them, as somebody types them in.

        Raises LookupError when there is no such row."""
        table = entity_table(entity)
        written = {entity.column(name): _entered(entity.fields[name], cell or "") for name, cell in values.items()}
        asked = table.update().where(table.c[entity.column(entity.key[0])] == key).values(written)
        with self._engine.begin() as connection:
            if connection.execute(_of(asked, table, tenant, entity)).rowcount != 1:
                raise LookupError(f"no {entity.entity} {key} of {tenant}")

    def rows(self, tenant: str, entity: Entity, fields: Sequence[str], limit: int | None = None) -> list[tuple[str, ...]]:
        """Returns the tenant's rows in the order of their key, each cell as text: amounts with four decimals, blank for none."""
        table = entity_table(entity)
        columns = [table.c[entity.column(name)] for name in fields]
        asked = select(*columns).order_by(*(table.c[entity.column(name)] for name in entity.key)).limit(limit)
        with self._engine.connect() as connection:
            found = connection.execute(_of(asked, table, tenant, entity)).all()
        return [tuple(_spelt(cell) for cell in row) for row in found]

    def count(self, tenant: str, entity: Entity) -> int:
        """Returns how many rows the tenant has."""
        table = entity_table(entity)
        with self._engine.connect() as connection:
            return int(connection.execute(_of(select(func.count()).select_from(table), table, tenant, entity)).scalar_one())


def rows_before(file: Path) -> list[dict[str, str]]:
    """Given a file of rows that stood in the application before; returns them by field."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _of(asked: Any, table: Table, tenant: str, entity: Entity) -> Any:
    return asked if entity.tenant_column == "none" else asked.where(table.c[entity.tenant_column] == tenant)


def _entered(field: EntityField, cell: str) -> Any:
    """Amounts stay text: SQLite keeps them so, and PostgreSQL reads them exactly."""
    if not cell:
        return None
    match field.type:
        case "boolean":
            return cell == "true"
        case "integer":
            return int(cell)
        case "date":
            return date.fromisoformat(cell)
        case _:
            return cell


def _spelt(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"{cell:.4f}" if isinstance(cell, Decimal) else str(cell)
