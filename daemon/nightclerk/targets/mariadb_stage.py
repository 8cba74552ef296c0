"""The temporary table that a file's rows are put into on MariaDB and MySQL, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pymysql.err import MySQLError
from sqlalchemy import Connection

from nightclerk.core.errors import BookkeepingError
from nightclerk.core.reading import Block
from nightclerk.targets.feeder import Feeder
from nightclerk.targets.mariadb_errors import staged_place, too_much
from nightclerk.targets.mariadb_place import Place
from nightclerk.targets.mariadb_rows import as_values

#: So many rows are put in and compared at once: enough that the start of a statement costs little, and few in memory.
_MOST_ROWS = 1 << 14
#: The first piece is smaller, so that the server is soon at work; each is twice as large as the one before.
_FIRST_ROWS = 1 << 12
#: A statement holds so many bytes at most, and less where the server takes less.
_MOST_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows in SQL, and their lines."""

    rows: list[str]
    lines: list[int]


class Stage:
    """Puts blocks into a table with the columns line, n0, n1 …, and calls ``then`` after each piece. Both are done by a thread
    of its own until ``flush``; the connection is its alone so long.
    """

    def __init__(
        self, connection: Connection, table: str, places: Sequence[Place], where: str, then: Callable[[], object]
    ) -> None:
        driver: Any = connection.connection.driver_connection
        self._driver = driver
        self._table = table
        self._places = places
        self._where = where
        self._then = then
        self._bytes = min(_MOST_BYTES, int(driver.ask("SELECT @@max_allowed_packet")[0]) * 9 // 10)
        self._blocks: list[Block] = []
        self._waiting = 0
        self._enough = _FIRST_ROWS
        self._feeder = Feeder(self._take_in)

    def add(self, block: Block) -> None:
        """Takes a block. Raises what became of earlier ones."""
        if block.lines:
            self._blocks.append(block)
            self._waiting += len(block.lines)
            if self._waiting >= self._enough:
                self._enough = min(2 * self._enough, _MOST_ROWS)
                self._hand_on()

    def flush(self) -> None:
        """Waits until all rows stand in the table and all calls are done."""
        if self._blocks:
            self._hand_on()
        self._feeder.finish()

    def close(self) -> None:
        """Breaks off what is under way."""
        self._feeder.stop(self._driver.break_off)

    def put(self, table: str, names: Sequence[str], rows: list[str]) -> int:
        """Given a table, its columns and rows in SQL; puts them in at once and returns how many there were."""
        head = f"INSERT INTO {table} ({', '.join(names)}) VALUES "
        return sum(self._send(head, part) for part in self._parts(rows))

    def _parts(self, rows: list[str]) -> list[list[str]]:
        """Returns the rows in as few statements as the server takes."""
        if len(rows) < 2 or 4 * sum(map(len, rows)) < self._bytes or sum(len(row.encode()) + 1 for row in rows) < self._bytes:
            return [rows]
        middle = len(rows) // 2
        return [*self._parts(rows[:middle]), *self._parts(rows[middle:])]

    def _send(self, head: str, rows: list[str]) -> int:
        if not self._driver.keeps_backslashes:
            raise BookkeepingError(
                "the session's sql_mode has lost NO_BACKSLASH_ESCAPES, without which texts could not be trusted"
            )
        with self._driver.cursor() as cursor:
            return int(cursor.execute(head + ",".join(rows)))

    def _hand_on(self) -> None:
        blocks, self._blocks, self._waiting = self._blocks, [], 0
        lines = [line for block in blocks for line in block.lines]
        self._feeder.put(_Piece([row for block in blocks for row in as_values(block)], lines))

    def _take_in(self, piece: _Piece) -> None:
        names = ["line", *(place.new for place in self._places)]
        head, arrived = f"INSERT INTO {self._table} ({', '.join(names)}) VALUES ", 0
        for part in self._parts(piece.rows):
            try:
                arrived += self._send(head, part)
            except MySQLError as error:
                found = staged_place(error)
                if found is None:
                    raise
                place, line = self._places[found[1]], piece.lines[arrived + found[0]]
                raise too_much(self._where, line, place.field.name, place.field.column, place.stands.declared) from error
        if arrived != len(piece.lines):
            raise BookkeepingError(f"{len(piece.lines)} rows were handed on, and {arrived} arrived in the database")
        self._then()
