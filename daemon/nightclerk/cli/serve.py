"""``nightclerk serve``: the daemon."""

from __future__ import annotations

import os
import sys
import threading

import click

from nightclerk.cli.exits import EXIT_GOOD
from nightclerk.cli.options import Settings, options

#: How long everything may take to end once the daemon has stopped, in seconds; a server that hangs must not hold it up.
CLOSING = 5.0


@click.command()
@options
def command(settings: Settings) -> int:
    """Runs the daemon.

    Looks at every tenant's drop folder on its schedule, books what it finds, and posts the letters, until it is told to stop
    (TERM or Ctrl-C): then it finishes the files it is working on. Its log goes to standard error. Changes of the
    configuration are taken up while it runs, at once on HUP. A tenant whose file is wrong then keeps its last good
    version, or at the start is left out; the others are served, and ops get one mail.
    """
    from nightclerk import log
    from nightclerk.clockwork.serve import serve
    from nightclerk.wiring import load_configuration, open_house

    log.configure(log.INFO)
    configuration, _ = load_configuration(settings.config)  # what is wrong with some tenants is told by the daemon
    with open_house(configuration) as house:
        finished = serve(house)
        last_resort = threading.Timer(CLOSING, _end)
        last_resort.daemon = True
        last_resort.start()
    if finished:
        last_resort.cancel()
    return EXIT_GOOD


def _end() -> None:
    """Ends the process although a thread still hangs in a library, which would keep the interpreter from ending by itself.

    What was not finished stays claimed in the ledger and is taken up at the next start, so this loses nothing.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(EXIT_GOOD)
