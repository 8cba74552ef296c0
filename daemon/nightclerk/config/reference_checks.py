"""What is wrong with what a feed says of references that name no row that is there."""

from __future__ import annotations

from collections.abc import Iterator

from nightclerk.config.problems import KeyPath
from nightclerk.core.contents import Contents
from nightclerk.core.entity import Entity, named_by
from nightclerk.core.wording import listed


def check_references(feed: Contents, entity: Entity) -> Iterator[tuple[KeyPath, str]]:
    """Given a feed and its entity, which knows about the rows that its fields name; yields what is wrong, with its path."""
    told_of_feed = set[str]()
    for name, rule in feed.mapping.items():
        field = entity.fields.get(name)
        if field is None:
            continue
        at: KeyPath = ("mapping", name, "unknown_reference")
        own = rule.unknown_reference
        named = named_by(entity, name)
        if own is not None and field.to is None:
            yield at, f"unknown_reference is for references; this field is {field.type}"
            continue
        if own == "blank" and (field.required or name in entity.key):
            what = "part of the key" if name in entity.key else "required in every row"
            yield at, f"this field is {what}, so that it cannot be blank; take reject, park or create"
        if field.to is not None and named is not None and named.lacks and (own or feed.unknown_reference) == "create":
            if own is None and named.entity in told_of_feed:
                continue
            told_of_feed |= set() if own else {named.entity}
            told = f"a new {named.entity} needs {listed(named.lacks, 'and')}, which nobody would give it"
            yield (at if own else ("unknown_reference",)), f"{told}; take park or reject, or give the field a default"
