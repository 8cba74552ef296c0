"""Rows of the table that a file lacks, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from nightclerk.core.booking import Absence
from nightclerk.core.reading import Cell
from nightclerk.targets.absent_rows import GONE, IN_FILE, MADE, AbsentRows, gone_fields
from nightclerk.targets.imported import IMPORTED, covered
from nightclerk.targets.postgresql_catalog import columns_of
from nightclerk.targets.postgresql_copy import keys_as_csv
from nightclerk.targets.postgresql_layout import Layout
from nightclerk.targets.postgresql_packed import Packed
from nightclerk.targets.postgresql_place import Place
from nightclerk.targets.postgresql_remembered import key_of
from nightclerk.targets.postgresql_stage import Stage
from nightclerk.targets.written_place import WrittenPlace


class PostgresqlAbsentRows(AbsentRows):
    """``AbsentRows`` on PostgreSQL. place: the database as people know it; stage: what copies rows into temporary tables; staged:
    of a preview, the table in which all staged rows stay."""

    temporary = "pg_temp."

    def __init__(
        self, connection: Connection, layout: Layout, absence: Absence, place: str, stage: Stage, staged: str | None
    ) -> None:
        columns, quote = columns_of(connection, layout.plan.table), layout.quote
        gone = [
            Place(field, quote(field.column), at, f"t.{quote(field.column)}", columns[field.column])
            for at, field in gone_fields(absence)
        ]
        table = f"{layout.table} AS t"
        super().__init__(connection, layout.plan, absence, layout.run, layout.places, gone, table, layout.mine(), layout.same_key)
        self._layout = layout
        self._place = place
        self._stage = stage
        self._staged = staged

    def make_tables(self) -> None:
        keys = [f"{key.new} {key.kind}" for key in self._layout.keys]
        olds = [f"{one.old} {one.kind}" for one in self._gone if isinstance(one, Place)]
        for name, columns in (
            (IN_FILE, ["rows bigint", *keys]),
            (GONE, ["log_key text", *keys, *olds]),
            (MADE, ["log_key text"]),
        ):
            self._run(f"CREATE TEMPORARY TABLE {name} ({', '.join(columns)}) ON COMMIT DROP")

    def keep(self, table: str) -> None:
        names = ", ".join(key.new for key in self._keys)
        self._run(f"INSERT INTO {self.temporary}{IN_FILE} ({names}) SELECT {names} FROM {table}")

    def put(self, keys: Sequence[tuple[Cell, ...]]) -> None:
        names = ["rows", *(key.new for key in self._keys)]
        self._stage.copy(f"{self.temporary}{IN_FILE}", names, keys_as_csv([(key, 1) for key in keys]))

    def find(self, keys: Iterable[tuple[Cell, ...]]) -> int:
        found = super().find(keys)
        self._layout.by_index(self._staged is None)
        return found

    def prepare(self) -> None:
        if self._staged is not None:
            self.keep(self._staged)
        self.reckon(IN_FILE)
        self._layout.by_index(False)

    def reckon(self, table: str) -> None:
        self._run(f"ANALYZE {self.temporary}{table}")

    def in_file(self) -> str:
        return f"EXISTS (SELECT FROM {self.temporary}{IN_FILE} AS k WHERE {self._same_key('k')})"

    def same(self, place: WrittenPlace, stands: str, given: str) -> str:
        exactly = place.exactly if isinstance(place, Place) else ""
        return f"{stands} IS NOT DISTINCT FROM {given}{exactly}"

    def joined(self, parts: Sequence[str]) -> str:
        return f"({' || '.join(parts)})"

    def update(self, assigned: str, untouched: str) -> int:
        self.reckon(GONE)
        written = int(
            self._execute(
                f"UPDATE {self._table} SET {assigned} FROM {self.temporary}{GONE} AS a "
                f"WHERE {self._same_key('a')} AND {untouched}"
            ).rowcount
        )
        if written != self._found and self._changed_by_others(untouched):
            raise self.overtaken(self._place)
        return written

    def remember(self, places: Sequence[WrittenPlace]) -> None:
        told = {one.field.name: Packed.told_standing(one.as_text(one.stored())) for one in places}
        fields = Packed(covered(self._connection, self._plan)).row(told, "m.fields")
        key = key_of(self._layout.keys, lambda one: f"a.{one.new}")
        self._run(
            f"INSERT INTO {IMPORTED.name} (memory, key, fields) SELECT :memory, {key}, {fields} "
            f"FROM {self.temporary}{GONE} AS a JOIN {self._table} ON {self._same_key('a')} "
            f"LEFT JOIN LATERAL (SELECT i.fields FROM {IMPORTED.name} AS i "
            f"WHERE i.memory = :memory AND i.key = {key} OFFSET 0) AS m ON true "
            "ON CONFLICT (memory, key) DO UPDATE SET fields = excluded.fields"
        )

    def _changed_by_others(self, untouched: str) -> bool:
        """Whether a row that is not written was changed or deleted since it was found, and not merely kept by a trigger."""
        found = self._execute(
            f"SELECT 1 FROM {self.temporary}{GONE} AS a LEFT JOIN {self._table} ON {self._same_key('a')} "
            f"WHERE {self._layout.missing()} OR NOT (t.xmin = pg_current_xact_id()\\:\\:xid OR ({untouched})) LIMIT 1"
        )
        return found.first() is not None
