"""What came, or would come, of a file: format, counts, totals, issues by kind and effects, for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from nightclerk.cli.terminal import print_table, width
from nightclerk.cli.undone import totals

if TYPE_CHECKING:
    from nightclerk.core.reading import FormatFound, FoundReading
    from nightclerk.core.run import Held, Run

#: What the policies did to known rows.
_POLICIES = {
    "kept_blank": "kept, because the file's cell is empty",
    "kept_edited": "kept, because somebody edited it since the last import",
    "kept_filled": "kept, because only empty ones are filled",
    "kept_never": "kept, because only new rows get it",
    "cleared": "cleared, because the file's cell is empty",
    "defaulted": "set to the default, because the file's cell is empty",
}
_NAMED = {
    "created_on_the_way": (
        "record that it names was new and created on the way",
        "records that it names were new and created on the way",
    ),
    "reference_blanked": (
        "cell counts as empty, because what it names is not known",
        "cells count as empty, because what they name is not known",
    ),
}
_COUNTED = {
    "absent_parked": "that had waited, and that the file no longer holds: not waiting any more",
    "reopened": "that had gone came back: reopened",
    "gave_way": "gave way to another of the same key",
    "parked": "that the run had parked: not waiting any more",
    "parked_again": "that the run had parked: waiting again",
}
_SPELLED = {"\t": "tab", " ": "space"}


def format_line(found: FormatFound) -> str:
    """Given a format as it was found; returns it in words."""
    header = f"header in record {found.header_row}" if found.header_row else "no header"
    packed = (f", of the archive's {found.member}" if found.member else "") + "".join(map(_reading, found.readings))
    if found.sheet is not None:
        return f"{found.kind}, sheet {found.sheet}, {header}{packed}"
    if found.rows is not None:
        return f"{found.kind}, {found.encoding}, rows {found.rows}{packed}"
    if found.delimiter is None:
        return f"{found.kind}, {found.encoding}{'' if found.kind == 'dbf' else f', {header}'}{packed}"
    delimiter = _SPELLED.get(found.delimiter, found.delimiter)
    return f"{found.kind}, {found.encoding}, fields between {delimiter}, {header}{packed}"


def _reading(found: FoundReading) -> str:
    written = found.dates[0] if found.dates else f"decimal {found.decimal}"
    return f", {found.column} by {written}"


def show_figures(run: Run) -> None:
    """Given a run; prints its counts and control totals."""
    if run.counts.rows:
        click.echo()
        heading = "rows" if run.waited is None else "rows that had waited"
        print_table((heading, "count"), [(name, count) for name, count in asdict(run.counts).items() if count])
    totals = [(name, c or "?", asdict(total)) for name, of in run.totals.items() for c, total in of.items()]
    if totals:
        kinds = ["file", "booked", "rejected"]
        kinds += [kind for kind in ("skipped", "parked", "held") if any(Decimal(total[kind]) for _, _, total in totals)]
        click.echo()
        rows = [(name, currency, *(total[kind] for kind in kinds)) for name, currency, total in totals]
        headings = kinds if run.waited is None else ["had waited", *kinds[1:]]
        print_table(("total of", "currency", *headings), rows)
    show_awaited(run)
    for name, count in run.unreadable.items():
        if count:
            told = "1 amount" if count == 1 else f"{count} amounts"
            click.echo(f"{name}: {told} could not be read and count in no total")


def show_awaited(run: Run) -> None:
    """Given a run; prints what its parked rows wait for."""
    for one in run.awaits:
        rows = "1 row waits" if one.rows == 1 else f"{one.rows} rows wait"
        more = f" and {one.values - len(one.examples)} more" if one.values > len(one.examples) else ""
        print_wrapped(f"{rows} for what {one.field} names ({one.entity}): {', '.join(one.examples)}{more}.")


def show_issues(run: Run) -> None:
    """Given a run; prints its issues by kind, each with its first examples."""
    for group in run.groups:
        click.echo(f"\n{group.count} × {group.code}" + (f" in column {group.column}" if group.column else ""))
        for _, _, message in group.examples:
            print_wrapped(message, indent=2)


def show_effects(effects: dict[str, Any], indent: int = 0) -> None:
    """Given what a run did on the way; prints it in sentences."""
    for sentence in _effects(effects):
        print_wrapped(sentence, indent)


def show_approved(held: Held) -> None:
    """Given what a held file waits for; prints what booking it would come to."""
    would = ", ".join(f"{count} {name}" for name, count in asdict(held.counts).items() if count and name != "rows")
    click.echo(f"If it is approved: {would}")
    show_effects(held.effects, indent=2)


def show_reasons(run: Run) -> None:
    """Given a run; prints why it is, was or would be held, if so."""
    for reason in run.held.reasons if run.held is not None else ():
        print_wrapped(f"held ({reason.code.replace('_', ' ')}): {reason.sentence}")


def print_wrapped(text: str, indent: int = 0) -> None:
    """Prints a text within the terminal's width; in a pipe as one line."""
    wide = width()
    margin, inner = " " * indent, " " * (indent + 2)
    lines = [margin + text] if wide is None else textwrap.wrap(text, wide, initial_indent=margin, subsequent_indent=inner)
    for line in lines:
        click.echo(line)


def _effects(effects: dict[str, Any]) -> Iterator[str]:
    for effect, told in _POLICIES.items():
        for field, count in effects.get(effect, {}).items():
            yield f"{field}: {count} known value{'s' if count > 1 else ''} {told}"
    for effect, (one, many) in _NAMED.items():
        for field, count in effects.get(effect, {}).items():
            yield f"{field}: {count} {one if count == 1 else many}"
    for done, count in effects.get("absent", {}).items():
        yield f"{count} known row{'s' if count > 1 else ''} that the file no longer holds: {done}"
    for effect, told in _COUNTED.items():
        if count := effects.get(effect):
            yield f"{count} row{'s' if count > 1 else ''} {told}"
    if (run := effects.get("duplicate_of")) is not None:
        yield f"the same bytes under the same configuration as run {run}, which was imported without rejects"
    if (undo := effects.get("undo")) is not None:
        yield from totals(undo)
    if (only := effects.get("only")) is not None:
        yield f"only these keys: {', '.join(only)}"
