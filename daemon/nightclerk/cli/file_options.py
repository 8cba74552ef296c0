"""How a file is written, as far as a person knows: the same options on every command that reads one without a feed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from nightclerk.desk.inspect import Asked

Command = TypeVar("Command", bound=Callable[..., Any])

#: What says here what a key of the feed would say.
_INSTEAD = {
    "members": "Name it with --member, as in --member NAME.csv.",
    "encoding": "Name its encoding with --encoding, or its language with --language.",
    "delimiter": "If it has another, name it with --delimiter.",
}
_QUOTES = ('"', "'", "none")


def _encoding(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if value == "auto":
        return value
    from nightclerk.core.format import codec_named

    try:
        return codec_named(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


def _delimiter(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if value == "auto":
        return value
    from nightclerk.core.format import delimiter_named

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


def _rows(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    from nightclerk.core.element_path import row_path

    try:
        return row_path(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


_OPTIONS = (
    click.option("--encoding", default="auto", callback=_encoding, help="As in utf-8 or cp1252.  [default: found]"),
    click.option("--delimiter", default="auto", callback=_delimiter, help="One character, or tab.  [default: found]"),
    click.option("--quote", type=click.Choice(_QUOTES), default='"', show_default=True, help="What stands around fields."),
    click.option("--header-row", default="auto", callback=_header_row, help="A record's number, or none.  [default: found]"),
    click.option(
        "--sheet", help="Of a workbook, the sheet by its number or name, with *, ? and [abc].  [default: the first with rows]"
    ),
    click.option("--rows", callback=_rows, help="Of XML, the element that is a row.  [default: what repeats most]"),
    click.option("--member", help="Of a zip archive, the file in it, with *, ? and [abc].  [default: its only one]"),
    click.option("--language", default="en", show_default=True, help="The language of the file, for its code pages."),
)


def file_options(function: Command) -> Command:
    """Gives a command the options that say how its file is written; what they say is what ``asked_for`` takes."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def asked_for(file: Path, given: dict[str, Any]) -> Asked:
    """Given a file and what the options say; returns what is to be read. Raises UsageError where they contradict each other."""
    from nightclerk.core.format import Delimited
    from nightclerk.desk.inspect import Asked

    if given["delimiter"] == given["quote"]:
        raise click.UsageError("The delimiter and the quote are the same character; they must differ.")
    declared = Delimited.model_validate({key: given[key] for key in ("encoding", "delimiter", "quote", "header_row")})
    return Asked(file, declared, given["language"], given["sheet"], given["member"], given["rows"])


@contextmanager
def options_named() -> Iterator[None]:
    """Within it a refusal that names a key of the feed names one of these options in its place: there is no feed."""
    from nightclerk.core.errors import SenderError
    from nightclerk.core.sentence import Sentence

    try:
        yield
    except SenderError as refusal:
        said = refusal.sentence
        option = next((told for key, told in _INSTEAD.items() if f"`{key}:" in str(said.values.get("setting", ""))), None)
        if option is None or said.many is not None:
            raise
        told = Sentence(said.template, **{**said.values, "setting": f" {option}"})
        raise SenderError(refusal.code, told, refusal.line) from refusal


def named_in(context: click.Context) -> list[str]:
    """Given a command's context; returns which of these options its caller wrote."""
    ours = {"encoding", "delimiter", "quote", "header_row", "sheet", "rows", "member", "language"}
    written = [name for name in ours if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE]
    return sorted(f"--{name.replace('_', '-')}" for name in written)
