"""``nightclerk schema``: JSON Schemas, of the configuration's files for editors, and of what ``--json`` prints for programs."""

from __future__ import annotations

import click

from nightclerk.cli.options import Settings, json_option


@click.command()
@click.argument("kind", metavar="tenant|daemon|entity|preset|output")
@json_option
def command(settings: Settings, kind: str) -> None:
    """Prints a JSON Schema.

    Of one kind of configuration file, by which editors complete and explain it; or, with output, of what the commands print
    with --json. It is JSON with or without --json.
    """
    from nightclerk.config.starter import schema_text

    click.echo(schema_text(kind), nl=False)
