"""``nightclerk run``: one run in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nightclerk.cli.opening import records_of
from nightclerk.cli.options import Settings, options

if TYPE_CHECKING:
    from nightclerk.core.run import Run


@click.command(short_help="Shows one run in full.")
@click.argument("number", type=int, metavar="N")
@options
def command(settings: Settings, number: int) -> None:
    """Shows one run in full.

    N is the run's number, as `nightclerk runs` and the letters give it. With --json all issues are listed.
    """
    from nightclerk.cli.terminal import print_json
    from nightclerk.desk.history import all_issues, find_run
    from nightclerk.desk.output import run_data
    from nightclerk.filing.archive import Archive
    from nightclerk.ledger.runs import Runs

    with records_of(settings) as (configuration, ledger):
        runs = Runs(ledger)
        run = find_run(runs, number)
        if settings.json:
            print_json(run_data(run, all_issues(runs, Archive(configuration.daemon.state), run)))
            return
    _show(run)


def _show(run: Run) -> None:
    from nightclerk.cli.held import show_hold
    from nightclerk.cli.outcome import format_line, show_effects, show_figures, show_issues
    from nightclerk.cli.terminal import run_line
    from nightclerk.cli.waited import show_waited
    from nightclerk.desk.output import moment

    click.echo(run_line(run))
    click.echo(f"from {moment(run.started_at)} to {moment(run.ended_at)}, drop {run.drop}, attempt {run.attempt}")
    if run.format is not None:
        click.echo(f"read {'' if run.retries is None else f'by run {run.retries} '}as {format_line(run.format)}")
    show_hold(run)
    if run.undone_by is not None:
        click.echo(f"Undone by run {run.undone_by}; nightclerk undo {run.undone_by} takes that back.")
    if run.replays is not None:
        click.echo(f"The file of run {run.replays}, out of the archive.")
    if run.waited is not None:
        show_waited(run)
    show_effects(run.effects)
    for note in run.notes:
        click.echo(f"note: {note}")
    show_figures(run)
    show_issues(run)
    if run.issues:
        click.echo(f"\nAll rejected rows: nightclerk rejected {run.id}")
    if run.archived_as is not None and run.retries is None:
        click.echo(f"Archived as {run.archived_as}")
    if run.sha256 is not None:
        click.echo(f"sha256 {run.sha256}")
    click.echo(f"configuration {run.config_hash}")
