"""Rows that had waited for others, for people: for how long, and for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nightclerk.cli.outcome import print_wrapped
from nightclerk.desk.output import moment

if TYPE_CHECKING:
    from nightclerk.core.run import Awaited, Run


def show_waited(run: Run) -> None:
    """Given a run whose rows had been parked; prints since when, by which run, and what came or did not come."""
    if run.waited is None:
        return
    since = moment(run.waited.since)
    print_wrapped(f"Not a file: rows of the file of run {run.retries} that it parked, and that waited since {since}.")
    for one in run.waited.came:
        print_wrapped(f"{one.field}: {_named(one)} there now")
    for one in run.waited.never_came:
        print_wrapped(f"{one.field}: {_named(one)} not come; {run.waited.given_up} of the rows given up")


def _named(one: Awaited) -> str:
    more = one.values - len(one.examples)
    named = ", ".join(one.examples) + (f" and {more} more" if more else "")
    return f"{one.entity} {named} {'is' if one.values == 1 else 'are'}"
