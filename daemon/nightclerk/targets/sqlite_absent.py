"""Rows of the table that a file lacks, on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from nightclerk.core.booking import Absence, BookingPlan
from nightclerk.core.reading import Cell
from nightclerk.targets.absent_rows import GONE, IN_FILE, MADE, AbsentRows, gone_fields
from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.imported import IMPORTED
from nightclerk.targets.sqlite_place import Place
from nightclerk.targets.written_place import WrittenPlace


class SqliteAbsentRows(AbsentRows):
    """``AbsentRows`` on SQLite. table: quoted."""

    temporary = "temp."

    def __init__(
        self,
        connection: Connection,
        plan: BookingPlan,
        absence: Absence,
        run: Callable[..., Any],
        places: Sequence[Place],
        table: str,
        mine: str,
        same_key: Callable[[str], str],
    ) -> None:
        quote = connection.dialect.identifier_preparer.quote_identifier
        fields = [(at, field, quote(field.column)) for at, field in gone_fields(absence)]
        gone = [Place(field, column, at, f"t.{column} COLLATE BINARY") for at, field, column in fields]
        super().__init__(connection, plan, absence, run, places, gone, f"{table} AS t", mine, same_key)

    def make_tables(self) -> None:
        columns = ", ".join(f"{key.source} AS {key.new}" for key in self._keys)
        # Made of the table itself, so that its columns compare as the table's do and their index can be used.
        self._run(f"CREATE TEMPORARY TABLE {IN_FILE} AS SELECT {columns} FROM {self._table} LIMIT 0")
        names = ", ".join([*(key.new for key in self._keys), *(one.old for one in self._gone)])
        self._run(f"CREATE TEMPORARY TABLE {GONE} (log_key TEXT PRIMARY KEY, {names})")
        self._run(f"CREATE TEMPORARY TABLE {MADE} (log_key TEXT PRIMARY KEY)")

    def keep(self, table: str) -> None:
        names = ", ".join(key.new for key in self._keys)
        self._run(f"INSERT INTO {self.temporary}{IN_FILE} ({names}) SELECT {names} FROM {table}")

    def put(self, keys: Sequence[tuple[Cell, ...]]) -> None:
        marks = ", ".join("?" for _ in self._keys)
        self._connection.exec_driver_sql(f"INSERT INTO {self.temporary}{IN_FILE} VALUES ({marks})", list(keys))

    def prepare(self) -> None:
        names = ", ".join(key.new for key in self._keys)
        self._run(f"CREATE INDEX temp.nightclerk_in_file_by_key ON {IN_FILE} ({names})")

    def reckon(self, table: str) -> None:
        """Nothing: what stands in an index is found by it."""

    def in_file(self) -> str:
        same = " AND ".join(f"k.{key.new} = {key.source} COLLATE BINARY" for key in self._keys)
        return f"EXISTS (SELECT 1 FROM {self.temporary}{IN_FILE} AS k WHERE {same})"

    def same(self, place: WrittenPlace, stands: str, given: str) -> str:
        if place.field.type in SPELLINGS:
            return f"nightclerk_{place.field.type}({stands}) IS nightclerk_{place.field.type}({given})"
        return f"{stands} IS {given}"

    def joined(self, parts: Sequence[str]) -> str:
        return f"({' || '.join(parts)})"

    def update(self, assigned: str, untouched: str) -> int:
        del untouched  # nobody else writes meanwhile
        return int(
            self._execute(
                f"UPDATE {self._table} SET {assigned} FROM {self.temporary}{GONE} AS a WHERE {self._same_key('a')}"
            ).rowcount
        )

    def remember(self, places: Sequence[WrittenPlace]) -> None:
        told = ", ".join(f"'$.{one.field.name}', {one.as_text(one.source)}" for one in places)
        key = " || char(31) || ".join(one.as_text(f"a.{one.new}") for one in self._keys)
        self._run(
            f"INSERT INTO {IMPORTED.name} (memory, key, fields) SELECT :memory, {key}, "
            f"json_set(coalesce(m.fields, '{{}}'), {told}) FROM {self.temporary}{GONE} AS a "
            f"JOIN {self._table} ON {self._same_key('a')} LEFT JOIN {IMPORTED.name} AS m "
            f"ON m.memory = :memory AND m.key = {key} "
            "WHERE TRUE ON CONFLICT DO UPDATE SET fields = excluded.fields"
        )
