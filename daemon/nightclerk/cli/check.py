"""``nightclerk check``: what is wrong with the configuration, every problem with its place."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_UNREACHABLE, EXIT_WRONG_USE, gravest
from nightclerk.cli.options import Settings, options

if TYPE_CHECKING:
    from nightclerk.config.configuration import Configuration
    from nightclerk.config.problems import Problem
    from nightclerk.desk.finding import Finding

_STATUS = {"fine": EXIT_GOOD, "doubtful": EXIT_GOOD, "wrong": EXIT_WRONG_USE, "away": EXIT_UNREACHABLE}


@click.command()
@click.argument("tenants", nargs=-1, metavar="[TENANT]…")
@click.option("--connect", is_flag=True, help="Also reach sources, database, ledger and mail server.")
@options
def command(settings: Settings, tenants: tuple[str, ...], connect: bool) -> None:
    """Checks the configuration.

    Every problem of every file is told at once, with its place and what to do. With TENANTs: of their files alone, and of
    those that all share. With --connect every system that is named there is reached as well, all at the same time, and the
    database's tables are compared with the entities; nothing is changed anywhere and no mail is sent.
    """
    from nightclerk.config.load import load

    configuration, problems = load(settings.config)
    if tenants:
        problems = _about(problems, tenants, settings.config)
    status = EXIT_WRONG_USE if any(not problem.warning for problem in problems) else EXIT_GOOD
    if connect and configuration is not None:
        found = _reached(configuration, [name for name in configuration.tenants if not tenants or name in tenants])
        from nightclerk.desk.finding import Pages

        problems = sorted({*problems, *Pages(configuration.folder).problems(found)})
        status = gravest(status, *(_STATUS[finding.level] for finding in found))
        for finding in found if not settings.json else ():
            if finding.level == "fine":
                click.echo(f"{finding.system}: {finding.sentence}")
    if settings.json:
        click.echo(json.dumps({"problems": [problem.plain() for problem in problems]}, ensure_ascii=False, indent=2))
    elif problems or configuration is None:
        for problem in problems:
            click.echo(str(problem))
    else:
        click.echo(_all_well(configuration, tenants))
    if status != EXIT_GOOD:
        raise click.exceptions.Exit(status)


def _reached(configuration: Configuration, tenants: list[str]) -> list[Finding]:
    from nightclerk import log
    from nightclerk.desk.reach import reach
    from nightclerk.wiring import open_doors

    log.configure(logging.CRITICAL)  # what the libraries say is said in our own words
    with open_doors(configuration) as doors:
        return reach(configuration, doors, tenants)


def _about(problems: list[Problem], tenants: tuple[str, ...], config: Path) -> list[Problem]:
    """The problems of these tenants' files and of the files that they share, and one for each tenant that has no file."""
    from nightclerk.config.files import yaml_files
    from nightclerk.config.problems import Problem
    from nightclerk.core.wording import did_you_mean, quoted

    folder = config / "tenants"
    names = [path.stem for path in yaml_files(folder)]
    wanted = {str(folder / f"{name}.yaml") for name in tenants}
    kept = [problem for problem in problems if problem.file in wanted or Path(problem.file).parent != folder]
    for name in tenants:
        if name not in names:
            message = f"there is no tenant {quoted(name)}{did_you_mean(name, names)}"
            kept.append(Problem(str(folder / f"{name}.yaml"), 1, 1, "", message))
    return sorted(kept)


def _all_well(configuration: Configuration, tenants: tuple[str, ...]) -> str:
    chosen = [noun for name, noun in configuration.tenants.items() if not tenants or name in tenants]
    feeds = sum(len(noun.feeds) for noun in chosen)
    return f"{_counted(len(chosen), 'tenant')}, {_counted(feeds, 'feed')}: no problems."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
