"""One value, several spellings."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.targets.canonical import amount, moment


@given(st.decimals(-(10**18), 10**18, places=4), st.integers(0, 6))
def test_every_spelling_of_an_amount_becomes_the_one_with_four_decimals(value: Decimal, zeros: int) -> None:
    expected = f"{value + 0:.4f}"
    assert amount(f"{value}" + "0" * zeros) == expected
    assert amount(expected) == expected
    assert amount(f"{value.normalize():e}") == expected


@pytest.mark.parametrize("stored", ["1.00001", "", "NaN", "Infinity", "-Infinity", "sNaN", "twelve", "1,5", b"\x00", 1e-9])
def test_what_is_no_exact_amount_stays_as_it_is(stored: object) -> None:
    assert amount(stored) == stored


@pytest.mark.parametrize(("stored", "expected"), [(12, "12.0000"), (12.5, "12.5000"), ("-0.00", "0.0000"), (" 1 ", "1.0000")])
def test_numbers_of_the_application_are_amounts(stored: object, expected: str) -> None:
    assert amount(stored) == expected


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02 03:04:05"),
        ("2026-01-02 03:04:05.000000+00:00", "2026-01-02 03:04:05"),
        ("2026-01-02 03:04:05.5", "2026-01-02 03:04:05.5"),
        ("2026-01-02 03:04:05+01:00", "2026-01-02 03:04:05+01:00"),
        ("2026-01-02", "2026-01-02"),
        (7, 7),
    ],
)
def test_moments_in_utc_have_one_spelling(stored: object, expected: object) -> None:
    assert moment(stored) == expected
