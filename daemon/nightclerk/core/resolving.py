"""An entity together with what it says of other entities: fields that name rows of those know their table, key and type."""

from __future__ import annotations

from collections.abc import Mapping

from nightclerk.core.entity import Entity, Named, ResolvedEntity, ResolvedField


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


def _resolved(field: ResolvedField, entities: Mapping[str, Entity]) -> ResolvedField:
    other = entities.get(field.to or field.of or "")
    if other is None:
        return field
    key = other.fields[other.key[0]]
    same = [name for name, one in other.fields.items() if one.required and name not in other.key and one.default is None]
    named = Named(
        entity=other.entity,
        field=other.key[0],
        table=other.table,
        column=other.column(other.key[0]),
        tenant_column=None if other.tenant_column == "none" else other.tenant_column,
        type=key.type,
        create=field.create_missing,
        same=tuple(other.column(name) for name in same),
    )
    if field.type == "list":
        return field.model_copy(update={"named": named})
    limits = {"type": key.type, "max_length": key.max_length, "min": key.min, "max": key.max}
    return field.model_copy(update={"named": named, **limits})
