"""A scenario played the real way: configuration and files on disk, the reader's child, the ledger, the archive, the target."""

from __future__ import annotations

import copy
import random
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.model.books import Outcome
from tests.model.comparing import DifferenceError, Stage, compare_log, compare_tables
from tests.model.installing import as_files, installed
from tests.model.play import write
from tests.model.reading import Read, content_of, read, texts_of
from tests.model.scenario import Delivery, Replay, Scenario, Undo, mapping_of
from tests.model.shelves import Shelf
from tests.model.undoing import TakenBack, take_back

from nightclerk.core.run import Run, of_the_file
from nightclerk.core.undo import UndoTally
from nightclerk.work.decide import decide
from nightclerk.work.hand_in import hand_in
from nightclerk.work.house import House
from nightclerk.work.replay import replay
from nightclerk.work.undo import undo


@dataclass
class Booked:
    """A run that was booked: its number, what it is by the model's books, and the file."""

    number: int
    run: str
    delivery: Delivery
    texts: list[dict[str, str]]
    undoes: str | None = None


@dataclass
class Walk:
    """A house with its files, and the model beside it. clean: the newest import of each tenant's feed: content, run, whether the
    same bytes once more would be a duplicate."""

    stage: Stage
    house: House
    folder: Path
    chance: random.Random
    runs: list[Booked]
    newest: dict[tuple[str, str], tuple[bytes, str, bool]]

    @property
    def undone(self) -> frozenset[str]:
        """The runs that are taken back and stay so."""
        found: set[str] = set()
        for past in reversed(self.runs):
            if past.undoes is not None and past.run not in found:
                found.add(past.undoes)
        return frozenset(found)


def walk(scenario: Scenario, shelf: Shelf, folder: Path) -> None:
    """Given a scenario, an empty shelf and a folder; plays it. Raises DifferenceError at the first step that differs."""
    scenario = as_files(scenario)
    with installed(scenario, shelf, folder) as (stage, house):
        made = Walk(stage, house, folder, random.Random(scenario.seed), [], {})
        for number, step in enumerate(scenario.steps):
            try:
                if isinstance(step, Delivery):
                    entity = stage.books.entities[scenario.feeds[step.feed]["entity"]]
                    _hand_in(made, step, texts_of(step, entity, made.chance, 0.08))
                elif isinstance(step, Undo):
                    _undo(made, step)
                elif isinstance(step, Replay):
                    _replay(made, step)
                else:
                    write(stage, step)
                compare_tables(stage)
            except DifferenceError as error:
                raise DifferenceError(f"step {number}: {error}") from None


def _hand_in(walk: Walk, step: Delivery, texts: list[dict[str, str]]) -> None:
    feed = walk.stage.scenario.feeds[step.feed]
    content = content_of(texts, list(mapping_of(feed)))
    path = walk.folder / f"{step.feed}_{len(list(walk.folder.iterdir()))}.csv"
    path.write_bytes(content)
    before, log = walk.stage.shelf.dump(), len(walk.stage.books.log)
    only = None if step.only is None else tuple("|".join(map(_part, key)) for key in step.only)
    (run,) = of_the_file(hand_in(walk.house, step.tenant, path, step.feed, only))
    if run.ending == "held":
        run = _decided(walk, step, run, before)
    _judge(walk, step, texts, run, before, duplicates=content if only is None else None)
    compare_log(walk.stage, run.key, walk.stage.books.log[log:])


def _decided(walk: Walk, step: Delivery, run: Run, before: list[str]) -> Run:
    """A held file has written nothing. Which files the guards hold is not the model's to say, but that only they do."""
    stage = walk.stage
    stage.same("bytes while a file is held", stage.shelf.dump(), before)
    if not stage.scenario.feeds[step.feed]["hold"] or step.only is not None:
        raise DifferenceError(f"a file was held that no guard is to hold: {run.held}")
    stage.same("counts of a held file", (run.counts.held, run.counts.rows), (run.counts.rows, run.counts.rows))
    return decide(walk.house, run.id, "approve" if step.approve else "refuse", "tester")[0]


def _replay(walk: Walk, step: Replay) -> None:
    booked = [past for past in walk.runs if past.undoes is None]
    if not booked:
        return
    past = booked[max(0, len(booked) - 1 - step.back)]
    before, log = walk.stage.shelf.dump(), len(walk.stage.books.log)
    (run,) = replay(walk.house, past.number, as_it_was=False)
    if run.ending == "held":
        run = _decided(walk, past.delivery, run, before)
    _judge(walk, past.delivery, past.texts, run, before, duplicates=None)
    compare_log(walk.stage, run.key, walk.stage.books.log[log:])


def _judge(
    walk: Walk, step: Delivery, texts: list[dict[str, str]], run: Run, before: list[str], duplicates: bytes | None
) -> None:
    """Given how a run ended; holds it against what the model makes of the file. duplicates: the bytes by which the file may be
    the same delivery again."""
    stage = walk.stage
    feed, mine = stage.scenario.feeds[step.feed], (step.tenant, step.feed)
    found = read(texts, stage.books.entities[feed["entity"]], feed)
    if run.decision is not None and run.decision.action == "refuse":
        stage.same("a file that was refused by hand", (run.ending, stage.shelf.dump()), ("refused", before))
        return
    last = walk.newest.get(mine)
    if duplicates is not None and last is not None and last[2] and last[0] == duplicates and last[1] not in walk.undone:
        stage.same("the same delivery again", (run.ending, run.counts.skipped), ("duplicate", len(texts)))
        return
    expected = _expected(walk, step, found, run.key)
    outcome, counts, ending = expected
    stage.same("ending and counts", (run.ending, _counts(run)), (ending, counts))
    if ending not in ("imported", "imported_with_rejects"):
        stage.same("bytes after a file that was not booked", stage.shelf.dump(), before)
        return
    effects = {name: rows for name, rows in run.effects.items() if name not in ("only", "gave_way")}
    wanted: dict[str, dict[str, int]] = {}
    for (effect, name), rows in outcome.effects.items():
        wanted.setdefault(effect, {})[name] = rows
    stage.same("effects", effects, wanted)
    if step.only is None:
        stage.same("control totals", _totals(run), _sums(found, outcome))
    content = content_of(texts, list(mapping_of(feed)))
    clean = counts["rejected"] == 0 and step.only is None
    walk.newest[mine] = (content, run.key, clean)
    walk.runs.append(Booked(run.id, run.key, step, texts))


def _expected(walk: Walk, step: Delivery, found: Read, run: str) -> tuple[Outcome, dict[str, int], str]:
    """Books the file in the model unless it is refused; returns what came of it, the counts, and how the run ends."""
    stage, feed = walk.stage, walk.stage.scenario.feeds[step.feed]
    rows, rejected, turned_away = found.rows, found.rejected, found.turned_away
    whole = len(rows) + len(rejected)
    if step.only is not None:
        key = stage.scenario.entities[feed["entity"]]["key"]
        meant = {tuple(part.strip() if isinstance(part, str) else part for part in one) for one in step.only}
        rows = [(line, row) for line, row in rows if tuple(row[name] for name in key) in meant]
        turned_away = [one for one in turned_away if one in meant]
        rejected = rejected[: len(turned_away)]
    books = copy.deepcopy(stage.books)
    outcome = books.book(run, step.tenant, feed, rows, [(feed["entity"], step.tenant, one) for one in turned_away])
    counts = {
        "rows": whole, "created": outcome.created, "updated": outcome.updated, "unchanged": outcome.unchanged,
        "rejected": outcome.rejected + len(rejected), "skipped": outcome.skipped + whole - len(rows) - len(rejected),
    }  # fmt: skip
    booked = outcome.created + outcome.updated + outcome.unchanged
    if whole == 0:
        return outcome, counts, "empty"
    if counts["rejected"] and not booked:
        return outcome, dict.fromkeys(counts, 0) | {"rows": whole, "skipped": whole}, "refused"
    stage.books = books
    return outcome, counts, "imported_with_rejects" if counts["rejected"] else "imported"


def _counts(run: Run) -> dict[str, int]:
    made = run.counts
    assert made.parked == made.held == 0
    names = ("rows", "created", "updated", "unchanged", "rejected", "skipped")
    return {name: getattr(made, name) for name in names}


def _totals(run: Run) -> dict[str, dict[str, tuple[Decimal, ...]]]:
    return {
        name: {
            currency: tuple(map(Decimal, (one.file, one.booked, one.rejected, one.skipped))) for currency, one in totals.items()
        }
        for name, totals in run.totals.items()
    }


def _sums(found: Read, outcome: Outcome) -> dict[str, dict[str, tuple[Decimal, ...]]]:
    sums: dict[str, dict[str, tuple[Decimal, ...]]] = {}
    for name, lines in found.money.items():
        buckets: dict[str, Counter[str]] = {}
        for line, (currency, amount) in lines.items():
            into = buckets.setdefault(currency, Counter())
            into["file"] += amount  # type: ignore[assignment]  # exact amounts, not whole numbers
            into[outcome.buckets.get(line, "rejected")] += amount  # type: ignore[assignment]
        sums[name] = {
            currency: tuple(Decimal(into[one]) for one in ("file", "booked", "rejected", "skipped"))
            for currency, into in buckets.items()
        }
    return sums


def _undo(walk: Walk, step: Undo) -> None:
    stage, undone = walk.stage, walk.undone
    standing = [past for past in walk.runs if past.run not in undone]
    if not standing:
        return
    past = standing[max(0, len(standing) - 1 - step.back)]
    void = undone | {one.run for one in walk.runs if one.undoes is not None}
    before, length = stage.shelf.dump(), len(stage.books.log)
    done = undo(walk.house, past.number, lambda rows: None)
    by = "" if done.by is None else done.by.key
    tally = _tally(take_back(stage.books, past.run, by, void))
    stage.same("undo", (done.tally, done.file_gone), (tally, False))
    if done.by is None:
        stage.same("an undo of nothing", (tally.reverted, stage.shelf.dump()), ({}, before))
        return
    compare_log(stage, by, stage.books.log[length:])
    walk.runs.append(Booked(done.by.id, by, past.delivery, past.texts, past.run))
    mine = past.delivery.tenant, past.delivery.feed
    if mine in walk.newest:  # what was booked last is the undo, so that no file is the same delivery again
        walk.newest[mine] = (*walk.newest[mine][:2], False)


def _tally(rows: list[TakenBack]) -> Any:
    made: Any = UndoTally()
    for row in rows:
        if row.act is not None:
            made.reverted[row.act] = made.reverted.get(row.act, 0) + 1
            made.partly += bool(row.kept)
        elif row.reason is not None:
            made.could_not[row.reason] = made.could_not.get(row.reason, 0) + 1
        else:
            made.kept += 1
    return made


def _part(part: object) -> str:
    return part.strip() if isinstance(part, str) else str(part)
