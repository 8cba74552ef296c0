"""A scenario as an installation on disk: its configuration, as ops write it, and the house that opens it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs
from tests.model.books import Books
from tests.model.comparing import Stage
from tests.model.scenario import Delivery, Replay, Scenario, Step, Undo, whole
from tests.model.shelves import Shelf

from nightclerk.config.load import load
from nightclerk.core.resolving import resolved, with_custom_fields
from nightclerk.wiring import open_house
from nightclerk.work.house import House

FORMAT = {
    "kind": "delimited", "encoding": "utf-8", "delimiter": ";", "quote": '"', "header_row": 1, "header_rows": 1,
    "description_row": "none", "comments": "none", "comment_column": "none", "totals": "none", "footer": "none",
    "continuation": "none",
}  # fmt: skip
"""Nothing of a file is to be found or left out: that is another story."""


def as_files(scenario: Scenario) -> Scenario:
    """Given a scenario; returns it with tenants and feeds as a configuration takes them, some of its files as trials."""
    chance = random.Random(scenario.seed)
    names = {"acme": "acme", "Acme": "beta", "o'neil": "gamma"}

    def renamed(step: Step) -> Step:
        if isinstance(step, Undo | Replay):
            return step
        step = replace(step, tenant=names[step.tenant])
        if isinstance(step, Delivery) and step.rows and chance.random() < 0.15:
            entity = scenario.entities[scenario.feeds[step.feed]["entity"]]
            keys = [tuple(row[name] for name in entity["key"]) for _, row in step.rows]
            step = replace(step, only=tuple(dict.fromkeys(chance.sample(keys, min(2, len(keys))))))
        return replace(step, approve=chance.random() < 0.7) if isinstance(step, Delivery) else step

    entities = {name: _fulfilled(entity, scenario) for name, entity in scenario.entities.items()}
    scenario = replace(scenario, entities=entities)
    feeds = {name: _told(feed, scenario.entities[feed["entity"]], chance) for name, feed in scenario.feeds.items()}
    return replace(scenario, feeds=feeds, steps=tuple(map(renamed, scenario.steps)))


def _fulfilled(entity: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """A configuration in which a feed does not bring what the entity requires is none; so nothing is required then."""
    written = [feed["mapping"] for feed in scenario.feeds.values() if feed["entity"] == entity["entity"]]
    fields = {}
    for name, spec in entity["fields"].items():
        brought = spec.get("default") is not None or all(name in mapping for mapping in written)
        fields[name] = {key: told for key, told in spec.items() if brought or not key.startswith("required")}
    return {**entity, "fields": fields}


def _told(feed: Mapping[str, Any], entity: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    mapping = {}
    for name, rule in feed["mapping"].items():
        spec = entity["fields"][name]
        whole = dict(rule) if isinstance(rule, dict) else {"from": rule}
        if spec.get("required"):
            whole.pop("blank", None)  # an empty cell rejects the row
        # That a column suddenly holds something else is another story.
        mapping[name] = {**whole, "content": "any"} if spec["type"] == "text" else whole
    guards = chance.choice(({}, {}, {"changed": "30%"}, {"cleared": {"rows": 1, "share": "10%"}}, {"fewer_rows": "50%"}))
    return {**feed, "mapping": mapping, "format": FORMAT, "dates": ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S"], "hold": guards}


@contextmanager
def installed(scenario: Scenario, shelf: Shelf, folder: Path) -> Iterator[tuple[Stage, House]]:
    config = folder / "config"
    texts = {f"entities/{name}.yaml": entity for name, entity in scenario.entities.items()}
    texts["nightclerk.yaml"] = {"database": shelf.url, "ledger": "sqlite:///var/ledger.db", "state": "var"}
    for tenant in {step.tenant for step in scenario.steps if not isinstance(step, Undo | Replay)} or {"acme"}:
        texts[f"tenants/{tenant}.yaml"] = {
            "tenant": tenant, "name": tenant, "timezone": "UTC",
            "source": {"kind": "folder", "path": str(folder / "drops" / tenant)},
            "feeds": list(scenario.feeds.values()), "report": {"to": "books@acme.example"},
        }  # fmt: skip
    for name, told in texts.items():
        (config / name).parent.mkdir(parents=True, exist_ok=True)
        (config / name).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        (folder / "drops" / Path(name).stem).mkdir(parents=True, exist_ok=True)
    configuration, problems = load(config)
    wrong = [str(problem) for problem in problems if not problem.warning]
    if configuration is None or wrong:
        raise AssertionError(f"the scenario's configuration is wrong: {wrong}")
    tenant = next(iter(configuration.tenants.values()))
    specs = configuration.entities
    entities = {name: with_custom_fields(resolved(spec, specs), tenant.feeds) for name, spec in specs.items()}
    books = Books({name: whole(spec, scenario.feeds) for name, spec in scenario.entities.items()})
    shelf.open(entities)
    try:
        with capture_logs(), open_house(configuration) as house:
            yield Stage(scenario, shelf, entities, {}, books), house
    finally:
        shelf.clear()
