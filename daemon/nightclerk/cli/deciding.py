"""What ``approve`` and ``refuse`` have in common: the decision, the letter, and what became of the run."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING, Literal

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_OTHER_ENDING, gravest, status_of_post
from nightclerk.cli.opening import open_for
from nightclerk.cli.options import Settings

if TYPE_CHECKING:
    from nightclerk.formats.fork_server import ForkServer


def decided(
    settings: Settings,
    number: int,
    action: Literal["approve", "refuse"],
    words: str | None,
    server: ForkServer | None = None,
) -> int:
    """Given the shared options, a run's number, what is decided and the words said to it, and what ``reader_ahead`` returned;
    carries it out, prints the run as it ended and returns the exit status: 0 when it ended as it was decided."""
    from nightclerk.cli.terminal import print_json, run_line
    from nightclerk.desk.output import exit_status, run_data
    from nightclerk.work.decide import decide
    from nightclerk.work.deliver import deliver_waiting

    with open_for(settings, (), server) as house:
        run, *retried = decide(house, number, action, _account(), (words or "").strip() or None)
        delivered = deliver_waiting(house)
        refused = run.decision is not None and run.decision.action == "refuse" and run.ending != "held"
        if settings.json:
            print_json(run_data(run, house.runs.issues(run.id)))
        else:
            for one in (run, *retried):
                click.echo(run_line(one))
            if refused and run.ending != "refused":
                click.echo("Refused: none of the rows that were held is booked.")
    if run.ending == "held":
        click.echo("The decision stands; another process of Nightclerk holds the file and carries it out.", err=True)
    if delivered.trouble is not None:
        click.echo(f"The letter waits in the outbox: {delivered.trouble}", err=True)
    as_decided = refused if action == "refuse" else exit_status([run]) == EXIT_GOOD
    return gravest(EXIT_GOOD if as_decided else EXIT_OTHER_ENDING, status_of_post(delivered))


def _account() -> str:
    """Returns who runs this command, by the machine's accounts."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        return f"account {os.getuid()}"
