"""The slow, plain model of a feed that holds everything: what every row brings by itself, and what becomes of rows it lacks."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from tests.model.scenario import Cell, Entry, Key, Place, Row, Written

RUN_DATE = "run_date"


def brings(feed: Written, entity: Written) -> dict[str, Any]:
    """Given a feed and its entity; returns it with the fields that each of its rows brings by itself among its rules."""
    by_itself = {name: {"blank": "clear", "conflict": "overwrite"} for name in back(feed, entity)}
    return {**feed, "mapping": {**feed["mapping"], **by_itself}}


def back(feed: Written, entity: Written) -> Row:
    """Given a feed and its entity; returns what each of the feed's rows brings by itself."""
    rule = _rule(feed, entity)
    return {name: value for name, value in rule.get("back", {}).items() if name not in feed["mapping"]}


def gone(feed: Written, entity: Written, day: str) -> Row:
    """Given a feed, its entity and the day; returns what is written into rows that a file lacks. What neither the mapping nor
    ``back`` fills is left alone."""
    rule = _rule(feed, entity)
    carried = [name for name in rule.get("gone", {}) if name in feed["mapping"] or name in rule.get("back", {})]
    return {name: day if rule["gone"][name] == RUN_DATE else rule["gone"][name] for name in carried}


def dated(feed: Written, entity: Written) -> set[str]:
    """Given a feed and its entity; returns the fields into which the day is written."""
    return {name for name, value in _rule(feed, entity).get("gone", {}).items() if value == RUN_DATE}


def comes_back(feed: Written, entity: Written, before: Row, after: Row) -> bool:
    """Given a row before and after; returns whether it was gone and is there again: by what rows bring by themselves, or else by
    what both the mapping and ``back`` fill."""
    wanted = gone(feed, entity, "")
    both = [name for name in wanted if name in _rule(feed, entity).get("back", {})]
    telling = [name for name in both if name not in feed["mapping"]] or both
    was = all(
        before[name] is not None if name in dated(feed, entity) else before[name] == wanted[name] for name in telling
    )  # fmt: skip
    return bool(telling) and was and all(before[name] != after[name] for name in telling)


def lacking(
    rows: Mapping[Place, Row], log: Collection[Entry], feed: Written, entity: Written, tenant: str, keys: Collection[Key],
    day: str, feed_of: Mapping[str, str],
) -> list[tuple[Place, Row]]:  # fmt: skip
    """Given all rows and the log, a feed and its entity, a tenant, the keys of the file, the day, and the feed of each run;
    returns the rows that the file lacks, by key, each with what is written into it."""
    wanted, any_day = gone(feed, entity, day), dated(feed, entity)
    last: dict[Place, Entry] = {entry.place: entry for entry in log if entry.kind in ("created", "deleted")}
    found = []
    for place, row in rows.items():
        made = last.get(place)
        if place[:2] != (feed["entity"], tenant) or place[2] in keys or not wanted:
            continue
        if made is None or made.kind != "created" or feed_of.get(made.run) != feed["feed"]:
            continue
        if all(_stands(row[name], value, any_one=name in any_day) for name, value in wanted.items()):
            continue
        found.append((place, {name: value for name, value in wanted.items() if row[name] != value}))
    return sorted(found, key=lambda one: _written(entity, one[0]))


def _stands(cell: Cell, value: Cell, *, any_one: bool) -> bool:
    return cell is not None if any_one else cell == value


def _written(entity: Written, place: Place) -> str:
    return json.dumps(dict(zip(entity["key"], place[2], strict=True)), ensure_ascii=False, separators=(",", ":"))


def _rule(feed: Written, entity: Written) -> Mapping[str, Any]:
    return entity.get("absent", {}).get(feed.get("absent", "keep")) or {}
