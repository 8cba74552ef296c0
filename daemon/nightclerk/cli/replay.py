"""``nightclerk replay``: the archived file of a run is booked again."""

from __future__ import annotations

import click

from nightclerk.cli.exits import gravest, status_of_post
from nightclerk.cli.opening import open_for, reader_ahead
from nightclerk.cli.options import Settings, options


@click.command(short_help="Books the archived file of a run again.")
@click.argument("number", type=int, metavar="N")
@click.option("--as-it-was", is_flag=True, help="With the configuration that produced run N, not with today's.")
@options
def command(settings: Settings, number: int, as_it_was: bool) -> int:
    """Books the archived file of a run again.

    N is the run's number. Its file goes the whole way once more as a new drop, with a run and a letter of its own. What run N
    booked is not taken back by this: for that there is `nightclerk undo N`.
    """
    server = reader_ahead()
    from nightclerk.cli.progress import shown as shown_reader
    from nightclerk.cli.terminal import print_json, run_line
    from nightclerk.core.run import of_the_file
    from nightclerk.desk.output import exit_status, run_data
    from nightclerk.work.deliver import deliver_waiting
    from nightclerk.work.replay import replay

    with open_for(settings, (), server) as house:
        house.reader = shown_reader(house.reader)
        made = replay(house, number, as_it_was=as_it_was)
        runs = of_the_file(made)
        delivered = deliver_waiting(house)
        if settings.json:
            print_json(next(run_data(run, house.runs.issues(run.id)) for run in runs))
        else:
            for run in made:
                click.echo(run_line(run))
    if delivered.trouble is not None:
        click.echo(f"The letter waits in the outbox: {delivered.trouble}", err=True)
    return gravest(exit_status(runs), status_of_post(delivered))
