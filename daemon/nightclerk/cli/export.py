"""``nightclerk export``: an entity's rows as a file, for a feed that reads them again or for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nightclerk.cli.opening import configuration_of
from nightclerk.cli.options import Settings, options

if TYPE_CHECKING:
    from nightclerk.desk.export import Asked, Desk, Kind


@click.command(short_help="Writes an entity's rows as CSV, XLSX, PDF or DOCX.")
@click.argument("tenant")
@click.argument("entity")
@click.option(
    "--as", "kind", type=click.Choice(["csv", "xlsx", "pdf", "docx"]), help="The kind of file.  [default: what the feed reads]"
)
@click.option("--columns", metavar="FIELDS", help="The fields, in this order, with commas between them.  [default: all]")
@click.option("--where", metavar="CONDITION", help="Which rows, as in 'balance > 0 and country = FR'.  [default: all]")
@click.option("--sort", metavar="FIELDS", help="The fields that decide the order; - before one for descending.")
@click.option("--view", metavar="NAME", help="One of the tenant's saved views; options go before what it says.")
@click.option("--feed", metavar="FEED", help="The feed that is to read the file again, where several could.")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it.  [default: -, standard output]"
)
@options
def command(
    settings: Settings,
    tenant: str,
    entity: str,
    kind: Kind | None,
    columns: str | None,
    where: str | None,
    sort: str | None,
    view: str | None,
    feed: str | None,
    output: Path | None,
) -> None:
    """Writes TENANT's rows of ENTITY as CSV, XLSX, PDF or DOCX.

    CSV is ready to be read again by the feed that reads this entity: with its headers, encoding, dates and numbers, without
    fields that an import never writes, and each cell tried out on the feed's own reading, so that importing the file changes
    nothing. For a feed of workbooks that is an XLSX file. Named with --as, XLSX, PDF and DOCX are for people: in the tenant's
    language, with sums by currency.

    Conditions have =, !=, <, <=, >, >=, contains, starts with, in (…), is empty, is not empty, and, or, not and parentheses.
    With --json the rows are printed instead. An existing file is not overwritten.
    """
    from nightclerk.core.errors import OperatorError
    from nightclerk.desk.export import Wish, asked, export
    from nightclerk.wiring import open_export

    if settings.json and (kind is not None or feed is not None):
        raise OperatorError("With --json the rows themselves are printed; leave --as and --feed out.")
    configuration = configuration_of(settings, [tenant])
    wish = Wish(tenant, entity, kind or ("xlsx" if settings.json else None), _listed(columns), where, _listed(sort), view, feed)
    found = asked(configuration, wish)
    with open_export(configuration, tenant) as desk:
        if settings.json:
            _print_rows(desk, found, output)
            return
        file = None if output in (None, Path("-")) else output
        done = export(desk, found, file)
    for note in done.notes:
        click.echo(note, err=True)
    if file is None and done.rows == 0:
        click.echo(f"0 rows of {entity}.", err=True)
    if file is not None:
        click.echo(f"{file}: {done.rows:,} row{'' if done.rows == 1 else 's'} of {entity}")


def _listed(fields: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in fields.split(",")) if fields else ()


def _print_rows(desk: Desk, found: Asked, output: Path | None) -> None:
    """One list, a row a line, printed as the rows come."""
    from nightclerk.core.errors import OperatorError
    from nightclerk.desk.export import rows_as_json

    if output not in (None, Path("-")):
        raise OperatorError("With --json the rows are printed; send the output into a file, and leave --output out.")
    before = "["
    for row in rows_as_json(desk, found):
        click.echo(f"{before}\n  {json.dumps(row, ensure_ascii=False)}", nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")
