"""Runs as the JSON that commands print: a contract with whoever reads it, so names here never change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from nightclerk.core.booking import Change
from nightclerk.core.issue import Issue
from nightclerk.core.lists import as_read
from nightclerk.core.reading import Cell, FormatFound, FoundReading
from nightclerk.core.run import Awaited, ControlTotal, Held, Run, Waited


def moment(value: datetime) -> str:
    """Given a moment; returns it in UTC as ``2026-11-21T02:03:12Z``."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def format_data(found: FormatFound | None) -> dict[str, Any] | None:
    """Given a format as it was found; returns its keys kind, encoding, delimiter, quote, header_row, sheet, evidence and samples,
    member where it came in an archive, rows of XML, and readings where any were found."""
    if found is None:
        return None
    some = tuple(name for name in ("member", "rows") if getattr(found, name) is not None)
    names = ("kind", "encoding", "delimiter", "quote", "header_row", "sheet", *some)
    evidence = found.evidence
    told, samples = (None, ()) if evidence is None else (evidence.told, evidence.samples)
    data = {**{name: getattr(found, name) for name in names}, "evidence": told, "samples": list(samples)}
    return data | ({"readings": {one.column: _reading(one) for one in found.readings}} if found.readings else {})


def _reading(found: FoundReading) -> dict[str, str]:
    written = {"dates": found.dates[0] if found.dates else "", "decimal": found.decimal, "thousands": found.thousands}
    return {name: value for name, value in written.items() if value}


def issue_data(issue: Issue) -> dict[str, Any]:
    """Given an issue; returns its keys line, column, field, code, value and message."""
    return {name: getattr(issue, name) for name in ("line", "column", "field", "code", "value", "message")}


_OTHER_RUNS = ("undoes", "undone_by", "replays", "retries")


def run_data(run: Run, issues: Iterable[Issue] = ()) -> dict[str, Any]:
    """Given a run and its issues; returns the object that ``preview``, ``import``, ``run`` and ``round`` print."""
    data = {
        "run": run.id,
        "drop": run.drop,
        "tenant": run.tenant,
        "feed": run.feed,
        "file": run.file,
        "sha256": run.sha256,
        "started_at": moment(run.started_at),
        "ended_at": moment(run.ended_at),
        "ending": run.ending,
        "format": format_data(run.format),
        "counts": asdict(run.counts),
        "totals": {name: {c: _total(total) for c, total in of.items()} for name, of in run.totals.items()},
        "issues": [issue_data(issue) for issue in issues],
        "effects": run.effects,
        "config_hash": run.config_hash,
        "archived_as": run.archived_as,
        "corrects": run.corrects,
        "notes": list(run.notes),
        "unreadable": run.unreadable,
    }
    if run.ending == "refused":
        data["refused"] = {"code": run.code, "line": run.line, "message": run.sentence}
    if run.held is not None:
        data["held"] = _held(run.held)
    if run.decision is not None:
        data["decision"] = {**asdict(run.decision), "at": moment(run.decision.at)}
    if run.awaits:
        data["awaits"] = [_waited_for(one) for one in run.awaits]
    if run.waited is not None:
        data["waited"] = _waited(run.waited)
    return data | {name: other for name in _OTHER_RUNS if (other := getattr(run, name)) is not None}


def _waited(waited: Waited) -> dict[str, Any]:
    return {
        "since": moment(waited.since),
        "came": [_waited_for(one) for one in waited.came],
        "given_up": waited.given_up,
        "never_came": [_waited_for(one) for one in waited.never_came],
    }


def _waited_for(one: Awaited) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("field", "entity", "rows", "values")} | {"examples": list(one.examples)}


def _held(held: Held) -> dict[str, Any]:
    return {
        "until": moment(held.until),
        "reasons": [{"code": one.code, "message": str(one.sentence), "figures": one.figures} for one in held.reasons],
        "counts": asdict(held.counts),
        "totals": {name: {c: _total(total) for c, total in of.items()} for name, of in held.totals.items()},
        "sample": [change_data(one) for one in held.sample],
        "effects": held.effects,
    }


def change_data(change: Change) -> dict[str, Any]:
    """Given what booking one row would do; returns its key and the values before and after, lists as people read them."""

    def read(cells: dict[str, Cell] | None) -> dict[str, Cell] | None:
        return None if cells is None else {name: as_read(cell) for name, cell in cells.items()}

    return {"key": change.key, "before": read(change.before), "after": read(change.after)}


def _total(total: ControlTotal) -> dict[str, str]:
    """``skipped`` only where rows gave way to others of their key, ``parked`` only where rows wait, ``held`` only where some are
    held; file = booked + rejected + parked + held + skipped."""
    data = asdict(total)
    always = ("file", "booked", "rejected")
    return {name: value for name, value in data.items() if name in always or Decimal(value)}


def exit_status(runs: Iterable[Run]) -> int:
    """Given runs; returns 0 when each was imported (with rejects or not) or a duplicate, or there was nothing to do, else 1."""
    good = {"imported", "imported_with_rejects", "duplicate"}
    return 0 if all(run.ending in good for run in runs) else 1
