"""What a feed that holds everything writes into absent rows, what its own rows bring by themselves, and when it does neither."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nightclerk.core.absence import Incomplete, left_alone, with_absence
from nightclerk.core.booking import Absence, BookingPlan, plan_booking, written_fields
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.verdict import plan_reading

ITEM = Entity.model_validate(
    {
        "entity": "item",
        "table": "items",
        "key": ["number"],
        "fields": {
            "number": {"type": "text"},
            "left": {"type": "money"},
            "status": {"type": "text"},
            "cleared_on": {"type": "date"},
            "note": {"type": "text"},
        },
        "absent": {
            "clear": {
                "gone": {"status": "cleared", "cleared_on": "run_date", "left": 0, "note": "run_date"},
                "back": {"status": "open", "cleared_on": None},
            }
        },
    }
)
DAY = date(2026, 11, 22)


def feed(mapping: dict[str, Any], **more: Any) -> Feed:
    return Feed.model_validate(
        {"feed": "items", "files": "i*.csv", "entity": "item", "mapping": mapping, "absent": "clear"} | more
    )


def planned(of: Feed) -> BookingPlan:
    return with_absence(plan_booking("acme", of, ITEM), of, ITEM, DAY)


def test_what_no_file_would_bring_back_is_left_alone() -> None:
    of = feed({"number": "No"})
    assert written_fields(of, ITEM) == ("number", "status", "cleared_on")
    assert planned(of).absence == Absence(
        "items",
        (("status", "status", "text", "cleared"), ("cleared_on", "cleared_on", "date", "2026-11-22")),
        frozenset({"cleared_on"}),
        ("status", "cleared_on"),
    )


def test_what_the_mapping_fills_is_written_as_well_and_its_own_values_go_before() -> None:
    of = feed({"number": "No", "left": "Left", "status": "Status", "note": "Note"})
    absence = planned(of).absence
    assert absence is not None
    assert {name: value for name, _, _, value in absence.gone} == {
        "left": "0.0000",
        "status": "cleared",
        "cleared_on": "2026-11-22",
        "note": "run_date",
    }
    assert absence.telling == ("cleared_on",), "what rows bring by themselves tells best"
    mapped = feed({"number": "No", "status": "Status", "cleared_on": "Day"})
    assert getattr(planned(mapped).absence, "telling", None) == ("status", "cleared_on")


def test_feeds_that_keep_absent_rows_bring_nothing_by_themselves() -> None:
    of = feed({"number": "No"}, absent="keep")
    assert written_fields(of, ITEM) == ("number",)
    assert planned(of).absence is None


@pytest.mark.parametrize(
    ("conflict", "expected"),
    [("overwrite", "overwrite"), ("fill_empty", "overwrite"), ("never", "overwrite"), ("keep_local_edits", "keep_local_edits")],
)
def test_a_row_that_comes_back_is_there_again_whatever_stands_in_it(conflict: str, expected: str) -> None:
    fields = {one.name: one for one in planned(feed({"number": "No"}, conflict=conflict)).fields}
    assert {(one.conflict, one.blank) for name, one in fields.items() if name != "number"} == {(expected, "clear")}


def test_what_rows_bring_by_themselves_is_read_from_no_column_and_is_in_no_sum() -> None:
    money = ITEM.model_copy(
        update={"absent": ITEM.absent.model_copy(update={"clear": ITEM.absent.clear.model_copy(update={"back": {"left": 0}})})}  # type: ignore[union-attr]
    )
    plan = plan_reading(feed({"number": "No"}), money, ("No",), "UTC")
    assert plan.written == ("number", "left")
    assert [field.constant for field in plan.fields] == [None, "0.0000"]
    assert [field.name for field in plan.read] == ["number"]
    assert not any(field.counts for field in plan.fields)


WHOLE = Incomplete(trial=False, corrects=False, older=False, rejected=0)


@pytest.mark.parametrize(
    ("file", "despite", "said"),
    [
        (WHOLE, False, None),
        (Incomplete(trial=True, corrects=False, older=False, rejected=0), True, "This was a trial"),
        (Incomplete(trial=False, corrects=True, older=False, rejected=0), True, "This file brings corrections only"),
        (Incomplete(trial=False, corrects=False, older=True, rejected=0), True, "This is an older file"),
        (Incomplete(trial=False, corrects=False, older=False, rejected=1), False, "because 1 row of it was rejected"),
        (Incomplete(trial=False, corrects=False, older=False, rejected=2), False, "because 2 rows of it were rejected"),
        (Incomplete(trial=False, corrects=False, older=False, rejected=2), True, None),
    ],
)
def test_an_incomplete_file_tells_nothing_of_what_is_absent(file: Incomplete, despite: bool, said: str | None) -> None:
    told = left_alone(feed({"number": "No"}, absent_despite_rejects=despite), file)
    assert told is None if said is None else said in str(told)
