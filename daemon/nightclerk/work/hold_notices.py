"""What ops read of a held file: why it waits, what would come of it, and the exact commands that decide."""

from __future__ import annotations

from collections.abc import Sequence

from nightclerk.core.report import Letter
from nightclerk.core.run import Run, in_part
from nightclerk.core.tenant import Tenant
from nightclerk.work.house import House
from nightclerk.work.reports import notice, spoken_out


def hold_notices(house: House, tenant: Tenant, runs: Sequence[Run]) -> tuple[Letter, ...]:
    """Given a tenant and the runs of a drop; returns a letter to ops for each that is held, the same one whenever it is asked
    for; none where there are no operators."""
    made = (_notice(house, tenant, run) for run in runs if run.ending == "held" and run.held is not None)
    return tuple(letter for letter in made if letter is not None)


def _notice(house: House, tenant: Tenant, run: Run) -> Letter | None:
    if run.held is None:
        return None
    counts, number = run.held.counts, run.id
    shown = tenant.report.show_values
    why = " ".join(str(reason.sentence) for reason in run.held.reasons) if shown else ", ".join(r.code for r in run.held.reasons)
    parts = {"created": counts.created, "updated": counts.updated, "unchanged": counts.unchanged, "rejected": counts.rejected}
    details = [
        ("Why", why),
        ("If it is approved", ", ".join(f"{count} {name}" for name, count in parts.items())),
        ("What would change", spoken_out(house, f"nightclerk run {number}")),
        ("To refuse it", spoken_out(house, f"nightclerk refuse {number}")),
    ]
    sentence = (
        f"The file {run.file} of {tenant.name} is held and waits for your decision (run {number}, feed {run.feed}). "
        f"{_so_far(run)} at {run.held.until:%Y-%m-%d %H:%M} UTC."
    )
    return notice(house, tenant.tenant, f"held {run.key}", sentence, f"nightclerk approve {number}", details)


def _so_far(run: Run) -> str:
    if not in_part(run):
        return "Nothing of it is imported. If nobody decides, it is refused"
    counts = run.counts
    booked = counts.created + counts.updated + counts.unchanged
    waits = "1 row waits" if counts.held == 1 else f"{counts.held} rows wait"
    return f"{booked} of {counts.rows} rows are imported, {waits}. If nobody decides, these are left out"
