"""What is wrong with a feed beyond its single keys: against its entity, and in itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from pydantic import ValidationError

from nightclerk.config.absence_checks import absence_of_feed
from nightclerk.config.custom_checks import check_custom_fields, check_custom_names
from nightclerk.config.files import ConfigFile
from nightclerk.config.idle_checks import idle_settings
from nightclerk.config.mapping_checks import check_rule
from nightclerk.config.name_checks import check_names
from nightclerk.config.problems import KeyPath
from nightclerk.config.reference_checks import check_references
from nightclerk.core.contents import AUTO, Contents
from nightclerk.core.convert.written_dates import check_dates, fault_of
from nightclerk.core.element_path import field_path
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.format import Delimited, FixedWidth, Workbook
from nightclerk.core.headers import folded
from nightclerk.core.preset import Preset
from nightclerk.core.resolving import resolved, with_custom_fields
from nightclerk.core.tenant import Tenant
from nightclerk.core.wording import did_you_mean, listed, quoted

Entities: TypeAlias = dict[str, ConfigFile[Entity]]

#: What the rules of a mapping are checked against.
_READ_BY_RULES = ("decimal", "thousands", "dates", "year", "mode", "format")

Complaint: TypeAlias = tuple[KeyPath, str]
"""A path within the feed, and what is wrong there."""


def check_feeds(file: ConfigFile[Tenant], entities: Entities) -> dict[int, Feed]:
    """Given a tenant's file and all entities; adds the contradictions of each feed to the file's problems.

    Returns the feeds that are sound in themselves, by their index. A feed is looked at even where something else in the file
    is wrong, so that one typo does not hide another.
    """
    sound: dict[int, Feed] = {}
    data = file.document.data
    raw_feeds = data.get("feeds") if isinstance(data, dict) else None
    for index, raw in enumerate(raw_feeds if isinstance(raw_feeds, list) else ()):
        if not isinstance(raw, dict):
            continue
        at: KeyPath = ("feeds", index)
        feed = _sound(raw)
        if feed is not None:
            sound[index] = feed
        entity = entity_of(file, at, raw.get("entity"), entities)
        if entity is not None:
            check_names(file, at, raw.get("mapping"), entity)
            check_custom_names(file, at, raw, entity)
        if feed is not None and entity is not None:
            check_custom_fields(file, at, feed, entity)
            entity = with_custom_fields(resolved(entity, _known(entities)), [feed])
        for path, message in contradictions(feed, entity) if feed is not None else _of_the_rest(raw, entity):
            file.complain((*at, *_where_written(path, feed)), message)
        for path, message in idle_settings(feed, entity) if feed is not None and entity is not None else ():
            if not any((*at, *path[:end]) in file.document.borrowed for end in range(1, len(path) + 1)):
                file.complain((*at, *path), message)  # what a preset says holds for feeds of many kinds
    return sound


def _known(entities: Entities) -> dict[str, Entity]:
    return {name: file.noun for name, file in entities.items() if file.good and file.noun is not None}


def _where_written(path: KeyPath, feed: Feed | None) -> KeyPath:
    """The rules of custom fields stand in a place of their own."""
    custom = feed is not None and len(path) > 1 and path[0] == "mapping" and path[1] in feed.custom_fields
    return ("custom_fields", *path[1:]) if custom else path


def _sound(raw: dict[str, Any]) -> Feed | None:
    try:
        return Feed.model_validate(raw, by_alias=True, by_name=False)
    except ValidationError:
        return None  # told already, with the whole tenant


def _of_the_rest(raw: dict[str, Any], entity: Entity | None) -> Iterator[Complaint]:
    """Given a feed as it is written, of which something is wrong, told already, and its entity; yields what is wrong by itself in
    the rest, so that mistakes need not be mended one by one. What follows only from several keys together waits."""
    wrong = _wrong_parts(raw)
    mapping = raw.get("mapping")
    rest = {key: value for key, value in raw.items() if (key,) not in wrong}
    if isinstance(mapping, dict):
        rest["mapping"] = {name: rule for name, rule in mapping.items() if ("mapping", name) not in wrong}
    feed = _sound(rest)
    if feed is None:
        return
    if ("year",) not in wrong:
        yield from _wrong_dates(feed)
    if entity is not None and not any((key,) in wrong for key in _READ_BY_RULES):
        for name, rule in feed.mapping.items():
            field = entity.fields.get(name)
            if field is not None and field.owner != "application":
                for path, message in check_rule(feed, rule, field):
                    yield ("mapping", name, *path), message


def _wrong_parts(raw: dict[str, Any]) -> set[KeyPath]:
    """The keys of a feed, and the fields of its mapping, in which its model finds something wrong."""
    try:
        Feed.model_validate(raw, by_alias=True, by_name=False)
    except ValidationError as error:
        places = [tuple(one["loc"]) for one in error.errors()]
        return {place[: 2 if place[:1] == ("mapping",) else 1] for place in places}
    return set()


def entity_of(file: ConfigFile[Tenant] | ConfigFile[Preset], at: KeyPath, name: Any, entities: Entities) -> Entity | None:
    """Given what stands as the entity at a place of a file; returns that entity, wrong or not; complains of it in the file."""
    if not isinstance(name, str):
        return None
    found = entities.get(name)
    if found is None:
        near = did_you_mean(name, entities)
        there = f"; the entities are: {listed(sorted(entities), 'and') or 'none'}." if near == "." else near
        file.complain((*at, "entity"), f"no entity {quoted(name)}{there}")
        return None
    if not found.good:
        file.complain((*at, "entity"), f"entity {name} is wrong itself; mend {found.path} first")
    return found.noun


def contradictions(feed: Contents, entity: Entity | None, *, whole: bool = True) -> Iterator[Complaint]:
    """Given a feed, or a preset, which need not be whole, and its entity if it is known; yields what contradicts itself."""
    yield from _within(feed)
    yield from _marks(feed)
    if entity is None:
        return
    yield from _dates(feed, entity)
    yield from absence_of_feed(feed, entity)
    if whole:
        yield from _missing(feed, entity)
        yield from _without_currency(feed, entity)
    for name, rule in feed.mapping.items():
        field = entity.fields.get(name)
        if field is not None and field.owner != "application":
            for path, message in check_rule(feed, rule, field):
                yield ("mapping", name, *path), message
    for name in entity.key:
        if name in feed.mapping and feed.mapping[name].blank is not None:
            yield ("mapping", name, "blank"), "an empty cell in the key rejects the row; take blank out"
        if name in feed.mapping and feed.mapping[name].conflict is not None:
            yield ("mapping", name, "conflict"), "the key of a known row is never another one; take conflict out"
    yield from check_references(feed, entity)
    if feed.mode == "update_only" and set(feed.mapping) <= set(entity.key):
        yield ("mode",), "only the key is mapped, so that update_only has nothing to update"


def _within(feed: Contents) -> Iterator[Complaint]:
    for policy in ("blank", "conflict"):
        if feed.mode == "create_only" and policy in feed.model_fields_set:
            told = f"{policy} is about rows that are known already, and create_only never touches them; take one of the two out"
            yield (policy,), told
    wanted = {folded(column): column for rule in feed.mapping.values() for names in rule.alternatives() for column in names}
    for index, column in enumerate(feed.ignore):
        if folded(column) in wanted:
            yield ("ignore", index), f"the mapping uses the column {quoted(column)}, so it cannot be ignored"
    yield from _to_be_found(feed)
    yield from _wrong_dates(feed)
    yield from _declared_columns(feed)
    yield from _element_paths(feed)
    if isinstance(feed.format, Delimited | Workbook) and feed.format.header_row == "none":
        for name, rule in feed.mapping.items():
            for column in (column for names in rule.alternatives() for column in names):
                if not column.isdecimal() or int(column) < 1:
                    message = f"without a header the columns are 1, 2, 3 and so on, and {quoted(column)} is none of them"
                    yield ("mapping", name), message


def _wrong_dates(feed: Contents) -> Iterator[Complaint]:
    for index, written in enumerate(feed.dates):
        fault = None if written == AUTO else fault_of(written, feed.known_year)
        if fault is not None:
            yield ("dates", index), fault


def _to_be_found(feed: Contents) -> Iterator[Complaint]:
    """What stands beside ``auto`` and would say what is to be found."""
    if AUTO in feed.dates and len(feed.dates) > 1:
        yield ("dates",), "auto finds one way to write dates by itself; let it stand alone, or take it out"
    if feed.decimal == AUTO and feed.thousands is not None:
        yield ("thousands",), "decimal: auto finds the thousands mark as well; take thousands out"


def _declared_columns(feed: Contents) -> Iterator[Complaint]:
    """The columns of text of fixed width are those of its format."""
    if not isinstance(feed.format, FixedWidth):
        return
    declared = {folded(column) for column in feed.format.columns}
    for name, rule in feed.mapping.items():
        for names in rule.alternatives():
            if not any(folded(column) in declared for column in names):
                wanted = listed(map(quoted, names))
                yield ("mapping", name), f"the format has no column {wanted}{did_you_mean(names[0], feed.format.columns)}"
    for index, column in enumerate(feed.ignore):
        if folded(column) not in declared:
            yield ("ignore", index), f"the format has no column {quoted(column)}"


def _element_paths(feed: Contents) -> Iterator[Complaint]:
    """The columns of XML are paths of elements."""
    if feed.format.kind != "xml":
        return
    columns: list[tuple[KeyPath, str]] = [(("ignore", index), column) for index, column in enumerate(feed.ignore)]
    for name, rule in feed.mapping.items():
        columns += [(("mapping", name), column) for names in rule.alternatives() for column in names]
    for path, column in columns:
        try:
            field_path(column)
        except ValueError as error:
            yield path, str(error)


def _marks(feed: Contents) -> Iterator[Complaint]:
    """A file's own numbers are handed on with the decimal mark of their column, so that it can have only one."""
    marks: dict[str, str] = {}
    for name, rule in feed.mapping.items() if feed.has_own_values else ():
        for column in (column for names in rule.alternatives() for column in names):
            if marks.setdefault(folded(column), feed.decimal_of(rule)) != feed.decimal_of(rule):
                message = f"another field reads the column {quoted(column)} with another decimal mark; give both the same one"
                yield ("mapping", name, "decimal") if rule.decimal is not None else ("mapping", name), message


def _dates(feed: Contents, entity: Entity) -> Iterator[Complaint]:
    """The feed's ways to write dates, together."""
    if AUTO in feed.dates or any(fault_of(written, feed.known_year) is not None for written in feed.dates):
        return
    used = {entity.fields[name].type for name, rule in feed.mapping.items() if name in entity.fields and rule.dates is None}
    fault = check_dates(feed.dates_read(feed.dates), feed.known_year) if used & {"date", "datetime"} else None
    if fault is not None:
        yield ("dates",), fault


def _missing(feed: Contents, entity: Entity) -> Iterator[Complaint]:
    """What must have a value and cannot get one. An update needs no default, but a required field is wanted in every row."""
    absent = {name: field for name, field in entity.fields.items() if name not in feed.mapping}
    keys = [name for name in absent if name in entity.key]
    # A row that is only updated has all that new rows need already.
    needed = {} if feed.mode == "update_only" else {name: field for name, field in absent.items() if field.default is None}
    required = [name for name, field in needed.items() if name not in keys and field.required]
    for_new = [name for name, field in needed.items() if name not in keys + required and field.required_for_new]
    if keys:
        yield (
            ("mapping",),
            f"the key of entity {entity.entity} is not mapped, and without it no row can be found: {listed(keys, 'and')}",
        )
    if required:
        yield ("mapping",), f"what entity {entity.entity} requires is not mapped and has no default: {listed(required, 'and')}"
    if for_new:
        what = f"what entity {entity.entity} requires for new rows is not mapped and has no default: {listed(for_new, 'and')}"
        yield ("mapping",), f"{what}; map it, or take mode: update_only"


def _without_currency(feed: Contents, entity: Entity) -> Iterator[Complaint]:
    for name in feed.mapping:
        field = entity.fields.get(name)
        by = None if field is None or field.currency is None else entity.fields.get(field.currency)
        if field is None or by is None or field.currency in feed.mapping or by.default is not None:
            continue
        if feed.mode != "update_only" and field.owner != "application":
            named = field.currency
            what = f"the currency of {name} stands in {named}, which is neither mapped nor has a default"
            yield ("mapping", name), f"{what}; map it, as in {named}: {{constant: EUR}}"
