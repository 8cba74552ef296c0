"""What is wrong with fields that name rows of other entities: against those entities."""

from __future__ import annotations

from collections.abc import Iterator

from nightclerk.config.files import ConfigFile
from nightclerk.config.problems import KeyPath
from nightclerk.core.booking import links_of
from nightclerk.core.entity import Entity, EntityField
from nightclerk.core.resolving import resolved
from nightclerk.core.wording import did_you_mean, listed, quoted

_LONGEST_NAME = 63
_KEYED = {"list": "of", "reference": "to"}


def check_relations(entities: dict[str, ConfigFile[Entity]]) -> None:
    """Given all entities, each looked at for itself; adds a problem for each field that names rows which cannot be named.

    Whoever names an entity that is wrong is wrong too: its rows cannot be booked without it.
    """
    for file in entities.values():
        for path, message in _relations(file.noun, entities) if file.noun is not None else ():
            file.complain(path, message)
    spreads = True
    while spreads:
        spreads = any(_catches(file, entities) for file in entities.values() if file.good)


def _catches(file: ConfigFile[Entity], entities: dict[str, ConfigFile[Entity]]) -> bool:
    """Complains of the first field that names an entity which is wrong itself; returns whether there is one."""
    for name, field in file.noun.fields.items() if file.noun is not None else ():
        other = entities.get(field.to or field.of or "")
        if other is not None and not other.good:
            told = f"entity {field.to or field.of} is wrong itself; mend {other.path} first"
            file.complain(("fields", name, _KEYED[field.type]), told)
            return True
    return False


def _relations(entity: Entity, entities: dict[str, ConfigFile[Entity]]) -> Iterator[tuple[KeyPath, str]]:
    for name, field in entity.fields.items():
        wanted = field.to or field.of
        if wanted is None or field.type not in _KEYED:
            continue
        path: KeyPath = ("fields", name, _KEYED[field.type])
        file = entities.get(wanted)
        if file is None:
            near = did_you_mean(wanted, entities)
            there = f"; the entities are: {listed(sorted(entities), 'and')}." if near == "." else near
            yield path, f"no entity {quoted(wanted)}{there}"
        elif file.noun is not None:
            yield from _named(path, field, file.noun)
    if all(other is not None for other in _named_by(entity, entities)):
        yield from _links(entity, {name: file.noun for name, file in entities.items() if file.noun is not None})


def _named_by(entity: Entity, entities: dict[str, ConfigFile[Entity]]) -> Iterator[Entity | None]:
    for field in entity.fields.values():
        if field.of is not None:
            file = entities.get(field.of)
            yield None if file is None else file.noun


def _named(path: KeyPath, field: EntityField, other: Entity) -> Iterator[tuple[KeyPath, str]]:
    """Rows are named by one value; members of a list by a text."""
    if len(other.key) > 1:
        yield path, f"the key of entity {other.entity} is {listed(other.key, 'and')}; only rows with a key of one field are named"
        return
    key = other.fields.get(other.key[0])
    if key is None:
        return  # told of that entity
    if key.type == "list" or (field.type == "list" and key.type != "text"):
        yield path, f"the key of entity {other.entity} is {key.type}; members of a list are named by a text"
    if key.type == "reference":
        yield path, f"the key of entity {other.entity} is a reference itself; name the entity {key.to} instead"


def _links(entity: Entity, others: dict[str, Entity]) -> Iterator[tuple[KeyPath, str]]:
    """The tables of links must have names that a database takes, and that tell their columns apart."""
    whole = resolved(entity, others)
    tables: dict[str, str] = {entity.table.lower(): "the entity's own rows"}
    for name in whole.fields:
        links = links_of(whole, name)
        if links is None:
            continue
        if links.of.create and links.of.lacks:
            told = f"a new {links.of.entity} needs {listed(links.of.lacks, 'and')}, which nobody would give it"
            yield ("fields", name, "create_missing"), f"{told}; take create_missing out, or give the field a default"
        path: KeyPath = ("fields", name, "link")
        if len(entity.key) != len(links.owner):
            yield (*path, "owner"), f"the key is {listed(entity.key, 'and')}; name as many columns"
        columns = [*([] if links.tenant_column is None else [links.tenant_column]), *links.owner, links.member]
        doubled = next((one for one in columns if [other.lower() for other in columns].count(one.lower()) > 1), None)
        if doubled is not None:
            told = f"two columns of the table {links.table} would be named {quoted(doubled)}"
            yield path, f"{told}; name them apart, as in link: {{member: {links.of.entity}}}"
        long = next((one for one in (links.table, *columns) if len(one) > _LONGEST_NAME), None)
        if long is not None:
            yield path, f"{quoted(long)} is longer than the {_LONGEST_NAME} characters that a name may have; give names in link"
        if links.table.lower().startswith("nightclerk_"):
            yield (*path, "table"), "tables that begin with nightclerk_ are Nightclerk's own; name another table"
        holds = tables.setdefault(links.table.lower(), f"the list {name}")
        if holds != f"the list {name}":
            yield path, f"the table {quoted(links.table)} holds {holds} already; name another one in link: {{table: …}}"
