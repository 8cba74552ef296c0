"""Where tenants' rows are booked: what cannot be, and tenants that would reach each other's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nightclerk.config.feed_checks import Entities
from nightclerk.config.files import ConfigFile
from nightclerk.config.places import daemon_at, tenant_at
from nightclerk.config.problems import KeyPath
from nightclerk.config.shape import value_at
from nightclerk.core.daemon import Daemon
from nightclerk.core.destination import Destination, destination_of
from nightclerk.core.entity import Entity
from nightclerk.core.resolving import named_entities
from nightclerk.core.tenant import Tenant
from nightclerk.core.wording import listed

WRITTEN_OPENLY = (
    "a password stands in this address, where everyone who reads the file sees it; take it out, and say where it is kept, as in "
    "{url: ADDRESS, password: {env: DB_PASSWORD}}, or {file: PATH}, or {credential: NAME}."
)
#: The schema to which the ledger keeps on PostgreSQL.
_LEDGERS = "nightclerk"


@dataclass(frozen=True, slots=True)
class _Use:
    """A tenant's use of a table: by which entity, and whether its rows say whose they are."""

    file: ConfigFile[Tenant]
    entity: str
    told_apart: bool


def check_destinations(tenants: list[ConfigFile[Tenant]], daemon: Daemon | None, entities: Entities, base: Path) -> None:
    """Given all tenants' files, the daemon's settings if they are sound, all entities, and where relative paths start; adds a
    problem for each destination that cannot be, and for each table in which tenants' rows would not be told apart."""
    uses: dict[tuple[tuple[str, ...], str], list[_Use]] = defaultdict(list)
    for file in tenants:
        if file.noun is None:
            continue
        _warn_of_password(file, file.noun)
        if daemon is None:
            continue
        at, settings = tenant_at(file.noun, base), daemon_at(daemon, base)
        there = destination_of(settings.database, at.database, at.schema_name)
        for path, message in _contradictions(there, at, settings):
            file.complain(path, message)
        for entity in _entities_of(at, entities):
            use = _Use(file, entity.entity, entity.tenant_column != "none")
            uses[there.whereabouts, entity.table.casefold()].append(use)
    for (_, table), found in uses.items():
        _refuse_mixed_rows(table, found)


def _warn_of_password(file: ConfigFile[Tenant], tenant: Tenant) -> None:
    if tenant.database is not None and tenant.database.url.password is not None:
        inside = isinstance(value_at(file.document.data, ("database",)), dict)
        file.warn(("database", "url") if inside else ("database",), WRITTEN_OPENLY)


def _contradictions(there: Destination, tenant: Tenant, daemon: Daemon) -> Iterator[tuple[KeyPath, str]]:
    ledger = Destination(daemon.ledger)
    if there.database.url.kind == "sqlite":
        if there.schema is not None:
            yield ("schema",), "an SQLite file has no schemas; take this out, or give the tenant a file of its own (database: …)"
        elif tenant.database is not None and there.whereabouts == ledger.whereabouts:
            yield ("database",), "this file is the ledger; name another one"
    elif there.schema == _LEDGERS and there.whereabouts == Destination(daemon.ledger, _LEDGERS).whereabouts:
        yield ("schema",), "in this schema stands the ledger; name another one"


def _entities_of(tenant: Tenant, entities: Entities) -> list[Entity]:
    """The tenant's entities, and those that these name, as far as they are known."""
    found: dict[str, Entity] = {}
    wanted = {feed.entity for feed in tenant.feeds}
    while wanted:
        nouns = {name: file.noun for name in wanted if (file := entities.get(name)) is not None}
        found |= {name: noun for name, noun in nouns.items() if noun is not None}
        wanted = {other for noun in found.values() for other in named_entities(noun) if other in entities} - found.keys()
        wanted = {name for name in wanted if entities[name].noun is not None}
    return list(found.values())


def _refuse_mixed_rows(table: str, uses: list[_Use]) -> None:
    """All who share such a table are refused: which of them is mistaken cannot be known."""
    loose = next((use.entity for use in uses if not use.told_apart), None)
    paths = list(dict.fromkeys(use.file.path for use in uses))
    if loose is None or len(paths) < 2:
        return
    for file in {use.file.path: use.file for use in uses}.values():
        written = next((key for key in ("schema", "database") if value_at(file.document.data, (key,)) is not None), "tenant")
        others = listed((str(path) for path in paths if path != file.path), "and")
        file.complain(
            (written,),
            f"the table {table} does not say whose its rows are (tenant_column: none in entity {loose}), and {others} books into "
            "the same one; give each tenant a schema or a database of its own, or the table a column for the tenant",
        )
