"""Counts the letters of a language in CLDR's names of countries, languages, scripts, currencies, months and days."""

from __future__ import annotations

from collections import Counter

from babel import Locale

#: Locales that are counted together, where a language has more than one or another one. Serbian is written in two scripts.
_LOCALES = {"sr": ("sr", "sr_Latn"), "no": ("nb",)}


def letters_of(language: str) -> dict[str, float]:
    """Given a language; returns its letters beyond ASCII with their share of all letters."""
    counts: Counter[str] = Counter()
    for tag in _LOCALES.get(language, (language,)):
        for name in _names(Locale.parse(tag)):
            counts.update(letter for letter in name.replace("İ", "i").lower() if letter.isalpha())
    total = counts.total()
    return {letter: count / total for letter, count in counts.items() if not letter.isascii()}


def _names(locale: Locale) -> list[str]:
    written = [*locale.territories.values(), *locale.languages.values(), *locale.scripts.values(), *locale.currencies.values()]
    for times in (locale.months, locale.days):
        written += [name for width in times["format"].values() for name in width.values()]
    return written
