"""What ``undo --json`` prints, as models. See ``core.printed``."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from nightclerk.core.printed_run import Count, Printed

_Act = Literal["updated", "deleted", "created"]
_Reason = Literal["gone", "referred", "forbidden", "no_file", "no_entity"]


class UndoneRows(Printed):
    """How many rows ended how. reverted: by what was done to them. partly: of these, the rows of which some fields were kept.
    could_not: by reason. parked: so many that the run parked wait no longer; parked_again: so many wait again, as the run that
    had parked them stands again. They are not among ``rows``: nothing of them was ever booked."""

    reverted: dict[_Act, Count]
    partly: Count
    kept: Count
    could_not: dict[_Reason, Count]
    parked: Count
    parked_again: Count


class UndoneRow(Printed):
    """What became of one row that the run had changed. line: of the file, null for a row that it lacks or only names. done: what
    was done to it; fields: those that got their old values back; kept: those that were changed since; reason: why nothing could
    be done."""

    line: Count | None
    entity: str
    key: dict[str, JsonValue]
    outcome: Literal["reverted", "kept", "could_not"]
    done: _Act | None
    fields: list[str]
    kept: list[str]
    reason: _Reason | None


class Undo(Printed):
    """What taking a run back did, or would do. run: the run that did it, null for a preview and where nothing could be taken
    back. file_gone: the archive does not have the run's file any more."""

    run: int | None
    undoes: int
    tenant: str
    feed: str | None
    preview: bool
    file_gone: bool
    counts: UndoneRows
    rows: list[UndoneRow]
