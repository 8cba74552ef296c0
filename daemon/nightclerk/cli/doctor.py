"""``nightclerk doctor``: whether files, ledger, tables and folders agree with each other."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_OTHER_ENDING, EXIT_UNREACHABLE, gravest
from nightclerk.cli.opening import configuration_of
from nightclerk.cli.options import Settings, options

if TYPE_CHECKING:
    from nightclerk.desk.finding import Finding

_STATUS = {"fine": EXIT_GOOD, "doubtful": EXIT_GOOD, "wrong": EXIT_OTHER_ENDING, "away": EXIT_UNREACHABLE}


@click.command(short_help="Checks files, ledger, tables and folders.")
@click.option("--files", default=200, show_default=True, type=click.IntRange(0), help="How many archived files to read.")
@click.option("--all-files", is_flag=True, help="Read every archived file.")
@options
def command(settings: Settings, files: int, all_files: bool) -> int:
    """Checks files, ledger, tables and folders.

    Looks whether they agree with each other: the archive's newest files are what was taken, every booked run has its receipt,
    no drop and no letter was left behind. Says what is wrong, where, and what to do; changes nothing. Systems that others run
    are reached by `nightclerk check --connect`.
    """
    from nightclerk import log
    from nightclerk.cli.progress import watched
    from nightclerk.cli.terminal import print_json
    from nightclerk.desk.doctor import Visit, doctor_data, visit

    configuration = configuration_of(settings)
    log.configure(logging.CRITICAL)  # what the libraries say is said in our own words
    found = []
    for finding in visit(Visit(configuration, None if all_files else files, datetime.now(UTC), watched)):
        found.append(finding)
        if not settings.json:
            _show(finding)
    if settings.json:
        print_json({"findings": doctor_data(found)})
    return gravest(*(_STATUS[finding.level] for finding in found))


def _show(finding: Finding) -> None:
    if finding.level == "fine":
        click.echo(f"{finding.system}: {finding.sentence}")
        return
    click.echo(click.style(f"{finding.system}: ", fg="red") + finding.sentence)
    if finding.command is not None:
        click.echo(f"  {finding.command}")
