"""``nightclerk schema``: the JSON Schema by which editors complete and explain the configuration's files."""

from __future__ import annotations

import click

from nightclerk.cli.options import Settings, json_option


@click.command()
@click.argument("kind", metavar="tenant|daemon|entity")
@json_option
def command(settings: Settings, kind: str) -> None:
    """Prints a JSON Schema for editors.

    Of one kind of configuration file. It is JSON with or without --json.
    """
    from nightclerk.config.starter import schema_text

    click.echo(schema_text(kind), nl=False)
