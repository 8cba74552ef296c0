"""The code page that is guessed for a file, with what the guess rests on, or why none can be taken."""

from __future__ import annotations

import os

from nightclerk.core.errors import SenderError
from nightclerk.core.reading import EncodingEvidence
from nightclerk.core.sentence import N_, Sentence
from nightclerk.formats.alphabets import CODE_PAGES
from nightclerk.formats.code_pages import Foreign, Reading, foreign_word, near_the_best, readings, samples
from nightclerk.formats.sound_bytes import first_of
from nightclerk.formats.transcoding import line_of, misfit
from nightclerk.formats.words import Word, words_beyond_ascii

_BEST = N_("The file is not UTF-8; of the encodings of its language, its words make sense in %(encoding)s, as in %(value)s.")
_REMEMBERED = N_("The file is not UTF-8; its words make sense in %(encoding)s, as the last file did, as in %(value)s.")
_AS = N_("%(value)s in %(encoding)s")


def guess_code_page(descriptor: int, not_utf8: int, language: str, remembered: str | None) -> tuple[str, EncodingEvidence]:
    """Given an open file, where its first byte stands that is no UTF-8, the tenant's language, and the encoding that decides
    where the words leave a doubt; returns the code page, which defines all bytes of the file, and the evidence.

    Raises SenderError as ``find_encoding``.
    """
    if language not in CODE_PAGES:
        raise misfit(descriptor, not_utf8, "utf-8", "not_text")
    found = words_beyond_ascii(descriptor)
    every = readings(found, language)
    near = near_the_best(every)
    best = next((reading for reading in near if remembered in reading.names), near[0])
    if best.undefined:
        wrong = first_of(descriptor, 0, os.fstat(descriptor).st_size, best.undefined)
        raise misfit(descriptor, not_utf8 if wrong is None else wrong, best.name, "not_text")
    if not best.is_readable:
        raise _unreadable(found.words, best)
    if len(near) > 1 and remembered not in best.names:
        raise _ambiguous(found.words, near[0], near[1])
    foreign = foreign_word(found.words, best, [reading for reading in every if reading is not best], language)
    if foreign is not None:
        raise _mixed(descriptor, best, foreign)
    shown = samples(found.words, best)
    template = _BEST if len(near) == 1 else _REMEMBERED
    return best.name, EncodingEvidence("guess", best.names, Sentence(template, encoding=best.name, value=shown), shown)


def _ambiguous(words: tuple[Word, ...], first: Reading, second: Reading) -> SenderError:
    told = Sentence(
        "The file is not UTF-8, and its words can be read in two ways: %(first)s, or %(second)s. Save it as UTF-8, or ask those "
        "who look after Nightclerk to settle which is right.%(setting)s",
        first=Sentence(_AS, value=samples(words, first, second), encoding=first.name),
        second=Sentence(_AS, value=samples(words, second, first), encoding=second.name),
        setting=f" The feed's format names it: `encoding: {first.name}` or `encoding: {second.name}`.",
    )
    return SenderError("encoding_ambiguous", told)


def _unreadable(words: tuple[Word, ...], best: Reading) -> SenderError:
    told = Sentence(
        "The file is not UTF-8, and in no encoding of its language do its words make sense; the nearest is %(first)s. Save it as "
        "UTF-8, or ask those who look after Nightclerk to accept its encoding.%(setting)s",
        first=Sentence(_AS, value=samples(words, best), encoding=best.name),
        setting=" The feed's format names it: `encoding: …`; the language is the tenant's `language`.",
    )
    return SenderError("wrong_encoding", told)


def _mixed(descriptor: int, best: Reading, foreign: Foreign) -> SenderError:
    line = line_of(descriptor, foreign.word.place)
    told = Sentence(
        "The file is written in %(encoding)s, but line %(line)s is not: what reads %(value)s there is %(key)s in %(other)s. "
        "Export the file again, all of it in one encoding.",
        encoding=best.name,
        line=str(line),
        value=(foreign.here,),
        key=(foreign.there,),
        other=foreign.encoding,
    )
    return SenderError("wrong_encoding", told, line)
