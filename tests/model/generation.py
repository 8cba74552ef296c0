"""Scenarios out of a seed: any table, any policies, a few nights, and people who write into the tables in between."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from tests.model import relations
from tests.model.scenario import (
    SEPARATOR,
    Cell,
    Delivery,
    Edit,
    Key,
    Put,
    Removal,
    Replay,
    Row,
    Scenario,
    Step,
    Undo,
    Written,
    mapping_of,
)
from tests.model.values import EDGES, KEYS

TENANTS = ("acme", "Acme", "o'neil")
COLUMNS = ("select", "order", "Group", "key", "value", "tenant_name", "table", "user", "c1", "rowid_", "line")
CONFLICTS = ("overwrite", "overwrite", "overwrite", "fill_empty", "never")
#: How often a scenario begins without the local edits being kept.
SWITCHED_ON = 0.4
#: How often an entity has a list.
LISTS = 0.3
MEMBER: Row = {"label": "typed in", "kind": None, "shown": None}
MEMBERS = ("vip", "Vip", "north", "\u00e9", "e\u0301", "it's", 'quo"te', "back\\slash", "a;b", "\U0001f9fe")
MODES = ("upsert", "upsert", "upsert", "upsert", "create_only", "update_only")


def scenario(seed: int, *, related: bool = True) -> Scenario:
    """Given a seed; returns its scenario, always the same. related: rows may name others, and files may hold everything."""
    chance = random.Random(seed)
    entity = _entity(chance)
    groups = _list(chance, entity)
    parents = relations.references(chance, entity) if related else {}
    holds_all = related and relations.absences(chance, entity)
    if parents or holds_all:
        relations.relax(chance, entity)
    customs = _customs(chance, entity)
    feeds = _feeds(chance, entity, customs, parents, holds_all=holds_all)
    told, entity = entity, {**entity, "fields": {**entity["fields"], **customs}}
    tenants = chance.sample(TENANTS, 1 if entity["tenant_column"] == "none" else chance.choice((1, 2, 2)))
    steps: list[Step] = [
        Put("group", tenant, {**MEMBER, "name": "vip"}) for tenant in tenants if groups and chance.random() < 0.5
    ]
    steps += [step for tenant in tenants for step in _beginnings(chance, entity, tenant, parents)]
    steps += relations.parents_before(chance, parents, tenants)
    for night in range(chance.randint(2, 5) + (1 if parents or holds_all else 0)):
        # Where local edits come to be kept, they are from then on.
        at = min(night, len(feeds) - 1) if feeds[0].get("grows") else chance.randrange(len(feeds))
        steps += _night(chance, entity, feeds[at], chance.choice(tenants), parents)
        if parents and chance.random() < 0.85:
            steps += _parents_night(chance, parents, chance.choice(tenants), [feed["feed"] for feed in feeds])
    feeds += [relations.feed_of_parents(chance)] if parents else []
    written = {feed["feed"]: {name: value for name, value in feed.items() if name != "grows"} for feed in feeds}
    return Scenario(seed, {"thing": told, **groups, **parents}, written, tuple(steps))


def _entity(chance: random.Random) -> dict[str, Any]:
    keys = [f"k{at}" for at in range(chance.choice((1, 1, 2, 3)))]
    fields: dict[str, Any] = {name: {"type": chance.choice(("text", "text", *KEYS))} for name in keys}
    for spec in fields.values():
        if spec["type"] == "text" and (len(keys) == 3 or chance.random() < 0.5):
            spec["max_length"] = 40  # MariaDB has no room for three long ones in one key
    columns = list(chance.sample(COLUMNS, 6))
    for at in range(chance.randint(1, 6)):
        fields[f"f{at}"] = _field(chance, columns)
    if chance.random() < 0.4:
        fields["ours"] = {"type": chance.choice(("text", "money")), "owner": "application"}
    names = list(fields)
    chance.shuffle(names)
    return {
        "entity": "thing",
        "table": chance.choice(("things", "Things", "order")),
        "key": keys,
        "tenant_column": chance.choice(("tenant", "tenant", "owner", "none")),
        "fields": {name: fields[name] for name in names},
    }


def _field(chance: random.Random, columns: list[str]) -> dict[str, Any]:
    kind = chance.choice(("text", "text", "text", *EDGES))
    made: dict[str, Any] = {"type": kind}
    if chance.random() < 0.25 and kind not in ("text", "datetime"):
        made["default"] = chance.choice(EDGES[kind])
    elif chance.random() < 0.25 and kind == "text":
        made["default"] = chance.choice(("Anna", "usual", "'", "007"))
    if chance.random() < 0.15:
        made["required_for_new"] = True
    elif chance.random() < 0.1:
        made["required"] = True
    if columns and chance.random() < 0.3:
        made["column"] = columns.pop()
    return made


def _list(chance: random.Random, entity: dict[str, Any]) -> dict[str, Any]:
    """Gives the entity a list, or not; returns the entity of its members."""
    if chance.random() >= LISTS:
        return {}
    entity["fields"]["l0"] = {"type": "list", "of": "group", "create_missing": chance.random() < 0.7}
    fields = {
        "name": {"type": "text", "max_length": 40},
        "label": {"type": "text", "required": True},
        "kind": {"type": "text", "default": "imported"},
        "shown": {"type": "boolean", "default": True},
    }
    tenant_column = entity["tenant_column"]
    return {"group": {"entity": "group", "table": "groups", "key": ["name"], "tenant_column": tenant_column, "fields": fields}}


def _customs(chance: random.Random, entity: dict[str, Any]) -> dict[str, Any]:
    """The fields that only these tenants have, of which every feed of theirs brings all."""
    if chance.random() < 0.6:
        return {}
    entity["custom_fields"] = "custom"
    return {f"c{at}": _field(chance, []) for at in range(chance.randint(1, 3))}


def _feeds(
    chance: random.Random, entity: Written, customs: Written, parents: Written, *, holds_all: bool
) -> list[dict[str, Any]]:
    """Local edits are kept of the same fields by all feeds, or from some feed on by all that follow."""
    values = [name for name, spec in entity["fields"].items() if name not in entity["key"] and spec.get("owner") != "application"]
    kept = not holds_all and "self" not in values
    edits = [name for name in values if kept and chance.random() < 0.3 and name != "l0"]
    grows = bool(edits) and chance.random() < SWITCHED_ON
    feeds = []
    for number in range(chance.choice((1, 2, 3))):
        mapped = [name for name in values if name in edits or chance.random() < 0.75]
        feed = _feed(chance, entity, mapped, edits if number or not grows else [], parents)
        if holds_all and feed["mode"] != "create_only" and chance.random() < 0.85:
            feed["absent"] = chance.choice(("clear", "deactivate"))
            feed["absent_despite_rejects"] = chance.random() < 0.6
        if customs:
            feed["custom_fields"] = {name: _custom(chance, name, spec, feed["mode"]) for name, spec in customs.items()}
        feeds.append({"feed": f"feed{number}", "files": f"feed{number}_*.csv", "entity": "thing", **feed, "grows": grows})
    return feeds


def _custom(chance: random.Random, name: str, spec: Written, mode: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"from": name, **spec}
    if mode != "create_only" and chance.random() < 0.5:
        rule["conflict"] = chance.choice(CONFLICTS)
    if mode != "create_only" and chance.random() < 0.5:
        rule["blank"] = chance.choice(_blanks(spec))
    return rule


def _feed(
    chance: random.Random, entity: Written, mapped: Sequence[str], edits: Sequence[str], parents: Written
) -> dict[str, Any]:
    mode = "upsert" if edits else chance.choice(MODES)
    names = [*entity["key"], *mapped]
    chance.shuffle(names)
    mapping: dict[str, Any] = {}
    for name in names:
        rule: dict[str, Any] = {"from": name}
        if name in edits:
            rule["conflict"] = "keep_local_edits"
        if mode != "create_only" and name not in entity["key"]:
            if name not in edits and chance.random() < 0.4:
                rule["conflict"] = chance.choice(CONFLICTS)
            if chance.random() < 0.5:
                rule["blank"] = chance.choice(_blanks(entity["fields"][name]))
        if entity["fields"][name]["type"] == "reference":
            unknown = relations.unknown_of(chance, entity, parents, name)
            rule |= {} if unknown is None else {"unknown_reference": unknown}
        if name == "l0":
            rule["split"] = "|"
            if chance.random() < 0.3:
                rule |= {"membership": "add", "blank": "keep"}
                rule = {key: told for key, told in rule.items() if key != "blank" or mode != "create_only"}
        mapping[name] = rule if len(rule) > 1 else name
    feed: dict[str, Any] = {"mode": mode, "duplicates": chance.choice(("reject", "reject", "last_wins", "first_wins"))}
    named = [name for name in mapped if entity["fields"][name]["type"] == "reference"]
    if named and chance.random() < 0.5:
        made = all(relations.may_be_made(entity, parents, name) for name in named)
        feed["unknown_reference"] = chance.choice(relations.UNKNOWN if made else relations.UNKNOWN[:-1])
    if mode != "create_only":
        feed |= {"blank": chance.choice(("keep", "keep", "clear", "default")), "conflict": chance.choice(CONFLICTS)}
    return feed | {"mapping": mapping}


def _blanks(spec: Written) -> tuple[str, ...]:
    return ("keep", "clear", "default") if spec.get("default") is not None else ("keep", "clear")


def _beginnings(chance: random.Random, entity: Written, tenant: str, parents: Written) -> list[Step]:
    """What the application has written before the first night."""
    made: dict[Key, Step] = {}
    for _ in range(chance.choice((0, 0, 2, 5))):
        names = [name for name, spec in entity["fields"].items() if spec["type"] != "list"]
        key, row = _key(chance, entity), {name: _cell(chance, entity, name, parents, blank=0.3) for name in names}
        made[key] = Put("thing", tenant, row | dict(zip(entity["key"], key, strict=True)))
    return list(made.values())


def _parents_night(chance: random.Random, parents: Written, tenant: str, feeds: list[str]) -> list[Step]:
    """Rows that others name come, or go, and rows that wait for them are looked at again."""
    parent = parents["parent"]
    steps: list[Step] = []
    if chance.random() < 0.7:
        rows = _rows(chance, parent, relations.feed_of_parents(chance), parents)
        steps.append(Delivery(tenant, "parents", rows, chance.randint(1, 5)))
    if chance.random() < 0.2:
        steps.append(Removal("parent", tenant, _key(chance, parent)))
    if chance.random() < 0.2:
        steps.append(Undo(0, chance.random() < 0.4))
    steps += relations.looked_again(feeds, tenant) if chance.random() < 0.9 else []
    return [*steps, Undo()] if chance.random() < 0.2 else steps


def _night(chance: random.Random, entity: Written, feed: Written, tenant: str, parents: Written) -> list[Step]:
    steps: list[Step] = [_edit(chance, entity, tenant, parents) for _ in range(chance.choice((0, 0, 1, 3)))]
    rows = _rows(chance, entity, feed, parents)
    unread = tuple(_keys_of_a_file(chance, entity)[:2]) if feed.get("absent") and chance.random() < 0.2 else ()
    unread = tuple(key for key in dict.fromkeys(unread) if "" not in key)
    steps.append(Delivery(tenant, feed["feed"], rows, chance.randint(1, 5), chance.random() < 0.4, unread=unread))
    if chance.random() < 0.2:
        steps.append(Delivery(tenant, feed["feed"], rows, chance.randint(1, 5)))
    if chance.random() < 0.1:
        steps.append(Replay(chance.choice((0, 0, 1, 2))))
    if chance.random() < 0.4:
        steps += [_edit(chance, entity, tenant, parents) for _ in range(chance.choice((0, 0, 0, 1)))]
        steps += [Undo(chance.choice((0, 0, 0, 1, 2)), chance.random() < 0.4) for _ in range(chance.choice((1, 1, 2, 3)))]
    return steps


def _rows(chance: random.Random, entity: Written, feed: Written, parents: Written) -> tuple[tuple[int, Row], ...]:
    line, made = 1, []
    for key in _keys_of_a_file(chance, entity):
        line += chance.choice((1, 1, 1, 2))
        values = {name: _cell(chance, entity, name, parents) for name in entity["fields"] if name in mapping_of(feed)}
        made.append((line, values | dict(zip(entity["key"], key, strict=True))))
    return tuple(made)


def _keys_of_a_file(chance: random.Random, entity: Written) -> list[Key]:
    """Most files have each key once. The empty text is never a file's key: a blank cell is None."""
    keys = [key for key in (_key(chance, entity) for _ in range(chance.choice((0, 1, 4, 8, 14)))) if "" not in key]
    return keys if chance.random() < 0.25 else list(dict.fromkeys(keys))


def _key(chance: random.Random, entity: Written) -> Key:
    """Mostly one of a few, so that the nights meet the same rows again."""
    usual = chance.random() < 0.85
    few = 6 if len(entity["key"]) == 1 else 2
    kinds = [KEYS[entity["fields"][name]["type"]] for name in entity["key"]]
    return tuple(chance.choice(kind[:few] if usual else kind) for kind in kinds)


def _edit(chance: random.Random, entity: Written, tenant: str, parents: Written) -> Step:
    key = _key(chance, entity)
    if chance.random() < 0.1:
        return Removal("thing", tenant, key)
    others = [name for name, spec in entity["fields"].items() if name not in entity["key"] and spec["type"] != "list"]
    names = chance.sample(others, chance.randint(1, min(2, len(others))))
    return Edit("thing", tenant, key, {name: _cell(chance, entity, name, parents) for name in names})


def _cell(chance: random.Random, entity: Written, name: str, parents: Written, blank: float = 0.25) -> Cell:
    spec = entity["fields"][name]
    if chance.random() < blank and not spec.get("required"):
        return None
    if spec["type"] == "list":
        return SEPARATOR.join(sorted(chance.sample(MEMBERS, chance.choice((1, 1, 2, 3)))))
    if spec["type"] == "reference":
        return relations.cell_of(chance, spec, entity, parents)
    edges = EDGES[spec["type"]]
    return chance.choice(edges[:4]) if chance.random() < 0.6 else chance.choice(edges)
