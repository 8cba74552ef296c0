"""A checked configuration: what of it can be used, and the hashes that say which one produced a run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nightclerk.config.problems import Problem
from nightclerk.core.daemon import Daemon
from nightclerk.core.destination import Destination, destination_of
from nightclerk.core.entity import Entity
from nightclerk.core.model import Noun
from nightclerk.core.resolving import named_entities, resolved, with_custom_fields
from nightclerk.core.tenant import Tenant


@dataclass(frozen=True)
class Configuration:
    """What can be used of a configuration folder. All its paths and SQLite files are absolute. Wrong tenants are left out.

    Only a daemon that has taken up changes has these: kept: for tenants that stay as they were, those of their entities that
    differ from the present ones. leaving: tenants whose files are gone, and which are here until what they left open is closed.
    """

    folder: Path
    daemon: Daemon
    entities: dict[str, Entity] = field(default_factory=dict)
    tenants: dict[str, Tenant] = field(default_factory=dict)
    kept: dict[str, dict[str, Entity]] = field(default_factory=dict)
    leaving: frozenset[str] = frozenset()

    def entities_of(self, tenant: str) -> dict[str, Entity]:
        """Given a tenant's name; returns the entities that its feeds name, and those that these name. Raises KeyError."""
        known = self.entities | self.kept.get(tenant, {})
        found: dict[str, Entity] = {}
        wanted = {feed.entity for feed in self.tenants[tenant].feeds}
        while wanted:
            found |= {name: known[name] for name in wanted}
            wanted = {other for name in wanted for other in named_entities(known[name])} - found.keys()
        return found

    def destination_of(self, tenant: str) -> Destination:
        """Given a tenant's name; returns where its rows are booked; of one that is not configured the database of all."""
        noun = self.tenants.get(tenant)
        if noun is None:
            return Destination(self.daemon.database)
        return destination_of(self.daemon.database, noun.database, noun.schema_name)

    def entities_at(self) -> dict[Destination, dict[str, Entity]]:
        """Returns every destination with the entities whose tables stand there, by name: of a tenant's own those that its feeds
        and views name and those that these name; of that of all tenants all entities, unless every tenant has its own."""
        common = Destination(self.daemon.database)
        places = {name: self.destination_of(name) for name in self.tenants}
        found = {common: dict(self.entities)} if common in places.values() or not places else {}
        for name, place in places.items():
            viewed = {view.entity for view in self.tenants[name].views.values()} & self.entities.keys()
            found.setdefault(place, {}).update({**{one: self.entities[one] for one in viewed}, **self.entities_of(name)})
        return found

    def entity_of(self, tenant: str, feed: str) -> Entity:
        """Given a tenant's and a feed's name; returns the entity that the feed's rows become, as they are read and booked: it
        knows about the rows that its fields name, and has the feed's custom fields (``core.resolving``). Raises KeyError."""
        noun = {each.feed: each for each in self.tenants[tenant].feeds}[feed]
        entities = self.entities_of(tenant)
        return with_custom_fields(resolved(entities[noun.entity], entities), [noun])

    def entity_for(self, tenant: str, entity: str) -> Entity:
        """Given a tenant's and an entity's name; returns the entity as that tenant's rows have it: with all the custom fields
        that its feeds name. Raises KeyError."""
        known = self.entities | self.entities_of(tenant)
        return with_custom_fields(resolved(known[entity], known), self.tenants[tenant].feeds)

    def feed_text(self, tenant: str, feed: str) -> str:
        """Given a tenant's and a feed's name; returns all that decides how the feed's files are booked, as canonical JSON.

        That is the feed, its entity, and the tenant's name, language and time zone; not who reads the reports, nor when a file
        waits for a person. Raises KeyError.
        """
        noun = self.tenants[tenant]
        found = {each.feed: each for each in noun.feeds}[feed]
        return _canonical(
            {
                "tenant": noun.tenant,
                "language": noun.language,
                "timezone": noun.timezone,
                "feed": _plain(found, leave_out={"hold", "parked_for"}),
                "entity": _plain(self.entity_of(tenant, feed)),
            }
        )

    def feed_hash(self, tenant: str, feed: str) -> str:
        """Given a tenant's and a feed's name; returns the SHA-256 of ``feed_text`` in hexadecimal. Raises KeyError."""
        return hashlib.sha256(self.feed_text(tenant, feed).encode()).hexdigest()


@dataclass(frozen=True)
class Found:
    """What a configuration folder holds, each file for itself. daemon: None where its file is wrong. entities, tenants: the good
    ones, with absolute paths. wrong: names of tenants whose files are there and cannot be used. gone: the part of the folder
    that is not there or may not be looked into, so that nothing can be told from the absence of a file.
    """

    folder: Path
    daemon: Daemon | None
    entities: dict[str, Entity]
    tenants: dict[str, Tenant]
    wrong: frozenset[str]
    problems: tuple[Problem, ...]
    gone: Path | None = None


def _plain(noun: Noun, leave_out: set[str] | None = None) -> dict[str, Any]:
    return noun.model_dump(mode="json", by_alias=True, exclude=leave_out)


def _canonical(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
