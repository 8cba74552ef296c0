"""Columns that hold something else than in the feed's last file."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from nightclerk.core.drift import drift, gone_columns
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.habits import Habits
from nightclerk.core.run import Counts, IssueGroup, Run
from nightclerk.core.sentence import Sentence

ENTITY = Entity.model_validate(
    {
        "entity": "customer",
        "table": "customers",
        "key": ["code"],
        "fields": {"code": {"type": "text"}, "name": {"type": "text", "required": True}, "city": {"type": "text"},
                   "since": {"type": "date", "required": True}, "seen": {"type": "date"}},
    }
)  # fmt: skip
MAPPING = {"code": "Code", "name": "Name", "city": "City", "since": "Since", "seen": "Seen"}
FEED = Feed.model_validate({"feed": "a", "files": "*.csv", "entity": "customer", "mapping": MAPPING})
COLUMNS = ("Code", "Name", "City", "Since", "Seen")
NOW = datetime(2026, 4, 3, tzinfo=UTC)


def last(groups: tuple[IssueGroup, ...] = (), **contents: dict[str, int]) -> Run:
    counts = Counts(rows=100, created=100)
    return Run(1, "k", 1, "t", "a", "customer", "f", 1, None, NOW, NOW, "imported", counts, 1, columns=COLUMNS, groups=groups,
               habits=Habits((), contents))  # fmt: skip


def unread(field: str, count: int) -> IssueGroup:
    return IssueGroup("not_a_date", field.title(), field, count, ((7, "46000", Sentence("x")),))


@pytest.mark.parametrize(("before", "now"), [("words", "date"), ("words", "digits"), ("email", "phone"), ("words", "amount")])
def test_a_required_text_of_another_kind_refuses_the_file(before: str, now: str) -> None:
    found = drift(last(name={before: 99, "mixed": 1}), FEED, ENTITY, COLUMNS, 100, (), {"name": {now: 100}})
    assert found.refusal is not None
    assert found.refusal.code == "column_changed"
    assert 'Column "Name" holds' in str(found.refusal.sentence)
    other = drift(last(city={before: 99, "mixed": 1}), FEED, ENTITY, COLUMNS, 100, (), {"city": {now: 100}})
    assert (other.refusal, len(other.notes)) == (None, 1)


@pytest.mark.parametrize(
    ("field", "before", "now"),
    [
        ("name", {"words": 100}, {"words": 60, "digits": 40}),
        ("name", {"words": 100}, {"mixed": 100}),
        ("name", {"words": 9}, {"digits": 9}),
        ("name", {"words": 60, "date": 40}, {"date": 100}),
        ("code", {"words": 100}, {"digits": 100}),
        ("name", {}, {"words": 100}),
    ],
)
def test_what_may_well_be_is_no_change(field: str, before: dict[str, int], now: dict[str, int]) -> None:
    found = drift(last(**{field: before}), FEED, ENTITY, COLUMNS, 100, (), {field: now})
    assert (found.refusal, found.notes) == (None, ())


def test_a_key_of_dates_or_amounts_is_a_change() -> None:
    found = drift(last(code={"digits": 100}), FEED, ENTITY, COLUMNS, 100, (), {"code": {"date": 100}})
    assert found.refusal is not None


def test_the_first_file_has_doubts_only() -> None:
    found = drift(None, FEED, ENTITY, COLUMNS, 100, (unread("since", 100),), {"name": {"date": 100}, "city": {"date": 100}})
    assert found.refusal is None
    assert found.notes == (
        'Column "Name" holds dates, though any text may stand there. Its values may stand under the wrong header.',
    )


def test_a_typed_column_that_cannot_be_read_any_more() -> None:
    found = drift(last(), FEED, ENTITY, COLUMNS, 100, (unread("since", 60),), {})
    assert found.refusal is not None
    assert '60 of 100 values in column "Since" cannot be read, the first in line 7' in str(found.refusal.sentence)
    assert drift(last(), FEED, ENTITY, COLUMNS, 100, (unread("seen", 60),), {}).refusal is None
    assert drift(last(), FEED, ENTITY, COLUMNS, 100, (unread("since", 40),), {}).refusal is None
    assert drift(last(groups=(unread("since", 50),)), FEED, ENTITY, COLUMNS, 100, (unread("since", 60),), {}).refusal is None


def test_only_columns_that_were_not_read_are_told_to_be_gone() -> None:
    wider = last()
    assert gone_columns(wider, ("Name", "Code", "since"), FEED) == ()
    feed = FEED.model_copy(update={"mapping": {name: FEED.mapping[name] for name in ("code", "name")}, "ignore": ["Seen"]})
    (told,) = gone_columns(wider, ("Code", "Name"), feed)
    assert told == 'Columns "City", "Since" of the file before this one are not there any more; they were not read.'
    assert gone_columns(None, ("Code",), feed) == ()
