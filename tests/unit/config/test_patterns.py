"""What can be said of two patterns agrees with what they do to names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.config.patterns import common_name, covers
from nightclerk.core.file_names import matches

PATTERNS = st.text(alphabet="ab*?.", min_size=1, max_size=6)
NAMES = st.text(alphabet="ab.x", min_size=1, max_size=6)


@given(PATTERNS, PATTERNS)
def test_a_common_name_fits_both(one: str, other: str) -> None:
    name = common_name(one, other)
    assert name is None or (matches(one, name) and matches(other, name))


@given(PATTERNS, PATTERNS, NAMES)
def test_where_any_name_fits_both_one_is_found(one: str, other: str, name: str) -> None:
    if matches(one, name) and matches(other, name):
        assert common_name(one, other) is not None or set(one + other) <= {"*"}


@given(PATTERNS, PATTERNS, NAMES)
def test_a_pattern_that_covers_another_takes_all_its_names(wide: str, narrow: str, name: str) -> None:
    if covers(wide, narrow) and matches(narrow, name):
        assert matches(wide, name)


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ("*", "a*b", True),
        ("a*", "a_*.csv", True),
        ("A*", "a*", True),
        ("a*", "*", False),
        ("a?", "ab", True),
        ("a?", "a*", False),
        ("a[12]*", "a[12]*", True),
        ("*", "a[12]", True),
        ("a?", "a[12]", True),
        ("a[12]", "a1", False),
        ("é*", "e\u0301*", True),
    ],
)
def test_covering(wide: str, narrow: str, expected: bool) -> None:
    assert covers(wide, narrow) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a_*.csv", "*_open.csv", "a_open.csv"),
        ("a*", "b*", None),
        ("a*.csv", "a*.txt", None),
        ("?", "??", None),
        ("a[1]", "a1", None),
    ],
)
def test_common_names(one: str, other: str, expected: str | None) -> None:
    assert common_name(one, other) == expected
