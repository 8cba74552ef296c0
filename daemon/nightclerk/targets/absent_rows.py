"""Rows of the table that a file lacks, in SQL: found once all rows are staged, written and logged with the file's own changes.

The keys of all staged rows are kept in a temporary table. Beside it stand the rows of this tenant which are not among them, in
which not all is written yet that rows get when they are gone, and which imports of this feed created: the log of changes tells.
Feeds that leave absent rows alone ask nothing of all this.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from nightclerk.core.booking import Absence, BookingPlan, Change, WrittenField
from nightclerk.core.errors import WeatherError
from nightclerk.core.reading import Cell
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.imported import covered, followed
from nightclerk.targets.receipts import receipts_of_feed
from nightclerk.targets.stamps import stamped_changed
from nightclerk.targets.standing import cell
from nightclerk.targets.written_place import WrittenPlace

IN_FILE, GONE, MADE = "nightclerk_in_file", "nightclerk_gone", "nightclerk_made_by_feed"
"""The temporary tables: the keys of the file; the rows that it lacks; which of these imports of the feed created."""
#: Places of fields that are written into absent rows are numbered from here on, so that they are no places of the plan.
FIRST_PLACE = 1_000
#: The kind of rows in the difference that are known and get other values.
_CHANGED = 1
#: So many keys of rows that were never staged are put in at once.
_PORTION = 5_000


class AbsentRows(ABC):
    """The rows that a plan's file lacks. run: carries out a statement with the plan's values that it asks for. places, gone:
    those of the plan, and of what is written. table: the table as t, each row of which is found by its key; mine: SQL: its row t
    is one of this tenant; same_key: given a name, SQL: t has the key of that row, whose columns are called as the keys' places.
    """

    key = "key"
    temporary = ""
    """What stands before a temporary table's name where it is used."""
    assigned_to = ""
    """What stands before a column's name where it is set."""

    def __init__(
        self,
        connection: Connection,
        plan: BookingPlan,
        absence: Absence,
        run: Callable[..., Any],
        places: Sequence[WrittenPlace],
        gone: Sequence[WrittenPlace],
        table: str,
        mine: str,
        same_key: Callable[[str], str],
    ) -> None:
        self._connection = connection
        self._plan = plan
        self._absence = absence
        self._run = run
        by_name = {one.field.name: one for one in places}
        self._keys = [by_name[name] for name in plan.key]
        self._telling = [by_name[name] for name in absence.telling]
        self._gone = gone
        self._table = table
        self._mine = mine
        self._same_key = same_key
        self._given: dict[str, Any] = {f"default{one.at}": one.field.default for one in gone}
        self._found = 0

    @abstractmethod
    def make_tables(self) -> None:
        """Makes the temporary tables. To be called before the first statement that needs them."""

    @abstractmethod
    def keep(self, table: str) -> None:
        """Given a temporary table of staged rows; keeps their keys."""

    @abstractmethod
    def put(self, keys: Sequence[tuple[Cell, ...]]) -> None:
        """Keeps these keys as well."""

    @abstractmethod
    def prepare(self) -> None:
        """Makes ready for looking rows up in the keys: all of them are there."""

    @abstractmethod
    def reckon(self, table: str) -> None:
        """Given a temporary table that was filled; lets the planner know how much stands in it, where it does not see that."""

    @abstractmethod
    def in_file(self) -> str:
        """SQL: the row t has a key of the file."""

    @abstractmethod
    def same(self, place: WrittenPlace, stands: str, given: str) -> str:
        """SQL: what stands, in the type of the place's temporary columns, means the value that is given, blanks included."""

    @abstractmethod
    def joined(self, parts: Sequence[str]) -> str:
        """SQL: these texts, one behind the other."""

    @abstractmethod
    def update(self, assigned: str, untouched: str) -> int:
        """Given SQL: what to set, over t and the row a; and that t is as it was when a was found; writes it, and returns in how
        many rows."""

    @abstractmethod
    def remember(self, places: Sequence[WrittenPlace]) -> None:
        """Keeps what stands in these fields of the rows by now as brought by an import."""

    def find(self, keys: Iterable[tuple[Cell, ...]]) -> int:
        """Given keys of the file whose rows were never staged; returns how many rows it lacks that are to be written."""
        receipts = receipts_of_feed(self._connection, self._plan, self._absence.feed)
        if not receipts:
            return 0
        left = iter(keys)
        while portion := list(islice(left, _PORTION)):
            self.put(portion)
        self.prepare()
        names = ["log_key", *(one.new for one in self._keys), *(one.old for one in self._gone)]
        selected = [self._log_key(), *(one.stored() for one in (*self._keys, *self._gone))]
        there = " AND ".join(self._stands(one) for one in self._gone)
        self._execute(
            f"INSERT INTO {self.temporary}{GONE} ({', '.join(names)}) SELECT {', '.join(selected)} FROM {self._table} "
            f"WHERE {self._mine} AND NOT ({there}) AND NOT {self.in_file()}"
        )
        if self._count():
            self.reckon(GONE)
            self._leave_others(receipts)
            self._found = self._count()
        return self._found

    def reopened(self) -> int:
        """Returns how many rows come back: to be asked once the difference is whole."""
        if not self._telling:
            return 0
        gone = {one.field.name: one for one in self._gone}
        was = " AND ".join(f"{self._stood(one, gone[one.field.name])} AND {one.changes()}" for one in self._telling)
        counted = f"SELECT count(*) FROM {self.temporary}nightclerk_difference WHERE kind = {_CHANGED} AND {was}"
        return int(self._execute(counted).scalar_one())

    def sample(self, limit: int) -> list[Change]:
        """Returns the first of the rows by key as changes, at most ``limit``, in lines from -1 downwards."""
        if not self._found or limit < 1:
            return []
        query = f"SELECT a.log_key, {self._fields()} FROM {self.temporary}{GONE} AS a ORDER BY a.log_key LIMIT :most"
        return [self._change(-at, *row) for at, row in enumerate(map(tuple, self._execute(query, most=limit)), 1)]

    def write(self, receipt: int) -> tuple[int, int]:
        """Writes and logs what was found; returns how many rows were written, and how many logged. Raises WeatherError when
        another program has changed some of them meanwhile."""
        if not self._found:
            return 0, 0
        quote = self._connection.dialect.identifier_preparer.quote_identifier
        stamped = [f"{self.assigned_to}{column} = {now}" for column, now in stamped_changed(self._plan, quote).items()]
        assigned = ", ".join([*(self._assigned(one) for one in self._gone), *stamped])
        untouched = " AND ".join(self.same(one, one.stored(), f"a.{one.old}") for one in self._gone)
        written = self.update(assigned, untouched)
        names = followed(self._plan, covered(self._connection, self._plan))
        if places := [one for one in self._gone if one.field.name in names]:
            self.remember(places)
        return written, self._log(receipt)

    def overtaken(self, place: str) -> WeatherError:
        """Given the database as people know it; returns what is raised when somebody else has changed the rows."""
        return WeatherError(
            f"Another program changed rows of the table {self._plan.table} in {place} while this file was compared with them. It "
            "will be compared anew."
        )

    def _log(self, receipt: int) -> int:
        # Rows of other entities that were created on the way may stand in such lines already.
        lowest = self._execute(f"SELECT min(line) FROM {CHANGES.name} WHERE receipt = :receipt", receipt=receipt).scalar()
        columns = f"(receipt, line, tenant, entity, kind, {self.key}, fields)"
        return int(
            self._execute(
                f"INSERT INTO {CHANGES.name} {columns} SELECT :receipt, :above - ROW_NUMBER() OVER (ORDER BY a.log_key), "
                f":tenant, :entity, 'updated', a.log_key, {self._fields()} FROM {self.temporary}{GONE} AS a",
                receipt=receipt,
                above=min(0, lowest or 0),
            ).rowcount
        )

    def _leave_others(self, receipts: Sequence[int]) -> None:
        """Takes out the rows whose last creation, or deletion, was not an import of this feed."""
        ours = f"c.kind = 'created' AND c.receipt IN ({', '.join(map(str, receipts))})"
        self._execute(
            f"INSERT INTO {self.temporary}{MADE} {self._made()} AND c.tenant = :tenant AND c.entity = :entity "
            f"AND c.kind IN ('created', 'deleted') GROUP BY 1 "
            f"HAVING max(CASE WHEN {ours} THEN c.receipt ELSE 0 END) = max(c.receipt)"
        )
        self.reckon(MADE)
        self._take_out()

    def _made(self) -> str:
        """SQL: selects the keys of changes c of the rows, grouped by what comes first; ends in a condition."""
        return f"SELECT c.{self.key} FROM {CHANGES.name} AS c WHERE c.{self.key} IN (SELECT log_key FROM {self.temporary}{GONE})"

    def _take_out(self) -> None:
        of_feed = f"SELECT 1 FROM {self.temporary}{MADE} AS m WHERE m.log_key = a.log_key"
        self._execute(f"DELETE FROM {self.temporary}{GONE} AS a WHERE NOT EXISTS ({of_feed})")

    def _execute(self, statement: str, **values: Any) -> Any:
        asked = {name: value for name, value in self._given.items() if f":{name}" in statement}
        return self._run(statement, **asked, **values)

    def _count(self) -> int:
        return int(self._execute(f"SELECT count(*) FROM {self.temporary}{GONE}").scalar_one())

    def _stands(self, place: WrittenPlace) -> str:
        """SQL: the field of the row t is as in a row that is gone. Of a day any one is."""
        stored = place.stored()
        dated = place.field.name in self._absence.dated
        return f"{stored} IS NOT NULL" if dated else self.same(place, stored, place.filled("NULL"))

    def _stood(self, place: WrittenPlace, gone: WrittenPlace) -> str:
        """SQL over the difference: the field was as in a row that is gone."""
        dated = place.field.name in self._absence.dated
        return f"{place.old} IS NOT NULL" if dated else self.same(place, place.old, gone.filled("NULL"))

    def _assigned(self, place: WrittenPlace) -> str:
        given = place.filled("NULL")
        stands = self.same(place, f"a.{place.old}", given)
        return f"{self.assigned_to}{place.column} = CASE WHEN {stands} THEN {place.source} ELSE {given} END"

    def _log_key(self) -> str:
        """SQL: the key of the row t as the log of changes has it."""
        pairs = [self.joined([f"'\"{one.field.name}\"\\:'", one.as_json(one.stored())]) for one in self._keys]
        commas = [part for pair in pairs for part in ("','", pair)][1:]
        return self.joined(["'{'", *commas, "'}'"])

    def _fields(self) -> str:
        """SQL over the row a: what changes in it, as the log of changes has it."""
        pairs = []
        for one in self._gone:
            old, given = f"a.{one.old}", one.filled("NULL")
            pair = self.joined([f"',\"{one.field.name}\"\\:['", one.as_json(old), "','", one.as_json(given), "']'"])
            pairs.append(f"CASE WHEN {self.same(one, old, given)} THEN '' ELSE {pair} END")
        return self.joined(["'{'", f"substr({self.joined(pairs)}, 2)", "'}'"])

    def _change(self, line: int, key: str, fields: str) -> Change:
        kinds = {one.field.name: one.field.type for one in self._gone}
        pairs = json.loads(fields)
        before = {name: cell(kinds[name], pair[0]) for name, pair in pairs.items()}
        return Change(line, json.loads(key), before, {name: cell(kinds[name], pair[1]) for name, pair in pairs.items()})


def gone_fields(absence: Absence) -> Iterator[tuple[int, WrittenField]]:
    """Given what becomes of absent rows; yields the fields that are written, each with the number of its place and its value as
    its default."""
    for at, (name, column, kind, value) in enumerate(absence.gone, FIRST_PLACE):
        yield at, WrittenField(name, column, kind, key=False, blank="clear", required_for_new=False, default=value)
