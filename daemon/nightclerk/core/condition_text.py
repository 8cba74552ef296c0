"""Conditions as people write them: ``balance > 0 and country in (FR, BE)``. Read by hand into a value, never into SQL.

::

    condition := part ("or" part)*            part := clause ("and" clause)*
    clause    := "not" clause | "(" condition ")" | field test
    test      := ("=" | "!=" | "<" | "<=" | ">" | ">=") value | "contains" value | "starts with" value
               | "is" ["not"] "empty" | ["not"] "in" "(" value ("," value)* ")"
    value     := a word, or text in " or ' with the quote doubled inside

Numbers have a point, days are ``2026-11-21``, moments are in UTC, yes and no are ``true`` and ``false``, whatever the tenant's
own notation is. Words of the language may be written in any case.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from nightclerk.core.condition import All, Clause, Condition, Not, Relation, Some
from nightclerk.core.convert.constant import canonical
from nightclerk.core.entity import Entity
from nightclerk.core.reading import Cell
from nightclerk.core.wording import did_you_mean, quoted

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"]|"")*"|'(?:[^']|'')*')|(?P<sign><=|>=|!=|<>|=|<|>|\(|\)|,)|(?P<word>[^\s()=<>!,"']+)|(?P<odd>\S))"""
)
_COMPARED: dict[str, Relation] = {"=": "=", "!=": "=", "<>": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_NEGATED = frozenset({"!=", "<>"})
_KEYWORDS = frozenset({"and", "or", "not", "contains", "starts", "is", "in"})
_IN_ORDER = frozenset({"integer", "decimal", "money", "date", "datetime", "text"})
_NO_PARTS = frozenset({"integer", "decimal", "money", "date", "datetime", "boolean"})
_DEEPEST, _LONGEST = 40, 4000


class ConditionError(ValueError):
    """A condition that cannot be read. at: the place of the mistake, in characters from 1."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


class _Token(NamedTuple):
    kind: str
    text: str
    at: int

    def says(self, *words: str) -> bool:
        """Whether this is one of these signs or words of the language; text in quotes is none."""
        return self.kind in ("sign", "word") and self.text.lower() in words


def read_condition(text: str, entity: Entity) -> Condition:
    """Given a condition as it is written, and the entity it is about; returns it. Raises ConditionError."""
    if len(text) > _LONGEST:
        raise ConditionError(f"a condition has at most {_LONGEST} characters", _LONGEST + 1)
    reader = _Reader(_tokens(text), entity)
    found = reader.condition()
    reader.expect_end()
    return found


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while match := _TOKEN.match(text, at):
        kind = str(match.lastgroup)
        start = match.start(kind)
        if kind == "odd":
            told = "this quote is not closed" if match[kind] in "\"'" else f"{quoted(match[kind])} means nothing here"
            raise ConditionError(told, start + 1)
        written = match[kind]
        found.append(_Token(kind, written[1:-1].replace(written[0] * 2, written[0]) if kind == "text" else written, start + 1))
        at = match.end()
    return [*found, _Token("end", "", len(text.rstrip()) + 1)]


class _Reader:
    """Reads the tokens from left to right, each rule of the grammar by a method of its own."""

    def __init__(self, tokens: list[_Token], entity: Entity) -> None:
        self._tokens = tokens
        self._entity = entity
        self._place = 0
        self._depth = 0

    def condition(self) -> Condition:
        parts = [self._part()]
        while self._takes("or"):
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def expect_end(self) -> None:
        token = self._tokens[self._place]
        if token.kind != "end":
            raise ConditionError(
                f"{quoted(token.text)} is not expected here; write and or or before it, or put a value of several words in "
                "quotes",
                token.at,
            )

    def _part(self) -> Condition:
        parts = [self._clause()]
        while self._takes("and"):
            parts.append(self._clause())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _clause(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ConditionError(f"more than {_DEEPEST} levels of not and parentheses", self._tokens[self._place].at)
        try:
            if self._takes("not"):
                return Not(self._clause())
            if self._takes("("):
                found = self.condition()
                self._expect(")")
                return found
            return self._test()
        finally:
            self._depth -= 1

    def _test(self) -> Condition:
        token = self._next()
        if token.kind != "word" or token.text.lower() in _KEYWORDS:
            raise ConditionError("a field is expected here, as in balance > 0", token.at)
        field = token.text
        if field not in self._entity.fields:
            near = did_you_mean(field, self._entity.fields)
            raise ConditionError(f"no field {quoted(field)} in entity {self._entity.entity}{near.removesuffix('.')}", token.at)
        return self._relation(field)

    def _relation(self, field: str) -> Condition:
        token = self._next()
        if token.kind == "sign" and token.text in _COMPARED:
            found = self._compared(field, token)
            return Not(found) if token.text in _NEGATED else found
        if token.says("contains"):
            return self._found_in(field, "contains", token)
        if token.says("starts"):
            self._expect("with")
            return self._found_in(field, "starts with", token)
        negated = token.says("is") and self._takes("not")
        if token.says("is"):
            self._expect("empty")
            empty = Clause(field, self._entity.fields[field].type, "is empty")
            return Not(empty) if negated else empty
        negated = token.says("not")
        if (negated and self._takes("in")) or token.says("in"):
            one_of = Some(tuple(self._values(field)))
            return Not(one_of) if negated else one_of
        raise ConditionError(
            f"after {field} one of =, !=, <, <=, >, >=, contains, starts with, in, is empty and is not empty is expected",
            token.at,
        )

    def _compared(self, field: str, sign: _Token) -> Clause:
        kind = self._entity.fields[field].type
        relation = _COMPARED[sign.text]
        if relation != "=" and kind not in _IN_ORDER:
            raise ConditionError(f"{field} is {kind}, of which none is greater or smaller; use =, != or in", sign.at)
        return Clause(field, kind, relation, self._value(field))

    def _found_in(self, field: str, relation: Relation, word: _Token) -> Clause:
        kind = self._entity.fields[field].type
        if kind in _NO_PARTS:
            raise ConditionError(f"{field} is {kind}; {relation} is for texts", word.at)
        token = self._next()
        if token.kind not in ("word", "text") or not token.text:
            raise ConditionError(f"a text is expected here, as in {field} {relation} Paris", token.at)
        return Clause(field, kind, relation, token.text)

    def _values(self, field: str) -> list[Clause]:
        self._expect("(")
        kind = self._entity.fields[field].type
        found = [Clause(field, kind, "=", self._value(field))]
        while self._takes(","):
            found.append(Clause(field, kind, "=", self._value(field)))
        self._expect(")")
        return found

    def _value(self, field: str) -> Cell:
        token = self._next()
        if token.kind not in ("word", "text"):
            raise ConditionError(f"a value is expected here, as in {field} = 1, or in quotes", token.at)
        if not token.text.strip():
            raise ConditionError(f"nothing equals a blank; write {field} is empty", token.at)
        spec = self._entity.fields[field]
        if spec.type == "text":
            return token.text  # as it is: what stands in the tables may be longer than new values, or begin with a space
        try:
            return canonical(spec.model_copy(update={"min": None, "max": None, "max_length": None}), token.text)
        except ValueError as error:
            raise ConditionError(f"{field} is {spec.type}: {error}", token.at) from None

    def _next(self) -> _Token:
        token = self._tokens[self._place]
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _takes(self, word: str) -> bool:
        if not self._tokens[self._place].says(word):
            return False
        self._place += 1
        return True

    def _expect(self, word: str) -> None:
        if not self._takes(word):
            token = self._tokens[self._place]
            raise ConditionError(f"{quoted(word)} is expected here{_instead_of(token)}", token.at)


def _instead_of(token: _Token) -> str:
    return "" if token.kind == "end" else f", not {quoted(token.text)}"
