"""What the tests of ``suggest`` share: a reader, the shipped words, and how alike a proposal is to a mapping."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from nightclerk.config.words import brought_vocabulary, entities_at, presets_at
from nightclerk.core.feed import Feed
from nightclerk.core.headers import folded
from nightclerk.core.mapping import Mapped
from nightclerk.desk.suggest import Known, Samples, Suggestion, suggest
from nightclerk.ports import Format

NOWHERE = Path("no-configuration")


@cache
def known(folder: Path = NOWHERE) -> Known:
    entities = entities_at(folder)
    return Known(entities, brought_vocabulary(), presets_at(folder, entities))


def suggested(reader: Format, *paths: Path, **given: Any) -> Suggestion:
    return suggest(reader, Samples(paths, given.pop("tenant", "example"), **given), known())


def columns_of(rule: Mapped) -> set[str]:
    """All headers that a rule of the settings may read."""
    return {folded(column) for names in rule.alternatives() for column in names}


def alike(found: Suggestion, feed: Feed, headers: Sequence[str]) -> dict[str, bool]:
    """Given a suggestion, and a feed that a person wrote for the same table with the file's headers; returns for each field that
    the person's mapping takes from a column whether the suggestion takes it from the same column (all of them, where there are
    several in the file), and for each field that only the suggestion has that it is wrong."""
    sheet = feed.sheet if isinstance(feed.sheet, str) else None
    (mine,) = [one for one in found.feeds if one.entity == feed.entity and one.sheet in (None, sheet)]
    there = {folded(header) for header in headers}
    rules = {rule.field: rule for rule in mine.rules}
    wanted = {field: columns_of(rule) & there for field, rule in feed.mapping.items() if rule.constant is None}
    right = {
        field: field in rules and {folded(column) for column in rules[field].columns} == columns
        for field, columns in wanted.items()
    }
    return right | {field: False for field, rule in rules.items() if rule.columns and field not in feed.mapping}
