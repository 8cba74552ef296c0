"""``nightclerk run``: one run in full."""

from __future__ import annotations

from dataclasses import asdict
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
    from nightclerk.cli.terminal import print_table, run_line
    from nightclerk.desk.output import moment

    click.echo(run_line(run))
    click.echo(f"from {moment(run.started_at)} to {moment(run.ended_at)}, drop {run.drop}, attempt {run.attempt}")
    if run.format is not None:
        found = run.format
        header = f"header in record {found.header_row}" if found.header_row else "no header"
        click.echo(f"read as {found.kind}, {found.encoding}, fields between {found.delimiter!r}, {header}")
    for note in run.notes:
        click.echo(f"note: {note}")
    if run.counts.rows:
        click.echo()
        print_table(("rows", "count"), list(asdict(run.counts).items()))
    totals = [(name, c or "?", *asdict(total).values()) for name, of in run.totals.items() for c, total in of.items()]
    if totals:
        click.echo()
        print_table(("total of", "currency", "file", "booked", "rejected"), totals)
    for group in run.groups:
        click.echo(f"\n{group.count} × {group.code}" + (f" in column {group.column}" if group.column else ""))
        for _, _, message in group.examples:
            click.echo(f"  {message}")
    if run.issues:
        click.echo(f"\nAll rejected rows: nightclerk rejected {run.id}")
    if run.archived_as is not None:
        click.echo(f"Archived as {run.archived_as}")
    click.echo(f"sha256 {run.sha256}\nconfiguration {run.config_hash}")
