"""What came of the drops, looked up where anybody could look: in the tables, on the servers, in the archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.demo.application import Application
from nightclerk.demo.stage import Stage

ROWS = 3
COLUMNS = 7
TELLING = frozenset({"boolean", "integer", "money", "date", "currency"})


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The first rows of a tenant's part of a table, and how many there are."""

    table: str
    tenant: str
    count: int
    columns: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


def first_rows(stage: Stage) -> list[FirstRows]:
    """Given the stage after the runs; returns a glimpse of the table of each tenant's first feed."""
    with Application(stage.place.url) as application:
        return [
            _glimpse(application, name, tenant.feeds[0], stage.configuration.entities[tenant.feeds[0].entity])
            for name, tenant in stage.configuration.tenants.items()
        ]


def _glimpse(application: Application, tenant: str, feed: Feed, entity: Entity) -> FirstRows:
    fields = _telling(feed, entity)
    columns = tuple(entity.column(field) for field in fields)
    numbers = tuple(entity.fields[field].type in {"integer", "money"} for field in fields)
    rows = tuple(application.rows(tenant, entity, fields, ROWS))
    return FirstRows(entity.table, tenant, application.count(tenant, entity), columns, numbers, rows)


def _telling(feed: Feed, entity: Entity) -> list[str]:
    """Returns the fields worth a glimpse: the key, what follows it, and what was converted or looked up."""
    plain = [field for field in feed.mapping if field in entity.fields and entity.fields[field].type != "list"]
    others = [field for field in plain if field not in entity.key]
    converted = [field for field in others[1:] if entity.fields[field].type in TELLING or feed.mapping[field].values]
    return [*entity.key, *others[:1], *converted][:COLUMNS]


def files_on_servers(stage: Stage) -> dict[str, list[str]]:
    """Returns by tenant the path of every file on its server, as its sender would see it."""
    roots = {name: sender.server.root for name, sender in stage.senders.items()}
    return {name: [f"/{file.relative_to(root)}" for file in _files(root)] for name, root in roots.items()}


def files_in_archive(stage: Stage) -> list[str]:
    """Returns every drop in the local archive, below the stage's folder; the lists of their issues lie beside them."""
    archived = _files(stage.folder / "var" / "archive")
    return [str(file.relative_to(stage.folder)) for file in archived if file.suffix != ".jsonl"]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
