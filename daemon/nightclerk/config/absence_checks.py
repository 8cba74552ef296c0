"""What is wrong with what an entity writes into absent rows, and with the feeds that ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nightclerk.config.problems import KeyPath
from nightclerk.core.absent import RUN_DATE, Value
from nightclerk.core.brought_back import absent_rule
from nightclerk.core.contents import Contents
from nightclerk.core.convert.constant import check_constant
from nightclerk.core.entity import Entity
from nightclerk.core.wording import did_you_mean, quoted

Complaint = tuple[KeyPath, str]


def absences(entity: Entity) -> Iterator[Complaint]:
    """Given an entity; yields what is wrong with its ``absent``, each with its path in the entity's file."""
    for done, rule in (("clear", entity.absent.clear), ("deactivate", entity.absent.deactivate)):
        if rule is not None:
            yield from _values(entity, ("absent", done, "gone"), rule.gone, may_be_dated=True)
            yield from _values(entity, ("absent", done, "back"), rule.back, may_be_dated=False)


def absence_of_feed(feed: Contents, entity: Entity) -> Iterator[Complaint]:
    """Given a feed, or a preset, and its entity; yields what contradicts itself about absent rows."""
    if feed.absent == "keep":
        if feed.absent_despite_rejects:
            yield ("absent_despite_rejects",), "absent: keep leaves absent rows alone in any case; take one of the two out"
        if feed.hold.absent is not None:
            yield (
                ("hold", "absent"),
                "absent: keep leaves absent rows alone, so that none is ever too many; take one of the two out",
            )
        return
    rule = absent_rule(feed, entity)
    if rule is None:
        told = f"entity {entity.entity} does not say what absent: {feed.absent} writes"
        yield ("absent",), f"{told}; {_way_out(feed.absent, entity)}"
    elif not any(name in feed.mapping or name in rule.back for name in rule.gone):
        told = (
            f"neither the mapping nor the entity's back fills a field that absent: {feed.absent} writes, so that nothing would "
        )
        yield ("absent",), told + "bring a row back; name the field in back"
    if feed.mode == "create_only":
        told = "absent is about rows that are known already, and create_only never touches them; take one of the two out"
        yield ("absent",), told


def _way_out(absent: str, entity: Entity) -> str:
    other = next((done for done in ("clear", "deactivate") if entity.absent.of(done) is not None), None)
    if other is not None:
        return f"it says what absent: {other} writes"
    own = [name for name, field in entity.fields.items() if name not in entity.key and field.owner != "application"]
    truth = next((name for name in own if entity.fields[name].type == "boolean"), None)
    return f"write it there, as in absent: {{{absent}: {{gone: {{{f'{truth}: false' if truth else '…'}}}}}}}"


def _values(entity: Entity, path: KeyPath, values: Mapping[str, Value], *, may_be_dated: bool) -> Iterator[Complaint]:
    for name, value in values.items():
        told = _unfit(entity, name) or _misfit(entity, name, value, may_be_dated=may_be_dated)
        if told is not None:
            yield (*path, name), told


def _unfit(entity: Entity, name: str) -> str | None:
    field = entity.fields.get(name)
    if field is None:
        return f"no field {quoted(name)} in entity {entity.entity}{did_you_mean(name, entity.fields)}"
    if name in entity.key:
        return f"{name} is part of the key, which a row keeps; take this line out"
    if field.owner == "application":
        return f"{name} belongs to the application, so an import never writes it; take this line out"
    if field.type in ("list", "reference"):
        return f"{name} names other rows, which a row keeps when it is gone; take this line out"
    return None


def _misfit(entity: Entity, name: str, value: Value, *, may_be_dated: bool) -> str | None:
    field = entity.fields[name]
    if value != RUN_DATE or field.type == "text":
        return check_constant(field, value)
    if not may_be_dated:
        return f"{RUN_DATE} is for rows that are gone; write a value, or null"
    return None if field.type == "date" else f"{RUN_DATE} is a date; this field is {field.type}"
