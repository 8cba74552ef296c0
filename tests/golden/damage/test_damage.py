"""The damage suite: exports of many shapes, each damaged in one place, are read right, reported at the right line, or refused.

Never may a row be booked with values that the export did not have, where the damage shows in the file. What is not seen is said
in ``damages.py``, damage by damage. ``NIGHTCLERK_DAMAGES`` says how many cases (2,000), ``NIGHTCLERK_SEED`` which.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import dataclass

import pytest
from tests.golden.damage.damages import DAMAGES, Damaged
from tests.golden.damage.exports import COLUMNS, Export, Record, export
from tests.unit.formats.reading import Read, read

from nightclerk.core.entity import Entity
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Job

CASES = int(os.environ.get("NIGHTCLERK_DAMAGES", "2000"))
SEED = int(os.environ.get("NIGHTCLERK_SEED", "20261122"))
PARTS = 8
ENTITY = Entity.model_validate({
    "entity": "invoice", "table": "invoices", "key": ["code"],
    "fields": {
        "code": {"type": "text"}, "name": {"type": "text", "required": True}, "city": {"type": "text", "required": True},
        "amount": {"type": "decimal", "required": True}, "due": {"type": "date", "required": True}, "note": {"type": "text"},
        "total": {"type": "decimal", "required": True},
    },
})  # fmt: skip
#: How many rows that are whole may be lost with a damaged one, each told of by its record's issue.
MOST_LOST = 10


@dataclass
class Outcome:
    """What became of a damaged file. lost: whole rows that were not booked, because a damaged record holds them."""

    how: str
    lost: int = 0


def job_of(made: Export) -> Job:
    mapping = {name.lower(): name for name in made.shape.columns}
    fields = {name: kind for name, kind in ENTITY.model_dump(by_alias=True)["fields"].items() if name in mapping}
    entity = Entity.model_validate({**ENTITY.model_dump(by_alias=True, exclude_defaults=True), "fields": fields})
    feed = Feed.model_validate({
        "feed": "invoices", "files": "*.csv", "entity": "invoice", "decimal": made.shape.decimal, "dates": ["%d/%m/%Y"],
        "mapping": mapping,
    })  # fmt: skip
    return Job("fr", "Europe/Paris", feed=feed.model_dump_json(by_alias=True), entity=entity.model_dump_json(by_alias=True))


def outcome(made: Export, damaged: Damaged) -> Outcome:
    """Given an export and what became of it; returns how it was taken. Fails where a row was booked wrong, or damage not told."""
    first, last = damaged.lines
    try:
        found = read(damaged.data, job_of(made))
    except SenderError as refused:
        return _refused(refused, damaged)
    told = any(first - 1 <= issue.line <= last + 1 for issue in found.issues)
    told |= any(first - 1 <= left.line <= last + 1 for left in found.left_out)
    told |= any(first - 1 <= line <= last + 1 for key in found.finished.duplicates for line in key.lines)
    whole = [record for record in made.records[: damaged.left] if record not in damaged.touched]
    booked = Counter(found.rows.values())
    _nothing_wrong(damaged, whole, booked)
    lost = sum((Counter(record.value for record in whole) - booked).values())
    assert told or not lost, f"{lost} whole rows are lost without a word"
    assert lost <= MOST_LOST, f"{lost} whole rows are lost"
    right = all(booked[record.value] for record in damaged.touched) or bool(booked.keys() & set(damaged.may))
    assert told or right, "the damage is not told of"
    if damaged.twice is not None:
        _told_twice(damaged.twice, found)
    return Outcome("reported" if told else "read right", lost)


def _refused(refused: SenderError, damaged: Damaged) -> Outcome:
    first, last = damaged.lines
    assert damaged.seen, f"refused for nothing: {refused}"
    # Two readings of the whole file have no line; the sentence names the words that tell them apart.
    if refused.code != "encoding_ambiguous":
        assert refused.line is not None, f"refused without a line: {refused}"
        assert first - 1 <= refused.line <= last + 1, f"refused at line {refused.line}: {refused}"
    return Outcome("refused")


def _nothing_wrong(damaged: Damaged, whole: list[Record], booked: Counter[tuple[str | None, ...]]) -> None:
    allowed = {record.value for record in (*whole, *damaged.touched)} | set(damaged.may)
    wrong = [value for value in booked if value not in allowed]
    assert not wrong, f"booked wrong: {wrong}"


def _told_twice(record: Record, found: Read) -> None:
    assert [key.key for key in found.finished.duplicates] == [(record.cells[0],)]
    assert found.finished.duplicates[0].lines[0] == record.line


@pytest.mark.parametrize("part", range(PARTS))
def test_damage_is_never_taken_for_sound_rows(part: int) -> None:
    outcomes: Counter[str] = Counter()
    for number in range(part, CASES, PARTS):
        rng = random.Random(f"{SEED}:{number}")
        made = export(rng)
        damage = DAMAGES[number // PARTS % len(DAMAGES)]
        damaged = damage(rng, made)
        try:
            taken = outcome(made, damaged)
        except AssertionError as wrong:
            raise AssertionError(f"seed {SEED}, case {number}, {damage.__name__} of {made.shape}: {wrong}") from None
        outcomes[taken.how] += 1
        outcomes["whole rows lost"] += taken.lost
    print(f"seed {SEED}, part {part}: {dict(outcomes)}")


@pytest.mark.parametrize("number", range(40))
def test_what_is_not_damaged_is_read_right(number: int) -> None:
    """The oracle itself: sound exports of all shapes are booked exactly as they are meant."""
    made = export(random.Random(f"{SEED}:sound:{number}"))
    assert set(made.shape.columns) <= set(COLUMNS)
    found = read(made.encoded(made.file()), job_of(made))
    assert found.rows == {record.line: record.value for record in made.records}
    assert not found.issues
    assert not found.left_out
    assert not found.opened.notes
