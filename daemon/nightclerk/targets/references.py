"""References in SQL, alike on every database: which rows of the difference name rows of other entities that are not there.

Asked once all rows are staged, of the difference alone: of rows that would be created, and of those in which the reference would
change. Each value is looked up once. What becomes of the rows is the plan's word: they are put apart (to be rejected, or to
wait), their cell counts as empty, or the rows that they name are made on the way. A row of the same table counts as there if this
file creates it; if that one is put apart, so are those that name it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.exc import IntegrityError

from nightclerk.core.booking import BookingPlan, Effect, Forbidden, Reference
from nightclerk.core.errors import WeatherError
from nightclerk.core.parked import WITHDRAWN
from nightclerk.core.reading import Cell
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.parked import PARKED

UNKNOWN = "nightclerk_unknown"
"""What the temporary tables of references' values that name no row are called, each with the reference's number behind it."""
_OF_FEED = "tenant = :tenant AND entity = :entity AND feed = :feed"


class Run(Protocol):
    """Carries out a statement with those values of the plan that it asks for."""

    def __call__(self, statement: str, **values: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A reference as one database asks it, in SQL. new: its column of the difference; changes: over the difference, a known row
    gets another value there; kind: the type of a temporary column for it.

    parents: the table that is named, as t; there: its row t is the one that the row u names in its column n0; none: an outer join
    found no row t. cell: the value as a cell, over the difference, which ``read`` makes of what comes back. blanked: what is to
    be set in the difference so that the cell counts as empty. needed: new rows cannot do without a value. own_key: the
    difference's column of the key, where the table that is named is the plan's own. row: what a row is made of on the way:
    quoted columns, each with SQL over n0; key: its key as the log has it, likewise; table: quoted; doubled: whether an error says
    that somebody else has made such a row.
    """

    reference: Reference
    new: str
    changes: str
    kind: str
    parents: str
    there: str
    none: str
    cell: str
    read: Callable[[Any], Cell]
    blanked: str
    needed: bool
    table: str
    row: tuple[tuple[str, str], ...]
    key: str
    doubled: Callable[[IntegrityError], bool]
    own_key: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What else differs from database to database. difference, apart: tables of the same columns; alike: SQL that makes the
    second one. make: SQL that makes a temporary table, given its name and its columns; prefix: stands before its name where it
    is used. new, changed, same: kinds of rows. In SQL over the difference, allowed: a new row may be created; booked: a row is
    created or updated; any_change: a known row gets another value; log_key: the key as the log has it; staged_key: likewise, of
    the staged row s. key_column: quoted, of our own tables.
    """

    difference: str
    apart: str
    alike: str
    make: Callable[[str, str], str]
    prefix: str
    new: int
    changed: int
    same: int
    allowed: str
    booked: str
    any_change: str
    log_key: str
    staged_key: str
    key_column: str = "key"


class References:
    """The references of one plan. table: of the rows that are put apart, as the difference has them; apart: how many they are;
    effects: what was made of the references of the others. The last two after ``settle``."""

    def __init__(self, plan: BookingPlan, run: Run, words: Words, asked: Sequence[Asked]) -> None:
        """Makes the temporary tables, none for a plan without references."""
        self._plan = plan
        self._run = run
        self._words = words
        self.asked = asked
        self.table = words.apart
        self.apart = 0
        self.effects: dict[Effect, dict[str, int]] = {}
        if asked:
            run(words.alike)
        for at, one in enumerate(asked):
            run(words.make(f"{UNKNOWN}{at}", f"n0 {one.kind}".rstrip()))
        self._waits = (
            bool(asked) and run(f"SELECT 1 FROM {PARKED.name} WHERE {_OF_FEED} LIMIT 1", feed=plan.feed).first() is not None
        )

    def settle(self) -> int:
        """Puts apart the rows whose references rule them out, and empties the others'; returns how many were put apart.

        Repeated until nothing more comes apart, where a row names rows of its own table.
        """
        asked, found = dict(enumerate(self.asked)), dict[int, bool]()
        while asked:
            before = self.apart
            found |= {at: self._look_up(at, one) for at, one in asked.items()}
            self._set_apart([self._ruled_out(at, one) for at, one in asked.items() if found[at] and _rules_out(one)])
            asked = {at: one for at, one in asked.items() if one.own_key is not None} if self.apart > before else {}
        for at, one in enumerate(self.asked):
            if found[at] and one.reference.unknown == "blank":
                self._empty(at, one)
        self._count_made()
        return self.apart

    def forbidden(self) -> Iterator[Forbidden]:
        """Yields the references that rule out rows, by line."""
        if not self.apart:
            return
        kept = [(at, one) for at, one in enumerate(self.asked) if _rules_out(one)]
        flags = [f"CASE WHEN {self._ruled_out(at, one)} THEN 1 ELSE 0 END" for at, one in kept]
        cells = [one.cell for _, one in kept]
        found = self._run(f"SELECT line, {', '.join([*flags, *cells])} FROM {self._words.apart} ORDER BY line")
        for line, *rest in map(tuple, found):
            for (_, one), flag, cell in zip(kept, rest, rest[len(kept) :], strict=False):
                if flag:
                    named = one.reference
                    yield Forbidden(line, "unknown_reference", named.field, one.read(cell), parks=named.unknown == "park")

    def make(self, receipt: int, place: str) -> None:
        """Writes the rows that are made on the way, and one change for each, of a negative line. place: the database as people
        know it. Raises WeatherError when somebody else has made one of them meanwhile."""
        for at, one in enumerate(self.asked):
            named = one.reference.to
            if one.reference.field not in self.effects.get("created_on_the_way", {}) or one.reference.unknown != "create":
                continue
            columns, values = zip(*one.row, strict=True)
            constants = {f"constant{number}": value for number, (_, _, value) in enumerate(named.constants)}
            try:
                self._run(
                    f"INSERT INTO {one.table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {self._unknowns(at)}",
                    **constants,
                )
            except IntegrityError as error:
                if one.doubled(error):
                    raise WeatherError(
                        f"Another program made rows of the table {named.table} in {place} that this file was about to make. It "
                        "will be compared anew."
                    ) from error
                raise
            first = f"SELECT coalesce(min(line), 0) FROM {CHANGES.name} WHERE receipt = :receipt AND line < 0"
            base = self._run(first, receipt=receipt).scalar_one()
            self._run(
                f"INSERT INTO {CHANGES.name} (receipt, line, tenant, entity, kind, {self._words.key_column}) SELECT :receipt, "
                f":base - row_number() OVER (ORDER BY n0), :tenant, :named, 'created', {one.key} FROM {self._unknowns(at)}",
                receipt=receipt,
                base=base,
                named=named.entity,
            )

    def keys(self, first: int, last: int) -> dict[int, str]:
        """Given two lines; returns the keys of the rows put apart from the one to the other, by line, as the log has them."""
        which = "WHERE line BETWEEN :first AND :last"
        selected = f"line, {self._words.log_key} AS {self._words.key_column}"
        found = self._run(f"SELECT {selected} FROM {self._words.apart} {which}", first=first, last=last)
        return {row.line: row.key for row in found}

    def newer(self) -> list[str]:
        """SQL conditions: the staged row has the key of one that waits, so that the difference must know of it."""
        words = self._words
        return [f"{words.staged_key} IN ({self._waiting()})"] if self._waits else []

    def absent_parked(self) -> list[int]:
        """Returns the numbers of the feed's rows that wait and that the file lacks, in the order in which they were parked."""
        if not self._waits:
            return []
        words = self._words
        rows = [f"SELECT {words.log_key} FROM {table} WHERE {words.log_key} IN ({self._waiting()})" for table in self._tables()]
        lacked = "".join(f" AND {words.key_column} NOT IN ({keys})" for keys in rows)
        found = self._run(
            f"SELECT id FROM {PARKED.name} WHERE {_OF_FEED} AND run_key NOT LIKE :withdrawn{lacked} ORDER BY id",
            feed=self._plan.feed,
            withdrawn=f"{WITHDRAWN}%",
        )
        return [row.id for row in found]

    def _tables(self) -> tuple[str, str]:
        """The tables in which all rows of the file stand whose keys wait."""
        return self._words.difference, self._words.apart

    def unpark(self, run_key: str) -> None:
        """Takes out what waits of earlier runs under the keys of rows that this one books, parks, or finds as they are."""
        if not self._waits:
            return
        words = self._words
        kept = "" if self._plan.mode == "create_only" else f" OR kind = {words.same}"
        booked = f"SELECT {words.log_key} FROM {words.difference} WHERE {words.booked}{kept}"
        parked = f"SELECT {words.key_column} FROM {PARKED.name} WHERE run_key = :run"
        for keys in (booked, f"SELECT * FROM ({parked}) AS now"):
            self._run(
                f"DELETE FROM {PARKED.name} WHERE {_OF_FEED} AND run_key <> :run AND {words.key_column} IN ({keys})",
                feed=self._plan.feed,
                run=run_key,
            )

    def _waiting(self) -> str:
        return f"SELECT {self._words.key_column} FROM {PARKED.name} WHERE {_OF_FEED}"

    def _unknowns(self, at: int) -> str:
        """The table of a reference's values that name no row: those to be made, for ``create``."""
        return f"{self._words.prefix}{UNKNOWN}{at}"

    def _look_up(self, at: int, one: Asked) -> bool:
        """Adds the values that are asked and name no row to the reference's table; returns whether any row has one."""
        words = self._words
        if one.reference.unknown == "create":  # each value once; the others' tables say why rows that are apart are there
            self._run(f"DELETE FROM {self._unknowns(at)}")
        asked = f"SELECT DISTINCT {one.new} AS n0 FROM {words.difference} WHERE {self._is_asked(one)}"
        if one.own_key is not None and self.apart:  # rows that are apart for others are told of this one too
            asked += f" UNION SELECT {one.new} FROM {words.apart} WHERE {self._is_asked(one)}"
        self._run(
            f"INSERT INTO {self._unknowns(at)} (n0) SELECT u.n0 FROM ({asked}) AS u "
            f"LEFT JOIN {one.parents} ON {one.there} WHERE {one.none}"
        )
        if one.own_key is not None:
            made = f"SELECT {one.own_key} FROM {words.difference} WHERE kind = {words.new} AND {words.allowed}"
            self._run(f"DELETE FROM {self._unknowns(at)} WHERE n0 IN ({made})")
        return self._run(f"SELECT 1 FROM {self._unknowns(at)} LIMIT 1").first() is not None

    def _set_apart(self, conditions: Sequence[str]) -> None:
        if conditions:
            words, which = self._words, " OR ".join(conditions)
            self._run(f"INSERT INTO {words.apart} SELECT * FROM {words.difference} WHERE {which}")
            self.apart += self._run(f"DELETE FROM {words.difference} WHERE {which}").rowcount

    def _empty(self, at: int, one: Asked) -> None:
        words, which = self._words, self._unknown(at, one)
        counted = f"SELECT count(*) FROM {words.difference} WHERE {which} AND {words.booked}"
        if count := self._run(counted).scalar_one():
            self.effects.setdefault("reference_blanked", {})[one.reference.field] = count
        self._run(f"UPDATE {words.difference} SET {one.blanked} WHERE {which}")
        self._run(f"UPDATE {words.difference} SET kind = {words.same} WHERE kind = {words.changed} AND NOT ({words.any_change})")

    def _count_made(self) -> None:
        """Leaves each value that is to be made in one table alone, and only where a row that is booked names it."""
        made: dict[str, list[int]] = {}
        for at, one in enumerate(self.asked):
            if one.reference.unknown != "create":
                continue
            booked = f"SELECT {one.new} FROM {self._words.difference} WHERE {self._is_asked(one)} AND {self._words.booked}"
            self._run(f"DELETE FROM {self._unknowns(at)} WHERE n0 NOT IN ({booked})")
            for other in made.setdefault(one.reference.to.table, []):
                self._run(f"DELETE FROM {self._unknowns(at)} WHERE n0 IN (SELECT n0 FROM {self._unknowns(other)})")
            made[one.reference.to.table].append(at)
            if count := self._run(f"SELECT count(*) FROM {self._unknowns(at)}").scalar_one():
                self.effects.setdefault("created_on_the_way", {})[one.reference.field] = count

    def _is_asked(self, one: Asked) -> str:
        """SQL over the difference: the row names a row, and would be created or would change in that."""
        words = self._words
        itself = "" if one.own_key is None else f" AND {one.new} <> {one.own_key}"  # a row is there for itself
        return f"{one.new} IS NOT NULL{itself} AND (kind = {words.new} OR (kind = {words.changed} AND {one.changes}))"

    def _unknown(self, at: int, one: Asked) -> str:
        """SQL: the row names none that is there."""
        return f"({self._is_asked(one)} AND {one.new} IN (SELECT n0 FROM {self._unknowns(at)}))"

    def _ruled_out(self, at: int, one: Asked) -> str:
        """SQL: that takes the row out. Of references that would be blank, those of new rows which need a value."""
        unknown = self._unknown(at, one)
        return f"({unknown} AND kind = {self._words.new})" if one.reference.unknown == "blank" else unknown


def _rules_out(one: Asked) -> bool:
    """Whether the reference, naming no row, takes a row out; one that would be blank does where a new row needs it."""
    return one.reference.unknown in ("park", "reject") or (one.reference.unknown == "blank" and one.needed)
