"""Another reader sees the same values in the same cells, where the value alone says it: texts, numbers, days."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from string import ascii_letters
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from tests.examples import examples
from tests.unit.formats.reading import job, read
from tests.unit.formats.workbook.files import WRITERS, Value

CELLS = (
    st.text(ascii_letters + "éß€ 0123456789.,;'=-", max_size=12).map(str.strip)
    | st.integers(-(10**12), 10**12)
    | st.integers(-(10**9), 10**9).map(lambda cents: cents / 100)
    | st.dates(date(1950, 1, 1), date(2100, 1, 1))
    | st.none()
)
ROWS = st.lists(st.tuples(st.integers(1, 10**6), CELLS, CELLS), min_size=1, max_size=12)


def as_text(value: Any) -> str:
    """Given a value as calamine gives it; returns it as we write it."""
    if isinstance(value, float):
        return f"{Decimal(str(value)).normalize():f}"
    return value.isoformat()[:10] if isinstance(value, date) else str(value)


@pytest.mark.parametrize("writer", WRITERS)
@settings(max_examples=examples(15), deadline=None)
@given(ROWS)
def test_the_values_are_those_that_calamine_reads(writer: str, rows: list[tuple[Value, ...]]) -> None:
    data = WRITERS[writer][1]({"Sheet": [("Key", "One", "Two"), *rows]})
    ours = read(data, job(header_row=1))
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    found = {at: tuple(as_text(value) for value in (*row, "", "")[:3]) for at, row in enumerate(theirs[1:], 2)}
    assert ours.issues == []
    assert {line: tuple(cell or "" for cell in cells) for line, cells in ours.rows.items()} == found
