"""What one feed made of one drop: counts that add up, totals, an ending."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from nightclerk.core.absent import ABSENT
from nightclerk.core.booking import Change
from nightclerk.core.drop import Ending
from nightclerk.core.errors import BookkeepingError
from nightclerk.core.habits import Habits
from nightclerk.core.reading import FormatFound
from nightclerk.core.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Counts:
    """rows = created + updated + unchanged + rejected + parked + held + skipped, always."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    parked: int = 0
    held: int = 0
    skipped: int = 0

    def check(self) -> Counts:
        """Returns itself; raises BookkeepingError when the counts do not add up."""
        parts = self.created + self.updated + self.unchanged + self.rejected + self.parked + self.held + self.skipped
        if parts != self.rows:
            raise BookkeepingError(f"{self.rows} rows in the file, but {parts} accounted for")
        return self


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """Exact sums of one money field in one currency, as text; file = booked + rejected + parked + held + skipped."""

    file: str
    booked: str
    rejected: str
    skipped: str = "0.0000"
    parked: str = "0.0000"
    held: str = "0.0000"


@dataclass(frozen=True, slots=True)
class IssueGroup:
    """Issues of one kind: how many rows' cells, and the first examples (line, value, message)."""

    code: str
    column: str | None
    field: str | None
    count: int
    examples: tuple[tuple[int, str | None, Sentence], ...]


@dataclass(frozen=True, slots=True)
class Awaited:
    """What parked rows wait for: rows of one entity that one field names. rows: how many wait for them; values: how many they
    are, and the first of them, as they were first named. fed: whether the tenant has a feed that brings such rows."""

    field: str
    entity: str
    rows: int
    values: int
    examples: tuple[str, ...]
    fed: bool


@dataclass(frozen=True, slots=True)
class Waited:
    """Rows of a run that had been parked. since: when they were; came: for those that went in, what had been missing; given_up:
    how many waited for too long, and never_came: for what."""

    since: datetime
    came: tuple[Awaited, ...] = ()
    given_up: int = 0
    never_came: tuple[Awaited, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldReason:
    """One reason why a file is held. code: a guard of ``core.hold``, or what ``core.reading_change`` and ``core.drift`` found.
    figures: the numbers that the sentence tells, as text, for whoever reads them by machine."""

    code: str
    sentence: Sentence
    figures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """What a held file waits for. counts, totals and effects: as they would be if it were booked; sample: its first changes by
    line; until: when it is refused if nobody has decided. Of a file of which a part is booked effects has none: what was done,
    or not, to that part is the run's own."""

    reasons: tuple[HoldReason, ...]
    counts: Counts
    until: datetime
    totals: dict[str, dict[str, ControlTotal]] = field(default_factory=dict)
    sample: tuple[Change, ...] = ()
    effects: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a held file. by: who did, a person's account on the machine, or Nightclerk itself for what expired
    or was replaced. words: what they said to it."""

    action: Literal["approve", "refuse", "expire", "replace"]
    at: datetime
    by: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run. Times are UTC. ``key`` tells it from every other run of every installation (the receipt's key).

    code, sentence and line: why a file was refused, and where in it, if one place is to blame. issues: how many; groups: by
    kind; issues_file and issues_sha256: all of them, one JSON object a line, durable before the commit point. effects: what
    it did on the way, such as kept and defaulted values by field; of a held file ``Held`` has them. habits: of a file that
    was booked, what the feed's files are like by now. held: of a file that is or was held, why; decision: what was decided
    about it, once it was carried out. undoes: the run that this one took back; undone_by: the one that took this one back,
    while that stands. replays: the run whose archived file this one read. awaits: what its parked rows wait for. retries: the
    run that had parked the rows of this one, which read no file; waited: for how long they had waited, and for what.
    """

    id: int
    key: str
    drop: int
    tenant: str
    feed: str | None
    entity: str | None
    file: str
    size: int
    sha256: str | None
    started_at: datetime
    ended_at: datetime
    ending: Ending
    counts: Counts
    attempt: int
    config_hash: str | None = None
    code: str | None = None
    sentence: Sentence | None = None
    format: FormatFound | None = None
    columns: tuple[str, ...] = ()
    totals: dict[str, dict[str, ControlTotal]] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    issues: int = 0
    groups: tuple[IssueGroup, ...] = ()
    issues_sha256: str | None = None
    left_out: int = 0
    notes: tuple[Sentence, ...] = ()
    effects: dict[str, Any] = field(default_factory=dict)
    corrects: int | None = None
    archived_as: str | None = None
    line: int | None = None
    habits: Habits | None = None
    held: Held | None = None
    decision: Decision | None = None
    undoes: int | None = None
    undone_by: int | None = None
    replays: int | None = None
    awaits: tuple[Awaited, ...] = ()
    retries: int | None = None
    waited: Waited | None = None


def in_part(run: Run) -> bool:
    """Given a run; returns whether it booked a part of its file while the rest was held (``hold_part``), whatever was decided
    about that since."""
    return run.held is not None and 0 < run.counts.held < run.counts.rows


def of_the_file(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Given the runs of a file, and those of parked rows that it let in; returns the former."""
    return tuple(run for run in runs if run.retries is None)


def absent_done(run: Run) -> int:
    """Given a run; returns how many rows that its file lacked it has cleared or deactivated."""
    return sum(run.effects.get(ABSENT, {}).values())


def run_to_data(run: Run) -> dict[str, Any]:
    """Given a run; returns it as data fit for JSON: what the receipt and the ledger keep."""
    data: dict[str, Any] = _shape().dump_python(run, mode="json")
    return data


def run_from_data(data: dict[str, Any]) -> Run:
    """Given what ``run_to_data`` made, also by an older version; returns the run. Raises ValueError when it is none."""
    run: Run = _shape().validate_python(data)
    if run.held is None or run.held.effects or in_part(run) or run.ending not in ("held", "refused"):
        return run
    # Older versions told what booking a held file would do as if the run had done it.
    return replace(run, effects={}, held=replace(run.held, effects=run.effects))


@cache
def _shape() -> TypeAdapter[Run]:
    return TypeAdapter(Run)
