"""``nightclerk preview``: what an import would make of a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from nightclerk.cli.opening import ahead_for, reader_ahead
from nightclerk.cli.options import Settings, options


@click.command(short_help="Shows what an import would make of a file.")
@click.argument("tenant")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--feed", metavar="FEED", help="The feed to read it as, where its name does not tell.")
@click.option("--only", multiple=True, metavar="KEY", help="As if with this record alone; may be given several times.")
@click.option("--rows", default=5, show_default=True, type=click.IntRange(0, 1000), help="How many rows and changes to show.")
@options
def command(settings: Settings, tenant: str, file: Path, feed: str | None, only: tuple[str, ...], rows: int) -> int:
    """Shows what an import would make of a file.

    FILE is read, converted, compared with TENANT's tables and judged as by `nightclerk import`, and nothing is written: no row,
    no run, no letter, no copy. Ends with the status that the import would end with.
    """
    server = reader_ahead()
    from nightclerk.cli.outlook import show
    from nightclerk.cli.progress import shown
    from nightclerk.cli.terminal import print_json
    from nightclerk.desk.output import exit_status
    from nightclerk.desk.preview import Asked, preview, preview_data
    from nightclerk.sources.handed import Handed
    from nightclerk.work.hand_in import feeds_for

    with ahead_for(settings, tenant, server) as (ahead, configuration):
        chosen = feeds_for(configuration.tenants[tenant], file, feed)
        ahead = replace(ahead, reader=shown(ahead.reader))
        asked = (Asked(tenant, one, file, Handed(file), only or None, rows) for one in chosen)
        found = [preview(ahead, configuration, one) for one in asked]
    if settings.json:
        data = [preview_data(one) for one in found]
        print_json(data[0] if len(data) == 1 else data)  # several where feeds read sheets of their own
    else:
        for one in found:
            show(one)
    return exit_status([one.run for one in found])
