"""Files in every code page of many languages: each is read as it was written, or refused; never wrong."""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter

import pytest
from tests.unit.formats.sentences_of import TEXTS, export

from nightclerk.core.errors import SenderError
from nightclerk.formats.alphabets import CODE_PAGES, LETTERS
from nightclerk.formats.encoding import find_encoding
from nightclerk.formats.text import Text

REPEATS = int(os.environ.get("NIGHTCLERK_REPEATS", "4"))
SIZES = (1, 2, 5, 20, 1000)
#: The share of files that must be read, and not refused, by how many lines they have.
LEAST_READ = {1: 0.55, 2: 0.75, 5: 0.85, 20: 0.9, 1000: 1.0}


def found_in(data: bytes, language: str, remembered: str | None = None) -> tuple[Text, str]:
    """Returns what was found of the data, and all of it as text."""
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as scratch:
        file.write(data)
        file.flush()
        text = find_encoding(file.fileno(), "auto", language, scratch.fileno(), remembered)
        return text, text.decode(text.read(text.start, text.size))


def missing_in(name: str, text: str) -> str:
    """Returns the characters of a text, lower-cased, that a code page cannot write."""
    return "".join(one.lower() for one in set(text) if not one.encode(name, "ignore"))


def ending(data: bytes, name: str, language: str) -> str:
    """Returns ``read``, or the code of the refusal; fails when the data is read otherwise than it was written."""
    try:
        text, read = found_in(data, language)
    except SenderError as refused:
        return refused.code
    assert read == data.decode(name), f"{name} was read as {text.written}"
    return "read"


@pytest.mark.parametrize("language", TEXTS)
def test_a_file_is_read_as_it_was_written_or_refused(language: str) -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    chance = random.Random(seed)
    endings: Counter[tuple[int, str]] = Counter()
    for lines in SIZES:
        for name in CODE_PAGES[language]:
            for _ in range(REPEATS if lines < 100 else 1):
                written = export(language, lines, chance)
                if set(LETTERS[language]) & set(missing_in(name, written)):
                    continue  # nobody exports to a code page that lacks letters of the language
                data = written.encode(name, "ignore")
                endings[lines, ending(data, name, language)] += 1
    for lines in SIZES:
        of_size = {code: count for (size, code), count in endings.items() if size == lines}
        share = of_size.get("read", 0) / sum(of_size.values())
        print(f"{language}, {lines} lines: {share:.0%} read, {of_size}")
        assert set(of_size) <= {"read", "encoding_ambiguous", "wrong_encoding"}
        assert share >= LEAST_READ[lines]
