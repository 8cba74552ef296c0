"""``nightclerk tables``: the tables of the entities, and Nightclerk's own beside them."""

from __future__ import annotations

import re

import click

from nightclerk.cli.opening import configuration_of
from nightclerk.cli.options import Settings, options

_TABLE = re.compile(r'CREATE TABLE (?:"?\w+"?\.)?"?(\w+)')


@click.group(short_help="Makes the tables.")
def command() -> None:
    """Makes the tables."""


@command.command()
@click.option("--print", "print_only", is_flag=True, help="Only print the statements; nothing is made.")
@options
def create(settings: Settings, print_only: bool) -> None:
    """Makes the tables of all entities in the database, and Nightclerk's own beside them.

    Where tenants have a database or a schema of their own, the tables of their entities are made there. A table that is there
    already is left as it is, whatever its columns; `nightclerk check --connect` says whether they fit.
    With --print the SQL is printed instead, for those who make tables another way.
    """
    from nightclerk.cli.terminal import print_json
    from nightclerk.config.reaching import driver_url
    from nightclerk.core.errors import NightclerkError
    from nightclerk.targets.tables import create_tables

    configuration = configuration_of(settings)
    made: dict[str, list[str]] = {}
    errors: list[NightclerkError] = []
    for destination, entities in configuration.entities_at().items():
        try:
            url, schema = driver_url(destination.database), destination.schema
            made[destination.place] = create_tables(url, entities.values(), run=not print_only, schema=schema)
        except NightclerkError as error:  # one database that is away keeps the others' tables from nothing
            errors.append(error)
    if settings.json:
        print_json({"statements": [statement for statements in made.values() for statement in statements]})
    else:
        for place, statements in made.items():
            _tell(place, statements, print_only, several=len(made) > 1)
    for other in errors[1:]:
        click.echo(str(other), err=True)
    if errors:
        raise errors[0]


def _tell(place: str, statements: list[str], print_only: bool, several: bool) -> None:
    from nightclerk.core.wording import listed

    if print_only:
        if several:
            click.echo(f"-- {place}")
        for statement in statements:
            click.echo(statement.strip() + ";")
    elif statements:
        names = [found[1] for statement in statements if (found := _TABLE.match(statement)) is not None]
        click.echo(f"Made in {place}: {listed(names, 'and')}.")
    else:
        click.echo(f"All tables are there already in {place}.")
