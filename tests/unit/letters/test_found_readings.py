"""Which of the readings that were found a letter may tell."""

from __future__ import annotations

from nightclerk.core.reading import FoundReading
from nightclerk.letters.found_readings import decided

DATES, NUMBERS = FoundReading("since", "Since", ("%d/%m/%Y",)), FoundReading("balance", "Balance", (), ".", ",")


def test_what_the_file_was_refused_for_is_not_told_as_found() -> None:
    assert decided((DATES, NUMBERS), None) == [DATES, NUMBERS]
    assert decided((DATES, NUMBERS), "ambiguous_dates") == [NUMBERS]
    assert decided((DATES, NUMBERS), "ambiguous_numbers") == [DATES]
