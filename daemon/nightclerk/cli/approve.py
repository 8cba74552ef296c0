"""``nightclerk approve``: a held file is booked."""

from __future__ import annotations

import click

from nightclerk.cli.opening import reader_ahead
from nightclerk.cli.options import Settings, options


@click.command(short_help="Books a held file.")
@click.argument("number", type=int, metavar="N")
@options
def command(settings: Settings, number: int) -> int:
    """Books a held file.

    N is the number of a run that is held; `nightclerk run N` shows why, and what would change. Exactly the file that was seen
    is booked, under today's configuration and tables: all is checked again but what it was held for. The run gets its final
    ending, a letter tells it, and the file is put away. The decision
    is kept at once; where another process of Nightclerk has the file, such as the daemon, that one carries it out, and this
    command says so.
    """
    server = reader_ahead()
    from nightclerk.cli.deciding import decided

    return decided(settings, number, "approve", None, server)
