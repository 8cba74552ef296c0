"""How columns read that were left to be found, for the report: as dates and numbers are written in them."""

from __future__ import annotations

from collections.abc import Sequence

from nightclerk.core.naming import shown
from nightclerk.core.reading import FoundReading
from nightclerk.core.reading_change import example_of
from nightclerk.letters.language import Language


def decided(readings: Sequence[FoundReading], code: str | None) -> list[FoundReading]:
    """Given what was found, and why the file was refused, if it was; returns what can be told: where one column was written in
    two ways only behind the first rows, what these had told of such columns is not true of the file."""
    return [one for one in readings if code != ("ambiguous_dates" if one.dates else "ambiguous_numbers")]


def read_like(readings: Sequence[FoundReading], language: Language) -> list[str]:
    """Given what was found, and the letter's language; returns one text for each way of writing, with its columns."""
    columns: dict[tuple[bool, str], list[str]] = {}
    for one in readings:
        columns.setdefault((bool(one.dates), example_of(one, language.tag)), []).append(shown(one.column))
    told = []
    for (dates, example), names in columns.items():
        listed = language.listed(names)
        if dates:
            told.append(language.gettext("dates like %(example)s in %(columns)s", example=example, columns=listed))
        else:
            told.append(language.gettext("numbers like %(example)s in %(columns)s", example=example, columns=listed))
    return told
