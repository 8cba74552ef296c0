from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.core.errors import BookkeepingError
from nightclerk.core.feed import Feed
from nightclerk.core.issue import REFUSALS, Issue
from nightclerk.core.judging import IssueGroups, control_totals, ending_of, judge_file, refused_counts
from nightclerk.core.run import ControlTotal, Counts


def feed(**more: Any) -> Feed:
    return Feed.model_validate({"feed": "f", "files": "*", "entity": "e", "mapping": {"a": "A"}, **more})


def counts(accepted: int, rejected: int, skipped: int = 0) -> Counts:
    return Counts(rows=accepted + rejected + skipped, created=accepted, rejected=rejected, skipped=skipped).check()


@pytest.mark.parametrize(
    ("limits", "found", "code"),
    [
        ({}, counts(1, 999), None),
        ({}, counts(0, 0), None),
        ({}, counts(0, 1), "nothing_accepted"),
        ({}, counts(0, 1, skipped=5), "nothing_accepted"),
        ({}, counts(0, 0, skipped=5), None),
        ({"tolerate": {"rejected": "5%"}}, counts(95, 5), None),
        ({"tolerate": {"rejected": "5%"}}, counts(94, 6), "too_many_rejected"),
        ({"tolerate": {"rejected": "29%"}}, counts(71, 29), None),
        ({"tolerate": {"rejected": "0%"}}, counts(999, 1), "too_many_rejected"),
        ({"tolerate": {"rejected": "5%"}}, counts(0, 6), "nothing_accepted"),
        ({"tolerate": {"at_least_rows": 300}}, counts(299, 0), "too_few_rows"),
        ({"tolerate": {"at_least_rows": 300}}, counts(300, 0), None),
        ({"tolerate": {"at_least_rows": 300}}, counts(0, 0), None),
        ({"max_rows": 10}, counts(10, 0), None),
        ({"max_rows": 10}, counts(11, 0), "too_many_rows"),
    ],
)
def test_limits(limits: dict[str, Any], found: Counts, code: str | None) -> None:
    refusal = judge_file(found, feed(**limits))
    assert (refusal and refusal.code) == code
    assert refusal is None or refusal.code in REFUSALS


@pytest.mark.parametrize(
    ("limits", "found", "code"),
    [
        ({"tolerate": {"at_least_rows": 300, "rejected": "5%"}}, counts(1, 1), None),
        ({"tolerate": {"rejected": "5%"}}, counts(0, 2), "nothing_accepted"),
        ({"max_rows": 10}, counts(11, 0), "too_many_rows"),
    ],
)
def test_what_is_tolerated_of_an_export_does_not_hold_for_a_few_corrected_rows(
    limits: dict[str, Any], found: Counts, code: str | None
) -> None:
    refusal = judge_file(found, feed(**limits), corrects=True)
    assert (refusal and refusal.code) == code


def test_sentences_name_the_numbers_and_the_limit() -> None:
    def said(found: Counts, **limits: Any) -> str:
        refusal = judge_file(found, feed(**limits))
        assert refusal is not None
        return refusal.sentence

    assert said(counts(94, 6), tolerate={"rejected": "5.5%"}) == (
        "6 of 100 rows (6 %) had something wrong, but at most 5.5 % may be rejected."
    )
    assert said(counts(99999, 1), tolerate={"rejected": "0%"}).startswith("1 of 100,000 rows (0.001 %)")
    assert said(counts(1, 0), tolerate={"at_least_rows": 3}) == (
        "The file has 1 row, but at least 3 are expected; it looks incomplete."
    )
    assert said(counts(11, 0), max_rows=10) == "The file has 11 rows, but at most 10 are accepted."
    assert said(counts(0, 1)) == "The only row had something wrong and could not be accepted."
    assert said(counts(0, 2)) == "None of the 2 rows could be accepted; 2 had something wrong."


@pytest.mark.parametrize(
    ("found", "ending"),
    [
        (Counts(), "empty"),
        (Counts(rows=2, created=1, unchanged=1), "imported"),
        (Counts(rows=2, created=1, rejected=1), "imported_with_rejects"),
        (Counts(rows=2, held=2), "held"),
        (Counts(rows=2, created=1, parked=1), "imported"),
        (Counts(rows=2, created=1, skipped=1), "imported"),
    ],
)
def test_endings(found: Counts, ending: str) -> None:
    assert ending_of(found) == ending


def test_a_refused_file_is_skipped_whole() -> None:
    assert refused_counts(7).check() == Counts(rows=7, skipped=7)


def test_what_gave_way_has_a_bucket_of_its_own() -> None:
    file, accepted = {"amount": {"EUR": "30.0000"}}, {"amount": {"EUR": "30.0000"}}
    totals = control_totals(file, accepted, {}, {}, {"amount": {"EUR": "10.0000"}})
    assert totals == {"amount": {"EUR": ControlTotal("30.0000", "20.0000", "0.0000", "10.0000")}}


def test_what_a_trial_leaves_aside_is_skipped() -> None:
    file, accepted = {"amount": {"EUR": "30.0000", "USD": "1.0000"}}, {"amount": {"EUR": "12.0000"}}
    skipped, unasked = {"amount": {"EUR": "2.0000"}}, {"amount": {"EUR": "18.0000", "USD": "1.0000"}}
    assert control_totals(file, accepted, {}, {}, skipped, unasked=unasked) == {
        "amount": {
            "EUR": ControlTotal("30.0000", "10.0000", "0.0000", "20.0000"),
            "USD": ControlTotal("1.0000", "0.0000", "0.0000", "1.0000"),
        }
    }


def test_control_totals() -> None:
    totals = control_totals(
        {"amount": {"EUR": "10.5000", "USD": "-1.0000"}},
        {"amount": {"EUR": "8.0000"}},
        {"amount": {"EUR": "2.5000", "USD": "-1.0000"}},
        {"amount": {"EUR": "3.0000"}},
    )
    assert totals == {
        "amount": {"EUR": ControlTotal("10.5000", "5.0000", "5.5000"), "USD": ControlTotal("-1.0000", "0.0000", "-1.0000")}
    }


def test_totals_that_do_not_add_up_are_our_fault() -> None:
    with pytest.raises(BookkeepingError, match=r"amount in EUR: the file holds 10\.0000, but 8\.0000 booked, 1\.9999 rejected"):
        control_totals({"amount": {"EUR": "10.0000"}}, {"amount": {"EUR": "8.0000"}}, {"amount": {"EUR": "1.9999"}}, {})
    with pytest.raises(BookkeepingError, match="no currency"):
        control_totals({}, {"amount": {"": "8.0000"}}, {}, {})


AMOUNTS = st.lists(
    st.tuples(st.sampled_from(["EUR", "USD", ""]), st.integers(-(10**18), 10**18), st.sampled_from("xyz")), max_size=30
)


@given(AMOUNTS)
def test_totals_are_exact(rows: list[tuple[str, int, str]]) -> None:
    def sums(kinds: str) -> dict[str, dict[str, str]]:
        found: dict[str, int] = {}
        for currency, amount, kind in rows:
            if kind in kinds:
                found[currency] = found.get(currency, 0) + amount
        return {"fee": {currency: f"{Decimal(amount).scaleb(-4):f}" for currency, amount in found.items()}}

    totals = control_totals(sums("xyz"), sums("xz"), sums("y"), sums("z")).get("fee", {})
    for currency, total in totals.items():
        assert Decimal(total.file) == Decimal(total.booked) + Decimal(total.rejected)
        assert Decimal(total.booked) == Decimal(sums("x")["fee"].get(currency, "0"))
        assert all(len(text.partition(".")[2]) == 4 for text in (total.file, total.booked, total.rejected))


def test_issues_by_kind() -> None:
    issues = [Issue(line, code, f"m{line}", "C", "f", "v") for line, code in [(1, "a"), (2, "b"), (3, "b"), (4, "b"), (5, "c")]]
    streamed = IssueGroups()
    assert streamed.groups() == ()
    for issue in issues:
        streamed.add(issue)
    groups = streamed.groups()
    assert [(group.code, group.count) for group in groups] == [("b", 3), ("a", 1), ("c", 1)]
    assert groups[0].examples == ((2, "v", "m2"), (3, "v", "m3"))
    few = IssueGroups(examples=1)
    for issue in issues:
        few.add(issue)
    assert [len(group.examples) for group in few.groups()] == [1, 1, 1]
