"""``nightclerk undo``: a run is taken back."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_OTHER_ENDING
from nightclerk.cli.opening import configuration_of, open_for, reader_ahead
from nightclerk.cli.options import Settings, options

if TYPE_CHECKING:
    from nightclerk.cli.undone import Shown
    from nightclerk.formats.fork_server import ForkServer
    from nightclerk.work.undo import Undone


@click.command(short_help="Takes a run back.")
@click.argument("number", type=int, metavar="N")
@click.option("--preview", is_flag=True, help="Only show what would be taken back; nothing is written.")
@options
def command(settings: Settings, number: int, preview: bool) -> int:
    """Takes a run back.

    N is the number of a run that booked something. Each row that it updated gets its old values back, and each row that it
    created is deleted, as far as nobody has changed them since and no other rows refer to them; the rest is kept as it is. The
    undo is a run of its own, which can be undone as well. With --json it is told row by row. Ends with 1 where something could
    not be taken back.
    """
    server = reader_ahead()
    from nightclerk.cli.undone import Shown

    with Shown(settings.json) as shown:
        undone = _preview(settings, number, shown, server) if preview else _undo(settings, number, shown, server)
        shown.show(undone, preview=preview)
    return EXIT_OTHER_ENDING if undone.tally.could_not else EXIT_GOOD


def _undo(settings: Settings, number: int, shown: Shown, server: ForkServer) -> Undone:
    from nightclerk.work.undo import undo

    with open_for(settings, (), server) as house:
        return undo(house, number, shown.told)


def _preview(settings: Settings, number: int, shown: Shown, server: ForkServer) -> Undone:
    from nightclerk import log
    from nightclerk.core.errors import OperatorError
    from nightclerk.wiring import open_hindsight
    from nightclerk.work.undo import preview_undo

    with closing(server):
        configuration = configuration_of(settings)
        log.configure(logging.ERROR)
        with open_hindsight(configuration, number, shown.told, server) as means:
            if means is None:
                raise OperatorError(f"There is no finished run {number}.", command="nightclerk runs")
            return preview_undo(means, number)
