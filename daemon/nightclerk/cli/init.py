"""``nightclerk init``: a configuration to start from."""

from __future__ import annotations

import json
from pathlib import Path

import click

from nightclerk.cli.options import Settings, options


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@options
def command(settings: Settings, folder: Path | None) -> None:
    """Writes a commented starter configuration.

    Into FOLDER, or where --config says. Nothing is overwritten.
    """
    from nightclerk.config.starter import write_starter

    where = folder or settings.config
    written = write_starter(where)
    if settings.json:
        click.echo(json.dumps({"written": [str(path) for path in written]}, ensure_ascii=False, indent=2))
        return
    for path in written:
        click.echo(str(path))
    click.echo(f"Change {where / 'tenants' / 'example.yaml'} to what you need, then: nightclerk --config {where} check")
