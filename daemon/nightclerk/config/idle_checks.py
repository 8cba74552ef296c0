"""Settings of a feed that can do nothing: whoever wrote them meant something that does not happen."""

from __future__ import annotations

from collections.abc import Iterator

from nightclerk.config.mapping_checks import tells_hours
from nightclerk.config.problems import KeyPath
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed


def idle_settings(feed: Feed, entity: Entity) -> Iterator[tuple[KeyPath, str]]:
    """Given a whole feed and its entity; yields what nothing else in the feed lets do anything, each with its path. What one rule
    of the mapping says for nothing is told with that rule."""
    if "doubled_hour" in feed.model_fields_set and not _reads_hours(feed, entity):
        yield ("doubled_hour",), "no field here is read from times without their offset, which may come twice; take it out"


def _reads_hours(feed: Feed, entity: Entity) -> bool:
    return any(
        tells_hours(feed, rule)
        for name, rule in feed.mapping.items()
        if name in entity.fields and entity.fields[name].type == "datetime" and rule.doubled_hour is None
    )
