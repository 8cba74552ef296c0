"""A drop that was held walks on: what was decided about its runs, and what is left to do for each."""

from __future__ import annotations

from dataclasses import replace

from nightclerk.core.drop import Spooled
from nightclerk.core.errors import SenderError
from nightclerk.core.judging import Refusal, ending_of, refused_counts
from nightclerk.core.run import Decision, Run, in_part
from nightclerk.core.sentence import Sentence
from nightclerk.ledger.claims import Claim, RunSlot
from nightclerk.work.house import House


def earlier_runs(house: House, claim: Claim) -> dict[int, Run]:
    """Given a claim; returns its runs that were recorded when the drop was held, by number, a held one with what has been decided
    about it since; nothing for a drop that never was held."""
    if claim.drop.attempt == 1:
        return {}
    known = {run.id: run for run in house.runs.of_drop(claim.drop.id)}
    decided = house.holds.decided(known) if known else {}
    return {
        number: replace(run, decision=decided[number]) if run.ending == "held" and number in decided else run
        for number, run in known.items()
    }


def resumed(draft: Run, before: Run) -> Run:
    """Given the draft of a run that was recorded before, and that run; returns the draft, which goes on from there."""
    return replace(draft, started_at=before.started_at, sha256=before.sha256, held=before.held, decision=before.decision)


def settled_without_reading(house: House, before: Run) -> Run | None:
    """Given a run as it was recorded, with what has been decided about it; returns it as it ends, or None when its file was
    approved and is to be booked.

    A run that had ended, and one that is still held, stay as they are.
    """
    decision = before.decision
    if before.ending != "held" or decision is None:
        return before
    if in_part(before):
        notes = before.notes if decision.action == "approve" else (*before.notes, _left(before, decision))
        return replace(before, ending=ending_of(before.counts), notes=notes, ended_at=house.clock.now())
    if decision.action == "approve":
        return None
    why, counts = _told(decision), refused_counts(before.counts.rows)
    return replace(before, ending="refused", code=why.code, sentence=why.sentence, counts=counts, ended_at=house.clock.now())


def rest_of(known: dict[int, Run], slot: RunSlot) -> Run | None:
    """Given the drop's earlier runs by number, and a slot without a run; returns the run that booked a part of the file and whose
    approved rest the slot is for, None where there is none."""
    parts = (run for run in known.values() if run.feed == slot.feed and in_part(run) and run.id < slot.id)
    return next((run for run in parts if run.decision is not None and run.decision.action == "approve"), None)


def the_approved(spooled: Spooled | SenderError, before: Run) -> Spooled | SenderError:
    """Given the bytes at hand and the run that was held; returns them if they are the file that was approved, else why not."""
    if isinstance(spooled, SenderError) or spooled.sha256 == before.sha256:
        return spooled
    told = Sentence("The file that was approved is not there any more: it was changed since. Send it again.")
    return SenderError("incomplete", told)


def _left(run: Run, decision: Decision) -> Sentence:
    return Sentence.counted(
        "%(n)s row was held back and is not imported. %(why)s",
        "%(n)s rows were held back and are not imported. %(why)s",
        run.counts.held,
        why=_told(decision).sentence,
    )


def _told(decision: Decision) -> Refusal:
    if decision.action == "expire":
        return Refusal("hold_expired", Sentence("The file waited for a decision, and nobody decided in time."))
    if decision.action == "replace":
        told = Sentence("The file waited for a decision until a newer one came, which was taken in its place.")
        return Refusal("replaced", told)
    if decision.words is None:
        told = Sentence("The file waited for a decision, and those who look after Nightclerk refused it.")
        return Refusal("refused_by_hand", told)
    told = Sentence(
        "The file waited for a decision, and those who look after Nightclerk refused it: “%(words)s”", words=decision.words
    )
    return Refusal("refused_by_hand", told)
