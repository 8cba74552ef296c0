"""What differs from database to database: how to lock, how to stage and compare, what an error means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.schema import ExecutableDDLElement

from nightclerk.core.booking import BookingPlan, Change, Effect, Forbidden
from nightclerk.core.errors import NightclerkError
from nightclerk.core.reading import Block, Cell
from nightclerk.core.reconciliation import Line, Summed
from nightclerk.targets.absent_rows import AbsentRows
from nightclerk.targets.needs import NeededTable
from nightclerk.targets.references import References


@dataclass(frozen=True, slots=True)
class Tally:
    """The difference counted, forbidden rows left out. same: known rows in it of which every value is kept.

    rows: all rows in the difference, forbidden ones too; the staged rows that are neither in it nor put apart are unchanged.
    """

    rows: int
    created: int
    updated: int
    same: int
    effects: dict[Effect, dict[str, int]]


def by_effect(effects: Iterable[tuple[Effect, str, str]], numbers: Iterable[int]) -> dict[Effect, dict[str, int]]:
    """Given effects, each with its field, and how many rows each had; returns those that any row had."""
    found: dict[Effect, dict[str, int]] = {}
    for (effect, field, _), number in zip(effects, numbers, strict=True):
        if number:
            found.setdefault(effect, {})[field] = number
    return found


def both(first: Mapping[Effect, dict[str, int]], second: Mapping[Effect, dict[str, int]]) -> dict[Effect, dict[str, int]]:
    """Given two times effects by field, no field in both of them with the same effect; returns them together."""
    return {effect: first.get(effect, {}) | second.get(effect, {}) for effect in [*first, *second]}


class Difference(Protocol):
    """The staged rows that are new, changed or forbidden, on disk beside the open transaction, never in memory. absent: the rows
    that the file lacks, None where the plan leaves them alone or the tenant has no rows at all."""

    references: References

    @property
    def absent(self) -> AbsentRows | None: ...

    def keep_writers_out(self) -> None:
        """From here on nobody else changes or deletes rows of this tenant in the table until the transaction ends. To be called
        before the first ``add``. Waits for those who do so now; raises when that takes too long."""
        ...

    def add(self, block: Block) -> None:
        """Compares the block's rows with the table and keeps those that differ. Keys may come several times."""
        ...

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> int:
        """Given keys, each with the number of rows staged under it; takes them out and returns the sum of the numbers."""
        ...

    def tally(self) -> Tally: ...

    def forbidden(self) -> Iterator[Forbidden]:
        """Yields what mode, required_for_new and unknown references forbid, by ascending line, one for each fault of a line."""
        ...

    def sample(self, limit: int) -> list[Change]:
        """Returns the first allowed changes by line, at most ``limit``, in canonical form (``targets.sample`` makes them)."""
        ...

    def insert(self) -> int:
        """Writes the new rows with their defaults; returns how many."""
        ...

    def update(self) -> int:
        """Writes the changed values of the known rows; returns how many rows."""
        ...

    def remember(self) -> None:
        """Keeps what the rows brought to fields whose local edits are kept. To be called before ``update``."""
        ...

    def link(self, receipt: int) -> None:
        """Writes the members of lists, after the rows themselves, and members that are created on the way, which it logs."""
        ...

    def log(self, receipt: int) -> int:
        """Writes one change per created or updated row, so far as none was written yet; returns how many there are."""
        ...

    def close(self) -> None:
        """Breaks off what is under way beside the caller's thread. To be called before the connection is closed."""
        ...


class WholeDifference(Difference, Protocol):
    """A ``Difference`` that also knows which rows of the tables were not staged. The lists are those of ``ports.Reconciling``."""

    def beside(self, keys: Iterable[tuple[Cell, ...]]) -> None: ...

    def outcome(self) -> tuple[int, int, int, dict[str, dict[str, int]]]:
        """Returns how many rows stand only in the file, are different, stand only in the tables; and field → reason → rows. To
        be asked once, after ``tally``, before the lists."""
        ...

    def sums(self, summed: Summed) -> dict[str, str]:
        """Given a money field; returns currency → its exact sum over all rows of the tenant."""
        ...

    def unsaid(self, summed: Summed) -> dict[str, str]:
        """Given a money field; returns currency in the table → its exact sum over the known staged rows that say no currency."""
        ...

    def unsaid_new(self, summed: Summed) -> str:
        """Given a money field; returns its exact sum over the staged rows that say no currency and may be created."""
        ...

    def different(self, most: int | None) -> Iterator[Line]: ...

    def only_in_file(self, most: int | None) -> Iterator[Line]: ...

    def only_in_tables(self, most: int | None) -> Iterator[Line]: ...


class Dialect(Protocol):
    """One kind of database at one address. failures: what its driver raises by itself. takes_csv: as ``Target``'s. steady: the
    options of a connection whose transaction sees the tables at one moment."""

    failures: tuple[type[Exception], ...]
    takes_csv: bool
    steady: Mapping[str, str]

    @property
    def place(self) -> str:
        """The database as people know it, without any password."""
        ...

    def prepare(self) -> None:
        """Makes what must be there before the first connection, such as a file's folder; raises OperatorError."""
        ...

    def engine(self) -> Engine:
        """Returns a new engine whose connections are set up and begin no transaction by themselves."""
        ...

    def viewer(self) -> Engine:
        """Returns a new engine as ``engine`` does, whose connections change nothing of the database by being opened and closed,
        and make none that is not there."""
        ...

    def lock(self, connection: Connection, plan: BookingPlan | None = None) -> None:
        """Opens a transaction that no other booking of the plan's rows, or without a plan no other maker of tables, can run
        beside; raises when that takes too long."""
        ...

    def look(self, connection: Connection) -> None:
        """Opens a transaction that takes no lock a writer waits for."""
        ...

    def be_patient(self, connection: Connection) -> None:
        """From here on statements of the open transaction may go over all rows of a file, a run or a table."""
        ...

    def seal(self, connection: Connection) -> None:
        """From here on the open transaction, in which the difference has been made, can write temporary tables alone."""
        ...

    def schema_made(self, connection: Connection) -> ExecutableDDLElement | None:
        """Returns what makes the schema of the tables, or None where it is there or none is spoken of."""
        ...

    def declared(self, connection: Connection, table: Table) -> Table:
        """Given one of our tables; returns it as this database is to make it."""
        ...

    def absent(self, connection: Connection, table: str, columns: Iterable[str]) -> list[str] | None:
        """Returns those of the columns that the table lacks, or None where there is no such table."""
        ...

    def unfit(self, connection: Connection, needed: NeededTable) -> list[str]:
        """Given a table that is there; returns a sentence for everything about it that does not fit, absent columns left out."""
        ...

    def difference(self, connection: Connection, plan: BookingPlan, receipt: int | None) -> Difference:
        """receipt: under which the changes will be logged, and may be from now on, or None if nothing will be written."""
        ...

    def whole_difference(self, connection: Connection, plan: BookingPlan) -> WholeDifference:
        """As ``difference``, of which nothing will be written."""
        ...

    def explain(self, error: Exception) -> NightclerkError:
        """Given what the driver raised; returns WeatherError if it may pass by itself, OperatorError otherwise."""
        ...
