"""A regular expression over names, in a time that grows with the name alone: all ways through it are gone at once, none is tried
after another. Case does not matter, nor how accents are encoded."""

from __future__ import annotations

import re
from typing import NamedTuple

from nightclerk.core.expression_parts import Choice, Edge, Part, Sign, Times, parts_of
from nightclerk.core.file_names import plain_name

_MOST_KEPT = 4096


class Place(NamedTuple):
    """How far a walk through an expression is. states: where its ways are; word: whether the sign before is one of a word, None
    at the beginning."""

    states: frozenset[int]
    word: bool | None


class _State(NamedTuple):
    """sign: what leads on, None where nothing is needed; edge: what must hold there, if anything; on: where to."""

    sign: re.Pattern[str] | None
    edge: str | None
    on: list[int]


class Expression:
    """An expression, made ready."""

    def __init__(self, pattern: str) -> None:
        """Given a sound pattern (``fault_of_pattern``)."""
        self._states: list[_State] = []
        self._known: dict[tuple[Place, str], Place] = {}
        first, self._last = self._lay(parts_of(pattern))
        self.begin = Place(frozenset({first}), None)

    def fits(self, name: str) -> bool:
        """Given a name; returns whether the expression fits all of it."""
        place = self.begin
        for sign in plain_name(name):
            place = self.after(place, sign)
            if not place.states:
                return False
        return self.may_end(place)

    def after(self, place: Place, sign: str) -> Place:
        """Given a place, and the sign that comes there; returns the place behind that."""
        found = self._known.get((place, sign))
        if found is None:
            states = [self._states[state] for state in self._reached(place, _is_word(sign))]
            on = frozenset(state.on[0] for state in states if state.sign is not None and state.sign.fullmatch(sign))
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[place, sign] = found = Place(on, _is_word(sign))
        return found

    def may_end(self, place: Place) -> bool:
        """Given a place; returns whether a name that ends there fits."""
        return self._last in self._reached(place, None)

    def _reached(self, place: Place, word: bool | None) -> set[int]:
        """Given a place, and whether the sign behind it is one of a word, None at the end; returns the states that are reached
        there without a sign."""
        reached, waiting = set(place.states), list(place.states)
        while waiting:
            state = self._states[waiting.pop()]
            if state.sign is None and _holds(state.edge, place.word, word):
                waiting += [on for on in state.on if on not in reached]
                reached.update(state.on)
        return reached

    def _lay(self, part: Part) -> tuple[int, int]:
        """Given a part; makes its states and returns the first and the last of them."""
        if isinstance(part, Sign | Edge):
            last = self._add()
            sign = part.fits if isinstance(part, Sign) else None
            return self._add(last, sign=sign, edge=part.written if isinstance(part, Edge) else None), last
        if isinstance(part, Times):
            return self._lay_times(part)
        laid = [self._lay(inner) for inner in part.parts]
        if isinstance(part, Choice):
            last = self._add()
            for _, end in laid:
                self._states[end].on.append(last)
            return self._add(*(begin for begin, _ in laid)), last
        return self._in_a_row(laid)

    def _in_a_row(self, laid: list[tuple[int, int]]) -> tuple[int, int]:
        first = last = self._add()
        for begin, end in laid:
            self._states[last].on.append(begin)
            last = end
        return first, last

    def _lay_times(self, part: Times) -> tuple[int, int]:
        needed = self._in_a_row([self._lay(part.part) for _ in range(part.least)])
        last = self._add()
        end = needed[1]
        self._states[end].on.append(last)
        if part.most is None:
            begin, again = self._lay(part.part)
            self._states[end].on.append(begin)
            self._states[again].on.extend((begin, last))
        for _ in range(part.least, part.most or 0):
            begin, behind = self._lay(part.part)
            self._states[end].on.append(begin)
            end = behind
            self._states[end].on.append(last)
        return needed[0], last

    def _add(self, *on: int, sign: re.Pattern[str] | None = None, edge: str | None = None) -> int:
        self._states.append(_State(sign, edge, list(on)))
        return len(self._states) - 1


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _holds(edge: str | None, before: bool | None, behind: bool | None) -> bool:
    """Given what must hold at a place, and whether the signs before and behind it are those of words, None where there is none;
    returns whether it holds."""
    if edge is None:
        return True
    if edge in "^$":
        return (before if edge == "^" else behind) is None
    return (bool(before) != bool(behind)) is (edge == r"\b")
