"""The temporary table that a file's rows are copied into on PostgreSQL, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from nightclerk.core.errors import BookkeepingError
from nightclerk.core.reading import Block
from nightclerk.targets.feeder import Feeder
from nightclerk.targets.postgresql_copy import OPTIONS, as_csv
from nightclerk.targets.postgresql_errors import copied_place, too_much
from nightclerk.targets.postgresql_place import Place

#: So many rows are copied and compared at once: enough to make the start of a statement cheap, few enough to stay small in
#: memory. Between two of them the connection is idle, so that the server's time-out for a client that froze holds.
_MOST_ROWS = 1 << 14
#: The first piece is smaller, so that the server is soon at work; each is twice as large as the one before.
_FIRST_ROWS = 1 << 12
#: Seconds that a statement may go on after it was told to stop; after that the server counts as frozen.
_CANCELLING = 5.0


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows as CSV, and their lines."""

    rows: bytes
    lines: list[int]


class Stage:
    """Copies blocks into a table with the columns line, n0, n1 …, and calls ``then`` after each piece. Both are done by a
    thread of its own until ``flush``; the connection is its alone so long.
    """

    def __init__(
        self, connection: Connection, table: str, places: Sequence[Place], where: str, then: Callable[[], object]
    ) -> None:
        self._driver: Any = connection.connection.driver_connection
        self._table = table
        self._places = places
        self._where = where
        self._then = then
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
        self._feeder.stop(self._cancel)

    def _cancel(self) -> None:
        self._driver.end_within(_CANCELLING)
        with suppress(self._driver.Error):  # a server that cannot be reached any more has broken it off already
            self._driver.cancel_safe(timeout=_CANCELLING)

    def copy(self, table: str, names: Sequence[str], rows: bytes) -> int:
        """Given a table, its columns and rows as CSV; copies them at once and returns how many there were."""
        statement = f"COPY {table} ({', '.join(names)}) FROM STDIN {OPTIONS}"
        with self._driver.cursor() as cursor:
            with cursor.copy(statement) as copy:
                copy.write(rows)
            return int(cursor.rowcount)

    def _hand_on(self) -> None:
        blocks, self._blocks, self._waiting = self._blocks, [], 0
        lines = [line for block in blocks for line in block.lines]
        self._feeder.put(_Piece(b"".join(map(as_csv, blocks)), lines))

    def _take_in(self, piece: _Piece) -> None:
        try:
            copied = self.copy(self._table, ["line", *(place.new for place in self._places)], piece.rows)
        except self._driver.DataError as error:
            found = copied_place(error)
            # A cell of several lines moves the count of lines on, and then the row is not known.
            if found is None or piece.rows.count(b"\n") != len(piece.lines):
                raise
            place, line = self._places[found[1]], piece.lines[found[0]]
            raise too_much(self._where, line, place.field.name, place.field.column, place.stands.declared) from error
        if copied != len(piece.lines):
            raise BookkeepingError(f"{len(piece.lines)} rows were handed on, and {copied} arrived in the database")
        self._then()
