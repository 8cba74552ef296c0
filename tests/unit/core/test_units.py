"""Durations, sizes and shares are read as people write them, and written back as they are read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.core.units import duration, share, size, written_duration, written_size


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36500)))
def test_a_duration_written_is_the_duration_read(value: timedelta) -> None:
    written = written_duration(value)
    assert abs(duration(written) - value) <= timedelta(microseconds=1)


@given(st.integers(min_value=1, max_value=10**12))
def test_a_size_written_is_the_size_read(value: int) -> None:
    written = written_size(value)
    assert size(int(written) if written.isdecimal() else written) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [(timedelta(0), "0s"), (timedelta(seconds=90), "90s"), (timedelta(minutes=5), "5m"), (timedelta(2), "2d")],
)
def test_durations_stand_in_the_largest_unit_without_a_fraction(value: timedelta, written: str) -> None:
    assert written_duration(value) == written


@pytest.mark.parametrize("written", ["", "5", "5 min", "-5s", "1e3s", "٣s", "5S", "99999999999s", "nan s"])
def test_what_is_no_duration_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|is longer than"):
        duration(written)


@pytest.mark.parametrize("written", ["", "5", "5 PB", "-5MB", "MB", "1e3MB", True])
def test_what_is_no_size_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        size(written)


@pytest.mark.parametrize(("written", "value"), [("5%", 0.05), ("0 %", 0.0), ("100%", 1.0), ("0.5%", 0.005), (0.25, 0.25)])
def test_shares_are_percentages(written: object, value: float) -> None:
    assert share(written) == value


@pytest.mark.parametrize("written", ["5", 7, "101%", "-1%", 1.5, True, None])
def test_what_is_no_share_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        share(written)
