"""``nightclerk inspect``: how a file reads without any configuration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_OTHER_ENDING
from nightclerk.cli.options import Settings, json_option

if TYPE_CHECKING:
    from nightclerk.core.record_text import Style
    from nightclerk.desk.inspect import Asked

_QUOTES = ('"', "'", "none")


def _encoding(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if value == "auto":
        return value
    from nightclerk.core.feed import codec_named

    try:
        return codec_named(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


def _delimiter(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if value == "auto":
        return value
    from nightclerk.core.feed import delimiter_named

    try:
        return delimiter_named("\t" if value.lower() in {"\\t", "tab"} else value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


def _header_row(_context: click.Context, _parameter: click.Parameter, value: str) -> int | str:
    if value in {"auto", "none"}:
        return value
    if value.isascii() and value.isdigit() and 0 < int(value) < 10**9:
        return int(value)
    raise click.BadParameter("give the number of a record, counted from 1, or none.")


@click.command(short_help="Shows how a file reads without any configuration.")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--to", type=click.Choice(["csv", "jsonl"]), help="Write the records with their _line instead.")
@click.option("--encoding", default="auto", callback=_encoding, help="As in utf-8 or cp1252.  [default: found]")
@click.option("--delimiter", default="auto", callback=_delimiter, help="One character, or tab.  [default: found]")
@click.option("--quote", type=click.Choice(_QUOTES), default='"', show_default=True, help="What stands around fields.")
@click.option("--header-row", default="auto", callback=_header_row, help="A record's number, or none.  [default: found]")
@click.option("--sheet", help="Of a workbook, the sheet by its name or number.  [default: the first with rows]")
@click.option("--language", default="en", show_default=True, help="The language of the file, for its code pages.")
@json_option
def command(
    settings: Settings,
    file: Path,
    to: Style | None,
    encoding: str,
    delimiter: str,
    quote: Any,
    header_row: Any,
    sheet: str | None,
    language: str,
) -> int:
    """Shows how a file reads without any configuration.

    Delimited text and workbooks (XLSX, XLS, ODS) are told by their content. Shown are the format that was found, the columns
    with their types and sums, the lines that were left out, and what is doubtful.
    With --to the records themselves are written to standard output, without the damaged ones.
    """
    from nightclerk.core.feed import Delimited
    from nightclerk.desk.inspect import Asked

    if to is not None and settings.json:
        raise click.UsageError("--to writes the records and --json the findings; give one of them.")
    if delimiter == quote:
        raise click.UsageError("The delimiter and the quote are the same character; they must differ.")
    declared = Delimited(encoding=encoding, delimiter=delimiter, quote=quote, header_row=header_row)
    asked = Asked(file, declared, language, sheet)
    return _write(asked, to) if to is not None else _show(asked, settings.json)


def _write(asked: Asked, style: Style) -> int:
    from nightclerk.cli.progress import shown
    from nightclerk.wiring import open_reader

    with open_reader() as reader:
        from nightclerk.desk.inspect import write_records  # while the reader loads the same libraries

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
