"""The parts that a regular expression consists of, of those that ``fault_of_pattern`` lets through."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from nightclerk.core.convert.pattern import tokens
from nightclerk.core.file_names import plain_name


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign. written: as it is written; fits: what it is compared with."""

    written: str
    fits: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Edge:
    """A place between two signs: ``^``, ``$``, ``\\b`` or ``\\B``."""

    written: str


@dataclass(frozen=True, slots=True)
class Row:
    """Parts one behind the other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several parts."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """A part several times. most: None where there is no end."""

    part: Part
    least: int
    most: int | None


Part: TypeAlias = Sign | Edge | Row | Choice | Times
_EDGES = {"^", "$", r"\b", r"\B"}


def parts_of(pattern: str) -> Part:
    """Given a sound pattern; returns it as its parts, written as names of files are compared."""
    # Composed as a whole: an accent would else be a sign of its own, to which a repetition belongs.
    parser = _Parser(list(tokens(unicodedata.normalize("NFC", pattern))))
    return parser.choice()


def ending_of_names(part: Part) -> str:
    """Given the parts of a pattern; returns what all names that it fits end in; an unescaped point counts as one."""
    if isinstance(part, Sign):
        return _literal(part.written)
    ending = ""
    for inner in reversed(part.parts if isinstance(part, Row) else ()):
        if isinstance(inner, Edge) and inner.written == "$":
            continue
        found = ending_of_names(inner)
        if not found:
            break
        ending = found + ending
        if isinstance(inner, Row):
            break
    return ending


class _Parser:
    def __init__(self, found: list[tuple[str, str]]) -> None:
        self._tokens = found
        self._at = 0

    def choice(self) -> Part:
        """Returns the parts up to the end of the group, or of the pattern."""
        rows: list[list[Part]] = [[]]
        while self._at < len(self._tokens):
            kind, written = self._tokens[self._at]
            self._at += 1
            if kind == "close":
                break
            if kind == "repeat":
                rows[-1].append(_repeated(rows[-1].pop(), written))
            elif kind == "open":
                rows[-1].append(self.choice())
            elif written == "|":
                rows.append([])
            elif kind != "flag":
                rows[-1].append(_single(written))
        ways = tuple(row[0] if len(row) == 1 else Row(tuple(row)) for row in rows)
        return ways[0] if len(ways) == 1 else Choice(ways)


def _single(written: str) -> Part:
    if written in _EDGES:
        return Edge(written)
    if len(written) > 1 or written == ".":
        return _sign(written)
    plain = plain_name(written)
    return _sign(plain) if len(plain) == 1 else Row(tuple(map(_sign, plain)))


@lru_cache(maxsize=4096)
def _sign(written: str) -> Sign:
    return Sign(written, re.compile(written, re.IGNORECASE | re.DOTALL))


def _repeated(part: Part, written: str) -> Part:
    plain = written if len(written) == 1 else written.removesuffix("?")
    if plain in "*+?":
        return Times(part, int(plain == "+"), 1 if plain == "?" else None)
    least, comma, most = plain.strip("{}").partition(",")
    return Times(part, int(least), int(most) if most else None if comma else int(least))


def _literal(written: str) -> str:
    """Returns the sign that a token stands for, or nothing where it stands for several."""
    if len(written) == 1:
        return written
    plain = written.strip("[]").removeprefix("\\")
    return plain if len(plain) == 1 and not plain.isalnum() and plain not in "^-" else ""
