"""The guards: when a file is unlike its feed's history, and when too little is known to say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from nightclerk.core.feed import Feed
from nightclerk.core.guard import reasons_to_hold
from nightclerk.core.habits import Habits
from nightclerk.core.run import ControlTotal, Counts, Run

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ALL = {
    "fewer_rows": "50%",
    "changed": "30%",
    "cleared": {"rows": 10, "share": "10%"},
    "emptied": "50%",
    "total": "50%",
}


def feed(**hold: Any) -> Feed:
    mapping = {"code": "Code", "name": "Nom", "balance": "Solde"}
    return Feed.model_validate({"feed": "clients", "files": "c*.csv", "entity": "customer", "mapping": mapping, "hold": hold})


def run(
    rows: int, updated: int = 0, created: int = 0, total: str = "100.0000", filled: float = 1.0, cleared: int = 0, sha: str = "a"
) -> Run:
    return Run(
        id=7,
        key="k",
        drop=1,
        tenant="acme",
        feed="clients",
        entity="customer",
        file="c.csv",
        size=1,
        sha256=sha,
        started_at=NOW,
        ended_at=NOW,
        ending="imported",
        counts=Counts(rows=rows, created=created, updated=updated, unchanged=rows - updated - created),
        attempt=1,
        columns=("Code", "Nom", "Solde"),
        totals={"balance": {"EUR": ControlTotal(total, total, "0.0000")}},
        effects={"cleared": {"name": cleared}} if cleared else {},
        habits=Habits(filled={"code": 1.0, "name": filled}),
    )


def codes(now: Run, *history: Run, **hold: Any) -> list[str]:
    return [reason.code for reason in reasons_to_hold(now, feed(**(hold or ALL)), history)]


def test_a_file_like_those_before_it_is_not_held() -> None:
    assert codes(run(100, updated=30), run(100), run(110), run(90)) == []


@pytest.mark.parametrize(("rows", "usual", "held"), [(49, 100, True), (50, 100, False), (1, 9, False), (4, 10, True)])
def test_fewer_rows_than_the_share_of_the_usual_number(rows: int, usual: int, held: bool) -> None:
    assert codes(run(rows), run(usual), fewer_rows="50%") == (["fewer_rows"] if held else [])


def test_what_is_usual_is_the_median() -> None:
    assert codes(run(60), run(100), run(10_000), run(110), fewer_rows="50%") == []


@pytest.mark.parametrize(("rows", "updated", "held"), [(100, 30, False), (100, 31, True), (9, 9, False), (10, 10, True)])
def test_changed_is_a_share_of_the_known_rows(rows: int, updated: int, held: bool) -> None:
    now = replace(run(rows, updated=updated), counts=Counts(rows + 50, created=50, updated=updated, unchanged=rows - updated))
    assert codes(now, run(100), changed="30%") == (["changed"] if held else [])


def test_cleared_values_as_a_number_and_as_a_share() -> None:
    assert codes(run(1000, cleared=11), run(1000)) == ["cleared"]
    assert codes(run(50, cleared=6), run(50)) == ["cleared"]
    assert codes(run(50, cleared=5), run(50)) == []
    assert codes(run(1000, cleared=101), run(1000)) == ["cleared", "cleared"]


def test_without_history_only_the_number_of_cleared_values_counts() -> None:
    assert codes(run(1)) == []
    assert codes(run(100, updated=100, cleared=10, total="0.0000", filled=0.0)) == []
    assert codes(run(100, updated=100, cleared=11)) == ["cleared"]


@pytest.mark.parametrize(("filled", "usual", "held"), [(0.0, 1.0, True), (0.5, 1.0, False), (0.0, 0.05, False)])
def test_a_column_that_is_empty_all_at_once(filled: float, usual: float, held: bool) -> None:
    assert codes(run(100, filled=filled), run(100, filled=usual), emptied="50%") == (["emptied"] if held else [])


def test_runs_of_older_versions_tell_nothing_of_how_columns_are_filled() -> None:
    assert codes(run(100, filled=0.0), replace(run(100), habits=None), emptied="50%") == []


@pytest.mark.parametrize(("total", "held"), [("149.0000", False), ("151.0000", True), ("49.0000", True), ("-100.0000", True)])
def test_a_total_far_from_its_history(total: str, held: bool) -> None:
    assert codes(run(100, total=total), run(100), total="50%") == (["total"] if held else [])


def test_a_currency_that_is_missing_counts_as_nothing_where_most_files_had_it() -> None:
    without = replace(run(100), totals={})
    (reason,) = reasons_to_hold(without, feed(total="50%"), [run(100), run(100), without])
    assert reason.sentence == 'The sum of "Solde" (EUR) is 0.00; in the files before this one it was about 100.00.'
    assert codes(without, run(100), without, without, total="50%") == []


def test_stale() -> None:
    assert codes(run(5), run(5), stale=True) == ["stale"]
    assert codes(run(5, sha="b"), run(5), stale=True) == ["stale"]
    assert codes(run(5, sha="b", created=1), run(5), stale=True) == []
    assert codes(run(5, sha="b", total="7.0000"), run(5), stale=True) == []
    assert codes(run(5), stale=True) == []
    assert codes(replace(run(5), replays=3), run(5), stale=True) == [], "a person asks for the same again"


def test_sentences_name_the_senders_column_and_never_say_all_of_nearly_all() -> None:
    now = run(1000, updated=999, cleared=999)
    told = [str(reason.sentence) for reason in reasons_to_hold(now, feed(changed="30%", cleared={"share": "10%"}), [run(1000)])]
    assert told == [
        "99% of the known rows would change: 999 of 1,000.",
        'Empty cells would clear "Nom" in 99% of the known rows: 999 of 1,000.',
    ]


def lacks(rows: int, absent: int) -> Run:
    return replace(run(rows), effects={"absent": {"cleared": absent}})


def test_absent_rows_as_a_number_and_as_a_share_of_those_that_were_there() -> None:
    limits = {"absent": {"rows": 50, "share": "20%"}}
    assert codes(lacks(1000, 50), run(1000), **limits) == []
    assert codes(lacks(1000, 51), run(1000), **limits) == ["absent"]
    assert codes(lacks(40, 10), run(40), **limits) == []
    assert codes(lacks(39, 11), run(40), **limits) == ["absent"]
    (reason,) = reasons_to_hold(lacks(39, 11), feed(**limits), (run(40),))
    assert reason.figures == {"absent": "11", "known": "50"}
    assert str(reason.sentence) == "11 of the 50 records that were there are not in the file any more."


def test_without_history_only_the_number_of_absent_rows_counts() -> None:
    limits = {"absent": {"rows": 50, "share": "20%"}}
    assert codes(lacks(10, 50), **limits) == []
    assert codes(lacks(10, 51), **limits) == ["absent"]
    assert codes(lacks(1, 3), run(4), absent={"share": "1%"}) == [], "shares of fewer than ten rows tell nothing"
