"""``nightclerk import``: one local file through the whole way."""

from __future__ import annotations

from pathlib import Path

import click

from nightclerk.cli.exits import EXIT_OTHER_ENDING, gravest, status_of_post
from nightclerk.cli.opening import open_for, reader_ahead
from nightclerk.cli.options import Settings, options


@click.command("import", short_help="Runs one local file through the whole way.")
@click.argument("tenant")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--feed", metavar="FEED", help="The feed to read it as, where its name does not tell.")
@click.option("--only", multiple=True, metavar="KEY", help="A trial with this record alone; may be given several times.")
@options
def command(settings: Settings, tenant: str, file: Path, feed: str | None, only: tuple[str, ...]) -> int:
    """Runs one local file through the whole way.

    FILE is read, booked, archived and reported for TENANT as if it had been dropped, and stays where it is. With --only the
    records with these keys are booked and all others skipped; a key of several fields is written with | between them.
    """
    server = reader_ahead()
    from nightclerk.cli.progress import shown as shown_reader
    from nightclerk.cli.terminal import print_json, run_line
    from nightclerk.core.naming import shown
    from nightclerk.core.run import of_the_file
    from nightclerk.core.wording import listed, quoted
    from nightclerk.desk.output import exit_status, run_data
    from nightclerk.work.deliver import deliver_waiting
    from nightclerk.work.hand_in import hand_in

    with open_for(settings, [tenant], server) as house:
        house.reader = shown_reader(house.reader)
        made = hand_in(house, tenant, file, feed, only or None)
        runs = of_the_file(made)
        delivered = deliver_waiting(house)
        if settings.json:
            found = [run_data(run, house.runs.issues(run.id)) for run in runs]
            print_json(found[0] if len(found) == 1 else found)  # several where feeds read sheets of their own
        else:
            for run in made:
                click.echo(run_line(run))
    if only and all(run.ending == "imported" and run.counts.skipped == run.counts.rows for run in runs):
        click.echo(f"No record of {shown(file.name)} has the key {listed(map(quoted, only))}; nothing was booked.", err=True)
        return gravest(EXIT_OTHER_ENDING, status_of_post(delivered))
    if delivered.trouble is not None:
        click.echo(f"The letter waits in the outbox: {delivered.trouble}", err=True)
    return gravest(exit_status(runs), status_of_post(delivered))
