"""The seams: contracts in prose. Each has a memory twin and one test suite that every implementation passes.

All network implementations raise ``WeatherError`` for what may pass by itself, ``OperatorError`` for what ops must mend
(refused login, changed host key, refused certificate), and never anything of the library underneath.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Protocol

from nightclerk.core.booking import BookingPlan, Change, Comparison, Forbidden, ParkedRow
from nightclerk.core.drop import Fate, Listing, Released, Sighting
from nightclerk.core.parked import KeptRow, ParkedGroup
from nightclerk.core.reading import Block, Cell, Finished, Job, LateRow, Opened
from nightclerk.core.reconciliation import Line, Reckoning, Summed
from nightclerk.core.report import Refusal
from nightclerk.core.rows_wanted import RowsWanted
from nightclerk.core.undo import RowUndone, UndoPlan


class Clock(Protocol):
    """Tells the time, and waits."""

    def now(self) -> datetime:
        """Returns the present moment in UTC."""

    def monotonic(self) -> float:
        """Returns seconds that never run backwards."""

    def wait(self, seconds: float) -> bool:
        """Waits so long, or until told to stop; returns whether it was told to stop."""


class Source(Protocol):
    """A tenant's drop folder. One connection, used by one thread at a time; a broken one is made anew by the next call.

    Only regular files directly in the folder are drops: no symlink, hard link (a regular file with more than one link),
    FIFO, device or folder is followed or opened. A name is data: it may hold any bytes but ``/`` and NUL.
    Every step has a deadline. Calls do not retry; who calls decides (``sources.patient`` adds deadlines around it all).
    """

    def look(self) -> Listing:
        """Returns what lies in the folder now. Names that end in the archive's folders are folders, so never listed."""

    def again(self, sighting: Sighting) -> Sighting | None:
        """Looks at one file by name again; returns it as it is now, or None if it is gone (or no regular file any more)."""

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        """Writes the file's bytes into ``into`` and returns how many; stops with SenderError ``file_too_large`` past ``limit``.

        May deliver bytes of a newer or still growing version: the caller looks again afterwards and compares.
        """

    def release(self, sighting: Sighting, fate: Fate) -> Released:
        """Carries out the tenant's filing policy (move, delete, leave) on exactly this version of the file.

        Moves by rename to ``fate.place``/``fate.name`` below the drop folder, making the folder if needed, never over an
        existing file. A version that differs from ``sighting`` is left under its name and survives: ``newer``. May be repeated
        after a crash: a file already moved to its fate is ``moved``; one that is nowhere is ``gone``.
        """

    def close(self) -> None:
        """Lets go of the connection. Never raises, and may be called from another thread to break a call that hangs."""


class Reading(Protocol):
    """One file being read in a fenced child. First ``opened``, then all ``blocks``, then ``finished``, then any ``rows``.

    Every call raises SenderError when the reader refuses the file or meets a limit, ReaderDiedError when it ends without a word.
    """

    @property
    def opened(self) -> Opened: ...

    def blocks(self) -> Iterator[Block]: ...

    def finished(self) -> Finished: ...

    def rows(self, lines: Iterable[int]) -> Iterator[LateRow]:
        """Given start lines in ascending order; reads those records once more. May be called several times."""

    def close(self) -> None:
        """Ends the child, whatever it is doing."""


class Format(Protocol):
    """Reads files of one kind in fenced children."""

    def read(self, file: BinaryIO, job: Job) -> Reading:
        """Given an open file (its descriptor is handed to the child, its name is not) and a job; returns the reading."""


class Comparing(Protocol):
    """A feed's rows beside the table, as they are compared. Nothing of it is ever visible to others, nothing remains at its end.

    In this order: ``stage`` and ``withdraw`` as often as needed, ``compare`` once, ``absent`` at most once, ``sample`` as often
    as wanted, ``abandon``. After ``compare`` changes may still be withdrawn by their keys; ``compare`` is asked once more then.
    """

    def stage(self, block: Block) -> None:
        """Takes the block's accepted rows. A key may be staged several times as long as it is withdrawn before ``compare``."""

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> None:
        """Given keys in canonical form, each once and with the number of rows staged under it so far; takes all these rows out
        again. Rows staged afterwards stay.

        The numbers are needed because a row that is the same as the table's is only counted, not remembered.
        """

    def compare(self) -> tuple[Comparison, Iterator[Forbidden]]:
        """Returns the exact counts, and what mode or required_for_new forbid, by ascending line.

        A row that lacks several fields comes once per field, so rejected rows are the distinct lines. To be read before
        ``book`` or ``abandon``.
        """

    def absent(self, keys: Iterable[tuple[Cell, ...]]) -> int:
        """Given keys in canonical form that the file holds in rows which were never staged; returns how many rows the file lacks
        that will get what the plan says (``BookingPlan.absence``): rows of this tenant that imports of the plan's feed created,
        and in which not all of that stands already. Keys that were staged count as the file's, also those that were withdrawn
        or are forbidden. None is written unless this was asked, and none where the plan has no absence. After ``compare``."""

    def absent_parked(self) -> Sequence[int]:
        """Returns the numbers, for ``unpark``, of rows that earlier files of the plan's feed parked and that this file lacks. To
        be asked after ``compare``, of a file of which no row was rejected: the keys of others need not count as the file's."""

    def sample(self, limit: int) -> list[Change]:
        """Returns the first changes by line that booking would make, at most ``limit``. To be asked after ``compare``. Behind
        those of the file's rows come those of rows that it lacks, by key, in lines from -1 downwards; each of the two has half of
        the room, and what the other leaves of it."""

    def abandon(self) -> None:
        """Rolls everything back. May be called at any time, also after ``book``, when it does nothing."""


class Reconciling(Comparing, Protocol):
    """As ``Comparing``, for one who wants to know all that differs. It asks after ``compare``, at one moment of the tables.

    Lists are in canonical form and hold at most as many lines as are asked for, None for all of them; memory holds a few.
    """

    def beside(self, keys: Iterable[tuple[Cell, ...]]) -> None:
        """Given keys in canonical form that the file holds in rows which are not staged, or no longer: rows of the tables that
        have them are not only there. Before ``reckoned``."""

    def reckoned(self) -> Reckoning:
        """Returns how many rows agree, and how many do not, and the tables' sums. To be asked once."""

    def different(self, most: int | None) -> Iterator[Line]:
        """Yields, by line and field, each value that is another in the tables: line, the key's parts, field, what the file says,
        what stands in the tables, and the reason (``core.reconciliation.Reason``), None where an import would write it.

        What the policies keep is a difference as any other one, and so is what stands in rows that the mode forbids to change.
        """

    def only_in_file(self, most: int | None) -> Iterator[Line]:
        """Yields, by line, the rows whose key the tables lack: line, the plan's fields, and why an import would reject it, or
        None."""

    def only_in_tables(self, most: int | None) -> Iterator[Line]:
        """Yields, by key, the rows of this tenant whose key the file lacks: the plan's fields."""


class Booking(Comparing, Protocol):
    """An open transaction on the target. Nothing of it is visible before ``book`` returns, and nothing remains after ``abandon``.

    As ``Comparing``, then ``park`` as often as needed, and ``book`` or ``abandon`` at its end.
    """

    def park(self, rows: Sequence[ParkedRow]) -> None:
        """Given rows that the comparison has forbidden and that wait; ``book`` keeps them in the same transaction, in place of
        what waits of earlier files of the feed under the same keys."""

    def unpark(self, ids: Sequence[int]) -> None:
        """Given the numbers of parked rows (``KeptRow.id``) that were staged or are given up: ``book`` ends their waiting. Raises
        WeatherError, here or there, when one of them does not wait any more."""

    def book(self, receipt: dict[str, Any]) -> None:
        """Writes created and changed rows, what becomes of absent ones if that was asked for, the change log and the receipt, and
        commits: the commit point.

        Takes out what waits of earlier files of the feed under the keys of rows that are booked or stand there already; writes
        the rows that are created on the way first.

        ``receipt`` is the finished run as JSON-able data. Raises WeatherError when the outcome is unknown or failed; the
        caller then asks ``Target.receipt``.
        """


class Undoing(Protocol):
    """A run being taken back. Nothing of it is visible before ``book`` returns, and nothing remains after ``abandon``.

    In this order: ``made`` for the blocks of the run's file if ``needs_file`` says so, ``others`` once and to its end, then
    ``book`` or, always at a preview's end, ``abandon``. A row that cannot be taken back stops no other.
    """

    def needs_file(self) -> bool:
        """Returns whether the run created rows of which only its file tells how they were made."""

    def made(self, block: Block) -> list[RowUndone]:
        """Given the next block of the run's file, read as the run had read it; deletes the rows that were created from its lines,
        where they still are as they were made, nobody filled a field of the application's, and no row refers to them."""

    def others(self) -> Iterator[list[RowUndone]]:
        """Takes back all other changes, in portions; created rows that no block had are left as they are."""

    def book(self, receipt: dict[str, Any]) -> None:
        """Commits what was taken back, with its log and the receipt, as ``Booking.book`` does."""

    def abandon(self) -> None:
        """Rolls everything back. May be called at any time, also after ``book``, when it does nothing."""


class Target(Protocol):
    """The database of the receiving application."""

    @property
    def takes_csv(self) -> bool:
        """Whether blocks are best read as CSV (``Job.csv``) for it. It takes them as columns as well."""

    def receipt(self, key: str) -> dict[str, Any] | None:
        """Given a run's key; returns the receipt that was committed under it, or None."""

    def begin(self, plan: BookingPlan, key: str, attempt: int) -> Booking:
        """Opens the transaction, inserts the empty receipt first (so that two workers cannot book one run), takes the locks.
        From the third attempt on nobody else changes or deletes the tenant's rows of the table until the booking ends.

        Raises WeatherError when the database is away or locked too long, OperatorError when a table or column is missing,
        ``AlreadyBooked`` when a committed receipt stands under this key.
        """

    def preview(self, plan: BookingPlan) -> Comparing:
        """Opens a comparison that cannot write: it takes no lock that a writer waits for, inserts no receipt, and leaves the
        database as it was to the byte of a dump (no sequence moves on, no setting of the database changes).

        Raises as ``begin`` does.
        """

    def reconcile(self, plan: BookingPlan, summed: tuple[Summed, ...]) -> Reconciling:
        """As ``preview``, for a comparison that tells all, and the sums of these fields."""

    def rows(self, wanted: RowsWanted) -> Generator[list[list[Cell]]]:
        """Yields the rows that are wanted in portions of at most ``core.rows_wanted.PORTION``: in each portion one list for each
        wanted field, its cells in canonical form (``core.reading``). What is no value of its field's type comes as its text.

        All portions show the tables at one moment. Memory holds one portion, however many there are. Writes nothing, and takes
        no lock that a writer waits for. Raises as ``begin`` does, with the first portion at the earliest. One that is not read to
        its end is to be closed (it is a generator), which lets go of the database.
        """

    def waiting(self, tenant: str | None) -> tuple[ParkedGroup, ...]:
        """Given a tenant, or None for all; returns its parked rows by feed, run and what they wait for, the oldest first, none
        where the database has no table for them. Writes nothing. Raises WeatherError, OperatorError."""

    def waiting_rows(self, tenant: str, run_key: str) -> tuple[KeptRow, ...]:
        """Given a tenant and a run that parked rows; returns those that still wait, by line. Raises as ``waiting``."""

    def undo(self, plan: UndoPlan, key: str | None, attempt: int) -> Undoing:
        """Opens a transaction that takes one run back, with an empty receipt of its own under ``key``; or, with None, a look at
        what that would do, which writes nothing, as ``preview``.

        Raises as ``begin`` does, and OperatorError when the run's own receipt is not there.
        """

    def close(self) -> None: ...


class AlreadyBooked(Exception):  # noqa: N818 - it is no error: the way goes forward
    """The run's receipt is committed already; ask ``Target.receipt`` for it."""


class Channel(Protocol):
    """Carries finished letters."""

    def post(self, message: bytes, recipients: tuple[str, ...]) -> dict[str, Refusal]:
        """Hands the message, byte for byte as it is, to the mail server for these recipients.

        Returns the recipients it was not accepted for, each with the server's words; an empty dict when all were accepted.
        What the server says about one recipient, or about this one message, is such a value: ``permanent`` means never again,
        otherwise try these recipients again later. Raises WeatherError when nothing is known to be accepted because the server
        is away, slow or answered "later" to all of it; OperatorError when login, certificate or sender is refused, which holds
        for every letter. Bounded in time whatever the server does.
        """
