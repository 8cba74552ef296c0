"""When a letter is written, as a tenant wishes it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.letters.reports import run

from nightclerk.core.drop import ENDINGS
from nightclerk.core.reporting import On, Reporting, letter_wanted
from nightclerk.core.run import Counts


def reporting(**on: str) -> Reporting:
    return Reporting.model_validate({"to": "a@b.example", "on": on})


def test_every_ending_can_be_named_and_a_letter_is_written_where_nothing_is_said() -> None:
    assert set(On.model_fields) == set(ENDINGS)
    for ending in ENDINGS:
        assert letter_wanted(reporting(), [run(ending=ending)])
        assert not letter_wanted(reporting(**{ending: "never"}), [run(ending=ending)])


@pytest.mark.parametrize(
    ("ending", "counts", "wanted"),
    [
        ("imported", {"rows": 3, "unchanged": 3}, False),
        ("imported", {"rows": 3, "unchanged": 2, "skipped": 1}, False),
        ("imported", {"rows": 3, "unchanged": 2, "created": 1}, True),
        ("imported", {"rows": 3, "unchanged": 2, "updated": 1}, True),
        ("imported", {"rows": 3, "unchanged": 2, "parked": 1}, True),
        ("imported_with_rejects", {"rows": 3, "unchanged": 2, "rejected": 1}, True),
        ("refused", {"rows": 3, "skipped": 3}, True),
        ("held", {"rows": 3, "held": 3}, True),
        ("unrecognised", {}, True),
        ("duplicate", {"rows": 3, "skipped": 3}, False),
        ("empty", {}, False),
    ],
)
def test_changes_are_what_somebody_should_know(ending: Any, counts: dict[str, int], wanted: bool) -> None:
    assert letter_wanted(reporting(**{ending: "changes"}), [run(ending=ending, counts=Counts(**counts))]) is wanted


def test_one_run_that_asks_for_a_letter_is_enough() -> None:
    wishes = reporting(imported="never", duplicate="never")
    assert not letter_wanted(wishes, [run(), run(ending="duplicate")])
    assert letter_wanted(wishes, [run(), run(ending="refused"), run(ending="duplicate")])
