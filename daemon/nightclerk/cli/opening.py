"""Opens what a command needs, and says in words when the configuration cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from nightclerk.cli.exits import EXIT_WRONG_USE
from nightclerk.cli.options import Settings

if TYPE_CHECKING:
    from nightclerk.config.configuration import Configuration
    from nightclerk.ledger.engine import Ledger
    from nightclerk.work.house import House


def configuration_of(settings: Settings, tenants: Sequence[str] = ()) -> Configuration:
    """Given the shared options and the tenants a command is about; returns the configuration.

    Problems are told on standard error. Ends the command with exit code 2 when the daemon's file is unusable or one of
    these tenants is wrong or unknown; other tenants' problems stop nothing.
    """
    from nightclerk.core.wording import did_you_mean, quoted
    from nightclerk.wiring import load_configuration

    configuration, problems = load_configuration(settings.config)
    for problem in problems:
        click.echo(str(problem), err=True)
    for name in tenants:
        if name not in configuration.tenants:
            if not any(problem.file.endswith(f"/{name}.yaml") for problem in problems):
                click.echo(f"There is no tenant {quoted(name)}{did_you_mean(name, list(configuration.tenants))}.", err=True)
            raise click.exceptions.Exit(EXIT_WRONG_USE)
    return configuration


@contextmanager
def open_for(settings: Settings, tenants: Sequence[str] = ()) -> Iterator[House]:
    """Given the shared options and the tenants a command is about; opens the house. See ``configuration_of``."""
    from nightclerk import log
    from nightclerk.wiring import open_house

    configuration = configuration_of(settings, tenants)
    log.configure(logging.WARNING)
    with open_house(configuration) as house:
        yield house


@contextmanager
def records_of(settings: Settings) -> Iterator[tuple[Configuration, Ledger]]:
    """Given the shared options; opens the ledger alone, for commands that only look things up."""
    from nightclerk.wiring import open_records

    configuration = configuration_of(settings)
    with open_records(configuration) as ledger:
        yield configuration, ledger
