"""A file that may be booked and is held all the same: what its run says, and what a person's word changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from nightclerk.core.judging import Refusal
from nightclerk.core.run import Counts, Held, HoldReason, Run
from nightclerk.ports import Comparing

#: So many of the changes that booking would make are kept with a held run.
SAMPLE = 20


def may_be_held(run: Run) -> bool:
    """Given a run before it is booked; returns whether it may be held: it is no trial, and nobody has approved it."""
    return not is_trial(run) and run.decision is None


def is_trial(run: Run) -> bool:
    """Given a run; returns whether it books a few rows of its file only, as a person asked."""
    return "only" in run.effects


def unanswered(doubts: Iterable[Refusal], run: Run) -> list[Refusal]:
    """Given what reads otherwise than before in a file, and its run; returns what nobody has answered yet: who approves a file
    approves what it was held for, and nothing that came up since."""
    known = {reason.code for reason in run.held.reasons} if run.held is not None and run.decision is not None else set()
    return [doubt for doubt in doubts if doubt.code not in known]


def held_run(run: Run, reasons: tuple[HoldReason, ...], comparing: Comparing, until: datetime) -> Run:
    """Given the run as it would be booked, why it is held, its open comparison and until when it waits; returns the held run."""
    sample = tuple(comparing.sample(SAMPLE))
    held = Held(reasons, run.counts, until, run.totals, sample, run.effects)
    rows = run.counts.rows
    return replace(run, ending="held", counts=Counts(rows=rows, held=rows), totals={}, effects={}, held=held)
