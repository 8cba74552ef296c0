"""What came, or would come, of an undo: for people in sentences, or row by row as JSON."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from types import TracebackType

    from nightclerk.core.undo import RowUndone
    from nightclerk.work.undo import Undone

#: So many of the rows that were not taken back are named; ``--json`` names all.
_NAMED = 10
_DONE = {
    "updated": ("put back as it was", "put back as they were"),
    "deleted": ("deleted",) * 2,
    "created": ("created again",) * 2,
}


class Shown:
    """Takes the rows as they are decided. As JSON all of them wait in a file without a name: a run may have a million."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._rows = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by ``__exit__``
        self._named: list[RowUndone] = []

    def __enter__(self) -> Shown:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._rows.close()

    def told(self, rows: Sequence[RowUndone]) -> None:
        """Given rows as they are decided; keeps what will be shown of them."""
        if self._as_json:
            self._rows.writelines(json.dumps(_row(row), ensure_ascii=False) + "\n" for row in rows)
        elif (room := _NAMED - len(self._named)) > 0:
            self._named += [row for row in rows if row.decision.kept or row.decision.act is None][:room]

    def show(self, undone: Undone, *, preview: bool) -> None:
        """Given what came of it; prints it."""
        if self._as_json:
            for part in self._json(undone, preview):
                click.echo(part, nl=False)
            return
        for sentence in sentences(undone, preview=preview):
            click.echo(sentence)
        if self._named:
            _show_rows(self._named)

    def _json(self, undone: Undone, preview: bool) -> Iterator[str]:
        run, rows = undone.run, undone.parked
        parked = {"parked": 0, "parked_again": rows} if undone.parks else {"parked": rows, "parked_again": 0}
        data = {
            "run": None if undone.by is None else undone.by.id,
            "undoes": run.id,
            "tenant": run.tenant,
            "feed": run.feed,
            "preview": preview,
            "file_gone": undone.file_gone,
            "counts": {**asdict(undone.tally), **parked},
        }
        yield json.dumps(data, ensure_ascii=False, indent=2).removesuffix("\n}") + ',\n  "rows": ['
        self._rows.seek(0)
        for number, line in enumerate(self._rows):
            yield ("," if number else "") + "\n    " + line.rstrip("\n")
        yield "\n  ]\n}\n"


def sentences(undone: Undone, *, preview: bool = False) -> Iterator[str]:
    """Given what came of an undo; yields it in words."""
    from nightclerk.core.absent import ABSENT_PARKED

    number, tally, by = undone.run.id, undone.tally, undone.by
    told = list(totals(asdict(tally)))
    if undone.parked:
        what = "parked again" if undone.parks else "taken out of waiting"
        told.append(f"{_rows(undone.parked)} that waited for others {what}")
    if not told:
        yield f"Run {number} changed no rows; there is nothing to take back."
    elif preview:
        yield f"Undoing run {number} would do this; nothing is written:"
    elif by is None:
        yield f"Nothing of run {number} could be taken back, so nothing was written:"
    else:
        yield f"Run {number} was undone by run {by.id}; nightclerk undo {by.id} takes that back."
    yield from (f"  {one}" for one in told)
    if undone.file_gone and tally.could_not.get("no_file"):
        yield "The archive does not have the run's file any more, or not with the same bytes. So it cannot be told whether the"
        yield "rows that it created are still as it made them, and they are kept."
    if left := undone.run.effects.get(ABSENT_PARKED, 0):
        which = "1 parked row that the run took out does" if left == 1 else f"{left} parked rows that the run took out do"
        yield f"{which} not wait again; nightclerk replay of the run that parked them brings them back."


def totals(tally: Mapping[str, Any]) -> Iterator[str]:
    """Given how many rows ended how, as data; yields it in words."""
    from nightclerk.core.undo import REASONS

    for act, count in tally["reverted"].items():
        partly = (
            f", {tally['partly']} of them only in part: the rest was changed since"
            if act == "updated" and tally["partly"]
            else ""
        )
        yield f"{_rows(count)} {_DONE[act][count != 1]}{partly}"
    if tally["kept"]:
        yield f"{_rows(tally['kept'])} kept, changed since"
    for reason, count in tally["could_not"].items():
        yield f"{_rows(count)} could not be taken back: {REASONS[reason]}"


def _show_rows(rows: Sequence[RowUndone]) -> None:
    from nightclerk.cli.terminal import print_table
    from nightclerk.core.undo import REASONS

    click.echo()
    shown = []
    for row in rows:
        decision = row.decision
        why = (
            REASONS[decision.reason] if decision.reason is not None else f"changed since: {', '.join(decision.kept) or 'the row'}"
        )
        line = "–" if row.line < 0 else row.line
        shown.append((line, row.entity, ", ".join(str(part) for part in row.key.values()), why))
    print_table(("line", "entity", "key", "not taken back"), shown)


def _row(row: RowUndone) -> dict[str, Any]:
    decision = row.decision
    return {
        "line": None if row.line < 0 else row.line,
        "entity": row.entity,
        "key": row.key,
        "outcome": decision.outcome,
        "done": decision.act,
        "fields": list(decision.fields),
        "kept": list(decision.kept),
        "reason": decision.reason,
    }


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"
