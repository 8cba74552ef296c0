"""Rows of the table that a file lacks, on MariaDB and MySQL. Keys are told apart by their digests, which fit into an index."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from nightclerk.core.booking import Absence
from nightclerk.core.reading import Cell
from nightclerk.targets.absent_rows import GONE, IN_FILE, MADE, AbsentRows, gone_fields
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.imported import IMPORTED
from nightclerk.targets.mariadb_catalog import columns_of
from nightclerk.targets.mariadb_layout import Layout
from nightclerk.targets.mariadb_place import Place
from nightclerk.targets.mariadb_rows import keys_as_values
from nightclerk.targets.mariadb_stage import Stage
from nightclerk.targets.written_place import WrittenPlace


class MariadbAbsentRows(AbsentRows):
    """``AbsentRows`` on MariaDB and MySQL. place: the database as people know it; stage: what puts rows into temporary tables."""

    key = "`key`"
    assigned_to = "t."

    def __init__(self, connection: Connection, layout: Layout, absence: Absence, place: str, stage: Stage) -> None:
        columns, quote = columns_of(connection, layout.plan.table), layout.quote
        gone = [
            Place(field, quote(field.column), at, f"t.{quote(field.column)}", columns[field.column.lower()], layout.collation)
            for at, field in gone_fields(absence)
        ]
        super().__init__(
            connection, layout.plan, absence, layout.run, layout.places, gone, layout.looked_up, layout.mine(), layout.same_key
        )
        self._layout = layout
        self._place = place
        self._stage = stage

    def make_tables(self) -> None:
        keys = [f"{one.new} {one.kind(narrow=True)} NOT NULL" for one in self._layout.keys]
        olds = [f"{one.old} {one.kind(narrow=False)}" for one in self._gone if isinstance(one, Place)]
        log_key = f"log_key LONGTEXT CHARACTER SET utf8mb4 COLLATE {self._layout.collation} NOT NULL"
        digest = "digest BINARY(32)"
        for name, columns in (
            (IN_FILE, ["times BIGINT NOT NULL", *keys, f"KEY by_key ({', '.join(self._layout.indexed())})"]),
            (
                GONE,
                [
                    f"{digest} GENERATED ALWAYS AS (UNHEX(SHA2(log_key, 256))) STORED, KEY by_digest (digest)",
                    log_key,
                    *keys,
                    *olds,
                ],
            ),
            (MADE, [f"{digest} PRIMARY KEY"]),
        ):
            self._run(f"CREATE TEMPORARY TABLE {name} ({', '.join(columns)}) ENGINE=InnoDB")

    def keep(self, table: str) -> None:
        names = ", ".join(key.new for key in self._keys)
        self._run(f"INSERT INTO {IN_FILE} (times, {names}) SELECT 1, {names} FROM {table}")

    def put(self, keys: Sequence[tuple[Cell, ...]]) -> None:
        self._stage.put(IN_FILE, ["times", *(key.new for key in self._keys)], keys_as_values([(key, 1) for key in keys]))

    def prepare(self) -> None:
        """Nothing: the keys stand in an index."""

    def reckon(self, table: str) -> None:
        """Nothing: what stands in an index is found by it."""

    def in_file(self) -> str:
        return f"EXISTS (SELECT 1 FROM {IN_FILE} AS k FORCE INDEX (by_key) WHERE {self._layout.staged_key('k')})"

    def same(self, place: WrittenPlace, stands: str, given: str) -> str:
        stands = place.exactly(stands) if isinstance(place, Place) else stands
        return f"{stands} <=> {given}"

    def joined(self, parts: Sequence[str]) -> str:
        return f"CONCAT({', '.join(parts)})"

    def update(self, assigned: str, untouched: str) -> int:
        # The server counts the rows that it found, not those whose values it changed.
        written = int(
            self._execute(
                f"UPDATE {GONE} AS a STRAIGHT_JOIN {self._table} ON {self._same_key('a')} SET {assigned} WHERE {untouched}"
            ).rowcount
        )
        if written != self._found:
            raise self.overtaken(self._place)
        return written

    def remember(self, places: Sequence[WrittenPlace]) -> None:
        told = ", ".join(f"'$.{one.field.name}', {one.as_text(one.stored())}" for one in places)
        key = f"CONCAT_WS(CHAR(31 USING utf8mb4), {', '.join(one.as_text(f'a.{one.new}') for one in self._keys)})"
        mine = f"m.memory = :memory AND m.`key` = {key} COLLATE {self._layout.collation}"
        self._run(
            f"INSERT INTO {IMPORTED.name} (memory, `key`, fields) SELECT :memory, {key}, "
            f"JSON_SET(COALESCE(m.fields, '{{}}'), {told}) FROM {GONE} AS a "
            f"STRAIGHT_JOIN {self._table} ON {self._same_key('a')} "
            f"LEFT JOIN {IMPORTED.name} AS m FORCE INDEX (PRIMARY) ON {mine} "
            f"ON DUPLICATE KEY UPDATE {IMPORTED.name}.fields = VALUES(fields)"
        )

    def _made(self) -> str:
        return (
            f"SELECT a.digest FROM {CHANGES.name} AS c STRAIGHT_JOIN {GONE} AS a FORCE INDEX (by_digest) "
            f"ON a.digest = UNHEX(SHA2(c.`key`, 256)) WHERE a.log_key = c.`key`"
        )

    def _take_out(self) -> None:
        self._run(f"DELETE a FROM {GONE} AS a LEFT JOIN {MADE} AS m ON m.digest = a.digest WHERE m.digest IS NULL")
