"""The commit point: a finished run is booked, and where the database's answer was lost its receipt tells what became of it."""

from __future__ import annotations

from typing import Any, Protocol

from nightclerk.core.errors import WeatherError
from nightclerk.core.run import Run, run_to_data


class Bookable(Protocol):
    """An open transaction that can be booked: ``Booking``, ``Undoing``."""

    def book(self, receipt: dict[str, Any]) -> None: ...


class Receipts(Protocol):
    """Where receipts are asked for: ``Target``."""

    def receipt(self, key: str) -> dict[str, Any] | None: ...


def book_for_good(run: Run, booking: Bookable, target: Receipts) -> None:
    """Given a finished run, the transaction in which its rows were compared, and the target of both; books it.

    Raises WeatherError when the database did not confirm it and has no receipt of it.
    """
    try:
        booking.book(run_to_data(run))
    except WeatherError:
        if target.receipt(run.key) is None:
            raise
