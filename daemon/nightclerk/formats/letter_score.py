"""How likely a word is in a language, character by character: what a code page makes of its bytes beyond ASCII.

Scores are natural logarithms of a share: how often one meets this character among all, at such a place. Letters go by the
language's alphabet; marks, signs and spaces by what stands on both sides; boxes and control characters are next to impossible.
"""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache

from nightclerk.formats.alphabets import CODE_PAGES, LETTERS

#: What stands for a byte that a code page does not define.
UNDEFINED = "\ufffd"

_RAREST, _NEIGHBOUR, _SAME_SCRIPT, _OTHER_SCRIPT = -9.0, -9.5, -11.5, -13.0
_UNLIKELY, _IMPOSSIBLE = -14.0, -16.0
#: A letter beside a digit, alone, beside one of another script, in the wrong case.
_AT_DIGIT, _ALONE, _TWO_SCRIPTS, _WRONG_CASE = -2.0, -1.0, -7.0, -4.0
#: An accented letter behind none, one, two, three such letters.
_IN_A_ROW = (0.0, -1.0, -2.0, -7.0)
_LATIN_SHARE = {"en": 0.0006, "nl": 0.004, "it": 0.008}
_OPENING, _CLOSING, _DASHES = "“„«‹‘", "”»›…", "–—"
_MONEY, _MARKS = "€£", "®©™§•"
_MEASURED, _ORDINALS, _FRACTIONS = "²³", "ºª°", "½¼¾"


class LetterScore:
    """The scores of one language."""

    def __init__(self, language: str) -> None:
        """Given a language of ``LETTERS``."""
        letters = LETTERS[language]
        self._latin = all(ord(letter) < 0x250 for letter in letters)
        first, ratio = (_LATIN_SHARE.get(language, 0.02), 0.8) if self._latin else (0.11, 0.9)
        self._shares = {letter: max(math.log(first * ratio**rank), _RAREST) for rank, letter in enumerate(letters)}
        pages = set(CODE_PAGES[language])
        near = {letter for other, theirs in LETTERS.items() if pages & set(CODE_PAGES[other]) for letter in theirs}
        self._near = {letter for letter in near if (ord(letter) < 0x250) == self._latin}

    def of(self, text: str, begin: int, end: int) -> list[float]:
        """Given text and the stretch of it that is a word; returns the score of each of its characters beyond ASCII."""
        padded = f"  {text}  "
        return [self._at(padded, place) for place in range(begin + 2, end + 2) if not padded[place].isascii()]

    def _at(self, text: str, place: int) -> float:
        character = text[place]
        if _is_letter(character):
            return self._letter(text, place)
        return _sign(text, place)

    def _letter(self, text: str, place: int) -> float:
        letter, before, behind = text[place], text[place - 1], text[place + 1]
        score = self._share(letter)
        letters = _is_letter(before), _is_letter(behind)
        if before.isdigit() or behind.isdigit():
            score += _AT_DIGIT
        if not any(letters):
            score += _ALONE
        if self._latin:
            score += _IN_A_ROW[_letters_before(text, place)]
        elif (before.isascii() and letters[0]) or (behind.isascii() and letters[1]):
            score += _TWO_SCRIPTS
        return score + (_WRONG_CASE if _is_wrong_case(text, place) else 0)

    def _share(self, letter: str) -> float:
        lowered = letter if letter == "İ" else letter.lower()
        share = self._shares.get(lowered)
        if share is not None:
            return share
        if lowered in self._near:
            return _NEIGHBOUR
        return _SAME_SCRIPT if (ord(letter) < 0x250) == self._latin and not 0x2BF < ord(letter) < 0x370 else _OTHER_SCRIPT


def _letters_before(text: str, place: int) -> int:
    """Returns how many letters beyond ASCII stand right before a place, 3 at most."""
    for count in range(3):
        before = text[place - 1 - count] if place > count else " "
        if before.isascii() or not _is_letter(before):
            return count
    return 3


def _is_wrong_case(text: str, place: int) -> bool:
    """Whether a letter is large amid a word, or small before a large one, or behind two large ones at the word's end."""
    letter, before, behind = text[place], text[place - 1], text[place + 1]
    if letter.isupper():
        return before.islower() or (_is_letter(before) and behind.islower())
    if not letter.islower() or letter == "ß":
        return False
    if behind.isupper():
        return True
    return before.isupper() and text[place - 2].isupper() and not behind.islower()


@lru_cache(1024)
def _is_letter(character: str) -> bool:
    return character.isalpha() and character not in "ªºˆˇˉ" and not 0x2B0 <= ord(character) < 0x370


def _sign(text: str, place: int) -> float:
    """Returns the score of what is no letter."""
    sign, before, behind = text[place], text[place - 1], text[place + 1]
    inside = _is_letter(before) and _is_letter(behind)
    kind = unicodedata.category(sign)
    if sign == UNDEFINED or kind in {"Cc", "Co", "Cn"}:
        return _IMPOSSIBLE
    if sign == "’":
        if not _is_letter(before):
            return -8.5
        return -4.5 if behind == "s" and not _is_letter(text[place + 2]) else -5.0 if _is_letter(behind) else -7.0
    if sign == "\u00a0":
        return -9.5 if inside else -5.0 if before.isdigit() or behind.isdigit() else -7.0
    if kind == "Mn":
        return -10.0
    if inside:
        return {"·": -6.0, "‘": -9.0, **dict.fromkeys(_DASHES, -9.5)}.get(sign, _UNLIKELY)
    return _lone_sign(sign, before, behind, text[place - 2])


def _lone_sign(sign: str, before: str, behind: str, earlier: str) -> float:
    """Returns the score of a sign that does not stand between two letters."""
    digit = before.isdigit() or behind.isdigit()
    if sign in _OPENING:
        return -7.5 if not before.isalnum() else -11.0
    if sign in _CLOSING:
        return -7.5 if not behind.isalnum() else -11.0
    if sign in _DASHES:
        return -7.0
    if sign in _MONEY:
        return -6.5 if digit or not (_is_letter(before) or _is_letter(behind)) else -11.0
    if sign in _ORDINALS:
        return -6.5 if before.isdigit() or (before in "nN" and not earlier.isalpha()) or before == "." else -11.0
    if sign in _MEASURED:
        return -8.0 if before == "m" or before.isdigit() else _UNLIKELY
    if sign in _FRACTIONS:
        return -9.0 if digit else -11.5
    if sign == "№":
        return -6.5
    if sign in "¿¡":
        return -8.0 if not before.isalnum() and behind.isalnum() else _UNLIKELY
    if sign in _MARKS:
        return -8.5 if not behind.isalnum() or sign == "§" else -11.5
    return -11.0 if sign in "¢¥¤×÷±µ†‡‰¬¦¶·" else _UNLIKELY
