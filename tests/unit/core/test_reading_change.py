"""A file in another encoding than the one before it."""

from __future__ import annotations

import pytest

from nightclerk.core.reading import EncodingEvidence, FormatFound
from nightclerk.core.reading_change import changed_encoding


def read_as(encoding: str, by: str, *alike: str, samples: tuple[str, ...] = ()) -> FormatFound:
    return FormatFound("delimited", encoding, ";", '"', 1, "\n", evidence=EncodingEvidence(by, alike, None, samples))


GUESSED = read_as("cp1252", "guess", "cp1252", "iso8859-1", samples=("Société", "Forêt"))


@pytest.mark.parametrize(
    "before",
    [None, FormatFound("delimited", "utf-8", ";", '"', 1, "\n"), GUESSED, read_as("iso8859-1", "declared"),
     read_as("iso8859-15", "guess", "iso8859-15", "iso8859-1")],
)  # fmt: skip
def test_it_is_the_same_where_one_encoding_reads_both(before: FormatFound | None) -> None:
    assert changed_encoding(before, GUESSED) is None


@pytest.mark.parametrize("by", ["ascii", "mark", "declared"])
def test_what_the_file_or_the_settings_say_is_taken(by: str) -> None:
    assert changed_encoding(GUESSED, read_as("utf-8", by)) is None


def test_both_readings_are_named_with_words() -> None:
    refusal = changed_encoding(read_as("cp850", "guess", "cp850", "cp437"), GUESSED)
    assert refusal is not None
    assert refusal.code == "reads_differently"
    assert refusal.sentence == (
        'The file reads as Windows-1252, with words like "Société", "Forêt"; the one before it read as DOS 850, in which they'
        ' would be "SociÚtÚ", "ForÛt". Export it as before, or ask those who look after Nightclerk to accept Windows-1252. The'
        " feed's format names it: `encoding: cp1252`."
    )


@pytest.mark.parametrize(("before", "now"), [("utf-8", GUESSED), ("cp1252", read_as("utf-8", "utf-8"))])
def test_utf8_and_a_code_page_are_not_the_same(before: str, now: FormatFound) -> None:
    refusal = changed_encoding(read_as(before, "utf-8" if before == "utf-8" else "guess", before), now)
    assert refusal is not None
    called = {"utf-8": "UTF-8", "cp1252": "Windows-1252"}[before]
    assert f"the one before it read as {called}. Export it" in refusal.sentence
