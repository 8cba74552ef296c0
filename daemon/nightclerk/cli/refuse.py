"""``nightclerk refuse``: a held file is not booked."""

from __future__ import annotations

import click

from nightclerk.cli.options import Settings, options


@click.command(short_help="Refuses a held file.")
@click.argument("number", type=int, metavar="N")
@click.option("--because", metavar="TEXT", help="Why, in words for the reader of the letter.")
@options
def command(settings: Settings, number: int, because: str | None) -> int:
    """Refuses a held file.

    N is the number of a run that is held. Nothing of its file is booked; a letter says so, and the file is put away among those
    that failed. Files that wait behind it go ahead. The decision is kept at once; where
    another process of Nightclerk has the file, such as the daemon, that one carries it out, and this command says so.
    """
    from nightclerk.cli.deciding import decided

    return decided(settings, number, "refuse", because)
