"""From a column for each field to the lines of a mapping: dates, marks, values, and stand-ins for what has no column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from nightclerk.core.entity import Entity
from nightclerk.core.suggest.column import Column
from nightclerk.core.suggest.date_writing import DAY_ALONE
from nightclerk.core.suggest.matching import Match
from nightclerk.core.suggest.rule import Rule
from nightclerk.core.suggest.value_map import boolean_values, word_values
from nightclerk.core.suggest.vocabulary import Vocabulary

_NUMBERS = frozenset({"money", "decimal", "integer"})
_DATES = frozenset({"date", "datetime"})
#: A header that is less like its field than this is worth a look.
#: Signs that part the members of a list, the likelier ones first.
_BETWEEN_MEMBERS = (",", ";", "|", "/")
_LIKELY = 0.72


@dataclass(frozen=True)
class Writing:
    """How a feed's dates and numbers are written, where a column does not say otherwise."""

    dates: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str | None = None


def writing_of(entity: Entity, matches: Mapping[str, Match], month_first: bool) -> Writing:
    """Given the columns for an entity's fields, and whether a date that could be read in two ways has the month first; returns
    how most of them are written."""
    dated = [dates_of(match.column, month_first) for field, match in matches.items() if entity.fields[field].type in _DATES]
    marks = [match.column.numbers for field, match in matches.items() if entity.fields[field].type in _NUMBERS]
    dates = Counter(one for one in dated if one)
    decimals = Counter(one.decimal for one in marks if one.decimal is not None)
    decimal = decimals.most_common(1)[0][0] if decimals else "."
    thousands = Counter(one.thousands for one in marks if one.thousands not in (None, decimal) and one.decimal in (None, decimal))
    return Writing(dates.most_common(1)[0][0] if dates else (), decimal, thousands.most_common(1)[0][0] if thousands else None)


def dates_of(column: Column, month_first: bool) -> tuple[str, ...]:
    """Given a column, and whether a date that could be read in two ways has the month first; returns how its dates are
    written."""
    rival = column.dates.month_first
    return (rival,) if rival is not None and month_first else column.dates.formats


def rules_of(
    entity: Entity, matches: Mapping[str, Match], writing: Writing, vocabulary: Vocabulary, month_first: bool
) -> list[Rule]:
    """Given the columns for an entity's fields and how the feed's values are written; returns a line for each of them."""
    found = []
    for field, match in matches.items():
        kind = entity.fields[field].type
        rule = Rule(field, (match.column.header,), doubts=tuple(_doubts(match)))
        if kind in _DATES:
            rule = _dated(rule, match.column, kind, writing, month_first)
        elif kind in _NUMBERS:
            rule = _numbered(rule, match.column, kind, writing)
        elif kind == "boolean":
            opposite = match.like is not None and match.like.spelling.opposite
            words = vocabulary.meanings_of(entity.entity, field) or vocabulary.meanings_of(entity.entity, "active")
            values, doubts = boolean_values(match.column.values or (), opposite, words)
            rule = replace(rule, values=values, doubts=(*rule.doubts, *doubts))
        elif kind == "list":
            rule = replace(rule, split=_between_members(match.column))
        elif (words := vocabulary.meanings_of(entity.entity, field)) and match.column.values:
            values, doubts = word_values(match.column.values, words)
            rule = replace(rule, values=values, doubts=(*rule.doubts, *doubts))
        found.append(rule)
    return found


def _between_members(column: Column) -> str | None:
    """Returns the sign that stands most often between members in a column's cells, None where none does."""
    counts = {sign: int(column.cells.str.contains(sign, literal=True).sum()) for sign in _BETWEEN_MEMBERS}
    most = max(counts, key=lambda sign: counts[sign])
    return most if counts[most] else None


def _doubts(match: Match) -> Iterable[str]:
    if match.like is None:
        yield "chosen by its values; the header does not say so"
    elif match.score < _LIKELY:
        yield "the header is only something like it"
    if match.column.empty:
        yield "the column is empty in this sample"


def _dated(rule: Rule, column: Column, kind: str, writing: Writing, month_first: bool) -> Rule:
    formats, doubts = dates_of(column, month_first), list(rule.doubts)
    if column.dates.month_first is not None:
        other = next(one for one in (column.dates.formats[0], column.dates.month_first) if one != formats[0])
        doubts.append(f"all of these dates could also be written {other}")
    if len(formats) > 1:
        doubts.append("the dates are written in several ways")
    own = formats if formats and formats != writing.dates else ()
    extract = DAY_ALONE if column.dates.timed and kind == "date" else None
    return replace(rule, dates=own, extract=extract, doubts=tuple(doubts))


def _numbered(rule: Rule, column: Column, kind: str, writing: Writing) -> Rule:
    found, doubts = column.numbers, list(rule.doubts)
    decimal = found.decimal if found.decimal not in (None, writing.decimal) else None
    mark = decimal or writing.decimal
    thousands = found.thousands if found.thousands not in (None, writing.thousands, mark) else None
    if decimal is not None and thousands is None and writing.thousands == decimal:
        thousands = " "  # the feed's thousands mark is this column's decimal mark, so both are said
    if column.profile.undecided is not None:
        cell = column.profile.undecided.at.value
        doubts.append(f'"{cell}" could also be read with the other decimal mark')
    dust = found.dust and kind != "integer"
    if dust:
        doubts.append("some have more than four decimals")
    return replace(rule, decimal=decimal, thousands=thousands, round=dust, doubts=tuple(doubts))
