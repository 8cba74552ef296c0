"""The slow, plain model: what booking does by the product's contract, said once more with dictionaries, row by row.

Shares no code with the product. Everything is looked up anew each time, so that it can be read as the contract is:
``blank`` and ``conflict`` as the reference of the configuration has them, and booking as "known keys are updated only where a
value differs, everything else is unchanged".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.model.scenario import SEPARATOR, Cell, Key, Row, Written, mapping_of, members

Place = tuple[str, str, Key]
"""Where a row stands: entity, tenant, key."""


@dataclass(frozen=True)
class Entry:
    """A line of the change log. before and after: of what changed; of a row that was created or deleted all of it. again: an undo
    created the row anew, so that the log has all its columns."""

    run: str
    line: int
    place: Place
    kind: str
    before: Row | None
    after: Row | None
    again: bool = False


@dataclass
class Outcome:
    """What booking a file comes to. forbidden: line, why, and the field that is meant. buckets: line → what became
    of the row: ``booked``, ``rejected`` or ``skipped``."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    duplicates: tuple[int, ...] = ()
    forbidden: list[tuple[int, str, str | None]] = field(default_factory=list)
    buckets: dict[int, str] = field(default_factory=dict)
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    entries: list[Entry] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """How many rows were rejected, for whatever."""
        return len({line for line, _, _ in self.forbidden}) + len(self.duplicates)


@dataclass(frozen=True)
class Rule:
    """What a feed says of one field that it writes."""

    blank: str
    conflict: str
    default: Cell


class Books:
    """All rows of all tenants, the change log, and what imports last brought to fields whose local edits are kept."""

    def __init__(self, entities: Mapping[str, Written]) -> None:
        """Given the entities by name, custom fields among their fields."""
        self.entities = entities
        self.rows: dict[Place, Row] = {}
        self.log: list[Entry] = []
        self.brought: dict[Place, Row] = {}
        self.kept_edits: set[tuple[str, str, str]] = set()

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

    def book(
        self, run: str, tenant: str, feed: Written, rows: Iterable[tuple[int, Row]], turned_away: Iterable[Place] = ()
    ) -> Outcome:
        """Books a file's rows, each with its line; returns what came of it. turned_away: where rows of the file would stand that
        were rejected before, so that their keys come several times as well."""
        rows = list(rows)
        outcome = Outcome(rows=len(rows))
        self._begin_to_keep_edits(tenant, feed)
        outcome.buckets = dict.fromkeys((line for line, _ in rows), "skipped")
        for line, cells in self._one_each(tenant, feed, rows, outcome, Counter(turned_away)):
            place = self.place_of(feed["entity"], tenant, cells)
            cells = self._with_what_stays(feed, place, cells)
            faults = [*self._faults(feed, cells, known=place in self.rows), *self._unknown_members(feed, place, cells)]
            outcome.forbidden += [(line, code, name) for code, name in faults]
            outcome.buckets[line] = "rejected" if faults else "booked"
            if faults:
                continue
            if place in self.rows:
                entry = self._update(run, line, place, feed, cells, outcome)
            else:
                entry = self._create(run, line, place, feed, cells)
                outcome.created += 1
            outcome.entries += [] if entry is None else [entry]
        outcome.entries += self._created_on_the_way(run, tenant, feed, outcome)
        self.log += outcome.entries
        return outcome

    def _with_what_stays(self, feed: Written, place: Place, cells: Row) -> Row:
        """Returns the row with lists as the file wants them: what it only adds to keeps its members."""
        stands, wanted = self.rows.get(place, {}), dict(cells)
        for name, rule in mapping_of(feed).items():
            if isinstance(rule, Mapping) and rule.get("membership") == "add" and cells[name] is not None:
                wanted[name] = SEPARATOR.join(sorted({*members(stands.get(name)), *members(cells[name])}))
        return wanted

    def _unknown_members(self, feed: Written, place: Place, cells: Row) -> Iterator[tuple[str, str | None]]:
        """Of rows that would be created, and of those whose list would change: where a member is not there and is not to be
        created."""
        known, mode = place in self.rows, feed.get("mode", "upsert")
        if (known and mode == "create_only") or (not known and mode == "update_only"):
            return
        if not known and any(name not in mapping_of(feed) for _, name in self._faults(feed, cells, known=False)):
            return  # a feed that lacks what new rows need creates none, so that nothing more is asked
        for name, spec in self.fields_of(place[0]).items():
            if spec["type"] != "list" or spec["create_missing"] or name not in cells or cells[name] is None:
                continue
            stands = self.rows[place][name] if known else None
            if known and self._settled(self._rule(feed, name), cells[name], stands, place, name)[0] == stands:
                continue
            if any((spec["of"], place[1], (member,)) not in self.rows for member in members(cells[name])):
                yield "unknown_reference", name

    def _created_on_the_way(self, run: str, tenant: str, feed: Written, outcome: Outcome) -> list[Entry]:
        """Creates the members that are not there yet; required texts of theirs get the key's value as well."""
        made: list[Entry] = []
        for name, spec in self.fields_of(feed["entity"]).items():
            if spec["type"] != "list" or not spec["create_missing"]:
                continue
            wanted = {member for entry in outcome.entries for member in members((entry.after or {}).get(name))}
            for member in sorted(wanted):
                place = (spec["of"], tenant, (member,))
                if place in self.rows:
                    continue
                fields = self.fields_of(spec["of"])
                row: Row = {n: member if f.get("required") else f.get("default") for n, f in fields.items()}
                self.rows[place] = row | {self.entities[spec["of"]]["key"][0]: member}
                made.append(Entry(run, -1 - len(made), place, "created", None, dict(self.rows[place])))
                outcome.effects["created_on_the_way", name] += 1
        return made

    def _one_each(
        self, tenant: str, feed: Written, rows: list[tuple[int, Row]], outcome: Outcome, turned_away: Counter[Place]
    ) -> list[tuple[int, Row]]:
        """Returns the rows, of each key one at most."""
        lines: dict[Place, list[int]] = {}
        for line, cells in rows:
            lines.setdefault(self.place_of(feed["entity"], tenant, cells), []).append(line)
        wanted = feed.get("duplicates", "reject")
        several = [found for place, found in lines.items() if len(found) + (turned_away[place] if wanted == "reject" else 0) > 1]
        alone = {found[0] for found in lines.values() if found not in several}
        if wanted == "reject":
            outcome.duplicates = tuple(sorted(line for found in several for line in found))
            outcome.buckets |= dict.fromkeys(outcome.duplicates, "rejected")
        else:
            alone |= {found[-1] if wanted == "last_wins" else found[0] for found in several}
            outcome.skipped = sum(len(found) - 1 for found in several)
        return [(line, cells) for line, cells in rows if line in alone]

    def _faults(self, feed: Written, cells: Row, *, known: bool) -> Iterator[tuple[str, str | None]]:
        mode = feed.get("mode", "upsert")
        if known and mode == "create_only":
            yield "known_key", None
        if not known and mode == "update_only":
            yield "unknown_key", None
        if known or mode == "update_only":
            return
        for name, spec in self.fields_of(feed["entity"]).items():
            if not spec.get("required_for_new") and not (spec.get("required") and name not in mapping_of(feed)):
                continue
            if cells.get(name) is None and spec.get("default") is None:
                yield "required_for_new", name

    def _create(self, run: str, line: int, place: Place, feed: Written, cells: Row) -> Entry:
        new: Row = {}
        for name, spec in self.fields_of(place[0]).items():
            mine = spec.get("owner") != "application"
            cell = cells.get(name)
            new[name] = spec.get("default") if cell is None and mine else cell
        self.rows[place] = new
        self.brought[place] = {name: new[name] for name in self._edits_kept(place) if name in new}
        return Entry(run, line, place, "created", None, dict(new))

    def _update(self, run: str, line: int, place: Place, feed: Written, cells: Row, outcome: Outcome) -> Entry | None:
        stands, after = self.rows[place], dict(self.rows[place])
        for name in mapping_of(feed):
            if name in self.entities[place[0]]["key"]:
                continue
            rule = self._rule(feed, name)
            value, effect = self._settled(rule, cells[name], stands[name], place, name)
            after[name] = value
            if effect:
                outcome.effects[effect, name] += 1
            self._note_what_was_brought(rule, place, name, cells[name], value)
        changed = {name for name in after if after[name] != stands[name] or type(after[name]) is not type(stands[name])}
        if not changed:
            outcome.unchanged += 1
            return None
        outcome.updated += 1
        self.rows[place] = after
        return Entry(
            run, line, place, "updated", {name: stands[name] for name in changed}, {name: after[name] for name in changed}
        )

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
