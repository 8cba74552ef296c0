"""What stands in the tables of the slow, plain model, and what ``blank`` and ``conflict`` make of a cell beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.model.scenario import Cell, Entry, Parked, Place, Row, Written, mapping_of


@dataclass(frozen=True)
class Rule:
    """What a feed says of one field that it writes."""

    blank: str
    conflict: str
    default: Cell


class Policies:
    """All rows of all tenants, the change log, what waits, what does so no longer since its run was taken back, and what imports
    last brought to fields whose local edits are kept."""

    def __init__(self, entities: Mapping[str, Written]) -> None:
        """Given the entities by name, custom fields among their fields."""
        self.entities = entities
        self.rows: dict[Place, Row] = {}
        self.log: list[Entry] = []
        self.brought: dict[Place, Row] = {}
        self.kept_edits: set[tuple[str, str, str]] = set()
        self.parked: list[Parked] = []
        self.withdrawn: list[Parked] = []
        self.feed_of: dict[str, str] = {}

    def fields_of(self, entity: str) -> Mapping[str, Any]:
        fields: Mapping[str, Any] = self.entities[entity]["fields"]
        return fields

    def place_of(self, entity: str, tenant: str, row: Row) -> Place:
        return entity, tenant, tuple(row[name] for name in self.entities[entity]["key"])

    def put(self, entity: str, tenant: str, row: Row) -> None:
        self.rows[self.place_of(entity, tenant, row)] = dict.fromkeys(self.fields_of(entity)) | row

    def edit(self, place: Place, values: Row) -> None:
        if place in self.rows:
            self.rows[place] = self.rows[place] | values

    def _rule(self, feed: Written, name: str) -> Rule:
        own = mapping_of(feed)[name]
        own = own if isinstance(own, Mapping) else {}
        default = self.fields_of(feed["entity"])[name].get("default")
        blank = "keep" if own.get("membership") == "add" else own.get("blank") or feed.get("blank", "keep")
        if blank == "default" and default is None:
            blank = "keep"
        return Rule(blank, own.get("conflict") or feed.get("conflict", "overwrite"), default)

    def _settled(self, rule: Rule, cell: Cell, stands: Cell, place: Place, name: str) -> tuple[Cell, str | None]:
        """Returns what stands in the field after the import, and what the policy did."""
        if cell is None and rule.blank == "keep":
            return stands, "kept_blank" if stands is not None else None
        wanted = rule.default if cell is None and rule.blank == "default" else cell
        if wanted == stands:
            return stands, None
        if rule.conflict == "never":
            return stands, "kept_never"
        if rule.conflict == "fill_empty" and stands is not None:
            return stands, "kept_filled"
        if rule.conflict == "keep_local_edits":
            known = self.brought.get(place, {})
            if stands != known.get(name):
                return stands, "kept_edited"
        if cell is None:
            return wanted, "cleared" if wanted is None else "defaulted"
        return wanted, None

    def _note_what_was_brought(self, rule: Rule, place: Place, name: str, cell: Cell, after: Cell) -> None:
        if (place[0], place[1], name) not in self.kept_edits or (cell is None and rule.blank == "keep"):
            return
        wanted = rule.default if cell is None and rule.blank == "default" else cell
        if after == wanted:
            self.brought.setdefault(place, {})[name] = wanted

    def _edits_kept(self, place: Place) -> list[str]:
        return [name for entity, tenant, name in self.kept_edits if (entity, tenant) == place[:2]]

    def _begin_to_keep_edits(self, tenant: str, feed: Written) -> None:
        """From the first import under ``keep_local_edits`` on it is known what imports bring to the field. What stands then in
        rows that imports made counts as brought."""
        for name in mapping_of(feed):
            mine = (feed["entity"], tenant, name)
            if self._rule(feed, name).conflict != "keep_local_edits" or mine in self.kept_edits:
                continue
            self.kept_edits.add(mine)
            for place in {entry.place for entry in self.log if entry.kind == "created" and entry.place[:2] == mine[:2]}:
                if place in self.rows:
                    self.brought.setdefault(place, {})[name] = self.rows[place][name]
