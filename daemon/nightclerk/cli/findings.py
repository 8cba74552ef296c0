"""How a file reads, for people: lines of at most a hundred characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from nightclerk.cli.terminal import print_table

if TYPE_CHECKING:
    from nightclerk.core.issue import LeftOut
    from nightclerk.core.reading import FormatFound
    from nightclerk.desk.inspect import Inspection

_WIDTH = 100
_LONGEST_NAME, _LONGEST_EXAMPLE = 32, 24
_SPELLED = {"\t": "tab", "\r\n": "CR LF", "\n": "LF", "\r": "CR"}
_STRETCHES_SHOWN = 12
_COLUMNS_NAMED = 8


def show(found: Inspection) -> None:
    """Given how a file reads; prints it."""
    print_wrapped(format_line(found.format))
    if found.format.member:
        print_wrapped(f'"{short(found.format.member, _WIDTH)}" in the archive')
    print_wrapped(f"{counted(found.rows, 'row')}, {counted(len(found.columns), 'column')}")
    click.echo()
    rows = list(_rows(found))
    print_table(("column", "type", "filled", "example", "sum"), rows)
    if found.readings:
        click.echo(click.style("\nWritten", bold=True))
        for way in _written(found):
            print_wrapped(way, indent=2)
    if found.left_out:
        click.echo(click.style("\nLeft out", bold=True))
        for reason, lines in _by_reason(found.left_out):
            print_wrapped(f"{reason}: {lines}", indent=2)
    if found.doubts:
        click.echo(click.style("\nDoubts", bold=True))
        for doubt in found.doubts:
            about = f"{short(doubt.column, _LONGEST_NAME)}: " if doubt.column is not None else ""
            print_wrapped(f"{doubt.code}  {about}{doubt.message}", indent=2)


def format_line(found: FormatFound) -> str:
    """Given how a file is written; returns it in one line."""
    if found.kind == "dbf":
        return f"dbf, {found.encoding}"
    if found.kind == "xml":
        return f"xml, {found.encoding}, rows {short(found.rows or '', _WIDTH)}"
    if found.kind == "fixed_width":
        return f"fixed_width, {found.encoding}, header in line {found.header_row}"
    if found.encoding is None or found.delimiter is None or found.line_end is None:
        header = f"header in row {found.header_row}" if found.header_row else "no header"
        return f'{found.kind}, sheet "{short(found.sheet or "", _WIDTH)}", {header}'
    encoding = f"{found.encoding} with byte order mark" if found.bom else found.encoding
    delimiter = _SPELLED.get(found.delimiter, found.delimiter)
    quote = f"quoted by {found.quote}" if found.quote else "never quoted"
    header = f"header in record {found.header_row}" if found.header_row else "no header"
    line_end = _SPELLED.get(found.line_end, found.line_end)
    return f"{found.kind}, {encoding}, fields between {delimiter} {quote}, lines end with {line_end}, {header}"


def _rows(found: Inspection) -> Iterator[tuple[str, ...]]:
    totals = ["" if profile.total is None else f"{profile.total:f}" for profile in found.profiles]
    width = max(map(len, totals), default=0)
    for name, profile, total in zip(found.names, found.profiles, totals, strict=True):
        example = short(profile.example.value, _LONGEST_EXAMPLE) if profile.example is not None else ""
        yield short(name, _LONGEST_NAME), profile.kind, str(profile.filled), example, total.rjust(width)


def _written(found: Inspection) -> Iterator[str]:
    """Yields how dates and numbers are written, as a feed says it, with the columns in which they are."""
    ways: dict[str, list[str]] = {}
    for one in found.readings:
        thousands = f', thousands: "{one.thousands}"' if one.thousands else ""
        way = f'dates: "{one.dates[0]}"' if one.dates else f'decimal: "{one.decimal}"{thousands}'
        ways.setdefault(way, []).append(short(one.column, _LONGEST_NAME))
    for way, columns in ways.items():
        more = f" and {len(columns) - _COLUMNS_NAMED} more" if len(columns) > _COLUMNS_NAMED else ""
        yield f"{way} in {', '.join(columns[:_COLUMNS_NAMED])}{more}"


def _by_reason(left_out: Sequence[LeftOut]) -> Iterator[tuple[str, str]]:
    """Yields each reason with its lines, as in ``lines 1, 5-7 and 3 more``."""
    reasons = dict.fromkeys(one.reason for one in left_out)
    for reason in reasons:
        lines = sorted(one.line for one in left_out if one.reason == reason)
        stretches = []
        for _, group in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0]):
            stretch = [line for _, line in group]
            stretches.append(str(stretch[0]) if len(stretch) == 1 else f"{stretch[0]}-{stretch[-1]}")
        shown, more = stretches[:_STRETCHES_SHOWN], len(stretches) - _STRETCHES_SHOWN
        yield reason, f"{'line' if len(lines) == 1 else 'lines'} {', '.join(shown)}" + (", …" if more > 0 else "")


def counted(count: int, noun: str) -> str:
    """Given how many and of what; returns both in words."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def short(text: str, most: int) -> str:
    """Given a text and how many characters are shown at most; returns it fit for a terminal."""
    from nightclerk.core.naming import shown

    return shown(text, most)


def print_wrapped(text: str, indent: int = 0) -> None:
    """Prints a text in lines that are not too long, those after the first indented."""
    for line in textwrap.wrap(text, _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2)):
        click.echo(line)
