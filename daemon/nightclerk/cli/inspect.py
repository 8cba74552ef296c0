"""``nightclerk inspect``: how a file reads without any configuration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_OTHER_ENDING
from nightclerk.cli.file_options import asked_for, file_options, options_named
from nightclerk.cli.options import Settings, json_option

if TYPE_CHECKING:
    from nightclerk.core.record_text import Style
    from nightclerk.desk.inspect import Asked


@click.command(short_help="Shows how a file reads without any configuration.")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--to", type=click.Choice(["csv", "jsonl"]), help="Write the records with their _line instead.")
@file_options
@json_option
def command(settings: Settings, file: Path, to: Style | None, **given: Any) -> int:
    """Shows how a file reads without any configuration.

    Delimited text, workbooks (XLSX, XLS, ODS), DBF tables and XML are told by their content, also within a zip or gz archive.
    Shown are the format that was found, the columns with their types and sums, the lines that were left out, and what is
    doubtful.
    With --to the records themselves are written to standard output, without the damaged ones.
    """
    if to is not None and settings.json:
        raise click.UsageError("--to writes the records and --json the findings; give one of them.")
    asked = asked_for(file, given)
    return _write(asked, to) if to is not None else _show(asked, settings.json)


def _write(asked: Asked, style: Style) -> int:
    from nightclerk.cli.progress import shown
    from nightclerk.wiring import open_reader

    with open_reader() as reader:
        from nightclerk.desk.inspect import write_records  # while the reader loads the same libraries

        with options_named():
            damage = write_records(shown(reader), asked, style, sys.stdout.buffer.write)
    for doubt in damage.doubts():
        click.echo(f"Left out: {doubt.message}", err=True)
    return EXIT_GOOD


def _show(asked: Asked, as_json: bool) -> int:
    from nightclerk.cli.findings import show
    from nightclerk.cli.terminal import print_json
    from nightclerk.core.errors import SenderError
    from nightclerk.wiring import open_reader

    try:
        with open_reader() as reader:
            from nightclerk.desk.inspect import inspect, inspection_data, refusal_data  # while the reader loads the same

            with options_named():
                found = inspect(reader, asked)
    except SenderError as refusal:
        if not as_json:
            raise
        print_json(refusal_data(refusal))
        return EXIT_OTHER_ENDING
    if as_json:
        print_json(inspection_data(found))
    else:
        show(found)
    return EXIT_GOOD
