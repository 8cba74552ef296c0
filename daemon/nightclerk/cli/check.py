"""``nightclerk check``: what is wrong with the configuration, every problem with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nightclerk.cli.exits import EXIT_WRONG_USE
from nightclerk.cli.options import Settings, options

if TYPE_CHECKING:
    from nightclerk.config.configuration import Configuration
    from nightclerk.config.problems import Problem


@click.command()
@click.argument("tenants", nargs=-1, metavar="[TENANT]…")
@options
def command(settings: Settings, tenants: tuple[str, ...]) -> None:
    """Checks the configuration.

    Every problem of every file is told at once, with its place and what to do. With TENANTs: of their files alone, and of
    those that all share.
    """
    from nightclerk.config.load import load

    configuration, problems = load(settings.config)
    if tenants:
        problems = _about(problems, tenants, settings.config)
    if settings.json:
        click.echo(json.dumps({"problems": [problem.plain() for problem in problems]}, ensure_ascii=False, indent=2))
    elif problems or configuration is None:
        for problem in problems:
            click.echo(str(problem))
    else:
        click.echo(_all_well(configuration, tenants))
    if problems:
        raise click.exceptions.Exit(EXIT_WRONG_USE)


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
