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
    if "parked_for" in feed.model_fields_set and not _parks(feed, entity):
        yield ("parked_for",), "no field here is a reference with unknown_reference: park, so that no row ever waits; take it out"
    clears = feed.absent != "keep" or any((rule.blank or feed.blank) == "clear" for rule in feed.mapping.values())
    if feed.hold.cleared is not None and not clears:
        told = "an empty cell clears nothing here, so that never too much is cleared; take it out, or write blank: clear"
        yield ("hold", "cleared"), told
    if feed.hold.hold_part and not _holds_a_part(feed, clears=clears):
        told = "only changed holds a part of a file, and cleared and emptied where blank: clear clears values"
        yield ("hold", "hold_part"), f"{told}; take it out, or write one of them"


def _holds_a_part(feed: Feed, *, clears: bool) -> bool:
    """Whether any guard is about single rows (see ``core.withholding``). New rows alone change nothing that is known."""
    by_change = feed.hold.changed is not None and feed.mode != "create_only"
    return by_change or (clears and (feed.hold.cleared is not None or feed.hold.emptied is not None))


def _parks(feed: Feed, entity: Entity) -> bool:
    return any(
        entity.fields[name].to is not None and (rule.unknown_reference or feed.unknown_reference) == "park"
        for name, rule in feed.mapping.items()
        if name in entity.fields
    )


def _reads_hours(feed: Feed, entity: Entity) -> bool:
    return any(
        tells_hours(feed, rule)
        for name, rule in feed.mapping.items()
        if name in entity.fields and entity.fields[name].type == "datetime" and rule.doubled_hour is None
    )
