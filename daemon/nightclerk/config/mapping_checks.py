"""What is wrong with one field's rule: keys that mean nothing for its type, values that do not fit it, impossible dates."""

from __future__ import annotations

from collections.abc import Iterator

from nightclerk.config.problems import KeyPath
from nightclerk.core.contents import AUTO, Contents
from nightclerk.core.convert.constant import check_constant
from nightclerk.core.convert.written_dates import check_dates, has_hour
from nightclerk.core.entity import EntityField
from nightclerk.core.mapping import Mapped
from nightclerk.core.wording import listed, quoted

#: Which types each key of a rule is about. A key that means nothing for the field's type is a mistake, not a wish.
#: `case`, `pad` and `collapse_spaces` change the cell before it is read, so they are about every type.
_MEANT_FOR: dict[str, tuple[str, ...]] = {
    "dates": ("date", "datetime"),
    "doubled_hour": ("datetime",),
    "decimal": ("decimal", "money", "integer"),
    "thousands": ("decimal", "money", "integer"),
    "grouping": ("decimal", "money", "integer"),
    "credit": ("decimal", "money", "integer"),
    "round": ("decimal", "money"),
    "content": ("text",),
    "split": ("list",),
    "membership": ("list",),
}

#: What only says how values are read as their type.
_READING = tuple(key for key in _MEANT_FOR if key not in ("split", "membership"))


def check_rule(feed: Contents, rule: Mapped, field: EntityField) -> Iterator[tuple[KeyPath, str]]:
    """Given a feed, one rule of its mapping and the field it fills; yields what is wrong, with its path within the rule."""
    for key, types in _MEANT_FOR.items():
        if (rule.constant is None or key == "membership") and key in rule.model_fields_set and field.type not in types:
            yield (key,), f"{key} is for {listed(types, 'and')}; this field is {field.type}"
    if rule.constant is not None:
        yield from _misfit(field, rule.constant, ("constant",))
    for written, value in (rule.values or {}).items():
        if value is not None:
            yield from _misfit(field, value, ("values", written))
    yield from _idle(rule)
    if rule.pad is not None and field.type == "list":
        yield ("pad",), "pad fills a cell up before it is split into members; take it out"
    yield from _policies(feed, rule, field)
    decimal, thousands = rule.decimal or feed.decimal, rule.thousands or feed.thousands
    if decimal == thousands and bool(rule.decimal) != bool(rule.thousands):
        key, inherited = ("decimal", "thousands") if rule.decimal else ("thousands", "decimal")
        yield (key,), f"{quoted(decimal)} is the feed's {inherited} mark already; give both marks here"
    if feed.decimal_of(rule) == AUTO and rule.thousands is not None:
        yield (
            ("thousands",),
            "the decimal mark is left to be found, and the thousands mark with it; give both marks here, or neither",
        )
    if rule.dates and AUTO in rule.dates and len(rule.dates) > 1:
        yield ("dates",), "auto finds one way to write dates by itself; let it stand alone, or take it out"
    elif rule.dates and AUTO not in rule.dates and field.type in ("date", "datetime"):
        fault = check_dates(feed.dates_read(rule.dates), feed.known_year)
        if fault is not None:
            yield ("dates",), fault
    if rule.doubled_hour is not None and field.type == "datetime" and not (_given(rule) or tells_hours(feed, rule)):
        yield ("doubled_hour",), "dates here are written without a time, or with its offset, and never come twice; take it out"


def _given(rule: Mapped) -> bool:
    """Whether the values of a rule stand in the settings, beside which what says how cells are read is told as idle."""
    return rule.constant is not None or rule.values is not None


def tells_hours(feed: Contents, rule: Mapped) -> bool:
    """Given a feed and a rule for a field with a time of day; returns whether it may read times that are written without their
    offset."""
    if _given(rule):
        return False
    written = rule.dates or feed.dates
    return AUTO in written or any(has_hour(one) for one in feed.dates_read(written))


def _policies(feed: Contents, rule: Mapped, field: EntityField) -> Iterator[tuple[KeyPath, str]]:
    if rule.blank == "default" and field.default is None:
        yield ("blank",), "the entity gives this field no default; write one there, or take keep or clear"
    for policy in ("blank", "conflict"):
        if policy in rule.model_fields_set and feed.mode == "create_only":
            yield (policy,), f"{policy} is about rows that are known already, and create_only never touches them; take it out"
    if rule.blank is not None and feed.mode != "create_only" and field.required:
        yield ("blank",), "this field is required in every row, so that an empty cell rejects the row; take blank out"


def _idle(rule: Mapped) -> Iterator[tuple[KeyPath, str]]:
    """Keys that can do nothing beside another one."""
    for key in ("values", *_READING, "split", "extract", "join", "case", "pad", "collapse_spaces", "blank"):
        if rule.constant is not None and key in rule.model_fields_set:
            yield (key,), f"{key} has nothing to do beside a constant; take one of the two out"
        elif rule.values is not None and key in _READING and key in rule.model_fields_set:
            yield (
                (key,),
                f"{key} has nothing to do beside values, which are looked up as they are written; take one of the two out",
            )
    meanings: dict[str, object] = {}
    for written, value in (rule.values or {}).items():
        if meanings.setdefault(written.strip().casefold(), value) != value:
            yield ("values", written), "the same text, but for its case, means something else above; case does not matter here"


def _misfit(field: EntityField, value: str | int | bool, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    problem = check_constant(field, value)
    if problem is not None:
        yield path, problem
