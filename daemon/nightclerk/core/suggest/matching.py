"""Which column fills which field of one entity, by headers and by what stands under them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nightclerk.core.entity import Entity
from nightclerk.core.headers import OUR_COLUMNS, folded
from nightclerk.core.margin_words import COMMENT_COLUMN
from nightclerk.core.suggest.assignment import assigned
from nightclerk.core.suggest.column import Column
from nightclerk.core.suggest.likeness import Likeness, likeness
from nightclerk.core.suggest.suitability import suitability, telling
from nightclerk.core.suggest.vocabulary import Vocabulary

#: What stands in XML outside of the rows is more likely about something else.
_OUTSIDE = 0.8
#: What a key costs that tells no two rows apart.
_REPEATS = 3.0
#: A pair that is worth less is none.
_LEAST = 0.5
#: How much fields weigh when entities are compared. What could stand in any file weighs least.
_NEEDED, _OPTIONAL = 1.5, 0.7
_WEIGHT = {"currency": 0.3, "active": 0.3, "description": 0.4, "reference": 0.4}


@dataclass(frozen=True, slots=True)
class Match:
    """A column for a field. score: what it is worth; like: what its header is like, None where only its values tell."""

    column: Column
    score: float
    like: Likeness | None


@dataclass(frozen=True)
class Matching:
    """The columns of a file for the fields of an entity. missing: required fields, those of the key first, without a column."""

    entity: Entity
    matches: Mapping[str, Match]
    missing: tuple[str, ...]
    worth: float


def matching(entity: Entity, columns: Sequence[Column], vocabulary: Vocabulary, language: str | None) -> Matching:
    """Given an entity, a file's columns, the words and the file's language if it is known; returns the best matching."""
    pairs: dict[tuple[str, int], Match] = {}
    for column in addressable(columns):
        for field in entity.fields:
            if (found := _match(entity, field, column, vocabulary, language)) is not None:
                pairs[field, column.place] = found
    chosen = assigned({pair: _worth(entity, pair[0], match) for pair, match in pairs.items()})
    matches = {field: pairs[field, place] for field, place in chosen.items() if entity.fields[field].owner == "import"}
    matches = {field: matches[field] for field in entity.fields if field in matches}
    missing = tuple(name for name in (*entity.key, *_required(entity)) if name not in matches)
    weights = {field: _NEEDED if _needed(entity, field) else _WEIGHT.get(field, _OPTIONAL) for field in matches}
    worth = sum(match.score * weights[field] for field, match in matches.items())
    worth -= _REPEATS * (1 - matches[entity.key[-1]].column.distinct) if entity.key[-1] in matches else 0.0
    return Matching(entity, matches, missing, worth - sum(_loss(entity, matches, field) for field in missing))


def addressable(columns: Sequence[Column]) -> list[Column]:
    """Given a file's columns; returns those that the settings can name: with a header of their own, that is the sender's."""
    folds = [folded(column.header) for column in columns]
    return [
        column
        for column, fold in zip(columns, folds, strict=True)
        if fold and folds.count(fold) == 1 and column.header.lower() not in OUR_COLUMNS and fold != COMMENT_COLUMN
    ]


def _match(entity: Entity, field: str, column: Column, vocabulary: Vocabulary, language: str | None) -> Match | None:
    fits = suitability(entity, field, column, vocabulary)
    if fits is None:
        return None
    like = likeness(column.header, vocabulary.spellings(entity.entity, field), language)
    score = like.score * (_OUTSIDE if column.header.startswith("../") else 1.0) + fits if like is not None else 0.0
    alone = telling(entity.fields[field], field, column)
    if max(score, alone) < _LEAST:
        return None
    return Match(column, score, like) if score >= alone else Match(column, alone, None)


def _worth(entity: Entity, field: str, match: Match) -> float:
    # Where one column could fill two fields, the one that must be filled goes first; a field listed earlier breaks a tie.
    order = list(entity.fields).index(field)
    # Its third power: one certain pair is worth more than two doubtful ones.
    return match.score**3 + (0.12 if _needed(entity, field) else 0.0) - order * 1e-4 - match.column.place * 1e-6


def _needed(entity: Entity, field: str) -> bool:
    return field in entity.key or entity.fields[field].required


def _required(entity: Entity) -> list[str]:
    return [name for name, spec in entity.fields.items() if spec.required and name not in entity.key]


def _loss(entity: Entity, matches: Mapping[str, Match], field: str) -> float:
    if field == "type":
        return 0.2  # it may be the same in every row
    if field in ("code", "name") and {"code", "name"} & set(matches):
        return 0.8  # one stands in for the other
    return 2.5 if field in entity.key else 1.5
