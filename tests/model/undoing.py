"""The slow, plain model of taking a run back: reverted where nobody touched it since, else kept, and why it could not be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tests.model.books import Books
from tests.model.scenario import Entry, Place, members


@dataclass(frozen=True)
class TakenBack:
    """What became of one row. fields: those that got their old values back; kept: those changed since. columns: they are told by
    their columns, as of each row that an undo had created anew."""

    line: int
    place: Place
    outcome: str
    act: str | None = None
    fields: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    reason: str | None = None
    columns: bool = False


def take_back(
    books: Books, run: str, by: str, void: Collection[str], parker: str | None = None, parks: bool = False
) -> list[TakenBack]:
    """Given the books, the run to take back, the run that does so, and those whose changes count for nothing; takes it back and
    returns what became of each row, by line. parker: the run of a file that this is all about, where it is not the run itself;
    parks: with it that one stands again."""
    # What was created on the way goes last, when no list names it any more; and comes first.
    mine = sorted((entry for entry in books.log if entry.run == run), key=lambda one: (one.line < 0) is (one.kind != "deleted"))
    since = books.log[max((at for at, entry in enumerate(books.log) if entry.run == run), default=0) + 1 :]
    later = [entry for entry in since if entry.run not in void]
    done, entries = [], []
    for entry in mine:
        one = _decide(books, entry, [other for other in later if other.place == entry.place])
        done.append(one)
        if one.act is not None:
            entries.append(_carry_out(books, entry, one, by))
    books.log += entries
    before, after = (books.withdrawn, books.parked) if parks else (books.parked, books.withdrawn)
    after += [one for one in before if one.run == (parker or run)]
    before[:] = [one for one in before if one.run != (parker or run)]
    books.feed_of[by] = books.feed_of[run]
    return sorted(done, key=lambda one: one.line)


def _referred(books: Books, place: Place) -> bool:
    """Whether a list or a reference of the same tenant names the row."""
    for (entity, tenant, _), row in books.rows.items():
        for name, spec in books.fields_of(entity).items():
            named = members(row[name]) if spec["type"] == "list" else [row[name]]
            if (tenant, spec.get("of") or spec.get("to")) == (place[1], place[0]) and place[2][0] in named:
                return True
    return False


def _decide(books: Books, entry: Entry, later: list[Entry]) -> TakenBack:
    line, place = entry.line, entry.place
    stands = books.rows.get(place)
    remade = any(other.kind != "updated" for other in later)
    if entry.kind == "deleted":
        return TakenBack(line, place, "reverted", "created") if stands is None else TakenBack(line, place, "kept")
    if stands is None:
        return TakenBack(line, place, "could_not", reason="gone")
    after = entry.after or {}
    if entry.kind == "created":
        kept = frozenset(name for name in stands if stands[name] != after[name])
        if kept or later:
            return TakenBack(line, place, "kept", kept=kept, columns=entry.again)
        if line < 0 and _referred(books, place):
            return TakenBack(line, place, "could_not", reason="referred")
        return TakenBack(line, place, "reverted", "deleted")
    changed = {name for other in later for name in (other.after or {})} if not remade else set(after)
    fields = frozenset(name for name in after if name not in changed and stands[name] == after[name])
    kept = frozenset(after) - fields
    return TakenBack(line, place, "reverted", "updated", fields, kept) if fields else TakenBack(line, place, "kept", kept=kept)


def _carry_out(books: Books, entry: Entry, one: TakenBack, by: str) -> Entry:
    place = entry.place
    if one.act == "deleted":
        gone = books.rows.pop(place)
        books.brought.pop(place, None)
        return Entry(by, entry.line, place, "deleted", gone, None)
    if one.act == "created":
        again = dict(entry.before or {})
        books.rows[place] = again
        books.brought[place] = {name: again[name] for name in books._edits_kept(place)}
        return Entry(by, entry.line, place, "created", None, dict(again), again=True)
    before = {name: (entry.before or {})[name] for name in one.fields}
    after = {name: (entry.after or {})[name] for name in one.fields}
    books.rows[place] = books.rows[place] | before
    known = books.brought.get(place, {})
    for name in one.fields:
        if name in known and known[name] == after[name]:
            known[name] = before[name]
    return Entry(by, entry.line, place, "updated", after, before)
