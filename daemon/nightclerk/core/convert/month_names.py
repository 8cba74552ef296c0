"""Names of months in the languages of the files, frozen here so that a reader child need not load a library for them.

A test compares them with Babel's data and fails when they drift apart. No polars here.
"""

from __future__ import annotations

from functools import lru_cache

from nightclerk.core.convert.folding import plain

#: Language → the twelve names in lower case. What begins one month's name alone, with three letters or more, stands for it too.
_WHOLE = {
    "en": "january february march april may june july august september october november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}
#: Short names and other spellings that are no beginning of the whole name.
_OTHERS = {"nl": {"mrt": 3}, "de": {"mrz": 3, "maerz": 3, "jaenner": 1, "janner": 1}, "es": {"setiembre": 9, "set": 9}}
_SHORTEST = 3


@lru_cache(maxsize=16)
def months_of(language: str) -> dict[str, int]:
    """Given a language's code; returns the names of months in it and in English, long and short, in lower case with and without
    accents → 1 to 12."""
    return {**_in_one("en"), **(_in_one(language) if language in _WHOLE else {})}


def month_of(name: str, language: str) -> int | None:
    """Given a name as it is written, perhaps with a dot; returns its month, or None where it is none or could be two."""
    return months_of(language).get(plain(name).removesuffix("."))


def name_of(month: int, language: str) -> str:
    """Given a month from 1 to 12; returns its whole name in the language, or in English, in lower case."""
    return _WHOLE.get(language, _WHOLE["en"]).split()[month - 1]


def _in_one(language: str) -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for month, name in enumerate(_WHOLE[language].split(), 1):
        for length in range(_SHORTEST, len(name) + 1):
            for spelling in {name[:length], plain(name[:length])}:
                found.setdefault(spelling, set()).add(month)
    named = {name: min(months) for name, months in found.items() if len(months) == 1}
    return {**named, **_OTHERS.get(language, {})}
