"""The configuration that produced a run, out of the ledger: what undoes the run reads by it, and what replays it may."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Protocol

from nightclerk.config.configuration import Configuration
from nightclerk.core.drop import Drop
from nightclerk.core.entity import Entity, ResolvedEntity
from nightclerk.core.errors import OperatorError
from nightclerk.core.feed import Feed
from nightclerk.work.house import House


class KeptConfigurations(Protocol):
    """The texts of configurations that produced runs."""

    def configuration(self, hash_: str | None) -> str | None:
        """Given a hash; returns the text, or None where it is not kept."""
        ...


@dataclass(frozen=True, slots=True)
class Stored:
    """All that decided how a run was booked."""

    language: str
    timezone: str
    feed: Feed
    entity: Entity


def stored_by(kept: KeptConfigurations, hash_: str | None) -> Stored:
    """Given the hash of a configuration; returns it. Raises OperatorError when it is not kept, or an older version wrote it in a
    way that this one does not take."""
    text = kept.configuration(hash_)
    if text is None:
        raise OperatorError("The configuration that produced this run is not kept in the ledger.", command="nightclerk doctor")
    data = json.loads(text)
    try:
        feed, entity = Feed.model_validate(data["feed"]), ResolvedEntity.model_validate(data["entity"])
    except ValueError as error:
        raise OperatorError(
            "The configuration that produced this run was written by another version of Nightclerk, and this one does not take "
            "it. The run can be replayed with today's configuration, and not be undone."
        ) from error
    return Stored(data["language"], data["timezone"], feed, entity)


def as_it_was(house: House, drop: Drop) -> House:
    """Given a drop; returns the house in which it is booked: as it stands, or for a replay by the earlier configuration with the
    tenant's feed and entity as they were."""
    if drop.replayed_by is None:
        return house
    stored = stored_by(house.undos, drop.replayed_by)
    return replace(house, configuration=_with(house.configuration, drop.tenant, stored))


def _with(configuration: Configuration, name: str, stored: Stored) -> Configuration:
    tenant, feed = configuration.tenants[name], stored.feed
    others = [one for one in tenant.feeds if one.feed != feed.feed]
    was = tenant.model_copy(update={"feeds": [*others, feed], "language": stored.language, "timezone": stored.timezone})
    entities = {**configuration.kept.get(name, {}), feed.entity: stored.entity}
    return replace(configuration, tenants={**configuration.tenants, name: was}, kept={**configuration.kept, name: entities})
