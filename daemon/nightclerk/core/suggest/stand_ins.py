"""What takes the place of a column that an entity wants and a file lacks, and what two columns make together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from nightclerk.core.convert.codes import COUNTRIES
from nightclerk.core.convert.country_names import COUNTRY_NAMES
from nightclerk.core.convert.folding import fold
from nightclerk.core.entity import Entity, EntityField
from nightclerk.core.suggest.column import Column
from nightclerk.core.suggest.matching import Match, addressable
from nightclerk.core.suggest.rule import Rule
from nightclerk.core.suggest.vocabulary import Vocabulary, words_of

_CURRENCIES = {
    "€": "EUR",
    "£": "GBP",
    "EUR": "EUR",
    "USD": "USD",
    "GBP": "GBP",
    "CHF": "CHF",
    "CAD": "CAD",
    "R$": "BRL",
    "$": "USD",
}
#: Countries whose currency is their own, or the euro.
_OF_COUNTRIES = {
    "CA": "CAD", "US": "USD", "GB": "GBP", "CH": "CHF", "UY": "UYU", "AR": "ARS", "CL": "CLP", "MX": "MXN", "BR": "BRL",
    "CO": "COP", "PE": "PEN",
    "AU": "AUD", "NZ": "NZD", "FR": "EUR", "DE": "EUR", "ES": "EUR", "IT": "EUR", "PT": "EUR", "NL": "EUR", "BE": "EUR",
    "AT": "EUR", "IE": "EUR",
}  # fmt: skip
_ONE_COUNTRY = 0.9
_BY_LANGUAGE = {"en": "USD"}
_KEY_DISTINCT, _MOSTLY_DISTINCT = 0.98, 0.9
_LONGEST_KEY = 50
#: Codes have digits; what has none is a name, more often than not.
_NAMES_AS_KEYS = 0.6
#: A column with fewer blank cells than this is meant to have none.
_ALWAYS = 0.97


def by_values(entity: Entity, missing: Sequence[str], taken: Mapping[str, Match], columns: Sequence[Column]) -> dict[str, Match]:
    """Given an entity, its required fields without a column, the columns in use, and all of a file; returns for as many of these
    fields as can be a column whose values could be meant, whatever its header, even one that another field could do without."""
    used = {match.column.place for field, match in taken.items() if field in entity.key or entity.fields[field].required}
    # The account that a ledger keeps of somebody tells them apart as well as any number.
    wanted_less = {match.column.place for field, match in taken.items() if field != "account_number"} - used
    found: dict[str, Match] = {}
    for field in missing:
        spec, key = entity.fields[field], field in entity.key
        free = [column for column in addressable(columns) if column.place not in used and not column.empty]
        worth = {
            column.place: _could_be(spec, key, column) * (0.5 if column.place in wanted_less else 1.0) - column.place * 1e-6
            for column in free
        }
        best = max(free, key=lambda column: worth[column.place], default=None)
        if best is not None and _could_be(spec, key, best) > 0:
            used.add(best.place)
            found[field] = Match(best, 0.3, None)
    return found


def _could_be(spec: EntityField, key: bool, column: Column) -> float:
    dated = column.dates.share >= 0.9 and bool(column.dates.formats)
    amounts = column.numbers.share >= 0.9 and column.numbers.fractions
    if column.filled < 0.9:
        return 0.0
    if spec.type in ("date", "datetime"):
        return 1.0 if dated else 0.0
    if spec.type in ("money", "decimal"):
        return 1.0 if amounts else 0.5 if column.numbers.share >= 0.9 and not dated and column.distinct > 0.3 else 0.0
    if spec.type != "text" or dated or amounts or column.emails > 0.5 or column.urls > 0.5:
        return 0.0
    if key:
        if column.profile.longest > _LONGEST_KEY:
            return 0.0
        numbered = 1.0 if column.digited > _MOSTLY_DISTINCT else _NAMES_AS_KEYS
        return column.distinct * numbered * (1.0 if column.distinct > _MOSTLY_DISTINCT else 0.5)
    return 0.5 + column.lettered / 2 if column.values is None or len(column.values) > 1 else 0.2


def same_thing(entity: Entity, rules: Sequence[Rule]) -> list[Rule]:
    """Given an entity and its rules; returns rules for a key or a name that is missing: each can stand in for the other, and the
    name on documents is the name."""
    by_field = {rule.field: rule for rule in rules}
    found = []
    key = entity.key[-1]
    if key not in by_field and "name" in by_field and entity.fields[key].type == "text" and "name" in entity.fields:
        found.append(
            Rule(key, by_field["name"].source, doubts=("no column holds a number or code, so that the name tells them apart",))
        )
    if "name" in entity.fields and "name" not in by_field and entity.fields["name"].required and key in by_field:
        found.append(Rule("name", by_field[key].source, doubts=("no column holds a name, so that the code takes its place",)))
    name = by_field.get("name") or next((rule for rule in found if rule.field == "name"), None)
    if "print_as" in entity.fields and "print_as" not in by_field and name is not None:
        found.append(replace(name, field="print_as", doubts=("no column of its own; the name will do",)))
    return found


def constants(entity: Entity, rules: Sequence[Rule], matches: Mapping[str, Match], language: str | None) -> list[Rule]:
    """Given an entity, its rules, their columns and the language; returns rules for what is the same in every row."""
    have = {rule.field for rule in rules}
    found = []
    money = [name for name in have if entity.fields[name].type == "money" and entity.fields[name].currency in entity.fields]
    if "currency" in entity.fields and "currency" not in have and money:
        code, told = _currency(matches, language)
        found.append(Rule("currency", constant=code, doubts=(told,)))
    if entity.entity == "invoice" and "type" in entity.fields and "type" not in have:
        found.append(
            Rule("type", constant="invoice", doubts=("no column says what kind of item a row is; are all of them invoices?",))
        )
    if entity.entity == "invoice" and "status" in entity.fields and "status" not in have and "amount_remaining" in have:
        found.append(
            Rule("status", constant="open", doubts=("no column says it; a list of what is still to be paid holds open items",))
        )
    return found


def _currency(matches: Mapping[str, Match], language: str | None) -> tuple[str, str]:
    country = matches.get("country")
    if country is not None:
        for code, currency in _OF_COUNTRIES.items():
            if country.column.share_of(lambda cell, code=code: _country(cell) == code) > _ONE_COUNTRY:  # type: ignore[misc]
                return currency, "no column says it; nearly all rows are of one country"
    for match in matches.values():
        if match.column.numbers.share < 0.8:
            continue
        texts = (*match.column.header.replace("(", " ").replace(")", " ").split(), *match.column.cells.head(50))
        for sign, code in _CURRENCIES.items():
            if any(sign in text for text in texts):
                return code, f"no column says it; {sign} stands beside amounts"
    return _BY_LANGUAGE.get(language or "en", "EUR"), "no column says it; write the currency of these amounts"


def _country(cell: str) -> str:
    code = cell.upper()
    return COUNTRY_NAMES.get(fold(cell)) or COUNTRIES.get(code, code)


def first_filled(rules: Sequence[Rule], matches: Mapping[str, Match], key: str) -> list[Rule]:
    """Given rules; returns them with what takes the place of blank cells: the name on documents is the name where it is blank,
    and the name is the code where that is a name too."""
    by_field = {rule.field: rule for rule in rules}
    name, code = matches.get("name"), matches.get(key)
    found = []
    for rule in rules:
        match = matches.get(rule.field)
        other: Rule | None = None
        if match is not None and not match.column.empty and match.column.filled < _ALWAYS:
            if rule.field == "print_as" and name is not None:
                other = by_field["name"]
            elif (
                rule.field == "name"
                and code is not None
                and code.column.lettered > 0.8
                and " " in "".join(code.column.cells.head(50))
            ):
                other = by_field[key]
        found.append(replace(rule, source=(), first_of=(*rule.source, *other.source)) if other is not None else rule)
    return found


def joined_key(
    rule: Rule, entity: str, columns: Sequence[Column], used: set[int], rows: pl.DataFrame, vocabulary: Vocabulary
) -> Rule:
    """Given the rule of a key, its entity, a file's columns, the places in use, a sample of its rows, and the words; returns it
    joined with a column that numbers the parts of one thing, where the key repeats without it and does not with it."""
    key = next((column for column in columns if column.header == rule.source[0]), None)
    words = {words_of(word) for word in vocabulary.parts.get(entity, ())}
    if key is None or key.distinct >= _KEY_DISTINCT or len(rule.source) > 1:
        return rule
    for column in addressable(columns):
        if column.place in used or words_of(column.header) not in words:
            continue
        both = rows.select(str(key.place), str(column.place)).filter(pl.col(str(key.place)) != "")
        if len(both) and both.n_unique() / len(both) >= _KEY_DISTINCT:
            told = f"{rule.source[0]} alone repeats; with {column.header} it does not"
            return replace(rule, source=(rule.source[0], column.header), join="-", doubts=(*rule.doubts, told))
    return rule
