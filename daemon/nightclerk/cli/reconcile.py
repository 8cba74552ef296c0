"""``nightclerk reconcile``: a file held against the tables."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_OTHER_ENDING
from nightclerk.cli.opening import ahead_for, reader_ahead
from nightclerk.cli.options import Settings, options

if TYPE_CHECKING:
    from nightclerk.desk.reconcile import Reconciled


@click.command(short_help="Holds a file against the tables.")
@click.argument("tenant")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--feed", metavar="FEED", help="The feed to read it as, where its name does not tell.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0), help="How many lines of each list to show.")
@click.option("--csv", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER", help="Write all lists there as CSV.")
@click.option("--xlsx", type=click.Path(path_type=Path, dir_okay=False), metavar="WORKBOOK", help="Write them as a workbook.")
@options
def command(
    settings: Settings, tenant: str, file: Path, feed: str | None, limit: int, csv: Path | None, xlsx: Path | None
) -> int:
    """Holds a file against the tables.

    FILE is read, converted, compared with TENANT's tables and judged as by `nightclerk import`. Shown is what stands only in the
    file, what only in the tables, which values differ, and the sums of amounts by currency. A value that an import would keep
    because of a policy is told with that reason. Nothing is written to the database, and nobody who writes has to wait. No
    file that is there already is written over.

    Ends with status 0 when the file and the tables agree, and with 1 when they differ or the file does not read.
    """
    server = reader_ahead()
    from nightclerk.cli.progress import shown
    from nightclerk.cli.reconciled import show
    from nightclerk.cli.terminal import print_json
    from nightclerk.desk.reconcile import Asked, reconcile_data, reconciled
    from nightclerk.sources.handed import Handed
    from nightclerk.work.hand_in import feeds_for

    if csv is not None or xlsx is not None:
        from nightclerk.desk.reconcile_files import check_free

        check_free(csv, xlsx)
    with ExitStack() as stack:
        ahead, configuration = stack.enter_context(ahead_for(settings, tenant, server))
        chosen = feeds_for(configuration.tenants[tenant], file, feed)
        if len(chosen) > 1:
            raise click.UsageError(f"Several feeds read this file: {', '.join(chosen)}. Name one with --feed.")
        ahead = replace(ahead, reader=shown(ahead.reader))
        asked = Asked(tenant, chosen[0], file, Handed(file))
        found = stack.enter_context(reconciled(ahead, configuration, asked))
        written = _write(found, csv, xlsx)
        if settings.json:
            print_json(reconcile_data(found, limit))
        else:
            show(found, limit)
            for line in written:
                click.echo(line)
        return EXIT_GOOD if found.agrees else EXIT_OTHER_ENDING


def _write(found: Reconciled, csv: Path | None, xlsx: Path | None) -> list[str]:
    """Returns what is told of the files that were written."""
    if found.compared is None or (csv is None and xlsx is None):
        return []
    from nightclerk.desk.reconcile_files import MOST_ROWS, write_csv, write_workbook

    told = []
    if csv is not None:
        told.append(f"Wrote {len(write_csv(found.compared, csv))} files into {csv}.")
    if xlsx is not None:
        whole = write_workbook(found.compared, xlsx)
        less = "" if whole else f" A sheet holds the first {MOST_ROWS:,} rows of a longer list; --csv writes all of them."
        told.append(f"Wrote {xlsx}.{less}")
    return told
