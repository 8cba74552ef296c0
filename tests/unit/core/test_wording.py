"""Sentences are worded alike: quoting that is safe on a terminal, near words, lists, full stops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.core.wording import did_you_mean, did_you_mean_one_of, listed, quoted, sentence


@given(st.text())
def test_what_is_quoted_is_one_printable_line_of_bounded_length(value: str) -> None:
    shown = quoted(value)
    assert len(shown) <= 62
    assert not any(sign in shown for sign in "\n\r\t\x1b\u202e\u2028")
    assert (shown[0], shown[-1]) == ('"', '"')


def test_near_words_are_offered_and_far_ones_are_not() -> None:
    assert did_you_mean("emial", ["email", "mobile"]) == '; did you mean "email"?'
    assert did_you_mean("EMAIL", ["email"]) == '; did you mean "email"?'
    assert did_you_mean("zebra", ["email", "mobile"]) == "."
    assert did_you_mean("x", []) == "."


def test_lists_and_full_stops() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "and")] == ["", "a", "a or b", "a, b and c"]
    assert [sentence("so"), sentence("so."), sentence("so?")] == ["so.", "so.", "so?"]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (["acme", "beta"], 'There is no tenant "acne"; did you mean "acme"?'),
        (["beta"], 'There is no tenant "acne". There is beta.'),
        (["gamma", "beta"], 'There is no tenant "acne". There are beta and gamma.'),
        (
            [f"t{number}" for number in range(10)],
            'There is no tenant "acne". There are t0, t1, t2, t3, t4, t5, t6, t7 and 2 more.',
        ),
        ([], 'There is no tenant "acne".'),
    ],
)
def test_a_tenant_that_is_not_there_is_answered_with_those_that_are(known: list[str], told: str) -> None:
    assert f"There is no tenant {quoted('acne')}{did_you_mean_one_of('acne', known)}" == told
