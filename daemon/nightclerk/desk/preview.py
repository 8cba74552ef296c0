"""What an import would make of a file, without making it.

The file walks the corridor's own path from reading to judging. Only the target is another one: a wrapped one, whose booking
takes a sample of the changes and then abandons them.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nightclerk.config.configuration import Configuration
from nightclerk.core.booking import Change, written_fields
from nightclerk.core.brought_back import brought_back
from nightclerk.core.drop import Spooled
from nightclerk.core.errors import OperatorError, ReaderDiedError, SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.headers import find_columns, folded
from nightclerk.core.issue import Issue
from nightclerk.core.naming import shown
from nightclerk.core.reading import Cell, FormatFound
from nightclerk.core.retry import MOST_READER_DEATHS
from nightclerk.core.run import Run
from nightclerk.desk.output import change_data, run_data
from nightclerk.desk.unbooked import DryOffice, Unbooked
from nightclerk.filing.issues_file import IssuesFile
from nightclerk.ports import Clock, Format, Source, Target
from nightclerk.work.booking import Clerk
from nightclerk.work.content import Content, Opener
from nightclerk.work.early import check_size, draft_of, ended_early, reader_gave_up, refused, with_bytes
from nightclerk.work.office import EarlierRuns


@dataclass(frozen=True)
class Preview:
    """What an import would end as. run: as it would be recorded, but for its number. issues: the first of them.

    columns: each column of the file, in its order, with what becomes of it: the fields it fills, ``ignored`` or ``new``.
    constants: the fields that are the same in every row. rows: the first accepted rows, line → field → value, as converted.
    sample: the first changes by line; none where nothing would be booked.
    """

    run: Run
    issues: tuple[Issue, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    constants: dict[str, Any] = field(default_factory=dict)
    rows: tuple[tuple[int, dict[str, Cell]], ...] = ()
    sample: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Ahead:
    """What a look ahead works with: an ``Office`` and nothing that could keep anything. runs: those known so far."""

    clock: Clock
    reader: Format
    target: Target
    runs: EarlierRuns
    opener: Opener


@dataclass(frozen=True)
class Asked:
    """What a person wants to know: whose file it is, which feed reads it, where it lies and the source that looks at it there,
    the keys of a trial, and how many rows and changes to show at most."""

    tenant: str
    feed: str
    path: Path
    source: Source
    only: tuple[str, ...] | None
    most: int


class NoRuns:
    """``EarlierRuns`` of an installation that has run nothing yet."""

    def get(self, run_id: int) -> Run | None:
        del run_id
        return None

    def last_import(self, tenant: str, feed: str) -> Run | None:
        del tenant, feed
        return None

    def last_booked(self, tenant: str, feed: str) -> Run | None:
        del tenant, feed
        return None

    def is_being_undone(self, run_id: int) -> bool:
        del run_id
        return False

    def last_imports(self, tenant: str, feed: str, most: int) -> tuple[Run, ...]:
        del tenant, feed, most
        return ()

    def last_reading(self, tenant: str, feed: str) -> FormatFound | None:
        del tenant, feed
        return None


def preview(ahead: Ahead, configuration: Configuration, asked: Asked) -> Preview:
    """Given what to work with, the configuration and what is asked; returns what an import would make of the file.

    Nothing is written but scratch files in the system's temporary folder. Raises WeatherError or OperatorError as the import
    would.
    """
    tenant = configuration.tenants[asked.tenant]
    (sighting,) = asked.source.look().sightings
    name, size, now = sighting.name, sighting.size, ahead.clock.now()
    draft = draft_of(configuration, tenant, asked.feed, run=0, key="", drop=0, file=name, size=size, now=now)
    try:
        check_size(size, configuration.daemon.limits.file_size)
    except SenderError as error:
        return Preview(refused(ahead, draft, error.code, error.sentence))
    spooled = where_it_lies(asked.path)
    draft = with_bytes(draft, spooled)
    if (ended := ended_early(ahead, draft, asked.only)) is not None:
        return Preview(ended)
    feed = next(one for one in tenant.feeds if one.feed == asked.feed)
    entity = configuration.entity_of(asked.tenant, feed.feed)
    unbooked = Unbooked(ahead.target, asked.most)
    limits = configuration.daemon.limits
    clerk = Clerk(DryOffice(ahead.clock, ahead.reader, unbooked, ahead.runs), tenant, feed, entity, draft, limits.rejected_rows)
    run = _read(
        clerk, spooled, asked.only, lambda scratch: Content(ahead.opener, tenant, name, limits, scratch)
    ) or reader_gave_up(ahead, draft)
    fields = written_fields(feed, entity)
    return Preview(
        run=run,
        issues=tuple(clerk.first_issues),
        columns=tuple(columns_used(feed, fields, run.columns)) if run.columns else (),
        constants=brought_back(feed, entity)
        | {name: rule.constant for name, rule in feed.mapping.items() if rule.constant is not None and name in fields},
        rows=tuple((line, dict(zip(fields, cells, strict=True))) for line, cells in unbooked.rows),
        sample=tuple(unbooked.changes) if run.held is None else run.held.sample[: asked.most],
    )


def _read(clerk: Clerk, spooled: Spooled, only: tuple[str, ...] | None, content_in: Callable[[Path], Content]) -> Run | None:
    """Returns the run, or None when the reader died as often as the corridor lets it."""
    with tempfile.TemporaryDirectory(prefix="nightclerk-") as scratch, closing(content_in(Path(scratch))) as content:
        for _ in range(MOST_READER_DEATHS):
            issues = IssuesFile(Path(scratch) / "issues.jsonl")
            try:
                return clerk.book(partial(content.open, spooled), issues, only)
            except ReaderDiedError:
                continue  # counted by the range; after the last one it is the run's ending
            finally:
                issues.close()
    return None


def columns_used(feed: Feed, fields: Iterable[str], columns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Given a feed, the fields it fills and a file's headers; yields each header with what becomes of it: the fields that it
    fills, ``ignored`` or ``new``. Headers that are blank, and fill nothing, are left out.
    """
    fills: dict[int, list[str]] = {}
    for name, places in find_columns(feed, [name for name in fields if name in feed.mapping], columns).items():
        for place in places:
            fills.setdefault(place, []).append(name)
    ignored = {folded(header) for header in feed.ignore}
    for place, header in enumerate(columns):
        if place in fills:
            yield header, ", ".join(fills[place])
        elif folded(header):
            yield header, "ignored" if folded(header) in ignored else "new"


def preview_data(found: Preview) -> dict[str, Any]:
    """Given a preview; returns the object that ``preview --json`` prints. There is no run and no drop, so both are null."""
    sample = [change_data(change) for change in found.sample]
    return {**run_data(found.run, found.issues), "run": None, "drop": None, "sample": sample}


def where_it_lies(path: Path) -> Spooled:
    """Given a local file; returns it as if it had been fetched. It is read where it is, so nothing of it is copied. Raises
    OperatorError."""
    try:
        with path.open("rb") as file:
            return Spooled(path, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise OperatorError(f"{shown(str(path))} cannot be read: {error.strerror}.") from error
