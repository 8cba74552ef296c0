"""The slow, plain model: what booking does by the product's contract, said once more with dictionaries, row by row.

Shares no code with the product. Everything is looked up anew each time, so that it can be read as the contract is:
``blank`` and ``conflict`` as the reference of the configuration has them, and booking as "known keys are updated only where a
value differs, everything else is unchanged".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.model.absence import back, brings, comes_back, lacking
from tests.model.policies import Policies
from tests.model.referring import References
from tests.model.scenario import SEPARATOR, Cell, Entry, Key, Parked, Place, Row, Written, mapping_of, members


@dataclass
class Outcome:
    """What booking a file comes to. forbidden: line, why, and the field that is meant. buckets: line → what became
    of the row: ``booked``, ``rejected``, ``parked`` or ``skipped``. parked: the rows that wait. absent: how many rows the file
    lacks that were written; reopened: how many of the updated ones are there again."""

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
    parked: list[Parked] = field(default_factory=list)
    absent: int = 0
    reopened: int = 0

    @property
    def rejected(self) -> int:
        """How many rows were rejected, for whatever."""
        return sum(bucket == "rejected" for bucket in self.buckets.values())


class Books(Policies):
    """The tables, into which files are booked."""

    def book(
        self, run: str, tenant: str, feed: Written, rows: Iterable[tuple[int, Row]], turned_away: Iterable[Place] = (), *,
        day: str | None = None, unread: Collection[Key] = (), again: str | None = None,
    ) -> Outcome:  # fmt: skip
        """Books a file's rows, each with its line; returns what came of it. turned_away: where rows of the file would stand that
        were rejected before, so that their keys come several times as well. day: of the run; None leaves rows that the file
        lacks as they are. unread: keys of rows that were rejected as they were read. again: the rows are those that this run
        parked; those that still wait are left as they are."""
        written, entity = feed, self.entities[feed["entity"]]
        feed = brings(feed, entity)
        rows = [(line, cells | back(written, entity)) for line, cells in rows]
        outcome = Outcome(rows=len(rows))
        self.feed_of[run] = feed.get("feed", "")
        self._begin_to_keep_edits(tenant, feed)
        outcome.buckets = dict.fromkeys((line for line, _ in rows), "skipped")
        alone = self._one_each(tenant, feed, rows, outcome, Counter(turned_away))
        settled = self._references(tenant, feed).settle(alone)
        outcome.effects.update({("reference_blanked", name): number for name, number in settled.blanked.items()})
        left = dict(settled.rows)
        for line, cells in alone:
            place = self.place_of(feed["entity"], tenant, cells)
            apart = settled.apart.get(line, [])
            wanted = self._with_what_stays(feed, place, left.get(line, cells))
            own = [*self._faults(feed, wanted, known=place in self.rows), *self._unknown_members(feed, place, wanted)]
            faults = [*own, *(("unknown_reference", one.field) for one in apart)]
            outcome.forbidden += [(line, code, name) for code, name in faults]
            outcome.buckets[line] = "rejected" if faults else "booked"
            if apart and not own and all(one.parks for one in apart):
                outcome.buckets[line] = "parked"
                missing = {one.field: one.value for one in apart}
                outcome.parked.append(Parked(run, tenant, feed["feed"], line, place, cells, missing))
            if not faults:
                before = self.rows.get(place)
                outcome.entries += self._booked(run, line, place, feed, wanted, outcome)
                back_again = before is not None and comes_back(written, entity, before, self.rows[place])
                outcome.reopened += day is not None and back_again
        outcome.entries += self._named_on_the_way(run, tenant, settled.made, outcome)
        outcome.entries += self._created_on_the_way(run, tenant, feed, outcome)
        complete = written.get("absent_despite_rejects") or not (outcome.rejected or unread)
        if day is not None and rows and complete:
            keys = {*unread, *(self.place_of(feed["entity"], tenant, cells)[2] for _, cells in rows)}
            self._write_absent(run, tenant, written, keys, day, outcome)
        self.log += outcome.entries
        self._wait(run, tenant, feed, dict(rows), outcome, again)
        return outcome

    def _booked(self, run: str, line: int, place: Place, feed: Written, cells: Row, outcome: Outcome) -> list[Entry]:
        if place in self.rows:
            entry = self._update(run, line, place, feed, cells, outcome)
            return [] if entry is None else [entry]
        outcome.created += 1
        return [self._create(run, line, place, feed, cells)]

    def _wait(self, run: str, tenant: str, feed: Written, rows: Mapping[int, Row], outcome: Outcome, again: str | None) -> None:
        """What a file brings anew waits no longer, nor what went in; rows that still wait are no rows of that run."""
        if again is not None:
            waiting = {one.line for one in outcome.parked}
            self.parked = [one for one in self.parked if one.run != again or one.line in waiting]
            return
        told = {line for line, bucket in outcome.buckets.items() if bucket in ("booked", "parked")}
        places = {self.place_of(feed["entity"], tenant, rows[line]) for line in told}
        mine = (tenant, feed.get("feed"))
        self.parked = [one for one in self.parked if (one.tenant, one.feed) != mine or one.place not in places]
        self.withdrawn = [one for one in self.withdrawn if (one.tenant, one.feed) != mine or one.place not in places]
        self.parked += outcome.parked

    def _references(self, tenant: str, feed: Written) -> References:
        entity = feed["entity"]

        def place(row: Row) -> Place:
            return self.place_of(entity, tenant, row)

        def changes(row: Row, name: str) -> bool:
            stands = self.rows[place(row)][name]
            return self._settled(self._rule(feed, name), row[name], stands, place(row), name)[0] != stands

        def faults(row: Row) -> bool:
            wanted = self._with_what_stays(feed, place(row), row)
            own = self._faults(feed, wanted, known=place(row) in self.rows)
            return any(True for _ in (*own, *self._unknown_members(feed, place(row), wanted)))

        return References(
            feed,
            self.entities[entity],
            there=lambda name: {key[0] for kind, owner, key in self.rows if (kind, owner) == (name, tenant)},
            known=lambda row: place(row) in self.rows,
            changes=changes,
            faults=faults,
            books=lambda row: place(row) not in self.rows or any(changes(row, name) for name in mapping_of(feed)),
        )

    def _write_absent(self, run: str, tenant: str, feed: Written, keys: Collection[Key], day: str, outcome: Outcome) -> None:
        """Writes what a feed says into rows that its file lacks."""
        entity = self.entities[feed["entity"]]
        above = min((entry.line for entry in outcome.entries if entry.line < 0), default=0)
        found = lacking(self.rows, self.log, feed, entity, tenant, keys, day, self.feed_of)
        for at, (place, values) in enumerate(found, 1):
            before = {name: self.rows[place][name] for name in values}
            self.rows[place] = self.rows[place] | values
            outcome.entries.append(Entry(run, above - at, place, "updated", before, values))
        outcome.absent = len(found)

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
                if (spec["of"], tenant, (member,)) not in self.rows:
                    made.append(self._make(run, spec["of"], tenant, member, [*outcome.entries, *made]))
                    outcome.effects["created_on_the_way", name] += 1
        return made

    def _named_on_the_way(self, run: str, tenant: str, wanted: list[tuple[str, str, Cell]], outcome: Outcome) -> list[Entry]:
        """Creates the rows that references name and that are not there yet."""
        made: list[Entry] = []
        for name, entity, value in wanted:
            if (entity, tenant, (value,)) not in self.rows:
                made.append(self._make(run, entity, tenant, value, [*outcome.entries, *made]))
                outcome.effects["created_on_the_way", name] += 1
        return made

    def _make(self, run: str, entity: str, tenant: str, value: Cell, entries: list[Entry]) -> Entry:
        """Creates a row on the way: its key, the same in texts that it must have, and defaults. Its line is the next below."""
        line = min((entry.line for entry in entries if entry.line < 0), default=0) - 1
        row: Row = {}
        for name, spec in self.fields_of(entity).items():
            needed = spec.get("required") or spec.get("required_for_new")
            same = needed and spec.get("default") is None
            row[name] = str(value) if same else None if spec.get("owner") == "application" else spec.get("default")
        place = (entity, tenant, (value,))
        self.rows[place] = row | {self.entities[entity]["key"][0]: value}
        return Entry(run, line, place, "created", None, dict(self.rows[place]))

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
