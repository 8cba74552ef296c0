"""``nightclerk demo``: everything at work on this machine."""

from __future__ import annotations

import importlib.util
import signal
from types import FrameType

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_OTHER_ENDING
from nightclerk.cli.options import Settings, options
from nightclerk.core.errors import OperatorError

PACKAGES = ("asyncssh", "aiosmtpd", "rich")


@click.command(short_help="Shows everything at work on this machine, in a temporary folder.")
@click.option("--keep", is_flag=True, help="Leave everything running until Ctrl-C.")
@click.option(
    "--database",
    default="sqlite",
    metavar="WHERE",
    help="Where to book: sqlite (the default), postgresql (a server of its own), or an empty PostgreSQL database's address.",
)
@options
def command(settings: Settings, keep: bool, database: str) -> int:
    """Shows everything at work on this machine, in a temporary folder.

    Starts SFTP servers, a mailbox and the daemon on loopback, uploads the sample tenants' files as their software would, and
    shows what was booked, where the files lie and which letters were written. The tenants' own files run, with only the
    server's address and the waiting times changed; your own database and mail server are out of reach, unless --database names
    one. What was booked there stays.
    """
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise OperatorError(
            f"The demonstration needs the Python packages {' and '.join(missing)}, which are not installed.",
            command="pip install 'nightclerk[demo]'",
        )
    from nightclerk.cli.terminal import print_json
    from nightclerk.demo.showing import show

    signal.signal(signal.SIGTERM, _interrupt)
    runs, wrong = show(settings.config, keep, settings.json, database)
    if settings.json:
        print_json(runs)
    return EXIT_OTHER_ENDING if wrong else EXIT_GOOD


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Makes an end from outside the same as Ctrl-C, so that nothing is left running."""
    raise KeyboardInterrupt
