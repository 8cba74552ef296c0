"""Exporting an entity's rows: what a person asks for, checked, becomes a file that is there whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from nightclerk.config.configuration import Configuration
from nightclerk.core.entity import Entity
from nightclerk.core.errors import OperatorError
from nightclerk.core.export import Choice, read_choice
from nightclerk.core.feed import Feed
from nightclerk.core.lists import as_read
from nightclerk.core.reading import FormatFound
from nightclerk.core.rows_wanted import RowsWanted
from nightclerk.core.tenant import Tenant
from nightclerk.core.view import View
from nightclerk.core.wording import did_you_mean, listed, quoted, sentence
from nightclerk.ports import Target

Kind = Literal["csv", "xlsx", "pdf", "docx"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for, as it is written. kind: None for the file that the feed reads. What is written here goes before
    the view's own. sort: fields, with - before one that descends."""

    tenant: str
    entity: str
    kind: Kind | None = None
    columns: tuple[str, ...] = ()
    where: str | None = None
    sort: tuple[str, ...] = ()
    view: str | None = None
    feed: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish that makes sense. feed: the one that is to read the file again, None where no feed is meant. written: the condition
    as a person wrote it."""

    tenant: Tenant
    entity: Entity
    choice: Choice
    kind: Kind
    feed: Feed | None
    written: str | None


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many rows, as which kind, and what a person should know of it."""

    rows: int
    kind: Kind
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Desk:
    """What an export works with. last_reading: how the last file of a tenant's feed read; None where there was none."""

    target: Target
    now: datetime
    last_reading: Callable[[str, str], FormatFound | None]


def asked(configuration: Configuration, wish: Wish) -> Asked:
    """Given the configuration and a wish; returns it checked. Raises OperatorError with everything that is wrong in it."""
    tenant = configuration.tenants[wish.tenant]
    entity = _entity(configuration, wish)
    view = _view(tenant, wish)
    choice, wrong = read_choice(view, entity)
    if wrong:
        raise OperatorError("\n".join(sentence(f"--{path[0]}: {message}") for path, message in wrong))
    feed = _feed(tenant, entity, wish)
    ready: Kind = "csv" if feed is None or feed.format.kind == "delimited" else "xlsx"
    kind = wish.kind or ready
    if kind == "csv" and ready == "xlsx" and feed is not None:
        raise OperatorError(
            f"The feed {feed.feed} reads {feed.format.kind} files, so that it would not read a CSV file again. "
            "Leave --as out for a workbook that it reads."
        )
    if kind == "xlsx" and ready == "csv" and wish.feed is not None and feed is not None:
        raise OperatorError(
            f"The feed {feed.feed} reads {feed.format.kind} files, so that it would not read a workbook again. "
            "Leave --as out for a file that it reads, or --feed for a workbook for people."
        )
    again = feed if kind == "csv" or (kind == "xlsx" and (wish.kind is None or wish.feed is not None)) else None
    return Asked(tenant, entity, choice, kind, again, view.where)


def wanted(asked: Asked, fields: tuple[str, ...]) -> RowsWanted:
    """Given what is asked and the fields that are needed for it; returns the rows to be read."""
    return RowsWanted(asked.tenant.tenant, asked.entity, fields, asked.choice.where, asked.choice.order)


def rows_as_json(desk: Desk, asked: Asked) -> Iterator[dict[str, Any]]:
    """Given what is asked; yields the rows by field, in canonical form."""
    fields = asked.choice.columns or tuple(asked.entity.fields)
    with closing(desk.target.rows(wanted(asked, fields))) as portions:
        for portion in portions:
            for row in zip(*portion, strict=True):
                yield dict(zip(fields, map(as_read, row), strict=True))


def export(desk: Desk, asked: Asked, output: Path | None) -> Exported:
    """Given what is asked, and where to write it, None for standard output; writes it.

    A file is there whole or not at all, and none is written over. Raises OperatorError, WeatherError.
    """
    if asked.kind == "csv" or asked.feed is not None:
        from nightclerk.desk.export_again import write_again as write
    else:
        from nightclerk.desk.export_for_readers import write_for_readers as write
    with _placed(output, asked.kind) as path:
        return write(desk, asked, path)


@contextmanager
def _placed(output: Path | None, kind: Kind) -> Iterator[Path]:
    """Yields where to write; puts what was written in its place at the end, or takes it away."""
    if output is None and kind != "csv" and sys.stdout.isatty():
        raise OperatorError(
            f"A {kind} file cannot be shown on a terminal. Name a file with --output, or send the output into one."
        )
    if output is not None and (output.exists() or output.is_symlink()):
        raise OperatorError(f"{output} cannot be written: it is there already. Name another file with --output.")
    try:
        with tempfile.TemporaryDirectory(prefix=".nightclerk-", dir=None if output is None else output.parent) as folder:
            made = Path(folder) / f"export.{kind}"
            yield made
            if output is None:
                with made.open("rb") as file:
                    shutil.copyfileobj(file, sys.stdout.buffer)
                sys.stdout.buffer.flush()
            else:
                os.link(made, output)  # never over a file that somebody has put there meanwhile
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OperatorError(
            f"{output or 'The output'} cannot be written: {error.strerror}. Name another file with --output."
        ) from error


def _entity(configuration: Configuration, wish: Wish) -> Entity:
    known = configuration.entities | configuration.entities_of(wish.tenant)
    if wish.entity not in known:
        near = did_you_mean(wish.entity, known)
        told = near if near != "." else f"; the entities are {listed(sorted(known), 'and')}."
        raise OperatorError(f"There is no entity {quoted(wish.entity)}{told}")
    return configuration.entity_for(wish.tenant, wish.entity)


def _view(tenant: Tenant, wish: Wish) -> View:
    saved = View(entity=wish.entity)
    if wish.view is not None:
        if wish.view not in tenant.views:
            near = did_you_mean(wish.view, tenant.views)
            told = near if near != "." or not tenant.views else f"; it has {listed(tenant.views, 'and')}."
            raise OperatorError(f"Tenant {tenant.tenant} has no view {quoted(wish.view)}{told}")
        saved = tenant.views[wish.view]
        if saved.entity != wish.entity:
            raise OperatorError(f"The view {wish.view} shows {saved.entity}, not {wish.entity}.")
    own = {"columns": list(wish.columns), "where": wish.where, "sort": list(wish.sort)}
    return saved.model_copy(update={key: value for key, value in own.items() if value})


def _feed(tenant: Tenant, entity: Entity, wish: Wish) -> Feed | None:
    """The feed that reads the file again: the one that is named, or the only one that reads this entity."""
    fitting = [feed for feed in tenant.feeds if feed.entity == entity.entity]
    names = listed((feed.feed for feed in fitting), "and")
    if wish.feed is not None:
        found = next((feed for feed in fitting if feed.feed == wish.feed), None)
        if found is None:
            told = f"the feeds that do are {names}" if fitting else "no feed does"
            raise OperatorError(f"No feed {quoted(wish.feed)} of tenant {tenant.tenant} reads {entity.entity}; {told}.")
        return found
    if len(fitting) > 1 and wish.kind in (None, "csv"):
        raise OperatorError(f"Several feeds of tenant {tenant.tenant} read {entity.entity}: {names}. Name one with --feed.")
    return fitting[0] if len(fitting) == 1 else None
