"""What an import would make of a file, for people: on a terminal within its width, in a pipe uncut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from nightclerk.cli.outcome import (
    format_line,
    print_wrapped,
    show_approved,
    show_effects,
    show_figures,
    show_issues,
    show_reasons,
)
from nightclerk.cli.terminal import ending_word, print_table, width

if TYPE_CHECKING:
    from nightclerk.core.booking import Change
    from nightclerk.core.reading import Cell
    from nightclerk.desk.preview import Preview

_LONGEST_CELL = 24
_BECOMES = {"ignored": "– (ignored)", "new": "– (new: neither mapped nor ignored)"}


def show(found: Preview) -> None:
    """Given a preview; prints it. The ending stands first: it is what most people want to know."""
    run = found.run
    click.echo(f"{run.file} for {run.tenant}/{run.feed} would end as: {ending_word(run.ending)}")
    if run.sentence is not None:
        print_wrapped(run.sentence + ("" if run.line is None else f" (line {run.line})"), indent=2)
    show_reasons(run)
    if run.held is not None:
        show_approved(run.held)
    show_effects(run.effects)
    for note in run.notes:
        print_wrapped(f"note: {note}")
    if run.format is not None:
        print_wrapped(f"read as {format_line(run.format)}")
    show_figures(run)
    show_issues(run)
    if found.columns:
        _title("Columns")
        rows = [(_short(column.strip() or "(blank)"), _BECOMES.get(use, use)) for column, use in found.columns]
        rows += [("(every row)", f"{field} = {_cell(value)}") for field, value in found.constants.items()]
        print_table(("in the file", "becomes"), rows)
    if found.rows:
        _title("First rows as they were read")
        _show_rows(found.rows)
    if found.sample:
        _title("First changes")
        for change in found.sample:
            show_change(change)
    click.echo("\nNothing was written.")


def _title(text: str) -> None:
    click.echo(click.style(f"\n{text}", bold=True))


def _show_rows(rows: Sequence[tuple[int, dict[str, Cell]]]) -> None:
    """One column for each row, since fields are many and rows are few; as many beside each other as there is room for."""
    names = list(rows[0][1])
    rest = list(rows)
    while rest:
        block = _fitting(names, rest)
        rest = rest[len(block) :]
        headers = ("field", *(f"line {line}" for line, _ in block))
        print_table(headers, [(name, *(_cell(cells[name]) for _, cells in block)) for name in names])
        if rest:
            click.echo()


def _fitting(names: Sequence[str], rows: Sequence[tuple[int, dict[str, Cell]]]) -> Sequence[tuple[int, dict[str, Cell]]]:
    room = width()
    if room is None:
        return rows
    room -= max(map(len, names))
    for count, (line, cells) in enumerate(rows):
        room -= 2 + max(len(f"line {line}"), *(len(_cell(cell)) for cell in cells.values()))
        if room < 0:
            return rows[: max(count, 1)]
    return rows


def show_change(change: Change) -> None:
    """Given a change; prints it: of a new row its values, of a known one each field before and after."""
    key = ", ".join(_cell(part) for part in change.key.values())
    if change.before is None:
        click.echo(f"line {change.line}  {key}  " + click.style("new", fg="green"))
        print_wrapped(", ".join(f"{name} {_cell(cell)}" for name, cell in change.after.items() if name not in change.key), 2)
        return
    where = f"line {change.line}" if change.line > 0 else "not in the file"
    click.echo(f"{where}  {key}  " + click.style("changed", fg="yellow"))
    before = change.before
    for line in _aligned((name, f"{_cell(before[name])} → {_cell(cell)}") for name, cell in change.after.items()):
        click.echo(f"  {line}")


def _aligned(pairs: Iterable[tuple[str, str]]) -> list[str]:
    found = list(pairs)
    wide = max((len(name) for name, _ in found), default=0)
    return [f"{name.ljust(wide)}  {text}" for name, text in found]


def _cell(cell: Cell) -> str:
    if cell is None:
        return "–"
    from nightclerk.core.lists import as_read

    return _short(str(cell).lower() if isinstance(cell, bool) else str(as_read(cell)))


def _short(text: str) -> str:
    from nightclerk.core.naming import shown

    return shown(text, _LONGEST_CELL if width() is not None else 1000)
