"""What differs from database to database: how to lock, how to stage and compare, what an error means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine

from nightclerk.core.booking import BookingPlan, Forbidden
from nightclerk.core.errors import NightclerkError
from nightclerk.core.reading import Block, Cell


@dataclass(frozen=True, slots=True)
class Tally:
    """The difference counted, forbidden rows left out. same: known rows in it that differ only in values kept for blanks.

    rows: all rows in the difference, forbidden ones too; the staged rows that are not in it are unchanged.
    """

    rows: int
    created: int
    updated: int
    same: int
    kept_blank: dict[str, int]


class Difference(Protocol):
    """The staged rows that are new, changed or forbidden, on disk beside the open transaction, never in memory."""

    def add(self, block: Block) -> None:
        """Compares the block's rows with the table and keeps those that differ. Keys may come several times."""
        ...

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> int:
        """Given keys, each with the number of rows staged under it; takes them out and returns the sum of the numbers."""
        ...

    def tally(self) -> Tally: ...

    def forbidden(self) -> Iterator[Forbidden]:
        """Yields what mode and required_for_new forbid, by ascending line, one for each missing field of a line."""
        ...

    def insert(self) -> int:
        """Writes the new rows with their defaults; returns how many."""
        ...

    def update(self) -> int:
        """Writes the changed values of the known rows; returns how many rows."""
        ...

    def log(self, receipt: int) -> int:
        """Writes one change per created or updated row; returns how many."""
        ...


class Dialect(Protocol):
    """One kind of database at one address. failures: what its driver raises by itself."""

    failures: tuple[type[Exception], ...]

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

    def lock(self, connection: Connection) -> None:
        """Opens a transaction that no other writer of the tables can run beside; raises when that takes too long."""
        ...

    def unfit(self, connection: Connection, plan: BookingPlan) -> list[str]:
        """Returns a sentence for everything about the plan's table that would damage or double rows."""
        ...

    def difference(self, connection: Connection, plan: BookingPlan) -> Difference: ...

    def explain(self, error: Exception) -> NightclerkError:
        """Given what the driver raised; returns WeatherError if it may pass by itself, OperatorError otherwise."""
        ...
