"""An entity together with what it says of other entities: fields that name rows of those know their table, key and type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nightclerk.core.booking import canonical_default
from nightclerk.core.entity import Entity, Named, ResolvedEntity, ResolvedField
from nightclerk.core.feed import Feed


def named_entities(entity: Entity) -> set[str]:
    """Given an entity; returns the names of those of which its fields name rows."""
    return {name for field in entity.fields.values() if (name := field.to or field.of) is not None}


def resolved(entity: Entity, entities: Mapping[str, Entity]) -> ResolvedEntity:
    """Given a checked entity and all entities by name; returns it with all that is known of the rows that its fields name.

    A reference gets the type and the limits of the key field that it names. What is resolved already stays as it is.
    """
    if isinstance(entity, ResolvedEntity):
        return entity
    made = ResolvedEntity.model_validate(entity.model_dump())
    return made.model_copy(update={"fields": {name: _resolved(field, entities) for name, field in made.fields.items()}})


def with_custom_fields(entity: ResolvedEntity, feeds: Iterable[Feed]) -> ResolvedEntity:
    """Given an entity and feeds of one tenant; returns it with the custom fields of those of them that read it, each once, behind
    its own fields. An entity without a column for them stays as it is."""
    if entity.custom_fields is None:
        return entity
    named = {name: custom for feed in feeds if feed.entity == entity.entity for name, custom in feed.custom_fields.items()}
    added = {name: custom.field(entity.custom_fields) for name, custom in named.items() if name not in entity.fields}
    return entity.model_copy(update={"fields": entity.fields | added}) if added else entity


def _resolved(field: ResolvedField, entities: Mapping[str, Entity]) -> ResolvedField:
    other = entities.get(field.to or field.of or "")
    if other is None:
        return field
    key = other.fields[other.key[0]]
    needed = {
        name: one
        for name, one in other.fields.items()
        if (one.required or one.required_for_new) and name not in other.key and one.default is None
    }
    same = [name for name, one in needed.items() if one.type in ("text", key.type) and one.to is None]
    named = Named(
        entity=other.entity,
        field=other.key[0],
        table=other.table,
        column=other.column(other.key[0]),
        tenant_column=None if other.tenant_column == "none" else other.tenant_column,
        type=key.type,
        create=field.create_missing,
        longest=key.max_length,
        same=tuple(other.column(name) for name in same),
        constants=tuple(
            (other.column(name), one.type, canonical_default(other, name))
            for name, one in other.fields.items()
            if one.default is not None and one.owner == "import" and name not in other.key
        ),
        lacks=tuple(name for name in needed if name not in same),
        stamps=other.stamps.on_creation,
    )
    if field.type == "list":
        return field.model_copy(update={"named": named})
    limits = {"type": key.type, "max_length": key.max_length, "min": key.min, "max": key.max}
    return field.model_copy(update={"named": named, **limits})
