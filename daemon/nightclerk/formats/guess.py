"""The code page that is guessed for a file, with what the guess rests on, or why none can be taken."""

from __future__ import annotations

import os

from nightclerk.core.encoding_names import called
from nightclerk.core.errors import SenderError
from nightclerk.core.reading import EncodingEvidence
from nightclerk.core.sentence import N_, Sentence
from nightclerk.formats.alphabets import CODE_PAGES, WIDE_CODE_PAGES
from nightclerk.formats.code_pages import Foreign, Reading, foreign_word, near_the_best, readings, samples
from nightclerk.formats.sound_bytes import first_of
from nightclerk.formats.transcoding import line_of, misfit
from nightclerk.formats.wide_pages import near_the_likeliest, wide_readings
from nightclerk.formats.words import Word, words_beyond_ascii

_BEST = N_("The file is not UTF-8; of the encodings of its language, its words make sense in %(encoding)s, as in %(value)s.")
_REMEMBERED = N_("The file is not UTF-8; its words make sense in %(encoding)s, as the last file did, as in %(value)s.")
_AS = N_("%(value)s in %(encoding)s")


def guess_code_page(descriptor: int, not_utf8: int, language: str, remembered: str | None) -> tuple[str, EncodingEvidence]:
    """Given an open file, where its first byte stands that is no UTF-8, the tenant's language, and the encoding that decides
    where the words leave a doubt; returns the code page, which defines all bytes of the file, and the evidence.

    Raises SenderError as ``find_encoding``.
    """
    if language in WIDE_CODE_PAGES:
        return _guess_wide(descriptor, not_utf8, language, remembered)
    if not CODE_PAGES.get(language):
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
    return best.name, EncodingEvidence("guess", best.names, Sentence(template, encoding=called(best.name), value=shown), shown)


def _guess_wide(descriptor: int, not_utf8: int, language: str, remembered: str | None) -> tuple[str, EncodingEvidence]:
    every = wide_readings(descriptor, language)
    if not every:
        raise misfit(descriptor, not_utf8, "utf-8", "not_text")
    near = near_the_likeliest(every)
    best = next((reading for reading in near if reading.name == remembered), near[0])
    if not best.is_readable:
        raise _makes_no_sense(best.name, best.samples())
    if len(near) > 1 and remembered != best.name:
        raise _two_ways((near[0].name, near[0].samples()), (near[1].name, near[1].samples()))
    shown = best.samples()
    template = _BEST if len(near) == 1 else _REMEMBERED
    return best.name, EncodingEvidence("guess", (best.name,), Sentence(template, encoding=called(best.name), value=shown), shown)


def _ambiguous(words: tuple[Word, ...], first: Reading, second: Reading) -> SenderError:
    return _two_ways((first.name, samples(words, first, second)), (second.name, samples(words, second, first)))


def _two_ways(first: tuple[str, tuple[str, ...]], second: tuple[str, tuple[str, ...]]) -> SenderError:
    told = Sentence(
        "The file is not UTF-8, and its words can be read in two ways: %(first)s, or %(second)s. Save it as UTF-8, or ask those "
        "who look after Nightclerk to settle which is right.%(setting)s",
        first=Sentence(_AS, value=first[1], encoding=called(first[0])),
        second=Sentence(_AS, value=second[1], encoding=called(second[0])),
        setting=f" The feed's format names it: `encoding: {first[0]}` or `encoding: {second[0]}`.",
    )
    return SenderError("encoding_ambiguous", told)


def _unreadable(words: tuple[Word, ...], best: Reading) -> SenderError:
    return _makes_no_sense(best.name, samples(words, best))


def _makes_no_sense(encoding: str, shown: tuple[str, ...]) -> SenderError:
    told = Sentence(
        "The file is not UTF-8, and in no encoding of its language do its words make sense; the nearest is %(first)s. Save it as "
        "UTF-8, or ask those who look after Nightclerk to accept its encoding.%(setting)s",
        first=Sentence(_AS, value=shown, encoding=called(encoding)),
        setting=" The feed's format names it: `encoding: …`; the language is the tenant's `language`.",
    )
    return SenderError("wrong_encoding", told)


def _mixed(descriptor: int, best: Reading, foreign: Foreign) -> SenderError:
    line = line_of(descriptor, foreign.word.place)
    told = Sentence(
        "The file is written in %(encoding)s, but line %(line)s is not: what reads %(value)s there is %(key)s in %(other)s. "
        "Export the file again, all of it in one encoding.",
        encoding=called(best.name),
        line=str(line),
        value=(foreign.here,),
        key=(foreign.there,),
        other=called(foreign.encoding),
    )
    return SenderError("wrong_encoding", told, line)
