"""``nightclerk parked``: the rows of a tenant that wait for others."""

from __future__ import annotations

import click

from nightclerk.cli.opening import records_of
from nightclerk.cli.options import Settings, options


@click.command(short_help="Shows the rows that wait for others.")
@click.argument("tenant")
@options
def command(settings: Settings, tenant: str) -> None:
    """Shows the rows that wait for others.

    Rows of TENANT's files that name what is not there yet, such as invoices whose customer comes with a later file: which run
    parked them, what they wait for, and until when. They go in by themselves once that is there; when their days have run out
    (parked_for) they are rejected.
    """
    from nightclerk.cli.terminal import print_json, print_table
    from nightclerk.desk.parked import parked_rows
    from nightclerk.ledger.runs import Runs

    with records_of(settings, [tenant]) as (configuration, ledger):
        found = parked_rows(configuration, Runs(ledger), tenant)
    if settings.json:
        print_json(found)
        return
    if not found:
        click.echo("No rows wait.")
        return
    print_table(
        ("feed", "run", "file", "line", "key", "waits for", "since (UTC)", "until (UTC)"),
        [
            (
                *(one["feed"], one["run"], one["file"], one["line"]),
                "|".join(map(str, one["key"].values())),
                ", ".join(f"{field} {value}" for field, value in one["missing"].items()),
                *(one["since"], one["until"]),
            )
            for one in found
        ],
    )
