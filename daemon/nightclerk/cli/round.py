"""``nightclerk round``: one round now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_UNREACHABLE, EXIT_WRONG_USE
from nightclerk.cli.opening import open_for
from nightclerk.cli.options import Settings, options

if TYPE_CHECKING:
    from nightclerk.core.run import Run
    from nightclerk.work.house import House
    from nightclerk.work.round import Round


@click.command(short_help="Does one round now, then ends.")
@click.argument("tenants", nargs=-1, metavar="[TENANT]…")
@options
def command(settings: Settings, tenants: tuple[str, ...]) -> int:
    """Does one round now, then ends.

    Looks at the drop folder of each TENANT (of all when none is named), waits for the second look where files have not
    settled yet, takes what is ready, and posts the letters.
    """
    from nightclerk.cli.terminal import print_json, run_line
    from nightclerk.desk.output import exit_status, run_data
    from nightclerk.work.deliver import deliver_waiting
    from nightclerk.work.recover import recover

    with open_for(settings, tenants) as house:
        runs: list[Run] = list(recover(house))
        rounds = [done for name in tenants or tuple(house.configuration.tenants) for done in _rounds(house, name)]
        runs += [run for done in rounds for run in done.runs]
        delivered = deliver_waiting(house)
        if settings.json:
            print_json([run_data(run, house.runs.issues(run.id)) for run in runs])
        for run in runs if not settings.json else ():
            click.echo(run_line(run))
        if not runs and not settings.json:
            click.echo("Nothing to do.")
    troubles = [done for done in rounds if done.trouble is not None]
    for done in troubles:
        click.echo(f"{done.tenant}: {done.trouble}", err=True)
    if delivered.trouble is not None:
        click.echo(f"Letters wait in the outbox: {delivered.trouble}", err=True)
    if any(not done.unreachable for done in troubles):
        return EXIT_WRONG_USE
    if troubles or delivered.trouble is not None:
        return EXIT_UNREACHABLE
    return exit_status(runs) or EXIT_GOOD


def _rounds(house: House, tenant: str) -> list[Round]:
    """One look, and the second one where files had not settled at the first."""
    from nightclerk.work.round import look_and_take

    first = look_and_take(house, tenant, hurry=True)
    if first.again_in is None or first.trouble is not None:
        return [first]
    house.clock.wait(first.again_in)
    return [first, look_and_take(house, tenant)]
