"""One table of a file becomes one feed: the entity that explains its columns best, and its mapping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from nightclerk.core.doubts import Doubt
from nightclerk.core.entity import Entity
from nightclerk.core.headers import OUR_COLUMNS, folded
from nightclerk.core.margin_words import COMMENT_COLUMN
from nightclerk.core.reading import FormatFound
from nightclerk.core.suggest.column import Column
from nightclerk.core.suggest.likeness import likeness
from nightclerk.core.suggest.matching import Match, Matching, matching
from nightclerk.core.suggest.rule import Proposal, Rule, Unread
from nightclerk.core.suggest.rules import rules_of, writing_of
from nightclerk.core.suggest.stand_ins import by_values, constants, first_filled, joined_key, same_thing
from nightclerk.core.suggest.vocabulary import Vocabulary, words_of

_OF_FILE = ("damaged_rows",)
_OF_COLUMN = ("wrong_header", "stray_total", "mixed_types")
#: Another entity that explains the columns nearly as well is told.
_NEARLY = 0.85
#: Rows that repeat the key are a habit from this share on, and say the same if fewer than this share of the keys do not.
_REPEATED, _DIFFERENT = 0.05, 0.02
_ALL_DIFFERENT = 0.98
_POSITIONS_GUESSED = (
    "the columns stand at fixed positions; where each begins is told by its header and the blanks of these lines alone: compare"
    " it with the program's description, since a longer text would be cut there"
)
#: Whose name stands in the file's or the sheet's name is likelier.
_NAMED = 1.2


@dataclass(frozen=True)
class Table:
    """What one reading of a file found. file: its name; rows: a sample; member, sheet: as asked for, None where there is only
    one."""

    file: str
    format: FormatFound
    columns: tuple[Column, ...]
    rows: pl.DataFrame
    doubts: tuple[Doubt, ...]
    member: str | None = None
    sheet: str | None = None


def languages(headers: Sequence[str], entities: Mapping[str, Entity], vocabulary: Vocabulary) -> Counter[str]:
    """Given a file's headers, the entities and the words; returns how much of the headers is in each language, in hundredths."""
    spoken: dict[str, set[str]] = {}
    for entity in entities.values():
        for field in entity.fields:
            for one in vocabulary.spellings(entity.entity, field):
                if one.language is not None:
                    spoken.setdefault(one.words.replace(" ", ""), set()).add(one.language)
    found: Counter[str] = Counter()
    for header in headers:
        for language in (said := spoken.get(words_of(header).replace(" ", ""), set())):
            found[language] += 100 // len(said)
    return found


def propose(
    table: Table, entities: Mapping[str, Entity], vocabulary: Vocabulary, language: str | None, wanted: str | None = None
) -> Proposal:
    """Given a table, the entities, the words, the language of the files if it is known, and the entity where a person names it;
    returns the feed that reads the table."""
    asked = {wanted: entities[wanted]} if wanted is not None else entities
    found = [matching(entity, table.columns, vocabulary, language) for entity in asked.values()]
    ranked = sorted(found, key=lambda one: _rank(one, table, vocabulary), reverse=True)
    best = ranked[0]
    others = tuple(
        one.entity.entity
        for one in ranked[1:]
        if _rank(one, table, vocabulary) > _NEARLY * _rank(best, table, vocabulary) > 0 and not one.missing
    )
    return replace(_proposal(best, table, vocabulary, language), alternatives=others)


def _rank(found: Matching, table: Table, vocabulary: Vocabulary) -> float:
    named = f" {words_of(table.file.rpartition('.')[0])} {words_of(table.sheet or '')} {words_of(table.member or '')} "
    words = vocabulary.files.get(found.entity.entity, (found.entity.entity,))
    return found.worth + (_NAMED if any(f" {word} " in named for word in words) else 0.0)


def _proposal(found: Matching, table: Table, vocabulary: Vocabulary, language: str | None) -> Proposal:
    entity = found.entity
    wanted = [field for field in found.missing if field not in _has_stand_in(entity, found.matches)]
    others = by_values(entity, wanted, found.matches, table.columns)
    given = {match.column.place for match in others.values()}
    matches = {field: match for field, match in found.matches.items() if match.column.place not in given} | others
    matches = _with_account_as_key(entity, matches)
    matches = {field: matches[field] for field in entity.fields if field in matches}
    month_first = _month_first(matches, language)
    writing = writing_of(entity, matches, month_first)
    rules = rules_of(entity, matches, writing, vocabulary, month_first)
    rules = [_with_column_doubts(rule, matches[rule.field], entity, table.doubts) for rule in rules]
    used = {match.column.place for match in matches.values()}
    key = entity.key[-1]
    rules = [
        joined_key(rule, entity.entity, table.columns, used, table.rows, vocabulary) if rule.field == key else rule
        for rule in rules
    ]
    alike = _one_row_for_each_item(table, entity, rules, matches)
    if alike is None:
        rules = [_with_repeats(rule, matches[rule.field].column) if [rule.field] == entity.key else rule for rule in rules]
    rules = first_filled(rules, matches, key)
    rules += same_thing(entity, rules)
    rules += constants(entity, rules, matches, language)
    order = list(entity.fields)
    rules.sort(key=lambda rule: order.index(rule.field))
    have = {rule.field for rule in rules}
    for_new = [
        name for name, spec in entity.fields.items() if spec.required_for_new and spec.default is None and name not in have
    ]
    doubts = [doubt.message for doubt in table.doubts if doubt.code in _OF_FILE]
    if for_new:
        doubts.append(
            f"no column was found for {', '.join(for_new)}, which new rows need: known rows alone can be updated; map it,"
            " and take mode out"
        )
    return Proposal(
        feed=entity.entity,
        files=table.file,
        entity=entity.entity,
        format=table.format,
        rules=tuple(rules),
        ignore=tuple(_unread(table, rules, entity, vocabulary, language)),
        member=table.member,
        sheet=table.sheet,
        dates=writing.dates,
        decimal=writing.decimal,
        thousands=writing.thousands,
        mode="update_only" if for_new else "upsert",
        duplicates=("first_wins", alike) if alike is not None else None,
        missing=tuple(name for name in found.missing if name not in have and entity.fields[name].default is None),
        doubts=tuple(doubts),
        format_doubts=tuple(_format_doubts(table)),
        language=language,
        sure=sum(match.like is not None for match in found.matches.values()) >= 2,
    )


def _format_doubts(table: Table) -> Iterator[str]:
    if table.format.positions:
        yield _POSITIONS_GUESSED
    yield from (doubt.message for doubt in table.doubts if doubt.code == "encoding_guessed")


def _with_account_as_key(entity: Entity, matches: dict[str, Match]) -> dict[str, Match]:
    """Where no column holds a code, the account that a ledger keeps of somebody tells them apart better than a name."""
    key, account = entity.key[-1], matches.get("account_number")
    if key in matches or account is None or min(account.column.distinct, account.column.filled) < _ALL_DIFFERENT:
        return matches
    return {key: account} | {field: match for field, match in matches.items() if field != "account_number"}


def _has_stand_in(entity: Entity, matches: Mapping[str, Match]) -> set[str]:
    """Returns the fields that need no column of their own."""
    found = {"type"} if entity.entity == "invoice" else set()
    if "name" in matches:
        found.add(entity.key[-1] if "name" in entity.fields else "")
    return found | ({"name"} if entity.key[-1] in matches else set())


def _month_first(matches: Mapping[str, Match], language: str | None) -> bool:
    """Whether dates that could be read in two ways have the month first: as the others of the file, or by its language."""
    decided = [
        match.column.dates.formats[0]
        for match in matches.values()
        if match.column.dates.formats and not match.column.dates.month_first
    ]
    first = [written.startswith("%m") for written in decided if written.startswith(("%m", "%d")) and "b" not in written.lower()]
    return any(first) if first else language == "en"


def _with_column_doubts(rule: Rule, match: Match, entity: Entity, doubts: Sequence[Doubt]) -> Rule:
    text = entity.fields[rule.field].type == "text"
    codes = _OF_COLUMN[:1] if text or rule.values else _OF_COLUMN
    told = tuple(doubt.message for doubt in doubts if doubt.column == match.column.name and doubt.code in codes)
    return replace(rule, doubts=(*rule.doubts, *told))


def _one_row_for_each_item(table: Table, entity: Entity, rules: Sequence[Rule], matches: Mapping[str, Match]) -> str | None:
    """Returns a sentence where rows repeat the key and say the same in every column that is mapped, as where an invoice has a row
    for each of its items: then one of them is as good as the others."""
    keys = [match.column.place for field, match in matches.items() if field in entity.key]
    joined = any(rule.join is not None for rule in rules)
    if len(keys) != len(entity.key) or joined or table.rows.is_empty():
        return None
    every = [str(match.column.place) for match in matches.values()]
    rows = table.rows.select(every).filter(pl.all_horizontal(pl.col(str(place)) != "" for place in keys))
    told, kinds = rows.select(map(str, keys)).n_unique(), rows.n_unique()
    if not len(rows) or told > (1 - _REPEATED) * len(rows) or kinds > (1 + _DIFFERENT) * told or kinds < 2:
        return None
    share = f"{(1 - told / len(rows)) * 100:.0f} %"
    return f"{share} of the rows repeat {' and '.join(entity.key)} and say the same in all that is mapped: a row for each item?"


def _with_repeats(rule: Rule, column: Column) -> Rule:
    if len(rule.source) > 1 or column.distinct > 0.999:
        return rule
    share = f"{(1 - column.distinct) * 100:.0f} %" if column.distinct < 0.99 else "a few"
    told = f"{share} of the rows repeat it, and are rejected unless the feed says duplicates: first_wins or last_wins"
    return replace(rule, doubts=(*rule.doubts, told))


def _unread(table: Table, rules: Sequence[Rule], entity: Entity, vocabulary: Vocabulary, language: str | None) -> list[Unread]:
    read = {folded(header) for rule in rules for header in rule.columns}
    found: dict[str, Unread] = {}
    for column in table.columns:
        fold = folded(column.header)
        if not fold or fold in read or fold == COMMENT_COLUMN or column.header.lower() in OUR_COLUMNS:
            continue
        found.setdefault(fold, Unread(column.header, _told(column, entity, vocabulary, language)))
    return list(found.values())


def _told(column: Column, entity: Entity, vocabulary: Vocabulary, language: str | None) -> str:
    for field, spec in entity.fields.items():
        like = (
            likeness(column.header, vocabulary.spellings(entity.entity, field), language) if spec.owner == "application" else None
        )
        if like is not None and like.score > 0.8:
            return f"{field} belongs to the application"
    if column.profile.example is None:
        return "empty in this sample"
    kind = {"text": "", "integer": "numbers, ", "decimal": "numbers, ", "date": "dates, ", "datetime": "times, "}.get(
        column.profile.kind, ""
    )
    cell = column.profile.example.value
    return f"{kind}as in {cell if len(cell) <= 30 else cell[:29] + '…'}"
