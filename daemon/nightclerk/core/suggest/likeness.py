"""How much a header is like what a field is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from nightclerk.core.suggest.vocabulary import Spelling, words_of

#: Below this two texts are different words, not one word with a slip.
_NEARLY = 84
_SLIP, _PART_OF, _SHORTENED = 0.72, 0.5, 0.45
#: What another language calls a field counts a little less than the file's own.
_FOREIGN = 0.93
#: Of two columns that both are called as the field is, the one whose name is listed first is meant.
_LATER = 1e-4
#: What an amount is counted in, behind its name: ``Solde (EUR)``, ``Saldo [€]``, ``Total in EUR``.
_UNIT = re.compile(
    r"(?<=\S)\s*(?:[(\[]\s*(?:k?[€£$]|R\$|(?:in |en )?[A-Z]{3})\s*[)\]]|[€£$]|\s(?:in|en|em)\s(?:[A-Z]{3}|[€£$]))\s*$"
)
#: Words that say nothing of what stands in a column.
_HOLLOW = frozenset(
    [
        "the",
        "of",
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "el",
        "los",
        "der",
        "die",
        "das",
        "di",
        "del",
        "van",
        "o",
        "a",
        "e",
        "x",
        "no",
    ]
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a header is to one spelling of a field: 1 is the same. exact: it is the same words."""

    score: float
    spelling: Spelling
    exact: bool


def likeness(header: str, spellings: Iterable[Spelling], language: str | None) -> Likeness | None:
    """Given a header, how a field is called, and the file's language if it is known; returns the best likeness, or None.

    Of a path of elements, as in XML, the last name counts, and the others as what it stands in.
    """
    path = header.strip("/").split("/") if "/" in header and " " not in header else [header]
    path = path if all(len(part) > 1 for part in path) else [header]  # ``A/C`` is one word
    last, whole = words_of(_UNIT.sub("", path[-1].lstrip("@"))), words_of(" ".join(path))
    known = tuple(spellings)
    best: Likeness | None = None
    for at, spelling in enumerate(known):
        score, exact = _score(last, spelling.words)
        score -= _LATER * at if score else 0.0
        if len(path) > 1:
            score, exact = max((score * 0.9, exact), (_contained(whole, spelling.words), False))
        if spelling.language not in (None, language) and language is not None:
            score *= _FOREIGN
        if score and (best is None or score > best.score):
            best = Likeness(score, spelling, exact)
    return best or _slip(last, known)


def _score(header: str, spelling: str) -> tuple[float, bool]:
    if header.replace(" ", "") == spelling.replace(" ", ""):
        return (1.0, True) if header else (0.0, False)
    return max(_contained(header, spelling), _shortened(header, spelling)), False


def _contained(header: str, spelling: str) -> float:
    """All words of the spelling stand in the header: ``Main phone number`` for ``Phone``."""
    said, wanted = set(header.split()), set(spelling.split())
    if not wanted or not wanted <= said or len(spelling) < 3:
        return 0.0
    telling = said - _HOLLOW
    return _PART_OF + 0.4 * len(wanted & telling or wanted) / max(len(telling), 1)


def _shortened(header: str, spelling: str) -> float:
    """All words of the header stand in the spelling: ``Invoice`` for ``Invoice number``."""
    said, wanted = set(header.split()) - _HOLLOW, set(spelling.split()) - _HOLLOW
    if not said or not said <= wanted or len(header) < 3:
        return 0.0
    return _SHORTENED + 0.25 * len(said) / len(wanted)


def _slip(header: str, spellings: tuple[Spelling, ...]) -> Likeness | None:
    """A slip of the pen, or an ending: ``Adress`` for ``Address``. Short words are too soon like others."""
    if len(header) < 4:
        return None
    found = process.extractOne(header, [one.words for one in spellings], scorer=fuzz.token_sort_ratio, score_cutoff=_NEARLY)
    if found is None or len(found[0]) < 4:
        return None
    return Likeness(_SLIP * found[1] / 100, spellings[found[2]], exact=False)
