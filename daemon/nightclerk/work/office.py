"""What it takes to say what becomes of a file: less than a house, so that a look ahead needs no claims, spool or letters."""

from __future__ import annotations

from typing import Protocol

from nightclerk.core.reading import FormatFound
from nightclerk.core.run import Run
from nightclerk.ports import Clock, Format, Target


class EarlierRuns(Protocol):
    """The runs that are known."""

    def get(self, run_id: int) -> Run | None:
        """Given a run's id; returns it, or None when there is no finished run of that id."""
        ...

    def last_import(self, tenant: str, feed: str) -> Run | None:
        """Returns the feed's newest run that booked something, or None."""
        ...

    def last_reading(self, tenant: str, feed: str) -> FormatFound | None:
        """Returns how the newest file of the feed read that was booked and whose encoding could be told, which it cannot where
        all of it is ASCII; corrections of an earlier one aside. None if there is none."""
        ...


class Office(Protocol):
    """What steps 6 to 9 work with. ``House`` is one."""

    @property
    def clock(self) -> Clock: ...
    @property
    def reader(self) -> Format: ...
    @property
    def target(self) -> Target: ...
    @property
    def runs(self) -> EarlierRuns: ...
