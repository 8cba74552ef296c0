"""``nightclerk tables``: the tables of the entities, and Nightclerk's own beside them."""

from __future__ import annotations

import re

import click

from nightclerk.cli.opening import configuration_of
from nightclerk.cli.options import Settings, options

_TABLE = re.compile(r'CREATE TABLE (?:\w+\.)?"?(\w+)')


@click.group(short_help="Makes the tables.")
def command() -> None:
    """Makes the tables."""


@command.command()
@click.option("--print", "print_only", is_flag=True, help="Only print the statements; nothing is made.")
@options
def create(settings: Settings, print_only: bool) -> None:
    """Makes the tables of all entities in the database, and Nightclerk's own beside them.

    A table that is there already is left as it is, whatever its columns; `nightclerk check --connect` says whether they fit.
    With --print the SQL is printed instead, for those who make tables another way.
    """
    from nightclerk.cli.terminal import print_json
    from nightclerk.config.reaching import driver_url
    from nightclerk.core.wording import listed
    from nightclerk.targets.tables import create_tables

    configuration = configuration_of(settings)
    database = configuration.daemon.database
    statements = create_tables(driver_url(database), configuration.entities.values(), run=not print_only)
    if settings.json:
        print_json({"statements": statements})
    elif print_only:
        for statement in statements:
            click.echo(statement.strip() + ";")
    elif statements:
        names = [found[1] for statement in statements if (found := _TABLE.match(statement)) is not None]
        click.echo(f"Made in {database.url.place}: {listed(names, 'and')}.")
    else:
        click.echo(f"All tables are there already in {database.url.place}.")
