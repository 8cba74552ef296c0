"""Out of a seed: fields that name rows of others, and what a feed that holds everything writes into rows that it lacks."""

from __future__ import annotations

import random
from typing import Any

from tests.model.scenario import Cell, Put, Retry, Row, Step, Written
from tests.model.values import KEYS

#: How often an entity has references, and how often its feeds may hold everything.
REFERENCES, ABSENCES = 0.4, 0.35
UNKNOWN = ("park", "park", "park", "reject", "blank", "create")


def references(chance: random.Random, entity: dict[str, Any]) -> dict[str, Any]:
    """Gives the entity fields that name rows of others, or of its own table, or none; returns the entity that they name."""
    if chance.random() >= REFERENCES:
        return {}
    for at in range(chance.choice((1, 1, 2))):
        entity["fields"][f"r{at}"] = {"type": "reference", "to": "parent", **_needed(chance)}
    if len(entity["key"]) == 1 and chance.random() < 0.4:
        entity["fields"]["self"] = {"type": "reference", "to": "thing"}
    kind = chance.choice(("text", "text", "integer"))
    fields: dict[str, Any] = {
        "code": {"type": kind} | ({"max_length": 40} if kind == "text" else {}),
        "label": {"type": "text", **({"required": True} if chance.random() < 0.5 else {})},
        "kind": {"type": "text", "default": "imported"},
    }
    tenant_column = entity["tenant_column"]
    return {"parent": {"entity": "parent", "table": "parents", "key": ["code"], "tenant_column": tenant_column, "fields": fields}}


def _needed(chance: random.Random) -> dict[str, Any]:
    return chance.choice(({}, {}, {}, {"required_for_new": True}, {"required": True}))


def absences(chance: random.Random, entity: dict[str, Any]) -> bool:
    """Gives the entity what feeds write into rows that they lack, or not; returns whether it did."""
    if chance.random() >= ABSENCES:
        return False
    fields: dict[str, Any] = {"state": {"type": "text"}, "since": {"type": "date"}, "due": {"type": "money"}}
    entity["fields"] |= fields | {"active": {"type": "boolean", **chance.choice(({}, {"default": True}))}}
    gone: dict[str, Any] = {"state": "gone"}
    gone |= chance.choice(({}, {"since": "run_date"}, {"since": "run_date"})) | chance.choice(({}, {"due": "0.0000"}))
    back = chance.choice(({"state": "open"}, {"state": "open", "since": None}, {"state": None}))
    active = {"gone": {"active": False}, "back": {"active": True}}
    entity["absent"] = {"clear": {"gone": gone, "back": back}, "deactivate": active}
    return True


def relax(chance: random.Random, entity: dict[str, Any]) -> None:
    """Mostly takes out what else would reject rows, of which none would wait then, and which hide what is absent."""
    for name, spec in entity["fields"].items():
        if name not in entity["key"] and spec["type"] != "reference" and chance.random() < 0.8:
            spec.pop("required_for_new", None)
            spec.pop("required", None)


def unknown_of(chance: random.Random, entity: Written, parents: Written, name: str) -> str | None:
    """Given a reference; returns what a feed says of it itself, None if it is as for all of the feed."""
    if chance.random() < 0.4:
        return None
    wanted = chance.choice(UNKNOWN)
    spec = entity["fields"][name]
    if wanted == "blank" and spec.get("required"):
        return "reject"
    return "reject" if wanted == "create" and not may_be_made(entity, parents, name) else wanted


def may_be_made(entity: Written, parents: Written, name: str) -> bool:
    """Whether a row that the reference names can be made on the way: it needs no more than texts."""
    if entity["fields"][name]["to"] == "parent":
        return True
    others = [spec for field, spec in entity["fields"].items() if field not in entity["key"]]
    needed = [one for one in others if (one.get("required") or one.get("required_for_new")) and one.get("default") is None]
    return not entity.get("custom_fields") and all(one["type"] == "text" for one in needed)


def cell_of(chance: random.Random, spec: Written, entity: Written, parents: Written) -> Cell:
    """Returns what a reference names, mostly one of a few."""
    named = parents["parent"] if spec["to"] == "parent" else entity
    known = [cell for cell in KEYS[named["fields"][named["key"][0]]["type"]] if cell != ""]
    return chance.choice(known[:4] if chance.random() < 0.8 else known)


def parents_before(chance: random.Random, parents: Written, tenants: list[str]) -> list[Step]:
    """Some rows that the application has made before the first night."""
    if not parents:
        return []
    known = [cell for cell in KEYS[parents["parent"]["fields"]["code"]["type"]] if cell != ""]
    return [_parent(cell, tenant) for tenant in tenants for cell in known[:3] if chance.random() < 0.4]


def _parent(cell: Cell, tenant: str) -> Put:
    row: Row = {"code": cell, "label": "typed in", "kind": None}
    return Put("parent", tenant, row)


def feed_of_parents(chance: random.Random) -> dict[str, Any]:
    """Returns the feed that brings the rows that are named."""
    mapping = {"code": "code", "label": "label"}
    return {
        "feed": "parents", "files": "parents_*.csv", "entity": "parent", "mode": "upsert", "blank": "keep", "mapping": mapping,
        "duplicates": chance.choice(("reject", "last_wins")),
    }  # fmt: skip


def looked_again(feeds: list[str], tenant: str) -> list[Step]:
    """Returns the look at all rows of a tenant that wait."""
    return [Retry(tenant, feed) for feed in feeds]
