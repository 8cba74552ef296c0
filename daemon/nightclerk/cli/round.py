"""``nightclerk round``: one round now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_OUR_FAULT, EXIT_UNREACHABLE, EXIT_WRONG_USE, gravest, status_of_post
from nightclerk.cli.opening import open_for
from nightclerk.cli.options import Settings, options

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from nightclerk.work.house import House
    from nightclerk.work.round import Round


@click.command(short_help="Does one round now, then ends.")
@click.argument("tenants", nargs=-1, metavar="[TENANT]…")
@click.option("--now", is_flag=True, help="Take files also outside the tenant's quiet hours (process: between).")
@options
def command(settings: Settings, tenants: tuple[str, ...], now: bool) -> int:
    """Does one round now, then ends.

    Looks at the drop folder of each TENANT (of all when none is named), waits for the second look where files have not
    settled yet, takes what is ready, and posts the letters. Files of a tenant with quiet hours wait for them, unless --now is
    given. A server that refused us is asked again only if its TENANT is named.
    """
    from nightclerk.cli.terminal import print_json, run_line
    from nightclerk.desk.output import exit_status, run_data
    from nightclerk.work.deliver import deliver_waiting

    with open_for(settings, tenants) as house:
        rounds = _rounds(house, tenants or tuple(house.configuration.tenants), bool(tenants), now)
        zones = {name: tenant.zone for name, tenant in house.configuration.tenants.items()}
        runs = [run for done in rounds for run in done.runs]
        delivered = deliver_waiting(house)
        if settings.json:
            print_json([run_data(run, house.runs.issues(run.id)) for run in runs])
        for run in runs if not settings.json else ():
            click.echo(run_line(run))
    # Of two looks the second one counts, and one trouble is told once.
    last = {done.tenant: done for done in rounds}.values()
    troubles = [done for done in last if done.trouble is not None]
    for done in troubles:
        click.echo(f"{done.tenant}: {done.trouble}", err=True)
    waiting = [_waits(done.tenant, done.opens_at, zones[done.tenant]) for done in last if done.opens_at is not None]
    for line in waiting:
        click.echo(line, err=True)
    if delivered.trouble is not None:
        click.echo(f"Letters wait in the outbox: {delivered.trouble}", err=True)
    if not (runs or troubles or waiting or settings.json):
        click.echo("Nothing to do.")
    return gravest(
        exit_status(runs),
        status_of_post(delivered),
        *(_status(done) for done in troubles),
        # Without names all tenants are meant, and those whose files are wrong were left out.
        EXIT_WRONG_USE if settings.problems and not tenants else EXIT_GOOD,
    )


def _status(done: Round) -> int:
    if done.our_fault:
        return EXIT_OUR_FAULT
    return EXIT_UNREACHABLE if done.unreachable else EXIT_WRONG_USE


def _waits(tenant: str, opens_at: datetime, zone: ZoneInfo) -> str:
    return (
        f"{tenant}: Files wait for the quiet hours, which begin at {opens_at.astimezone(zone):%H:%M} ({zone.key}). "
        f"To take them at once: nightclerk round {tenant} --now."
    )


def _rounds(house: House, tenants: Sequence[str], named: bool, now: bool) -> list[Round]:
    """One look at each, and a second one where files had not settled at the first; the wait is one for all."""
    from nightclerk.work.round import look_and_take

    first = [look_and_take(house, name, hurry=True, insist=named, at_any_hour=now) for name in tenants]
    waits = {done.tenant: done.again_in for done in first if done.again_in is not None and not done.unreachable}
    if not waits or house.clock.wait(max(waits.values())):
        return first
    return first + [look_and_take(house, name, at_any_hour=now) for name in waits]
