"""What a person reads when a command fails, and the exit status that says who must act."""

from __future__ import annotations

import errno
import shlex

import click

from nightclerk.cli.exits import EXIT_OTHER_ENDING, EXIT_OUR_FAULT, EXIT_UNREACHABLE, EXIT_WRONG_USE
from nightclerk.cli.options import Settings
from nightclerk.core.errors import OperatorError, SenderError, WeatherError
from nightclerk.core.naming import shown

#: What a disk says that is full or broken.
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def tell(error: Exception, settings: Settings | None = None) -> int:
    """Given what stopped a command, and its shared options; writes it to standard error and returns the exit status."""
    if isinstance(error, OperatorError):
        click.echo(str(error), err=True)
        if error.command is not None:
            click.echo(f"  {_for(error.command, settings or Settings())}", err=True)
        return EXIT_WRONG_USE
    if isinstance(error, OSError) and error.errno in _DISK:
        what = shown(str(error.filename)) if error.filename else "The output"
        click.echo(f"{what} cannot be written: {error.strerror}. Make room, then try again.", err=True)
        return EXIT_UNREACHABLE
    if isinstance(error, WeatherError):
        click.echo(str(error), err=True)
        return EXIT_UNREACHABLE
    if isinstance(error, SenderError):
        click.echo(str(error) + (f" (line {error.line})" if error.line is not None else ""), err=True)
        return EXIT_OTHER_ENDING
    _tell_our_fault(error)
    return EXIT_OUR_FAULT


def _for(command: str, settings: Settings) -> str:
    """Returns the command with the configuration that this one was given, since without it it would help another one."""
    name = "nightclerk "
    if not command.startswith(name) or settings.config == Settings().config:
        return command
    return f"{name}--config {shlex.quote(str(settings.config))} {command.removeprefix(name)}"


def _tell_our_fault(error: Exception) -> None:
    """Tells a fault of ours with its traceback, but without what other libraries' messages quote: that may be a cell."""
    from nightclerk.log import describe, traceback_lines

    click.echo("This is a fault in Nightclerk, not in your files or configuration.", err=True)
    click.echo(
        "Please report it with the lines below. What happened before stands in the log: on standard error, or for the service "
        "under journalctl -u nightclerk.",
        err=True,
    )
    for line in traceback_lines(describe(error)):
        click.echo("  " + line, err=True)
