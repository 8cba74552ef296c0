"""``nightclerk runs``: the history."""

from __future__ import annotations

import click

from nightclerk.cli.opening import records_of
from nightclerk.cli.options import Settings, options


@click.command(short_help="Shows the history.")
@click.argument("tenants", nargs=-1, metavar="[TENANT]…")
@click.option("--last", default=50, show_default=True, type=click.IntRange(min=1), help="How many runs at most.")
@options
def command(settings: Settings, tenants: tuple[str, ...], last: int) -> None:
    """Shows the history.

    The newest runs of each TENANT, or of all, newest first. Rows that are parked, held or skipped, and rows that a file lacked
    and that were cleared or deactivated (absent), have a column where any of these runs has some.
    """
    from nightclerk.cli.terminal import ending_of, print_json, print_table
    from nightclerk.core.errors import OperatorError
    from nightclerk.core.run import absent_done
    from nightclerk.core.wording import did_you_mean_one_of, quoted
    from nightclerk.desk.output import moment, run_data
    from nightclerk.ledger.runs import Runs

    with records_of(settings) as (configuration, ledger):
        found = Runs(ledger).history(tenants, last)
    # A tenant that is not configured any more has its history all the same.
    for name in sorted({*tenants} - {*configuration.tenants} - {run.tenant for run in found}):
        if not found:
            raise OperatorError(f"There is no tenant {quoted(name)}{did_you_mean_one_of(name, configuration.tenants)}")
    if settings.json:
        print_json([run_data(run) for run in found])
        return
    if not found:
        click.echo("No runs yet.")
        return
    counts = ["rows", "created", "updated", "unchanged", "rejected"]
    counts += [name for name in ("parked", "held", "skipped") if any(getattr(run.counts, name) for run in found)]
    absent = any(map(absent_done, found))
    print_table(
        ("run", "ended (UTC)", "tenant", "feed", "file", *counts, *(["absent"] if absent else []), "ending"),
        [
            (
                *(run.id, moment(run.ended_at), run.tenant, run.feed, run.file),
                *(getattr(run.counts, name) for name in counts),
                *([absent_done(run)] if absent else []),
                ending_of(run),
            )
            for run in found
        ],
    )
