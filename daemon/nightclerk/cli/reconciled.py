"""A file held against the tables, for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING

import click

from nightclerk.cli.outcome import format_line, print_wrapped
from nightclerk.cli.terminal import print_table, width

if TYPE_CHECKING:
    from nightclerk.desk.reconcile import Compared, Reconciled

_LONGEST_CELL = 24
#: Why an import would not write a value or a row that differs, or writes the default.
_REASONS = {
    "kept_blank": "kept: the file's cell is empty",
    "kept_edited": "kept: edited since the last import",
    "kept_filled": "kept: only empty ones are filled",
    "kept_never": "kept: only new rows get it",
    "defaulted": "becomes the default: the file's cell is empty",
    "cleared": "cleared: the file's cell is empty",
    "known_key": "rejected: only new rows may be created",
    "unknown_key": "rejected: only known rows may be updated",
    "required_for_new": "rejected: new rows need a value that is missing",
}


def show(found: Reconciled, most: int) -> None:
    """Given the outcome and how many lines of each list to show; prints it. Whether the two agree stands first."""
    run, compared = found.run, found.compared
    agrees = click.style("agrees with", fg="green") if found.agrees else click.style("differs from", fg="yellow")
    if compared is None:
        agrees = click.style("could not be compared with", fg="red")
    click.echo(f"{run.file} of {run.tenant}/{run.feed} {agrees} the tables")
    if run.ending == "refused":
        told = f"An import would refuse the file: {run.sentence}" if compared is not None else str(run.sentence)
        print_wrapped(told + ("" if run.line is None else f" (line {run.line})"), indent=2)
    for note in run.notes:
        print_wrapped(f"note: {note}")
    if run.format is not None:
        print_wrapped(f"read as {format_line(run.format)}")
    if compared is not None:
        _show_counts(compared)
        _show_sums(compared)
        _show_fields(compared)
        _show_lists(compared, most)
    click.echo("\nNothing was written to the database.")


def _show_counts(compared: Compared) -> None:
    told = compared.reckoning
    rows = [
        ("in the file", compared.rows),
        ("the same", told.same),
        ("different", told.different),
        ("only in the file", told.only_in_file),
        ("only in the tables", told.only_in_tables),
        ("rejected", compared.rejected),
        ("skipped", compared.skipped),
    ]
    click.echo()
    print_table(("rows", "count"), [(name, count) for name, count in rows if count])


def _show_sums(compared: Compared) -> None:
    rows = [(name, currency or "?", *astuple(one)) for name, of in compared.sums.items() for currency, one in of.items()]
    if rows:
        click.echo()
        print_table(("sum of", "currency", "file", "rejected", "skipped", "tables", "difference"), rows)


def _show_fields(compared: Compared) -> None:
    rows = [
        (name, count, _REASONS.get(reason, "an import would write it"))
        for name, of in compared.reckoning.fields.items()
        for reason, count in of.items()
    ]
    if rows:
        click.echo()
        print_table(("field", "rows", "what an import would do"), rows)


def _show_lists(compared: Compared, most: int) -> None:
    told, lists, key = compared.reckoning, compared.reconciling, compared.plan.key
    names = [field.name for field in compared.plan.fields]
    values = sum(count for of in told.fields.values() for count in of.values())
    headers = ("line", *key, "field", "in the file", "in the tables", "reason")
    different = ((*line[:-1], _REASONS.get(str(line[-1]), "")) for line in lists.different(most))
    _show_list("Values that differ", headers, different, values, most)
    new = ((*line[:-1], _REASONS.get(str(line[-1]), "")) for line in lists.only_in_file(most))
    _show_list("Only in the file", ("line", *names, "reason"), new, told.only_in_file, most)
    _show_list("Only in the tables", names, lists.only_in_tables(most), told.only_in_tables, most)
    if compared.rejected and most:
        _title(f"Rejected, and so not compared: {compared.rejected:,}")
        for issue in compared.rejected_issues(most):
            print_wrapped(str(issue.message), indent=2)


def _show_list(title: str, headers: Sequence[str], rows: Iterable[Sequence[object]], count: int, most: int) -> None:
    if not count or not most:
        return
    _title(f"{title}: {count:,}" if count <= most else f"{title}: the first {most:,} of {count:,}")
    cells = [[_cell(cell) for cell in row] for row in rows]
    filled = [at for at in range(len(headers)) if any(row[at] for row in cells)]
    shown = _fitting([[headers[at], *(row[at] for row in cells)] for at in filled])
    print_table([column[0] for column in shown], zip(*(column[1:] for column in shown), strict=True))
    if len(shown) < len(filled):
        left = ", ".join(headers[at] for at in filled[len(shown) :])
        print_wrapped(f"not shown for want of room: {left}", indent=2)


def _fitting(columns: list[list[str]]) -> list[list[str]]:
    """Returns the first columns that fit beside each other, at least one; in a pipe all of them."""
    room = width()
    if room is None:
        return columns
    for count, column in enumerate(columns):
        room -= 2 + max(map(len, column))
        if room < -2:
            return columns[: max(count, 1)]
    return columns


def _title(text: str) -> None:
    click.echo(click.style(f"\n{text}", bold=True))


def _cell(cell: object) -> str:
    from nightclerk.core.lists import as_read
    from nightclerk.core.naming import shown

    text = str(as_read(cell) if isinstance(cell, str) else cell)
    return "" if cell is None else shown(text, _LONGEST_CELL if width() is not None else 1000)
