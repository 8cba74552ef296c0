"""What it takes to say what becomes of a file: less than a house, so that a look ahead needs no claims, spool or letters."""

from __future__ import annotations

from typing import Any, Protocol

from nightclerk.core.booking import BookingPlan
from nightclerk.core.reading import FormatFound
from nightclerk.core.run import Run
from nightclerk.ports import Booking, Clock, Format


class EarlierRuns(Protocol):
    """The runs that are known."""

    def get(self, run_id: int) -> Run | None:
        """Given a run's id; returns it, or None when there is no finished run of that id."""
        ...

    def last_import(self, tenant: str, feed: str) -> Run | None:
        """Returns the feed's newest run that booked something and was not undone, or None."""
        ...

    def last_booked(self, tenant: str, feed: str) -> Run | None:
        """Returns the run of the feed's files that was booked last, a held file when it was approved; or the one that took a run
        of the feed back since. None where nothing was ever booked."""
        ...

    def is_being_undone(self, run_id: int) -> bool:
        """Given a run's number; returns whether it, or another run of its drop, is being taken back."""
        ...

    def last_imports(self, tenant: str, feed: str, most: int) -> tuple[Run, ...]:
        """Returns the feed's newest runs that booked whole files, newest first, at most so many: neither trials nor corrections
        of an earlier file."""
        ...

    def last_reading(self, tenant: str, feed: str) -> FormatFound | None:
        """Returns how the newest file of the feed read that was booked and whose encoding could be told, which it cannot where
        all of it is ASCII; corrections of an earlier one aside. None if there is none."""
        ...


class Bookable(Protocol):
    """What a clerk needs of a ``Target``: see there."""

    @property
    def takes_csv(self) -> bool: ...

    def receipt(self, key: str) -> dict[str, Any] | None: ...

    def begin(self, plan: BookingPlan, key: str, attempt: int) -> Booking: ...


class Office(Protocol):
    """What steps 6 to 9 work with. ``House`` is one."""

    @property
    def clock(self) -> Clock: ...
    @property
    def reader(self) -> Format: ...
    @property
    def target(self) -> Bookable: ...
    @property
    def runs(self) -> EarlierRuns: ...
