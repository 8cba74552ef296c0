"""Opens what a command needs, and says in words when the configuration cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nightclerk.cli.exits import EXIT_WRONG_USE
from nightclerk.cli.options import Settings

if TYPE_CHECKING:
    from nightclerk.config.configuration import Configuration
    from nightclerk.config.problems import Problem
    from nightclerk.desk.preview import Ahead
    from nightclerk.formats.fork_server import ForkServer
    from nightclerk.ledger.engine import Ledger
    from nightclerk.work.house import House


def configuration_of(settings: Settings, tenants: Sequence[str] = ()) -> Configuration:
    """Given the shared options and the tenants a command is about; returns the configuration.

    Problems are told on standard error. Ends the command with exit code 2 when the daemon's file is unusable or one of
    these tenants is wrong or unknown; other tenants' problems stop nothing.
    """
    from nightclerk.core.wording import did_you_mean_one_of, quoted
    from nightclerk.wiring import load_configuration

    configuration, problems = load_configuration(settings.config)
    settings.problems = sum(not problem.warning for problem in problems)
    _tell(problems, configuration, tenants)
    for name in tenants:
        if name not in configuration.tenants:
            if not any(problem.file.endswith(f"/{name}.yaml") for problem in problems):
                click.echo(f"There is no tenant {quoted(name)}{did_you_mean_one_of(name, configuration.tenants)}", err=True)
            raise click.exceptions.Exit(EXIT_WRONG_USE)
    return configuration


def _tell(problems: list[Problem], configuration: Configuration, tenants: Sequence[str]) -> None:
    """Every problem where all tenants are meant; otherwise those of the named ones and of the shared files, and how many more."""
    folder = configuration.folder / "tenants"
    named = {str(folder / f"{name}.yaml") for name in tenants}
    told = [p for p in problems if not named or p.file in named or Path(p.file).parent != folder]
    for problem in told:
        click.echo(str(problem), err=True)
    others = len({problem.file for problem in problems} - {problem.file for problem in told})
    if others:
        click.echo(f"Other tenants' files have problems too ({others}); nightclerk check names them.", err=True)


@contextmanager
def open_for(settings: Settings, tenants: Sequence[str] = (), server: ForkServer | None = None) -> Iterator[House]:
    """Given the shared options and the tenants a command is about, and what ``reader_ahead`` returned; opens the house. See
    ``configuration_of``."""
    with ExitStack() as stack:
        if server is not None:
            stack.callback(server.close)
        from nightclerk import log
        from nightclerk.wiring import open_house

        configuration = configuration_of(settings, tenants)
        log.configure(logging.ERROR)
        yield stack.enter_context(open_house(configuration, server))


@contextmanager
def ahead_for(settings: Settings, tenant: str, server: ForkServer) -> Iterator[tuple[Ahead, Configuration]]:
    """Given the shared options, a tenant, and what ``reader_ahead`` returned; opens what a look ahead works with."""
    with ExitStack() as stack:
        stack.callback(server.close)
        from nightclerk import log
        from nightclerk.wiring import open_ahead

        configuration = configuration_of(settings, [tenant])
        log.configure(logging.ERROR)
        yield stack.enter_context(open_ahead(configuration, tenant, server)), configuration


def reader_ahead() -> ForkServer:
    """Starts the reader's fork server, for a command that is sure to read a file. To be called before anything large is imported:
    the server loads its libraries at the same time as this process loads its own."""
    from nightclerk.formats.fork_server import ForkServer

    server = ForkServer()
    server.start()
    return server


@contextmanager
def records_of(settings: Settings, tenants: Sequence[str] = ()) -> Iterator[tuple[Configuration, Ledger]]:
    """Given the shared options and the tenants a command is about; opens the ledger alone, for commands that only look things up.
    See ``configuration_of``."""
    from nightclerk.wiring import open_records

    configuration = configuration_of(settings, tenants)
    with open_records(configuration) as ledger:
        yield configuration, ledger
