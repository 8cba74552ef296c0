"""Rows that only the tables ruled out: into the issues file, or, where they wait for rows of others, into the booking."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from nightclerk.core.booking import BookingPlan, Forbidden, ParkedRow
from nightclerk.core.errors import BookkeepingError, SenderError
from nightclerk.core.judging import past_parked_rows
from nightclerk.core.parked import awaited
from nightclerk.core.reading import LateRow
from nightclerk.core.run import Awaited
from nightclerk.ports import Booking, Reading
from nightclerk.work.late import LateIssues
from nightclerk.work.tally import Tally

#: So many rows are handed to the booking at once.
_PORTION = 1_000
ByLine: TypeAlias = dict[int, list[Forbidden]]


def set_apart(
    reading: Reading,
    forbidden: Iterator[Forbidden],
    booking: Booking,
    plan: BookingPlan,
    tally: Tally,
    late: LateIssues,
    most: int,
    fed: frozenset[str],
) -> tuple[Awaited, ...]:
    """Given what the tables rule out; rejects these rows, or parks those with which nothing else is wrong.

    most: with more rejected rows, or more that wait, the file is refused; raises SenderError. fed: the entities that the tenant's
    feeds bring. Returns what the parked rows wait for.
    """
    rejected, parked = _sorted_out(forbidden, most)
    if len(parked) > most:
        refusal = past_parked_rows(tally.rows, most)
        raise SenderError(refusal.code, refusal.sentence)
    if rejected:
        tally.reject_late(reading.rows(sorted(rejected)), lambda row: late.forbidden(rejected[row.row.line], row))
    if not parked:
        return ()
    rows = reading.rows(sorted(parked))
    while portion := list(itertools.islice(rows, _PORTION)):
        for row in portion:
            tally.park_late(row)
        booking.park([_parked(plan, row, parked) for row in portion])
    if tally.parked != len(parked):
        raise BookkeepingError(f"{len(parked)} rows are to wait, but {tally.parked} were read once more")
    return awaited((({str(one.field): one.value}, 1) for faults in parked.values() for one in faults), plan, fed)


def _sorted_out(forbidden: Iterator[Forbidden], most: int) -> tuple[ByLine, ByLine]:
    """Returns what rejects rows and what parks them, by line; a few more than ``most`` refuse the file and are enough."""
    rejected: ByLine = {}
    parked: ByLine = {}
    for line, faults in itertools.groupby(forbidden, key=lambda one: one.line):
        listed = list(faults)
        found = parked if all(one.parks for one in listed) else rejected
        if len(found) <= most:
            found[line] = listed
    return rejected, parked


def _parked(plan: BookingPlan, row: LateRow, parked: Mapping[int, Sequence[Forbidden]]) -> ParkedRow:
    if row.values is None:
        raise BookkeepingError(f"line {row.row.line} is to wait, and cannot be read once more")
    return ParkedRow(
        line=row.row.line,
        fields=dict(zip((field.name for field in plan.fields), row.values, strict=True)),
        source=row.row.cells,
        missing={one.field: one.value for one in parked[row.row.line] if one.field is not None},
    )
