"""``nightclerk rejected``: a run's rejected rows as a file to correct and drop again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nightclerk.cli.opening import records_of
from nightclerk.cli.options import Settings, options


@click.command(short_help="Writes a run's rejected rows as a file.")
@click.argument("number", type=int, metavar="N")
@click.option(
    "--to", "--output", "to", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it; - for standard output."
)
@options
def command(settings: Settings, number: int, to: Path | None) -> None:
    """Writes a run's rejected rows as a file.

    In the sender's own format, with the reasons beside each row; it may be corrected and dropped again as it is. Workbooks of
    every kind go back as XLSX, with the faulty cells coloured and commented. Without --to it is written here, as
    clients_1.rejected.csv for clients_1.csv. An existing file is not overwritten. With --json the issues are printed instead.
    """
    from nightclerk.cli.terminal import print_json
    from nightclerk.core.errors import OperatorError
    from nightclerk.desk.history import all_issues, find_run, reject_file_of
    from nightclerk.desk.output import issue_data
    from nightclerk.filing.archive import Archive
    from nightclerk.ledger.runs import Runs

    with records_of(settings) as (configuration, ledger):
        runs, archive = Runs(ledger), Archive(configuration.daemon.state)
        run = find_run(runs, number)
        if settings.json:
            print_json([issue_data(issue) for issue in all_issues(runs, archive, run)])
            return
        found = reject_file_of(runs, archive, run, configuration.tenants.get(run.tenant))
    if to == Path("-"):
        if found.name.endswith(".xlsx") and sys.stdout.isatty():
            raise OperatorError("A workbook cannot be shown on a terminal. Name a file with --to, or send the output into one.")
        sys.stdout.buffer.write(found.content)
        return
    path = to or Path(found.name)
    try:
        with path.open("xb") as file:
            file.write(found.content)
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror}. Name another file with --to.") from error
    rows = f"{found.rows} rejected row{'' if found.rows == 1 else 's'} of run {run.id}"
    click.echo(f"{path}: {rows}" if found.complete else f"{path}: the first {rows}; there are more than a workbook is made for")
