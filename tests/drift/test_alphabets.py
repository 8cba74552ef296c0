"""The letters and code pages of the languages agree with CLDR, with the settings and with each other."""

from __future__ import annotations

import codecs
from typing import get_args

import pytest
from tests.drift.alphabets import letters_of

from nightclerk.core.tenant import TenantLanguage
from nightclerk.formats.alphabets import CODE_PAGES, LETTERS

#: A letter that stands this often in CLDR's names is one of the language. Names of other peoples bring in theirs, more rarely.
_OFTEN = 0.0005
#: An apostrophe by its nature, which no code page has.
_NO_LETTERS = {"ʼ"}


def test_every_language_of_the_settings_has_code_pages_and_letters() -> None:
    assert set(CODE_PAGES) == set(LETTERS) == set(get_args(TenantLanguage))


@pytest.mark.parametrize("language", LETTERS)
def test_letters_are_those_of_cldr(language: str) -> None:
    letters = LETTERS[language]
    assert len(set(letters)) == len(letters)
    assert {letter for letter, share in letters_of(language).items() if share >= _OFTEN} - _NO_LETTERS <= set(letters)


@pytest.mark.parametrize("language", CODE_PAGES)
def test_code_pages_can_write_the_letters(language: str) -> None:
    for name in CODE_PAGES[language]:
        assert codecs.lookup(name).name == name
        assert bytes(range(128)).decode(name).isascii()
    writable = {letter for letter in LETTERS[language] for name in CODE_PAGES[language] if letter.encode(name, "ignore")}
    assert writable == set(LETTERS[language])
