"""What is wrong with custom fields: against their feed's entity, and between feeds of one tenant that name the same one."""

from __future__ import annotations

from typing import Any

from nightclerk.config.files import ConfigFile
from nightclerk.config.problems import KeyPath
from nightclerk.core.convert.codes import CURRENCIES
from nightclerk.core.convert.constant import check_constant
from nightclerk.core.custom import told_of
from nightclerk.core.entity import Entity, EntityField
from nightclerk.core.feed import Feed
from nightclerk.core.tenant import Tenant
from nightclerk.core.wording import quoted


def check_custom_names(file: ConfigFile[Tenant], at: KeyPath, raw: dict[str, Any], entity: Entity) -> None:
    """Given what stands as a feed at a place of a file, and its entity; complains of custom fields that cannot be kept there, or
    whose names mean something else already."""
    custom = raw.get("custom_fields")
    for name in custom if isinstance(custom, dict) else ():
        path = (*at, "custom_fields", name)
        if entity.custom_fields is None:
            told = f"entity {entity.entity} has no column for custom fields; give it one, as in custom_fields: custom"
            file.complain(path, told, of_key=True)
        elif name in entity.fields:
            told = f"{name} is a field of entity {entity.entity} already; map it in mapping, or choose another name"
            file.complain(path, told, of_key=True)


def check_custom_fields(file: ConfigFile[Tenant], at: KeyPath, feed: Feed, entity: Entity) -> None:
    """Given a feed that is sound in itself and its entity; complains of defaults and currencies that do not fit."""
    for name, custom in feed.custom_fields.items():
        path = (*at, "custom_fields", name)
        wrong = None if custom.default is None else check_constant(custom.field("custom"), custom.default)
        if wrong is not None:
            file.complain((*path, "default"), wrong)
        if custom.currency is not None and custom.currency not in CURRENCIES:
            named: EntityField | None = entity.fields.get(custom.currency)
            if named is None:
                told = f"{quoted(custom.currency)} is neither a field of entity {entity.entity} nor a currency code such as EUR"
                file.complain((*path, "currency"), told)
            elif named.type != "currency":
                file.complain((*path, "currency"), f"the field {custom.currency} is {named.type}, not currency")


def check_custom_twins(file: ConfigFile[Tenant], feeds: dict[int, Feed]) -> None:
    """Given a tenant's file and its sound feeds by their index; complains of custom fields that two feeds of one entity name and
    mean otherwise."""
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for index, feed in feeds.items():
        for name, custom in feed.custom_fields.items():
            told = told_of(custom.field("custom"))
            before, by = first.setdefault((feed.entity, name), (told, feed.feed))
            if before != told:
                message = f"feed {quoted(by)} says that {name} is {before}, and here it is {told}; give both the same type"
                file.complain(("feeds", index, "custom_fields", name, "type"), message)
