"""Why a file is held, what would change, and what was decided, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nightclerk.cli.outcome import print_wrapped, show_approved, show_reasons
from nightclerk.cli.outlook import show_change

if TYPE_CHECKING:
    from nightclerk.core.run import Run

_DECIDED = {
    "approve": "approved by {by}",
    "refuse": "refused by {by}",
    "expire": "refused, since nobody decided in time",
    "replace": "refused, since a newer file came",
}


def show_hold(run: Run) -> None:
    """Given a run; prints why it is or was held, what would change, and what was decided or may be, if it is one of those."""
    from nightclerk.core.run import in_part
    from nightclerk.desk.output import moment

    if run.held is None:
        return
    show_reasons(run)
    if run.decision is not None:
        decided = _DECIDED[run.decision.action].format(by=run.decision.by)
        said = f": {run.decision.words}" if run.decision.words else ""
        print_wrapped(f"{decided} at {moment(run.decision.at)}{said}")
    if run.ending != "held":
        return
    if in_part(run):
        click.echo(f"What is safe is booked; {run.counts.held} of its {run.counts.rows} rows wait.")
    show_approved(run.held)
    if run.held.sample:
        click.echo(click.style("\nFirst changes that would be made", bold=True))
        for change in run.held.sample:
            show_change(change)
    click.echo(f"\nTo book it: nightclerk approve {run.id}\nTo refuse it: nightclerk refuse {run.id}")
    then = "these rows are left out" if in_part(run) else "it is refused"
    click.echo(f"If nobody decides, {then} at {moment(run.held.until)}.\n")
