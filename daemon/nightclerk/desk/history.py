"""Where the files of a finished run lie, and its issues in full."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nightclerk.core.errors import OperatorError
from nightclerk.core.issue import Issue
from nightclerk.core.report import RejectFile
from nightclerk.core.run import Run
from nightclerk.core.tenant import Tenant
from nightclerk.filing.archive import Archive
from nightclerk.filing.issues_file import read_issues
from nightclerk.ledger.runs import Runs
from nightclerk.letters.language import language_for
from nightclerk.work.reports import rejected_rows


def find_run(runs: Runs, number: int) -> Run:
    """Given a run's number; returns the finished run. Raises OperatorError when there is none."""
    run = runs.get(number)
    if run is None:
        raise OperatorError(f"There is no finished run {number}.", command="nightclerk runs")
    return run


def issues_path(runs: Runs, archive: Archive, run: Run) -> Path | None:
    """Given a run; returns its issues file, or None when the run has none or the archive no longer holds it."""
    if run.issues == 0 or run.archived_as is None:
        return None
    path = archive.issues_place(runs.drop(run.drop), run.archived_as, run.id)
    return path if path.exists() else None


def all_issues(runs: Runs, archive: Archive, run: Run) -> Iterator[Issue]:
    """Given a run; returns all of its issues, one by one; from the ledger, the first ones, when the archive has no file."""
    path = issues_path(runs, archive, run)
    if path is None:
        yield from runs.issues(run.id)
        return
    for rejected in read_issues(path):
        yield from rejected.issues


def reject_file_of(runs: Runs, archive: Archive, run: Run, tenant: Tenant | None) -> RejectFile:
    """Given a run and its tenant, if it is still configured; returns the run's rejected rows in the sender's own format, with
    what is wrong in the tenant's language. Raises OperatorError when there are none."""
    path = issues_path(runs, archive, run)
    language = language_for("en" if tenant is None else tenant.language, "UTC")
    several = len(runs.of_drop(run.drop)) > 1
    found = None if path is None else rejected_rows(run, several, path, 1 << 40, language)
    if found is None:
        raise OperatorError(f"Run {run.id} ({run.ending}) has no rejected rows in the archive.")
    return found
