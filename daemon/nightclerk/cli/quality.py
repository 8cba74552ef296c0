"""How good the data of a file is, for people: lines of at most a hundred characters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from nightclerk.cli.findings import counted, format_line, print_wrapped, short
from nightclerk.cli.terminal import print_table

if TYPE_CHECKING:
    from nightclerk.desk.lint import Linted

_LONGEST_NAME, _LONGEST_EXAMPLE = 32, 24
_HEADINGS = {"wrong": ("Wrong", "red"), "doubtful": ("Doubtful", "yellow")}


def show(found: Linted) -> None:
    """Given how good the data of a file is; prints it."""
    quality = found.quality
    print_wrapped(format_line(found.format))
    rows = [counted(found.rows, "row"), counted(len(quality.columns), "column")]
    if found.left_out:
        rows.append(f"{counted(found.left_out, 'line')} left out")
    print_wrapped(", ".join(rows) + _key_line(found))
    click.echo()
    print_table(("column", "type", "filled", "different", "longest", "example", "findings"), _rows(found))
    for level, (heading, colour) in _HEADINGS.items():
        these = [one for one in quality.findings if one.level == level]
        if these:
            click.echo("\n" + click.style(heading, bold=True, fg=colour))
        for one in these:
            about = f"{short(one.column, _LONGEST_NAME)}: " if one.column is not None else ""
            print_wrapped(f"{one.code}  {about}{one.message}{_lines(one.lines)}", indent=2)
    if found.notes:
        click.echo("\n" + click.style("Notes", bold=True))
        for note in found.notes:
            print_wrapped(note, indent=2)
    if not quality.findings:
        click.echo("\nNothing was found.")


def _key_line(found: Linted) -> str:
    if not found.quality.key:
        return ""
    names = " + ".join(short(name, _LONGEST_NAME) for name in found.quality.key)
    return f", key {names} ({'by the feed' if found.by_feed else 'by its header'})"


def _rows(found: Linted) -> Iterator[tuple[str, ...]]:
    findings = [one.column for one in found.quality.findings]
    for one in found.quality.columns:
        share = f"{100 * one.filled // found.rows} %" if found.rows else ""
        different = "" if one.different is None else str(one.different)
        example = short(one.example, _LONGEST_EXAMPLE) if one.example is not None else ""
        told = str(findings.count(one.name) or "")
        yield (
            short(one.name, _LONGEST_NAME),
            f"mostly {one.mostly}" if one.mostly is not None else one.kind,
            share.rjust(5),
            different,
            str(one.longest),
            example,
            told,
        )


def _lines(lines: tuple[int, ...]) -> str:
    return f" (lines {', '.join(map(str, lines))})" if len(lines) > 1 else ""
