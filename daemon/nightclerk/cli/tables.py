"""``nightclerk tables``: the tables of the entities, and Nightclerk's own beside them."""

from __future__ import annotations

import click

from nightclerk.cli.opening import configuration_of
from nightclerk.cli.options import Settings, options


@click.group(short_help="Makes the tables.")
def command() -> None:
    """Makes the tables."""


@command.command()
@click.option("--print", "print_only", is_flag=True, help="Only print the statements.")
@options
def create(settings: Settings, print_only: bool) -> None:
    """Makes the tables of all entities in the database, and Nightclerk's own beside them.

    A table that is there already is left as it is.
    """
    from nightclerk.cli.terminal import print_json
    from nightclerk.targets.tables import create_tables

    configuration = configuration_of(settings)
    statements = create_tables(configuration.daemon.database, configuration.entities.values(), run=not print_only)
    if settings.json:
        print_json({"statements": statements})
    elif print_only:
        for statement in statements:
            click.echo(statement.strip() + ";")
    else:
        made = sum(statement.lstrip().upper().startswith("CREATE TABLE") for statement in statements)
        click.echo(f"{made} tables made." if made else "All tables are there already.")
