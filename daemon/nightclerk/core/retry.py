"""How long to wait before trying again."""

from __future__ import annotations

from datetime import timedelta

#: Claims of one drop that did not end in an orderly way before the file is refused: it may be what brings the process down.
MOST_TRIES = 10
#: Claims of the rows that one run parked that did not end in an orderly way, before they are left where they are.
MOST_RETRIES = 3
#: Readers that may die on one drop without a reason before the file is refused.
MOST_READER_DEATHS = 3
#: No wait between two tries is longer.
LONGEST_WAIT = timedelta(hours=1)


#: Weather that lasts so long is told to ops, once: nobody may have noticed, and files wait.
LONG_WEATHER = timedelta(hours=2)


def backoff(attempt: int, luck: float, first: timedelta = timedelta(seconds=30), most: timedelta = LONGEST_WAIT) -> timedelta:
    """Given how often it was tried (from 1) and a random number from 0 to 1; returns the wait.

    Doubles from ``first`` up to ``most``; half of it is luck, so that many who failed together part ways.
    """
    wait: timedelta = min(first * 2 ** min(max(attempt - 1, 0), 20), most)
    return wait / 2 * (1 + luck)
