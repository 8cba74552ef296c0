"""A file held against the tables: what stands only here or only there, what differs, and the sums beside each other.

The file walks the corridor's own path from reading to judging, as for a preview. What is compared stays open while it is looked
at, so that however much differs nobody has to hold it all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nightclerk.config.configuration import Configuration
from nightclerk.core.absence import Incomplete, left_alone
from nightclerk.core.booking import BookingPlan
from nightclerk.core.entity import FieldType
from nightclerk.core.errors import ReaderDiedError, SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.issue import Issue
from nightclerk.core.lists import as_read
from nightclerk.core.reading import Cell
from nightclerk.core.reconciliation import FORBIDDEN, Line, Reckoning, SumsBeside, summed_fields, sums_beside
from nightclerk.core.retry import MOST_READER_DEATHS
from nightclerk.core.run import Run
from nightclerk.desk.output import format_data, issue_data
from nightclerk.desk.preview import Ahead, where_it_lies
from nightclerk.desk.unbooked import DryOffice
from nightclerk.desk.whole_comparison import Overheard, WholeComparison
from nightclerk.filing.issues_file import IssuesFile, read_issues
from nightclerk.ports import Reconciling, Source
from nightclerk.work.booking import Clerk
from nightclerk.work.content import Content
from nightclerk.work.early import check_size, draft_of, reader_gave_up, refused, with_bytes


@dataclass(frozen=True)
class Asked:
    """What a person wants to know: whose file it is, which feed reads it, where it lies and the source that looks at it there."""

    tenant: str
    feed: str
    path: Path
    source: Source


@dataclass(frozen=True)
class Compared:
    """What comparing came to. rejected: how many rows were rejected as they were read, and so are compared with nothing; skipped:
    how many gave way to others of their key."""

    plan: BookingPlan
    reckoning: Reckoning
    sums: dict[str, dict[str, SumsBeside]]
    rows: int
    rejected: int
    skipped: int
    reconciling: Reconciling
    issues: Path

    @property
    def agrees(self) -> bool:
        """Whether every row of the file stands in the tables as it is there, and no other row of the tenant does."""
        told = self.reckoning
        rows = told.different + told.only_in_file + told.only_in_tables + self.rejected
        sums = [one for of in self.sums.values() for one in of.values()]
        return rows == 0 and all(Decimal(one.difference) == Decimal(one.skipped) for one in sums)

    def rejected_issues(self, most: int | None) -> Iterator[Issue]:
        """Yields, by line, what is wrong with the rows that could not be compared; at most so many."""
        rows = read_issues(self.issues) if self.issues.exists() else iter(())
        wrong = (one for row in rows for one in row.issues if one.code not in FORBIDDEN)
        return islice(wrong, most)


@dataclass(frozen=True)
class Reconciled:
    """A file that was held against the tables. run: what an import would make of it. compared: None where it could not even be
    read."""

    run: Run
    compared: Compared | None

    @property
    def agrees(self) -> bool:
        return self.compared is not None and self.compared.agrees


@contextmanager
def reconciled(ahead: Ahead, configuration: Configuration, asked: Asked) -> Iterator[Reconciled]:
    """Given what to work with, the configuration and what is asked; yields the outcome, whose lists can be read meanwhile.

    Nothing is written but scratch files in the system's temporary folder. Raises WeatherError or OperatorError as an import
    would.
    """
    tenant = configuration.tenants[asked.tenant]
    (sighting,) = asked.source.look().sightings
    limits = configuration.daemon.limits
    draft = draft_of(
        configuration, tenant, asked.feed, run=0, key="", drop=0, file=sighting.name, size=sighting.size, now=ahead.clock.now()
    )
    try:
        check_size(sighting.size, limits.file_size)
    except SenderError as error:
        yield Reconciled(refused(ahead, draft, error.code, error.sentence), None)
        return
    spooled = where_it_lies(asked.path)
    draft = with_bytes(draft, spooled)
    feed = next(one for one in tenant.feeds if one.feed == asked.feed)
    entity = configuration.entity_of(asked.tenant, feed.feed)
    overheard = Overheard(ahead.reader)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(prefix="nightclerk-")))
        content = stack.enter_context(closing(Content(ahead.opener, tenant, sighting.name, limits, scratch)))
        whole = stack.enter_context(closing(WholeComparison(ahead.target, overheard, summed_fields(feed, entity))))
        office = DryOffice(ahead.clock, overheard, whole, ahead.runs)
        for _ in range(MOST_READER_DEATHS):
            # A new one for each try: what it has learnt of the file begins anew.
            clerk = Clerk(office, tenant, feed, entity, draft, limits.rejected_rows)
            issues = IssuesFile(scratch / "issues.jsonl")
            try:
                run = clerk.book(partial(content.open, spooled), issues, None)
            except ReaderDiedError:
                continue  # counted by the range; after the last one it is the run's ending
            finally:
                issues.close()
            yield Reconciled(_of_the_file(run, feed), _compared(clerk, whole, scratch / "issues.jsonl"))
            return
        yield Reconciled(reader_gave_up(ahead, draft), None)


def _of_the_file(run: Run, feed: Feed) -> Run:
    """Returns the run without what an import would say of rows that the file lacks: here nothing becomes of them."""
    incomplete = [Incomplete(trial=False, corrects=one, older=False, rejected=run.counts.rejected) for one in (False, True)]
    said = [left_alone(feed, one) for one in incomplete]
    return replace(run, notes=tuple(note for note in run.notes if note not in said))


def _compared(clerk: Clerk, whole: WholeComparison, issues: Path) -> Compared | None:
    run, plan, reconciling = clerk.unjudged, whole.plan, whole.reconciling
    if run is None or plan is None or reconciling is None:
        return None
    reckoning = reconciling.reckoned()
    return Compared(
        plan=plan,
        reckoning=reckoning,
        sums=sums_beside(
            {name: of for name, of in run.totals.items() if name in reckoning.sums},
            reckoning.sums,
            reckoning.unsaid,
            {one.field: one.counted for one in whole.summed},
        ),
        rows=run.counts.rows,
        rejected=run.counts.rejected - whole.forbidden,
        skipped=run.counts.skipped,
        reconciling=reconciling,
        issues=issues,
    )


def reconcile_data(found: Reconciled, most: int | None) -> dict[str, Any]:
    """Given the outcome and how many lines of each list are wanted; returns the object that ``reconcile --json`` prints."""
    run, compared = found.run, found.compared
    data: dict[str, Any] = {
        "tenant": run.tenant,
        "feed": run.feed,
        "file": run.file,
        "sha256": run.sha256,
        "agrees": found.agrees,
        "ending": run.ending,
        "format": format_data(run.format),
        "notes": list(run.notes),
        "config_hash": run.config_hash,
    }
    if run.ending == "refused":
        data["refused"] = {"code": run.code, "line": run.line, "message": run.sentence}
    return data if compared is None else data | _compared_data(compared, most)


def _compared_data(compared: Compared, most: int | None) -> dict[str, Any]:
    told, plan, lists = compared.reckoning, compared.plan, compared.reconciling
    counts = {name: getattr(told, name) for name in ("same", "different", "only_in_file", "only_in_tables")}
    types = {field.name: field.type for field in plan.fields}
    names, key = list(types), list(plan.key)

    def cells(of: list[str], line: Line) -> dict[str, Cell]:
        return {name: as_cell(types[name], cell) for name, cell in zip(of, line, strict=True)}

    return {
        "counts": {"rows": compared.rows, **counts, "rejected": compared.rejected, "skipped": compared.skipped},
        "fields": {name: {reason or "written": n for reason, n in of.items()} for name, of in told.fields.items()},
        "sums": {name: {currency: asdict(one) for currency, one in of.items()} for name, of in compared.sums.items()},
        "different": [
            {
                "line": line,
                "key": cells(key, tuple(rest[: len(key)])),
                "field": rest[-4],
                "file": as_cell(types[str(rest[-4])], rest[-3]),
                "tables": as_cell(types[str(rest[-4])], rest[-2]),
                "reason": rest[-1],
            }
            for line, *rest in lists.different(most)
        ],
        "only_in_file": [
            {"line": line, "values": cells(names, tuple(rest[:-1])), "reason": rest[-1]}
            for line, *rest in lists.only_in_file(most)
        ],
        "only_in_tables": [{"values": cells(names, line)} for line in lists.only_in_tables(most)],
        "rejected": [issue_data(issue) for issue in compared.rejected_issues(most)],
    }


def as_cell(kind: FieldType, text: int | str | None) -> Cell:
    """Given a field's type and a value as text, in canonical form or as it stands in the tables; returns it as a cell."""
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind == "integer" and isinstance(text, str) and text.removeprefix("-").isdecimal():
        return int(text)
    return as_read(text)
