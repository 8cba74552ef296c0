"""The letters and code pages of the languages agree with CLDR, with the settings and with each other."""

from __future__ import annotations

import codecs
from typing import get_args

import pytest
from tests.drift.alphabets import letters_of

from nightclerk.core.tenant import TenantLanguage
from nightclerk.formats.alphabets import CODE_PAGES, LETTERS, WIDE_CODE_PAGES

#: A letter that stands this often in CLDR's names is one of the language. Names of other peoples bring in theirs, more rarely.
_OFTEN = 0.0005


def test_every_language_of_the_settings_has_code_pages_and_letters() -> None:
    assert set(CODE_PAGES) == set(LETTERS)
    assert set(CODE_PAGES) | set(WIDE_CODE_PAGES) == set(get_args(TenantLanguage))
    assert not set(CODE_PAGES) & set(WIDE_CODE_PAGES)


@pytest.mark.parametrize("language", LETTERS)
def test_letters_are_those_of_cldr(language: str) -> None:
    letters = LETTERS[language]
    assert len(set(letters)) == len(letters)
    often = {letter for letter, share in letters_of(language).items() if share >= _OFTEN}
    assert {letter for letter in often if _writable(letter, language)} <= set(letters)


def _writable(letter: str, language: str) -> bool:
    """Whether a code page of the language has it: none has the apostrophe of Ukrainian, Persian's own yeh, Vietnamese tones."""
    return any(letter.encode(name, "ignore") for name in CODE_PAGES[language])


@pytest.mark.parametrize("language", CODE_PAGES)
def test_code_pages_can_write_the_letters(language: str) -> None:
    for name in CODE_PAGES[language]:
        assert codecs.lookup(name).name == name
        assert bytes(range(128)).decode(name).isascii()
    assert all(_writable(letter, language) for letter in LETTERS[language])


@pytest.mark.parametrize("name", [name for names in WIDE_CODE_PAGES.values() for name in names])
def test_wide_code_pages_are_called_as_codecs_call_them(name: str) -> None:
    assert codecs.lookup(name).name == name
    assert bytes(range(128)).decode(name).isascii()
