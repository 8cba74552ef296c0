"""A scenario that fails, made as small as it goes and still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.model.scenario import Delivery, Edit, Put, Row, Scenario, Step, Written, whole


def shrunk(scenario: Scenario, fails: Callable[[Scenario], bool], most: int = 400) -> Scenario:
    """Given a scenario that fails and what tells so; returns the smallest that was found with at most so many tries."""
    tries = 0
    while True:
        for smaller in _smaller(scenario):
            tries += 1
            if tries > most:
                return scenario
            if fails(smaller):
                scenario = smaller
                break
        else:
            return scenario


def _smaller(scenario: Scenario) -> Iterator[Scenario]:
    """Yields scenarios that lack one thing: the last steps first, since what comes after the difference is never needed."""
    steps = scenario.steps
    for at in reversed(range(len(steps))):
        yield replace(scenario, steps=steps[:at] + steps[at + 1 :])
    for at, step in enumerate(steps):
        if isinstance(step, Delivery):
            for row in range(len(step.rows)):
                smaller = replace(step, rows=step.rows[:row] + step.rows[row + 1 :])
                yield replace(scenario, steps=(*steps[:at], smaller, *steps[at + 1 :]))
            if step.ahead:
                yield replace(scenario, steps=(*steps[:at], replace(step, ahead=False), *steps[at + 1 :]))
    for name, entity in scenario.entities.items():
        for field in whole(entity, scenario.feeds)["fields"]:
            written = [rule for absent in entity.get("absent", {}).values() for rule in absent.values()]
            if field not in entity["key"] and not any(field in rule for rule in written):
                yield _without(scenario, name, field)


def _without(scenario: Scenario, entity: str, field: str) -> Scenario:
    """Returns the scenario without one field of one entity."""

    def less(values: Mapping[str, Any]) -> Row:
        return {name: value for name, value in values.items() if name != field}

    def lessened(step: Step) -> Step | None:
        if isinstance(step, Delivery):
            if scenario.feeds[step.feed]["entity"] != entity:
                return step
            return replace(step, rows=tuple((line, less(row)) for line, row in step.rows))
        if isinstance(step, Put) and step.entity == entity:
            return replace(step, row=less(step.row))
        if isinstance(step, Edit) and step.entity == entity:
            values = less(step.values)
            return replace(step, values=values) if values else None
        return step

    spec = scenario.entities[entity]
    entities = {**scenario.entities, entity: {**spec, "fields": {n: f for n, f in spec["fields"].items() if n != field}}}
    feeds = {name: _brings_less(feed, field) if feed["entity"] == entity else feed for name, feed in scenario.feeds.items()}
    steps = tuple(made for step in scenario.steps if (made := lessened(step)) is not None)
    return replace(scenario, entities=entities, feeds=feeds, steps=steps)


def _brings_less(feed: Written, field: str) -> dict[str, Any]:
    """Returns the feed without a field, be it one of its custom fields."""
    kept = {key: {n: rule for n, rule in feed[key].items() if n != field} for key in ("mapping", "custom_fields") if key in feed}
    return {**feed, **kept}
