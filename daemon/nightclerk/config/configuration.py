"""A checked configuration: what of it can be used, and the hashes that say which one produced a run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nightclerk.core.daemon import Daemon
from nightclerk.core.entity import Entity
from nightclerk.core.model import Noun
from nightclerk.core.tenant import Tenant


@dataclass(frozen=True)
class Configuration:
    """What can be used of a configuration folder. All its paths and SQLite files are absolute. Wrong tenants are left out."""

    folder: Path
    daemon: Daemon
    entities: dict[str, Entity] = field(default_factory=dict)
    tenants: dict[str, Tenant] = field(default_factory=dict)

    def feed_text(self, tenant: str, feed: str) -> str:
        """Given a tenant's and a feed's name; returns all that decides how the feed's files are booked, as canonical JSON.

        That is the feed, its entity, and the tenant's name, language and time zone; not who reads the reports. Raises KeyError.
        """
        noun = self.tenants[tenant]
        found = {each.feed: each for each in noun.feeds}[feed]
        return _canonical(
            {
                "tenant": noun.tenant,
                "language": noun.language,
                "timezone": noun.timezone,
                "feed": _plain(found),
                "entity": _plain(self.entities[found.entity]),
            }
        )

    def feed_hash(self, tenant: str, feed: str) -> str:
        """Given a tenant's and a feed's name; returns the SHA-256 of ``feed_text`` in hexadecimal. Raises KeyError."""
        return _hash(self.feed_text(tenant, feed))

    def tenant_hash(self, tenant: str) -> str:
        """Given a tenant's name; returns the SHA-256 of all of its file and its entities, in hexadecimal. Raises KeyError."""
        noun = self.tenants[tenant]
        entities = {feed.entity: _plain(self.entities[feed.entity]) for feed in noun.feeds}
        return _hash(_canonical({"tenant": _plain(noun), "entities": entities}))


def _plain(noun: Noun) -> dict[str, Any]:
    return noun.model_dump(mode="json", by_alias=True)


def _canonical(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
