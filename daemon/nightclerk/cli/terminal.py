"""How things are shown: tables on a terminal, plain lines in a pipe."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from nightclerk.core.run import Run

COLOURS = {"imported": "green", "duplicate": "green", "imported_with_rejects": "yellow"}


def width() -> int | None:
    """Returns how many characters a line of the terminal holds, at least 40; None in a pipe, where lines are as long as they
    need to be."""
    return max(40, shutil.get_terminal_size().columns) if sys.stdout.isatty() else None


def print_json(data: Any) -> None:
    """Prints data as JSON, moments in UTC."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=_plain))


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints rows under headers, columns aligned; numbers to the right. Nothing is cut off."""
    lines = [list(headers)] + [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headers))]
    right = [len(lines) > 1 and all(line[i].lstrip("-").isdigit() for line in lines[1:] if line[i]) for i in range(len(headers))]
    for number, line in enumerate(lines):
        cells = [cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(line, widths, right, strict=True)]
        text = "  ".join(cells).rstrip()
        click.echo(click.style(text, bold=True) if number == 0 else text)


def ending_word(ending: str) -> str:
    """Given an ending; returns it for people, coloured where there is a terminal."""
    return click.style(ending.replace("_", " "), fg=COLOURS.get(ending, "red"))


def ending_of(run: Run) -> str:
    """Given a run; returns its ending for people, with the run that it took back, or that took it back."""
    of = f" of {run.undoes}" if run.undoes is not None else ""
    return ending_word(run.ending) + of + (f", undone by {run.undone_by}" if run.undone_by is not None else "")


def run_line(run: Run) -> str:
    """Given a run; returns one line: number, tenant, feed, file, ending, counts that are not zero, what became of rows that the
    file lacks, the reason of a refusal."""
    from dataclasses import asdict

    counts = ", ".join(f"{count} {name}" for name, count in asdict(run.counts).items() if count and name != "rows")
    waited = " that had waited" if run.waited is not None else ""
    rows = f"{run.counts.rows} row{'s' if run.counts.rows > 1 else ''}{waited}: {counts}" if run.counts.rows else ""
    settled = run.effects.get("absent", {})
    absent = ", ".join(f"{count} absent {done}" for done, count in settled.items())
    told = [part for part in (rows, absent, run.sentence) if part]
    feed = run.feed or "no feed"
    return f"run {run.id}  {run.tenant}/{feed}  {run.file}  {ending_of(run)}" + ("  " + "; ".join(told) if told else "")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    raise TypeError(f"{type(value).__name__} is not meant for JSON")
