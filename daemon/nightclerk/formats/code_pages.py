"""Which code page of a language reads the words of a file as words, and whether another one might as well.

Every code page of the language reads all words; the one whose reading is the likeliest is taken, if it is likely enough and no
other reading comes near. Code pages that read the file's bytes alike are one reading.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nightclerk.formats.alphabets import CODE_PAGES
from nightclerk.formats.letter_score import UNDEFINED, LetterScore
from nightclerk.formats.words import Word, Words

#: How much likelier the best reading must be than any other: e to this power, so about 20 times.
_MARGIN = 3.0
#: The mean score of a character beyond ASCII below which no reading is one.
_READABLE = -9.8
#: A single word is in another encoding where it is a word there at this score or better, and so much likelier than here.
_OTHER_WORD, _OTHER_MARGIN = -9.0, 5.0
_SHORTEST_SAMPLE, _LONGEST_SAMPLE = 3, 24


@dataclass(frozen=True)
class Reading:
    """What the code pages ``names``, which read the file's bytes alike, make of the words. The first of them names the reading.

    total: the score of all words. undefined: bytes of the file that none of them defines.
    """

    names: tuple[str, ...]
    table: str
    scores: tuple[tuple[float, ...], ...]
    total: float
    undefined: bytes

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def is_readable(self) -> bool:
        return self.total >= _READABLE * sum(map(len, self.scores))


@dataclass(frozen=True)
class Foreign:
    """A word that is in another encoding than the rest of the file. here, there: how it reads in each."""

    word: Word
    encoding: str
    here: str
    there: str


def readings(words: Words, language: str) -> list[Reading]:
    """Given a file's words and a language of ``CODE_PAGES``; returns all readings, the likeliest first."""
    score = LetterScore(language)
    alike: dict[str, list[str]] = {}
    for name in CODE_PAGES[language]:
        alike.setdefault("".join(_characters(name)[byte] for byte in words.used), []).append(name)
    found = [_reading(words, tuple(names), score) for names in alike.values()]
    return sorted(found, key=lambda reading: -reading.total)


def near_the_best(every: Sequence[Reading]) -> list[Reading]:
    """Given all readings, the likeliest first; returns it and those that come too near to be ruled out."""
    return [reading for reading in every if every[0].total - reading.total < _MARGIN]


def foreign_word(words: Sequence[Word], best: Reading, others: Sequence[Reading], language: str) -> Foreign | None:
    """Given the words, how they read and might read; returns the first in the file that clearly is in another encoding: it is a
    likely word in another code page or in UTF-8, and none here."""
    score = LetterScore(language)
    found: list[Foreign] = []
    for place, word in enumerate(words):
        here = best.scores[place]
        if min(here, default=0.0) > _OTHER_WORD:
            continue
        there = [
            (sum(other.scores[place]), min(other.scores[place]), other.name, _decoded(word, other.table)) for other in others
        ]
        there += _as_utf8(word, score)
        likely = max((one for one in there if one[1] >= _OTHER_WORD), default=None)
        if likely is not None and likely[0] - sum(here) >= _OTHER_MARGIN and len(likely[3]) >= _SHORTEST_SAMPLE:
            found.append(Foreign(word, likely[2], _decoded(word, best.table), likely[3]))
    return min(found, key=lambda one: one.word.place, default=None)


def samples(words: Sequence[Word], reading: Reading, beside: Reading | None = None) -> tuple[str, ...]:
    """Given the words and a reading; returns two of the words as they read, likely ones first, of different letters; only words
    that read otherwise in ``beside``."""
    ranked = sorted(range(len(words)), key=lambda place: _fitness(words[place], reading, reading.scores[place]))
    chosen: dict[str, None] = {}
    for place in ranked:
        if beside is None or _decoded(words[place], reading.table) != _decoded(words[place], beside.table):
            chosen.setdefault(_decoded(words[place], reading.table), None)
    return tuple(chosen)[:2]


def _fitness(word: Word, reading: Reading, scores: tuple[float, ...]) -> tuple[bool, bool, float]:
    text = _decoded(word, reading.table)
    fits = _SHORTEST_SAMPLE <= len(text) <= _LONGEST_SAMPLE
    return not text.isalpha(), not fits, -sum(scores) / max(len(scores), 1)


def _reading(words: Words, names: tuple[str, ...], score: LetterScore) -> Reading:
    table = _characters(names[0])
    scores = tuple(tuple(score.of(_with_sides(word, table), len(word.before), len(word.before) + len(word.written)))
                   for word in words.words)  # fmt: skip
    undefined = bytes(byte for byte in words.used if table[byte] == UNDEFINED)
    return Reading(names, table, scores, sum(map(sum, scores)), undefined)


def _as_utf8(word: Word, score: LetterScore) -> list[tuple[float, float, str, str]]:
    try:
        text = word.written.decode("utf-8")
    except UnicodeDecodeError:
        return []
    scores = score.of(text, 0, len(text))
    return [(sum(scores), min(scores), "utf-8", text)]


def _with_sides(word: Word, table: str) -> str:
    return (word.before + word.written + word.behind).decode("latin-1").translate(_translation(table))


def _decoded(word: Word, table: str) -> str:
    return word.written.decode("latin-1").translate(_translation(table))


@lru_cache
def _translation(table: str) -> dict[int, str]:
    return {byte: table[byte] for byte in range(128, 256)}


@lru_cache
def _characters(name: str) -> str:
    """Returns the 256 characters of a code page. ISO code pages have no control characters here: no export holds them, and the
    bytes are letters and signs in others."""
    decode = codecs.lookup(name).decode
    text = "".join(decode(bytes([byte]), "replace")[0] for byte in range(256))
    return text[:128] + "".join(UNDEFINED if "\x80" <= character < "\xa0" else character for character in text[128:])
